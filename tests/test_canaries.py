"""Nothing restricted reaches anybody who may not read it: a token in every restricted text, every address, every person.

Who may read what is written here by hand, from the design, and not computed from the code that decides it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
import pytest
from django.db import transaction
from django.template import Template
from django.test import Client

from tests.canaries import WORD, Planted, plant
from tests.cast import PERSONS, World, add_accounts, add_own_of_b, add_reports, client_for, make_world
from tests.test_access_matrix import ROWS

DESK = frozenset({"secretariat", "administrator"})
ADMINISTRATOR = frozenset({"administrator"})
IMPORTER = frozenset({"secretariat"})  # whoever started an import, nobody else
ROOM = frozenset({"steering_group_member", "co_chair", "partner_invited", "partner_not_invited"})
A = frozenset({"focal_point_a", "ministry_official_a"})
B = frozenset({"focal_point_b"})
D = frozenset({"steering_group_member"})
INVITED = frozenset({"partner_invited"})
PLACED = A | B | ROOM
EVERYONE = frozenset(PERSONS)

ACTIVITY = "title title_id city venue host_basis coordinator scope added_value outcome source_says public_note"
DOCUMENT = "title title_id form labels public_note text filename body"
PERSON = "name name_own_script form_of_address salutation position email phone"
LETTER = "reference subject_en subject_id body_en body_id form_of_address signatories"
_FACTS = ("contribution", "priorityneed", "foreignactivity")
EXCHANGE = "summary represented_by lessons"
REVIEW = "finding status_qualifier status_basis rationale authority accepted_by_forum"

# record -> fields, who may read them
TABLE: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("public_activity", "notes", DESK),
    ("draft_activity", f"{ACTIVITY} notes", DESK),
    ("invited_activity", ACTIVITY, DESK | INVITED),
    ("invited_activity", "notes", DESK),
    ("withdrawn_activity", "title title_id withdrawn_reason", EVERYONE),
    ("withdrawn_activity", f"{ACTIVITY.removeprefix('title title_id ')} notes", DESK),
    ("room_activity", ACTIVITY, DESK | ROOM),
    ("room_activity", "notes", DESK),
    ("room_activity_session", "title", DESK | ROOM),
    ("participants_activity", ACTIVITY, DESK | PLACED),
    ("participants_activity", "notes", DESK),
    ("participants_activity_session", "title", DESK | PLACED),
    ("secret_activity", f"{ACTIVITY} notes", DESK),
    ("secret_activity_session", "title", DESK),
    ("withdrawn_room_activity", "title title_id withdrawn_reason", DESK | ROOM),
    ("withdrawn_room_activity", f"{ACTIVITY.removeprefix('title title_id ')} notes", DESK),
    ("withdrawn_room_activity_session", "title", DESK),
    ("closed_content", "outcome", DESK | ROOM),
    ("closed_session", "title", DESK | ROOM),
    ("practical", "text", DESK | A | B),
    ("room_change", "reason_en reason_id", DESK | ROOM),
    ("unsaved", "title", IMPORTER),
    ("goal", "notes", DESK),
    ("objective", "notes", DESK),
    ("area", "notes", DESK),
    ("draft_review", f"{REVIEW} notes", DESK),
    ("draft_challenge", "text", DESK),
    ("draft_evidence", "text paragraph document_symbol", DESK),
    ("draft_mandate", "paragraph authority what_changed", DESK),
    ("room_review", REVIEW, DESK | ROOM),
    ("room_review", "notes", DESK),
    ("room_challenge", "text", DESK | ROOM),
    ("room_evidence", "text paragraph document_symbol", DESK | ROOM),
    ("room_mandate", "paragraph authority what_changed", DESK | ROOM),
    ("room_recommendation", "text paragraph coordinator", DESK | ROOM),
    ("room_follow_up", "text evidence", DESK | ROOM),
    ("secret_recommendation", "text paragraph coordinator", DESK),
    ("secret_follow_up", "text evidence", DESK),
    ("public_document", "notes", DESK),
    ("draft_document", f"{DOCUMENT} notes", DESK),
    ("room_document", DOCUMENT, DESK | ROOM),
    ("room_document", "notes", DESK),
    ("participants_document", DOCUMENT, DESK | PLACED),
    ("participants_document", "notes", DESK),
    ("secret_document", f"{DOCUMENT} notes", DESK),
    ("withdrawn_document", "title title_id withdrawn_reason", EVERYONE),
    ("withdrawn_document", f"{DOCUMENT.removeprefix('title title_id ')} notes", DESK),
    ("participant", "notes alt_names", DESK),
    ("ministry", "notes", DESK),
    ("body", "notes", DESK),
    ("seat", "notes", DESK),
    ("forum", "notes", DESK),
    ("source", "note import_test", DESK),
    ("official_a", PERSON, DESK | A),
    ("official_b", PERSON, DESK | B),
    ("former_official_a", "name email phone position", DESK | A),
    ("nominee_a", "name email phone", DESK | A),
    ("nominee_b", "name email phone", DESK | B),
    ("office_a", "title form_of_address salutation email", DESK | A),
    ("office_b", "title form_of_address salutation email", DESK | B),
    ("appointment_a", "official_email basis", DESK | A),
    ("seated", "official_email basis", DESK),
    ("focal_point_b", "phone", DESK | B),
    ("remark", "text", DESK),
    ("handover", "note", DESK | A),
    ("forum_contact", "title email note", DESK),
    ("import", "row filename", IMPORTER),
    ("contact_message", "name email text record", DESK),
    ("invitation_a", "reply_note", DESK | A),
    ("invitation_b", "reply_note", DESK | B),
    ("invitation_rule", "subject_en subject_id body_en body_id", DESK),
    ("nomination_a", "meal access_needs", DESK | A),
    ("nomination_b", "meal access_needs", DESK | B),
    ("late_change_a", "name position email meal access_needs", DESK | A),
    ("late_change_b", "name position email meal access_needs", DESK | B),
    ("refused_change_a", "word", DESK | A),
    ("refused_change_b", "word", DESK | B),
    ("delegate_a", "title", DESK | A),
    ("delegate_b", "title", DESK | B),
    ("certificate_a", "name participant withdrawn_reason", DESK),
    ("certificate_b", "name participant withdrawn_reason", DESK),
    ("letter", LETTER, DESK),
    ("delivery", "subject text reason", DESK),
    ("forum_letter", "subject text", DESK),
    ("message_a", "subject text", DESK | A),
    ("draft_report", "title text", DESK),
    ("call", "others subject summary agreed", DESK | ROOM),
    ("withdrawn_call", "others subject summary agreed withdrawn_reason", DESK | ROOM),
    ("standing_item", "title_en title_id note", DESK | ROOM),
    ("agenda_item", "title_en title_id note reference", DESK | ROOM),
    ("draft_agenda_item", "title_en title_id note reference", DESK),
    ("proposal", "title added_value priority_needs overlap_check funding_guideline funded city", DESK | ROOM),
    ("proposal_step", "reason", DESK | ROOM),
    ("overlap", "reason acceptance", DESK | ROOM),
    ("foreign_list", "row", IMPORTER),
    ("linked_reply", "name written_to", DESK | D),
    *((name, "title summary notes", DESK | ROOM) for name in _FACTS),
    ("outreach", f"{EXCHANGE} title place public_note", DESK | ROOM),
    ("outreach", "notes", DESK),
    ("public_outreach", EXCHANGE, DESK | ROOM),
    ("public_outreach", "title place public_note", EVERYONE),
    ("public_outreach", "notes", DESK),
    ("reference", "notes", DESK),
    ("waiting_news", "text evidence office", DESK | A),
    ("participants_news", "text evidence", DESK | PLACED),
    ("participants_news", "office", DESK | A),
    ("withdrawn_news", "text evidence office", DESK | A),
    ("withdrawn_news", "withdrawn_reason", EVERYONE),
    ("legislation_a", "title title_id summary summary_id link", DESK | PLACED),
    ("withdrawn_legislation_a", "title link", A),
    ("foreignactivity", "organiser city topics_said portfolios_said", DESK | ROOM),
    *(
        row
        for side, own in (("a", A), ("b", B))
        for row in (
            (f"mechanism_{side}", "name chair cadence remarks", own),
            (f"stakeholder_{side}", "name part", own),
            (f"meeting_{side}", "note", own),
            (f"agenda_{side}", "text", own),
            (f"feedback_{side}", "useful use_at_home to_follow", own),
            (f"comment_invitation_{side}", "text office", own),
            (f"comment_consultation_{side}", "text office", own),
            (f"correction_{side}", "new_value reason record_title source", DESK | own),
            (f"submitted_{side}", "text", DESK | own),
            (f"draft_{side}", "text answer", own),
        )
    ),
    ("draft_call", "title question", DESK),
    ("draft_call_question", "text", DESK),
    ("call_to_b", "title question", DESK | B),
    ("room_call", "title question", DESK | ROOM),
    ("submitted_d", "text", DESK | D),
    ("draft_d", "text answer", D),
    ("factor_reset", "evidence", ADMINISTRATOR),
    ("account_invitation", "name email", ADMINISTRATOR),
    ("second_invitation", "name email", ADMINISTRATOR),
    ("closure", "reason", ADMINISTRATOR),
    ("kept_form", "path", frozenset({"focal_point_a"})),
)
MAY: dict[str, frozenset[str]] = {f"{record}.{name}": who for record, names, who in TABLE for name in names.split()}
# One of each kind of rights reads every page in both languages and as data too; the others the pages, and the lists as data.
THOROUGH = {"anonymous", "former_focal_point", "focal_point_a", "focal_point_b", "steering_group_member", "partner_invited"}
THOROUGH |= {"secretariat"}
AT_ONCE = 14  # words in one search
# Other spellings of a participant's name are there to be found by, and are shown on the desk's form only.
FINDABLE = {"participant.alt_names"}
# Kept, and shown on no page so far: the day that one shows it, it leaves this list.
UNSHOWN = {
    *("draft_review.notes", "room_review.notes", "withdrawn_document.text", "source.note", "source.import_test"),
    "kept_form.path",  # shown with the cookie of the browser that kept it: tests/members/test_kept_forms.py
    *("appointment_a.official_email", "seated.official_email", "seated.basis"),
    *("withdrawn_call.others", "withdrawn_call.summary", "withdrawn_call.agreed"),
    *("agenda_item.reference", "draft_agenda_item.reference"),
    *("contribution.summary", "contribution.notes", "priorityneed.notes", "linked_reply.written_to"),
    *(f"letter.{name}" for name in LETTER.split()),
}
# In the place of a cast's reference, these too.
ACTIVITIES = ("activity", "draft_activity", "restricted_activity", "withdrawn_activity", "other_activity")
DOCUMENTS = ("document", "restricted_document")


@pytest.fixture(autouse=True)
def _no_copies_of_contexts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates render as they do outside of tests: ten thousand pages are quicker without their contexts kept."""
    monkeypatch.setattr(Template, "_render", lambda self, context: self.nodelist.render(context))


