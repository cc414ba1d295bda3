"""Inviting by a rule: who is on the list, what stops it, one letter each whatever happens, and reminders."""

from __future__ import annotations

import hashlib
import io
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from activities import periodic, tasks
from activities.delivery import why_withheld
from activities.enums import InvitationState
from activities.enums_invitations import IssueState
from activities.models import Activity, AreaInterest, Invitation, InvitationRule, IssueItem, IssueRun, ProgrammeArea, Reminder
from activities.selectors_invitations import Hole, audience_of
from activities.services.invitations import remind
from activities.services.issuing import Decision, RuleContent, decide, save_rule, start_issue
from activities.services.reminders import remind_before_deadline
from members.enums import AccessAction, Channel, DeliveryState, Standing
from members.errors import Conflict, DomainError
from members.models import (
    AccessRecord,
    Appointment,
    Delivery,
    Letter,
    Ministry,
    Office,
    Official,
    Participant,
    Portfolio,
    Region,
    Topic,
)
from members.models.base import today
from members.rendering import RenderingError, render_pdf
from tests.cast import World, client_for, make_world

FAKE = b"%PDF-1.7 "


@pytest.fixture(autouse=True)
def _media(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Letters are laid out for real only where a test looks at them."""
    if "real_letters" not in request.fixturenames:
        monkeypatch.setattr(tasks, "render_pdf", lambda html, **_words: FAKE + html.encode())


@pytest.fixture
def real_letters() -> None:
    """The PDF engine itself."""


def set_up() -> World:
    """The cast's world, where only focal points A and B, and later whom a test names, are members."""
    world = make_world()
    InvitationRule.objects.filter(activity__reference=world.activity).delete()
    Invitation.objects.filter(activity__reference=world.activity).delete()
    for slug in ("aland", "bland", "cland"):
        Participant.objects.get(slug=slug).standings.create(standing=Standing.MEMBER, period_from=date(2002, 1, 1))
    return world


@pytest.fixture
def world(db: None) -> World:
    return set_up()


def activity_of(world: World) -> Activity:
    return Activity.objects.get(reference=world.activity)


def rule(world: World, **fields: Any) -> InvitationRule:
    content = RuleContent({"subject_en": "Invitation to the workshop", "standings": [Standing.MEMBER.value], **fields})
    known = InvitationRule.objects.filter(activity=activity_of(world)).first()
    return save_rule(
        activity=activity_of(world),
        content=content,
        expected_version=known.version if known else 0,
        by=world.users["secretariat"],
    )


def listed(world: World) -> dict[str, tuple[str, str]]:
    """Participant to (basis, hole)."""
    found = audience_of(InvitationRule.objects.get(activity=activity_of(world)), world.users["secretariat"])
    return {line.participant.slug: (line.basis.value, line.hole.value if line.hole else "") for line in found.lines}


def begin(world: World) -> IssueRun:
    by, activity = world.users["secretariat"], activity_of(world)
    found = audience_of(InvitationRule.objects.get(activity=activity), by)
    return start_issue(activity=activity, digest=found.digest, by=by)


def issue(world: World) -> IssueRun:
    run = begin(world)
    tasks.run_issue(run.pk)
    run.refresh_from_db()
    return run


def letters() -> Counter[str]:
    return Counter(Delivery.objects.filter(kind="invitation", letter__isnull=False).values_list("email", flat=True))


A, B = "focal-point-a@cast.example", "focal-point-b@cast.example"


# --- who is on the list ----------------------------------------------------------------------------------------------


def test_standing_kind_and_region_say_who_is_on_the_list(world: World) -> None:
    east, west = Region.objects.create(key="east", name_en="East"), Region.objects.create(key="west", name_en="West")
    Participant.objects.filter(slug="aland").update(region=east)
    Participant.objects.filter(slug="bland").update(region=west)
    Participant.objects.get(slug="agency").standings.create(standing=Standing.OBSERVER, period_from=date(2002, 1, 1))
    rule(world)
    assert set(listed(world)) == {"aland", "bland", "cland"}
    rule(world, regions=["east"])
    assert listed(world) == {"aland": ("rule", "")}
    rule(world, regions=["east"], is_open=True)
    found = {slug: basis for slug, (basis, _hole) in listed(world).items()}
    assert found == {"aland": "rule", "agency": "open", "bland": "open", "cland": "open"}
    rule(world, standings=[], kinds=["civil-society"])
    assert listed(world) == {}
    rule(world, by_rule=False, added=["bland"])
    assert listed(world) == {"bland": ("added", "")}


def test_who_does_not_take_part_any_more_is_on_no_list_and_gets_nothing_even_when_added(world: World) -> None:
    Participant.objects.get(slug="aland").standings.update(period_to=today() - timedelta(days=1))
    rule(world, standings=[])
    assert "aland" not in listed(world)
    rule(world, standings=[], added=["aland"])
    assert listed(world)["aland"] == ("added", "left")


def test_wishes_leave_out_and_the_desk_can_overrule_and_its_look_is_written_down(world: World) -> None:
    area = ProgrammeArea.objects.get()
    AreaInterest.objects.create(participant=Participant.objects.get(slug="aland"), area=area, interest="not-now")
    rule(world, areas=[area.code])
    assert "aland" not in listed(world)
    desk, page = client_for(world, "secretariat"), f"/desk/activities/{world.activity}/invitations/preview/"
    text = desk.get(page).content.decode()
    assert "does not wish to take part in this area at present" in text
    record = AccessRecord.objects.get()
    assert (record.action, record.object_ref) == (AccessAction.OPENED, world.activity)
    answer = {"participant": "aland", "decision": "take-in"}
    assert desk.post(page.replace("preview", "decide"), answer).status_code == 302
    assert listed(world)["aland"] == ("added", "")
    rule(world, areas=[area.code], added=[], heeds_interests=False)
    assert listed(world)["aland"] == ("rule", "")


def test_list_asks_as_often_with_six_participants_as_with_one(world: World) -> None:
    by, topic = world.users["secretariat"], Topic.objects.get()
    _rights = by.rights

    def queries() -> int:
        found = InvitationRule.objects.select_related("topic", "activity").get(activity=activity_of(world))
        with CaptureQueriesContext(connection) as seen:
            audience_of(found, by)
        return len(seen)

    rule(world, by_rule=False, added=["aland"], topic=topic)
    before = queries()
    for number in range(5):
        more = Participant.objects.create(name=f"More {number}", slug=f"more-{number}", kind="government")
        official = Official.objects.create(participant=more, name=f"P {number}", email=f"p{number}@x.example")
        place = {"role": "focal-point", "participant": more, "topic": topic, "period_from": date(2020, 1, 1)}
        Appointment.objects.create(official=official, **place)
    rule(world, by_rule=False, added=["aland", *(f"more-{number}" for number in range(5))], topic=topic)
    assert queries() == before


# --- what stops it ---------------------------------------------------------------------------------------------------


def lapse(world: World) -> None:
    """The focal point of A left yesterday."""
    Appointment.objects.filter(pk=world.appointment_a).update(period_to=today() - timedelta(days=1))


def test_expired_contact_blocks_is_named_and_each_way_out_works(world: World) -> None:
    lapse(world)
    rule(world)
    assert listed(world)["aland"] == ("rule", "expired")
    with pytest.raises(DomainError, match="Decide first about: Aland"):
        begin(world)
    desk, base = client_for(world, "secretariat"), f"/desk/activities/{world.activity}/invitations/"
    text = desk.get(f"{base}preview/").content.decode()
    assert "the term of its focal point has ended, and nobody has followed" in text
    assert "Person focal_point_a" in text
    assert "Ask for a name" in text
    assert "Write to its office" not in text  # it has none
    assert f'action="{base}issue/"' not in text
    Office.objects.create(participant=Participant.objects.get(slug="aland"), title="Cabinet", email="cabinet@aland.example")
    assert "Write to its office" in desk.get(f"{base}preview/").content.decode()
    assert desk.post(f"{base}decide/", {"participant": "aland", "decision": "by-office"}).status_code == 302
    assert listed(world)["aland"] == ("rule", "")
    assert issue(world).items.filter(state="done").count() == 2
    assert letters() == {"cabinet@aland.example": 1, B: 1}


def test_left_out_participant_blocks_no_more_and_can_be_put_back(world: World) -> None:
    lapse(world)
    rule(world)
    aland, activity, by = Participant.objects.get(slug="aland"), activity_of(world), world.users["secretariat"]
    decide(activity=activity, participant=aland, decision=Decision.LEAVE_OUT, by=by)
    assert "aland" not in listed(world)
    issue(world)
    assert letters() == {B: 1}
    decide(activity=activity, participant=aland, decision=Decision.AS_RULED, by=by)
    assert listed(world)["aland"] == ("rule", "expired")


def test_address_that_bounced_blocks_and_an_unknown_one_is_named(world: World) -> None:
    official = Official.objects.get(email=A)
    message = Delivery.objects.create(
        key="x:1", kind="x", official=official, email=A, subject="S", message_id="<1@x>", queued_by=world.users["secretariat"]
    )
    for state in ("sending", "accepted", "bounced"):
        Delivery.objects.filter(pk=message.pk).update(state=state, accepted_at=timezone.now())
    rule(world)
    assert listed(world) == {"aland": ("rule", Hole.BOUNCED), "bland": ("rule", ""), "cland": ("rule", Hole.NO_ADDRESS)}
    with pytest.raises(DomainError, match="Aland"):
        begin(world)


def test_list_that_changed_since_it_was_shown_is_shown_again(world: World) -> None:
    rule(world)
    desk, base = client_for(world, "secretariat"), f"/desk/activities/{world.activity}/invitations/"
    page = desk.get(f"{base}preview/")
    digest = page.context["listed"].digest
    assert digest in page.content.decode()
    Official.objects.filter(email=B).update(email="successor-b@cast.example")
    answer = desk.post(f"{base}issue/", {"digest": digest})
    assert answer.status_code == 409
    assert "The list has changed since you opened it" in answer.content.decode()
    assert "successor-b@cast.example" in answer.content.decode()
    assert not IssueRun.objects.filter(activity=activity_of(world)).exists()
    assert desk.post(f"{base}issue/", {"digest": answer.context["listed"].digest}).status_code == 302


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": "held"}, "still ahead"),
        ({"published_at": None, "published_by": None}, "Publish"),
    ],
)
def test_only_for_what_is_ahead_and_published(world: World, change: dict[str, Any], said: str) -> None:
    rule(world)
    Activity.objects.filter(reference=world.activity).update(**change)
    with pytest.raises(DomainError, match=said):
        begin(world)


