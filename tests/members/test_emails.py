"""Each kind of message in each language: what it says, how it is escaped, and that it sends for nothing outside."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest

from members.delivery import build_message
from members.mail import WIDTH, render_mail
from members.models import Process

HOSTILE = '<b>"Ali" & sons</b> https://evil.example'
LINK = "https://portal.example/r/" + "t" * 90 + "/"


@pytest.fixture(autouse=True)
def process(db: None) -> Process:
    Process.objects.all().delete()
    return Process.objects.create(
        name_en="The Bali Process",
        name_id="Proses Bali",
        full_name_en="Bali Process on People Smuggling",
        full_name_id="",
        prefix="BP",
    )


def activity(**changes: Any) -> SimpleNamespace:
    words: dict[str, Any] = {
        "reference": "BP-2026-04",
        "title": "Workshop on travel documents",
        "title_id": "Lokakarya dokumen perjalanan",
        "start": date(2026, 5, 18),
        "end": date(2026, 5, 20),
        "date_precision": "day",
        "city": "Denpasar",
        "country": "Indonesia",
        "venue": "",
        "quota": 3,
        "confirm_delegates": True,
        **changes,
    }
    return SimpleNamespace(**words)


def context(kind: str, hostile: str = "Participant A") -> dict[str, Any]:
    invitation = SimpleNamespace(reply_by=date(2026, 5, 2), quota=None, issued_at=datetime(2026, 3, 1, 9, tzinfo=UTC))
    person = SimpleNamespace(name=hostile, form_of_address="", position="Director")
    shared = {
        "activity": activity(),
        "invitation": invitation,
        "participant": hostile,
        "recipient": person,
        "url": LINK,
        "address": LINK,
    }
    consultation = SimpleNamespace(
        deadline=date(2026, 7, 16),
        ends_at=datetime(2026, 7, 16, 17, tzinfo=UTC),
        time_zone="Asia/Bangkok",
        audience="participants",
        silence_agrees=False,
        may_revise=True,
    )
    asked = {"title": "Views on the next steps", "consultation": consultation, "own_zone": "Pacific/Fiji"}
    files = [("BP-R-2004-02-v2-en.pdf", 310_000)]
    recommendation = SimpleNamespace(
        reference="BP-REC-2026-01", text=f"Train officers. {hostile}", due=date(2026, 7, 16), as_appropriate=False
    )
    news = {**shared, "recommendation": recommendation, "link": LINK, "days": 60, "copy_of": None}
    return {
        "news_request": news,
        "recommendation_due": news,
        "invitation": shared,
        "reminder": shared | {"letter_number": "BP-2026-04.L1/7", "has_calendar": True},
        "nomination_acknowledgement": {**shared, "delegates": [person, person]},
        "circulation": {
            "title": "Report to Ministers, June 2004",
            "form_of_address": hostile,
            "participant": hostile,
            "body": hostile,
            "bodies": {"en": f"First.\n\n{hostile}", "id": "Pertama.\n\nKedua."},
            "signatories": ["Co-chair, Australia", "Co-chair, Indonesia"],
            "reference": "BP/12",
            "deadline": date(2026, 7, 16),
            "link": LINK,
            "online": "https://portal.example/reports/BP-R-2004-02/",
            "files": files,
        },
        "approval_request": {
            "title": hostile,
            "symbol": "BP-R-2004-02",
            "form_of_address": hostile,
            "link": LINK,
            "files": [(*files[0], "a" * 64)],
        },
        "call_for_views": {**shared, **asked},
        "reply_acknowledgement": {**shared, **asked, "version": SimpleNamespace(saved_at=datetime(2026, 5, 2, 9, tzinfo=UTC))},
        "attendance_question": {**shared, "until": date(2026, 6, 3), "link": LINK},
        "certificate": {**shared, "link": LINK},
        "reminder-report": {**shared, "due": date(2026, 6, 20), "late": 0, "link": LINK},
        "account_invitation": {"name": hostile, "place": hostile, "link": LINK, "expires": datetime(2026, 5, 2, 9, tzinfo=UTC)},
    }[kind]


KINDS = [
    *("invitation", "reminder", "nomination_acknowledgement", "circulation", "approval_request", "account_invitation"),
    *("call_for_views", "reply_acknowledgement", "news_request", "recommendation_due"),
    *("attendance_question", "certificate", "reminder-report"),
]


class Page(HTMLParser):
    """Tags of a message and where its links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.buttons: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        words = dict(attrs)
        if tag == "a":
            self.links.append(words["href"] or "")
            if words.get("class") == "btn":
                self.buttons.append(words["href"] or "")
        assert "src" not in words
        assert not any(name.startswith("on") for name in words)


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("kind", KINDS)
def test_kind_renders_in_each_language(kind: str, language: str) -> None:
    subject, text, html = render_mail(kind, context(kind), language)
    assert subject
    assert "\n" not in subject
    assert len(subject) <= 250
    assert LINK in text.split()
    page = Page(html)
    assert set(page.buttons) == {LINK}
    assert not {"script", "img", "iframe", "form", "b"} & set(page.tags)
    assert re.findall(r"url\(|@import|<link", html) == []
    assert len(html.encode()) < 15_000
    assert all(len(line) <= WIDTH or "://" in line or " " not in line.strip() for line in text.splitlines())
    assert "\n\n\n" not in text
    assert html.startswith(("<!DOCTYPE html>", "<!doctype html>"))
    assert f'lang="{language}"' in html
    build_message(
        message_id="<a@b>", to="a@b.example", subject=subject, text=text, html=html, language=language, sent_at=datetime.now(UTC)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_words_of_others_are_escaped_in_html_and_plain_in_text(kind: str) -> None:
    _subject, text, html = render_mail(kind, context(kind, HOSTILE), "en")
    assert HOSTILE in " ".join(text.split())
    assert "&lt;b&gt;&quot;Ali&quot; &amp; sons&lt;/b&gt;" in html or '&lt;b&gt;"Ali" &amp; sons&lt;/b&gt;' in html
    assert "&amp;lt;" not in html
    assert "&amp;amp;" not in html
    page = Page(html)
    assert "b" not in page.tags
    assert "https://evil.example" not in page.links


def test_subjects_state_action_and_date() -> None:
    assert {kind: render_mail(kind, context(kind), "en")[0] for kind in KINDS} == {
        "invitation": "Please reply by 2 May 2026: invitation to Workshop on travel documents",
        "reminder": "Reminder, please reply by 2 May 2026: invitation to Workshop on travel documents",
        "nomination_acknowledgement": "Delegation registered: Workshop on travel documents, 18–20 May 2026",
        "circulation": "Please acknowledge by 16 July 2026: Report to Ministers, June 2004",
        "approval_request": "Please approve: BP-R-2004-02, Participant A",
        "account_invitation": "Please accept by 2 May 2026: your account for The Bali Process",
        "call_for_views": "Please reply by 16 July 2026: Views on the next steps",
        "reply_acknowledgement": "Position submitted: Views on the next steps",
        "news_request": "Is there news on recommendation BP-REC-2026-01?",
        "recommendation_due": "Recommendation BP-REC-2026-01: the day is 16 July 2026",
        "attendance_question": "Please reply by 3 June 2026: were you at Workshop on travel documents?",
        "certificate": "Your certificate of attendance: Workshop on travel documents",
        "reminder-report": "Please send the report due on 20 June 2026: Workshop on travel documents",
    }


def test_recipients_language_comes_first_and_the_other_below_a_rule() -> None:
    for language, first, second in (("en", "First.", "Pertama."), ("id", "Pertama.", "First.")):
        _subject, text, html = render_mail("circulation", context("circulation"), language)
        for body in (text, html):
            assert body.index(first) < body.index(second)
        assert text.index(first) < text.index("-" * WIDTH) < text.index(second)
        assert re.findall(r'<td[^>]* lang="(\w\w)"', html) == [language, {"en": "id", "id": "en"}[language]]


def test_letter_that_has_no_text_in_a_language_is_not_said_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    words = context("circulation") | {"bodies": {"en": "First.", "id": ""}}
    _subject, text, html = render_mail("circulation", words, "en")
    assert text.count("First.") == 1
    assert html.count("First.") == 1


def test_language_that_nobody_translates_falls_back() -> None:
    assert render_mail("invitation", context("invitation"), "fr")[0].startswith("Please reply by 2 May 2026")


def test_partial_dates_say_no_more_than_is_known() -> None:
    words = context("invitation") | {"activity": activity(start=date(2026, 5, 1), end=date(2026, 5, 31), date_precision="month")}
    _subject, text, _html = render_mail("invitation", words, "en")
    assert "When: May 2026" in text
    assert "1 May" not in text


@pytest.mark.parametrize("sign", ["\r\nBcc: x@y.example", "\n", "\u2028", "\x00", "\x85"])
def test_subject_is_one_line_whatever_the_title(sign: str) -> None:
    words = context("circulation") | {"title": f"Report{sign}to Ministers"}
    subject, _text, _html = render_mail("circulation", words, "en")
    assert re.search("[\x00-\x1f\x85\u2028\u2029]", subject) is None


def test_long_title_is_shortened_in_the_subject() -> None:
    subject, _text, _html = render_mail("circulation", context("circulation") | {"title": "x " * 300}, "en")
    assert len(subject) <= 250
    assert subject.endswith("…")


@pytest.mark.django_db
def test_invite_command_mails_the_link_that_it_prints(capsys: pytest.CaptureFixture[str], mailoutbox: list[Any]) -> None:
    from django.core.management import call_command

    call_command("invite", "new@secretariat.example", "--role", "secretariat", "--language", "id")
    link = capsys.readouterr().out.strip()
    assert [message.to for message in mailoutbox] == [["new@secretariat.example"]]
    assert link in mailoutbox[0].body
    assert [kind for _body, kind in mailoutbox[0].alternatives] == ["text/html"]