@dataclass
class Planting:
    world: World
    planted: Planted
    seen: dict[str, dict[str, str]] = field(default_factory=dict)  # token -> person -> the address first seen at


@pytest.fixture(scope="module")
def planting(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planting]:
    from django.core.management import call_command

    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world()
        add_reports(world)
        add_accounts(world)
        add_own_of_b(world)
        made = Planting(world, plant(world))
    yield made
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


def addresses(world: World, planted: Planted, person: str) -> list[str]:
    """Every route, with the cast's records and, where the person may enter at all, those planted beside them."""
    found: dict[str, None] = {}
    for url in (at["url"] for row in ROWS for at in (row, *row.get("other", []))):
        one = url.startswith("/desk/") and person not in DESK
        worlds = [vars(world)] if one else _worlds(url, world, planted)
        found.update({url.format(**values): None for values in worlds})
    found.update(dict.fromkeys(planted.addresses))
    return [address for address in found if "logout" not in address]


def _worlds(url: str, world: World, planted: Planted) -> Iterator[dict[str, Any]]:
    own = dict(vars(world))
    yield own
    for names, more in ((ACTIVITIES, planted.activities), (DOCUMENTS, planted.documents)):
        if any(f"{{{name}}}" in url for name in names):
            known = [own[name] for name in names]
            yield from (own | dict.fromkeys(names, value) for value in (*known, *more))