# --- one letter each -------------------------------------------------------------------------------------------------


def test_issue_writes_one_letter_each_and_issuing_again_adds_only_the_missing(world: World) -> None:
    rule(world, reply_by=today() + timedelta(days=20), quota=3)
    run = issue(world)
    assert run.done_at
    assert letters() == {A: 1, B: 1}
    found = Invitation.objects.get(activity=activity_of(world), participant__slug="aland")
    assert (found.state, found.quota, found.reply_by) == ("issued", 3, today() + timedelta(days=20))
    with pytest.raises(DomainError, match="invited already"):
        begin(world)
    Office.objects.create(participant=Participant.objects.get(slug="cland"), title="Cabinet", email="cabinet@cland.example")
    again = issue(world)
    assert [item.participant.slug for item in again.items.all()] == ["cland"]
    assert letters() == {A: 1, B: 1, "cabinet@cland.example": 1}
    references = set(Letter.objects.filter(reference__startswith=f"{world.activity}.").values_list("reference", flat=True))
    assert references == {f"{world.activity}.L1", f"{world.activity}.L2"}


def test_who_was_invited_by_hand_meanwhile_is_left_as_it_is(world: World) -> None:
    from activities.services.invitations import issue_invitations

    rule(world)
    run = begin(world)
    by, aland = world.users["secretariat"], Participant.objects.get(slug="aland")
    issue_invitations(activity=activity_of(world), participants=[aland], by=by)
    tasks.run_issue(run.pk)
    item = run.items.get(participant=aland)
    assert (item.state, item.reason) == (IssueState.SKIPPED, tasks.INVITED)
    assert Delivery.objects.filter(kind="invitation", email=A, invitation_copy__isnull=False).count() == 1