def _text(response: Any) -> str:
    """All that the answer tells: status line, headers, body; archives and PDF opened."""
    body = b"".join(response) if response.streaming else response.content
    parts = [repr(sorted(response.headers.items())), body.decode("utf-8", "replace")]
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts += [f"{name} {archive.read(name).decode('utf-8', 'replace')}" for name in archive.namelist()]
    if body.startswith(b"%PDF") and body.rstrip().endswith(b"%%EOF"):
        document = pypdfium2.PdfDocument(body)
        parts += [str(document.get_metadata_dict()), *(page.get_textpage().get_text_range() for page in document)]
    return "\n".join(parts)


def _walk(client: Client, address: str, *, thorough: bool) -> Iterator[tuple[str, str]]:
    """The page, the same in Bahasa Indonesia, and as data where it can be had as data."""
    response = client.get(address)
    yield address, _text(response)
    if response.status_code != 200 or not response.headers.get("Content-Type", "").startswith("text/html"):
        return
    if thorough:
        yield f"/id{address}", _text(client.get(f"/id{address}"))
    mark = "&" if "?" in address else "?"
    page = response.content if not response.streaming else b""
    for form in ("json", "csv", "xlsx"):
        if f"format={form}".encode() in page and (thorough or address in LISTS):
            yield f"{address}{mark}format={form}", _text(client.get(f"{address}{mark}format={form}"))