def test_letter_that_cannot_be_laid_out_stops_nobody_else_and_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails_for_a(html: str, **_words: Any) -> bytes:
        if "Person focal_point_a" in html:
            raise RenderingError("broken")
        return FAKE

    rule(world)
    with monkeypatch.context() as patched:
        patched.setattr(tasks, "render_pdf", fails_for_a)
        run = issue(world)
    assert run.done_at
    assert dict(run.items.values_list("participant__slug", "state")) == {"aland": "failed", "bland": "done"}
    assert letters() == {B: 1}
    issue(world)
    assert letters() == {A: 1, B: 1}


class Killed(BaseException):
    """The worker is gone in this moment."""


@pytest.mark.parametrize("moment", ["laying out", "queueing", "before settling"])
def test_worker_that_dies_in_the_middle_leaves_nobody_out_and_writes_to_nobody_twice(
    world: World, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    name = {"laying out": "render_pdf", "queueing": "write", "before settling": "_settle"}[moment]
    before: Callable[..., Any] = getattr(tasks, name)
    calls = []

    def dies_at_the_second(*words: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise Killed
        return before(*words, **more)

    rule(world)
    run = begin(world)
    with monkeypatch.context() as patched:
        patched.setattr(tasks, name, dies_at_the_second)
        with pytest.raises(Killed):
            tasks.run_issue(run.pk)
    assert letters() == {A: 1}
    assert tasks.run_issue(run.pk) == 0  # its lease holds
    assert run.pk not in tasks.waiting()
    IssueItem.objects.filter(state=IssueState.RUNNING).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert run.pk in tasks.waiting()
    tasks.run_issue(run.pk)
    assert letters() == {A: 1, B: 1}
    run.refresh_from_db()
    assert run.done_at
    assert run.pk not in tasks.waiting()


def test_late_worker_whose_row_another_took_records_nothing(world: World) -> None:
    rule(world)
    run = begin(world)
    late = tasks.claim(run.pk)
    assert late
    IssueItem.objects.filter(pk=late.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    tasks.run_issue(run.pk)
    assert tasks.settle(late, []) is False
    assert tasks.give_up(late, IssueState.FAILED, "late") is False
    assert letters() == {A: 1, B: 1}


@pytest.fixture
def committed_world(transactional_db: None) -> Iterator[World]:
    return set_up()


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_and_four_workers_write_one_letter_each(committed_world: World) -> None:
    world = committed_world
    topic = Topic.objects.get()
    for number in range(6):
        more = Participant.objects.create(name=f"More {number}", slug=f"more-{number}", kind="government")
        official = Official.objects.create(participant=more, name=f"P {number}", email=f"p{number}@x.example")
        Appointment.objects.create(
            official=official, role="focal-point", participant=more, topic=topic, period_from=date(2020, 1, 1)
        )
    rule(world, added=[f"more-{number}" for number in range(6)])
    by, activity = world.users["secretariat"], activity_of(world)
    digest = audience_of(InvitationRule.objects.get(activity=activity), by).digest
    barrier, runs, failed = threading.Barrier(4), [], []

    def press() -> None:
        try:
            barrier.wait()
            run = start_issue(activity=activity, digest=digest, by=by)
            runs.append(run.pk)
            tasks.run_issue(run.pk)
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [error for error in failed if "invited already" not in str(error)] == []
    assert len(set(runs)) == 1
    assert letters() == dict.fromkeys([A, B, *(f"p{number}@x.example" for number in range(6))], 1)
    assert IssueRun.objects.get(pk=runs[0]).done_at


# --- the letter ------------------------------------------------------------------------------------------------------


def route_through_the_foreign_ministry(world: World) -> None:
    """A matter of women's affairs goes to A's ministry for it, through its foreign ministry."""
    aland = Participant.objects.get(slug="aland")
    channel = Portfolio.objects.create(key="foreign-affairs", name_en="Foreign affairs", is_channel=True)
    wanted = Portfolio.objects.create(key="womens-affairs", name_en="Women's affairs")
    foreign = Ministry.objects.create(code="A-MFA", participant=aland, name="Ministry of External Affairs")
    women = Ministry.objects.create(code="A-WOM", participant=aland, name="Ministry of Women")
    foreign.portfolios.add(channel)
    women.portfolios.add(wanted)
    Office.objects.create(participant=aland, ministry=foreign, title="Directorate", email="mfa@aland.example")
    Office.objects.create(participant=aland, ministry=women, title="Deputy for Women", email="women@aland.example")


def stored(name: str) -> bytes:
    with default_storage.open(name) as file:
        content: bytes = file.read()
    return content


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())
    finally:
        document.close()


def test_note_verbale_goes_to_the_foreign_ministry_and_in_copy_to_the_line_ministry(world: World, real_letters: None) -> None:
    route_through_the_foreign_ministry(world)
    Participant.objects.filter(slug="bland").update(language="id")
    rule(world, portfolios=["womens-affairs"], body_en="What it is about.", subject_id="Undangan", reply_by=date(2030, 5, 4))
    issue(world)
    assert letters() == {"mfa@aland.example": 1, "women@aland.example": 1, A: 1, B: 1}
    found = {row.email: row for row in Delivery.objects.filter(kind="invitation", letter__isnull=False)}
    kinds = {email: (row.letter.kind, row.invitation_copy.is_note_verbale) for email, row in found.items() if row.letter}
    assert kinds == {
        "mfa@aland.example": ("note-verbale", True),
        "women@aland.example": ("note-verbale", True),
        A: ("letter", False),
        B: ("letter", False),
    }
    files = {email: row.attachments.get(media_type="application/pdf") for email, row in found.items()}
    content = {email: stored(file.storage_name) for email, file in files.items()}
    assert all(hashlib.sha256(content[email]).hexdigest() == file.sha256 for email, file in files.items())
    note, copy, letter, other = (text_of(content[e]) for e in ("mfa@aland.example", "women@aland.example", A, B))
    assert "presents its compliments to the Ministry of External Affairs of Aland" in note
    assert f"{world.activity}.N1/1" in note
    assert "Reply by 4 May 2030" in note
    assert "What it is about." in note
    assert "Copy for" not in note
    assert "Copy for Deputy for Women, Ministry of Women, Aland" in copy
    assert "Dear Person focal_point_a," in letter
    assert f"{world.activity}.L1/1" in letter
    assert "Undangan" in other
    assert "dengan hormat mengundang Bland" in other
    assert Invitation.objects.get(participant__slug="aland", activity=activity_of(world)).channel == Channel.FOREIGN_MINISTRY
    with pikepdf.open(io.BytesIO(content[B])) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == "id"
    mail = found["women@aland.example"]
    assert "This is a copy of a letter to Directorate" in mail.text
    assert f"The note verbale {world.activity}.N1/1 is enclosed." in mail.text
    assert render_pdf is tasks.render_pdf


def test_calendar_file_has_the_identity_of_the_feed_and_asks_for_no_answer(world: World) -> None:
    rule(world)
    issue(world)
    delivery = Delivery.objects.get(email=A, letter__isnull=False)
    file = delivery.attachments.get(media_type="text/calendar")
    assert file.filename == f"{world.activity}.ics"
    calendar: Any = Calendar.from_ical(stored(file.storage_name))
    assert calendar["method"] == "PUBLISH"
    (event,) = calendar.walk("VEVENT")
    (known,) = Calendar.from_ical(Client().get(f"/activities/{world.activity}.ics").content).walk("VEVENT")
    assert event["uid"] == known["uid"]
    assert event.decoded("dtstart") == activity_of(world).start


def test_desk_downloads_the_very_file_that_went_and_nothing_else(world: World) -> None:
    rule(world)
    issue(world)
    delivery = Delivery.objects.get(email=A, letter__isnull=False)
    file = delivery.attachments.get(media_type="application/pdf")
    desk, page = client_for(world, "secretariat"), f"/desk/deliveries/{delivery.pk}/files/{file.pk}/"
    answer: Any = desk.get(page)
    assert hashlib.sha256(b"".join(answer)).hexdigest() == file.sha256
    assert AccessRecord.objects.filter(action=AccessAction.DOWNLOADED).count() == 1
    assert client_for(world, "focal_point_a").get(page).status_code == 404
    default_storage.delete(file.storage_name)
    default_storage.save(file.storage_name, ContentFile(b"another"))
    assert desk.get(page).status_code == 404


def test_co_chairs_stand_under_a_letter_as_governments_and_never_as_persons(world: World) -> None:
    rule(world, signed_by="co-chairs")
    run = issue(world)
    assert run.letter
    assert run.letter.signatories == "Cland"
    html = stored(Delivery.objects.get(email=A, letter=run.letter).attachments.first().storage_name)  # type: ignore[union-attr]
    assert b"on behalf of the co-chairs, Cland" in html
    assert b"Person co_chair" not in html


# --- before it leaves, and afterwards --------------------------------------------------------------------------------


def test_copy_to_somebody_who_was_followed_or_whose_invitation_was_withdrawn_does_not_leave(world: World) -> None:
    rule(world)
    issue(world)
    copy = Delivery.objects.get(email=A, letter__isnull=False)
    assert why_withheld(copy) == ""
    official = Official.objects.create(participant=copy.official.participant, name="Next", email="next@x.example")  # type: ignore[union-attr]
    Appointment.objects.filter(pk=world.appointment_a).update(period_to=today() - timedelta(days=1))
    follow(official)
    assert why_withheld(copy) == "Somebody else is written to for this participant by now."
    other = Delivery.objects.get(email=B, letter__isnull=False)
    Invitation.objects.filter(participant__slug="bland").update(
        state="withdrawn", withdrawn_at=timezone.now(), withdrawn_by=world.users["secretariat"]
    )
    assert why_withheld(other) == "The invitation was withdrawn before this copy left."


def follow(official: Official) -> None:
    """The official is focal point from today on."""
    place = {"role": "focal-point", "participant": official.participant, "topic": Topic.objects.get(), "period_from": today()}
    Appointment.objects.create(official=official, **place)


def reminders() -> Counter[str]:
    return Counter(Delivery.objects.filter(kind__startswith="reminder-").values_list("email", flat=True))


def test_reminders_of_the_clock_come_once_of_a_kind_stop_on_an_answer_and_reach_the_successor(world: World) -> None:
    service, day = world.users["secretariat"], today() + timedelta(days=10)
    rule(world, reply_by=today() + timedelta(days=15), remind_days=[7, 2])
    issue(world)
    assert remind_before_deadline(by=service, today=today()) == 0
    for _time in range(2):
        remind_before_deadline(by=service, today=day)
    assert reminders() == {A: 1, B: 1}
    Invitation.objects.filter(participant__slug="bland").update(state=InvitationState.ACCEPTED)
    official = Official.objects.create(participant=Participant.objects.get(slug="aland"), name="Next", email="next@x.example")
    Appointment.objects.filter(pk=world.appointment_a).update(period_to=today() - timedelta(days=1))
    follow(official)
    remind_before_deadline(by=service, today=day)
    assert reminders() == {A: 1, B: 1}  # once of a kind, also for a successor
    remind_before_deadline(by=service, today=day + timedelta(days=4))
    assert reminders() == {A: 1, B: 1, "next@x.example": 1}
    assert sorted(Reminder.objects.values_list("kind", flat=True)) == ["before-2", "before-7", "before-7"]
    queued = Delivery.objects.filter(kind__startswith="reminder-", email=B).get()
    assert why_withheld(queued) == "The participant answered before this reminder left."
    assert periodic.remind_unanswered_invitations() == 0
    assert periodic.resume_issues() == 0


def test_button_shows_who_gets_one_and_sends_once_a_day(world: World) -> None:
    rule(world)
    issue(world)
    desk, page = client_for(world, "secretariat"), f"/desk/activities/{world.activity}/invitations/reminders/"
    shown = desk.get(page)
    assert [row.invitation.participant.slug for row in shown.context["listed"].to_send] == ["aland", "bland"]
    assert A in shown.content.decode()
    assert desk.post(page, {"digest": "0" * 64}).status_code == 409
    assert desk.post(page, {"digest": shown.context["listed"].digest}).status_code == 302
    assert reminders() == {A: 1, B: 1}
    assert desk.post(page, {"digest": shown.context["listed"].digest}).status_code == 409
    found = Invitation.objects.get(participant__slug="aland", activity=activity_of(world))
    assert remind(invitation=found, by=world.users["secretariat"], today=today()) == 0
    assert reminders() == {A: 1, B: 1}
    Invitation.objects.filter(activity=activity_of(world)).update(state=InvitationState.DECLINED)
    assert "Everybody who is invited has answered." in desk.get(page).content.decode()


# --- the pages -------------------------------------------------------------------------------------------------------


def answers(**changes: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "version": "0",
        "by_rule": "yes",
        "standings": ["member"],
        "form": "as-routed",
        "signed_by": "secretariat",
        "subject_en": "Invitation",
        "remind_days": "2, 7",
    }
    return {key: value for key, value in (said | changes).items() if value is not None}


def test_form_keeps_the_rule_and_tells_a_second_editor(world: World) -> None:
    desk, page = client_for(world, "secretariat"), f"/desk/activities/{world.activity}/invitations/rule/"
    assert desk.get(page.replace("rule", "preview")).status_code == 302
    assert desk.post(page, answers(added=["bland"], topic="people-smuggling")).status_code == 302
    kept = InvitationRule.objects.get(activity=activity_of(world))
    assert (kept.standings, kept.added, kept.remind_days, kept.version) == (["member"], ["bland"], [7, 2], 1)
    assert kept.topic == Topic.objects.get()
    late = desk.post(page, answers(subject_en="Other words"))
    assert late.status_code == 409
    assert ("Subject in English", "Other words", "Invitation") in late.context["rows"]
    with pytest.raises(Conflict):
        save_rule(activity=activity_of(world), content=RuleContent(), expected_version=0, by=world.users["secretariat"])
    assert "Whom to invite" in desk.get(page).content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"standings": ["x"]}, "Select a valid choice"),
        ({"subject_en": ""}, "This field is required"),
        ({"remind_days": "0"}, "Enter numbers of days from 1 to 90"),
        ({"remind_days": "7, x"}, "Enter numbers of days from 1 to 90"),
        ({"remind_days": "1 2 3 4 5 6"}, "Enter at most five days."),
        ({"added": ["bland"], "left_out": ["bland"]}, "Either added or left out: Bland."),
        ({"by_rule": "no"}, "Name at least one participant"),
        ({"added": ["\x00"]}, "Null characters are not allowed"),
        ({"topic": "none"}, "Select a valid choice"),
        ({"version": "x"}, "Enter a whole number"),
        ({"quota": "9" * 30}, "less than or equal to 500"),
        ({"reply_by": "0001-01-01"}, "Enter a year between"),
    ],
)
def test_wrong_answers_are_shown_again_with_what_is_wrong(world: World, wrong: dict[str, Any], said: str) -> None:
    desk, page = client_for(world, "secretariat"), f"/desk/activities/{world.activity}/invitations/rule/"
    answer = desk.post(page, answers(**wrong))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not InvitationRule.objects.filter(activity=activity_of(world)).exists()


def test_progress_is_shown_without_a_script_and_can_be_stopped(world: World) -> None:
    rule(world)
    run = begin(world)
    desk, page = client_for(world, "secretariat"), f"/desk/activities/{world.activity}/invitations/issues/{run.pk}/"
    text = desk.get(page).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in text
    assert "0 of 2 participants are done." in text
    assert 'http-equiv="refresh"' not in desk.get(f"{page}?still=1").content.decode()
    part = desk.get(f"{page}progress/").content.decode()
    assert f'data-poll="{page}progress/"' in part
    assert "<html" not in part
    with pytest.raises(DomainError, match="being written"):
        rule(world)
    tasks.run_issue(run.pk)
    text = desk.get(page).content.decode()
    assert "2 invitations are issued." in text
    assert "refresh" not in text
    assert "data-poll" not in text
    sheet = desk.get(f"/desk/activities/{world.activity}/invitations/").content.decode()
    assert f"{world.activity}.L1/1" in sheet
    assert str(DeliveryState.QUEUED.label) in sheet


def test_run_again_while_it_goes_on_is_the_same_run(world: World) -> None:
    rule(world)
    assert begin(world).pk == begin(world).pk


@pytest.mark.parametrize("page", ["preview/", "reminders/", "issues/{run}/", ""])
def test_pages_ask_as_often_with_five_participants_as_with_two(world: World, page: str) -> None:
    """The same number of queries whatever the number of rows."""
    desk, topic = client_for(world, "secretariat"), Topic.objects.get()

    def queries(run: int) -> int:
        address = f"/desk/activities/{world.activity}/invitations/{page.format(run=run)}"
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(address).status_code == 200
        return len(seen)

    rule(world)
    run = issue(world).pk
    desk.get("/about/")
    before = queries(run)
    for number in range(3):
        more = Participant.objects.create(name=f"More {number}", slug=f"more-{number}", kind="government")
        official = Official.objects.create(participant=more, name=f"P {number}", email=f"p{number}@x.example")
        Appointment.objects.create(
            official=official, role="focal-point", participant=more, topic=topic, period_from=date(2020, 1, 1)
        )
    rule(world, added=["more-0", "more-1", "more-2"])
    assert queries(issue(world).pk) == before