SEARCHES = ("/search/", "/activities/", "/reports/")  # these take "this OR that", in 200 characters
LISTS = (*SEARCHES, "/recommendations/", "/participants/", "/forums/")
SEARCHES_SIGNED_IN = ("/steering-group/room/", "/steering-group/room/calls/", "/desk/contacts/", "/desk/activities/")


@pytest.mark.django_db
@pytest.mark.parametrize("person", PERSONS)
def test_no_token_reaches_a_person_who_may_not_read_it(planting: Planting, person: str) -> None:
    client, tokens = client_for(planting.world, person), {token: name for name, token in planting.planted.tokens.items()}
    anywhere = re.compile("|".join(tokens))
    leaks = []
    walked = [*addresses(planting.world, planting.planted, person), *(f"{path}?q={WORD}" for path in LISTS + SEARCHES_SIGNED_IN)]
    for address in walked:
        for where, text in _walk(client, address, thorough=person in THOROUGH):
            for token in set(anywhere.findall(text)):
                name = tokens[token]
                planting.seen.setdefault(name, {}).setdefault(person, where)
                if person not in MAY[name]:
                    leaks.append(f"{name} at {where}")
    assert not leaks, "\n".join(sorted(leaks))


def test_the_table_names_every_token(planting: Planting) -> None:
    assert sorted(MAY) == sorted(planting.planted.tokens)


@pytest.mark.django_db
@pytest.mark.parametrize("person", PERSONS)
def test_search_for_hidden_words_answers_as_for_words_that_are_nowhere(planting: Planting, person: str) -> None:
    """One question for all that this person may not read; the answer is that to as many words which nobody wrote."""
    client = client_for(planting.world, person)
    hidden = [token for name, token in planting.planted.tokens.items() if person not in MAY[name] and name not in FINDABLE]
    nowhere = [f"zq{number:08d}" for number in range(AT_ONCE)]
    for path in SEARCHES:
        nothing = _found(client, path, nowhere)
        for start in range(0, len(hidden), AT_ONCE):
            some = hidden[start : start + AT_ONCE]
            assert _found(client, path, some + nowhere[len(some) :]) == nothing, path


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["draft_activity.title", "draft_document.title", "draft_document.text"])
def test_the_same_search_finds_for_a_person_who_may(planting: Planting, name: str) -> None:
    client = client_for(planting.world, "secretariat")
    nowhere = [f"zq{number:08d}" for number in range(AT_ONCE)]
    some = [*nowhere[:-1], planting.planted.tokens[name]]
    assert _found(client, "/search/", some) != _found(client, "/search/", nowhere)


def _found(client: Client, path: str, words: list[str]) -> str:
    body = client.get(path, {"q": " OR ".join(words)}).content.decode()
    body = re.sub("zq[0-9a-f]*", "…", body)  # a label cuts long words short
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)


def test_every_token_was_seen_by_somebody_who_may(planting: Planting) -> None:
    """Else the walk would prove nothing of it. Runs after the walk."""
    if not planting.seen:
        pytest.skip("the walk was left out")
    unseen = {name for name, who in MAY.items() if not who & planting.seen.get(name, {}).keys()}
    assert sorted(unseen ^ UNSHOWN) == []
