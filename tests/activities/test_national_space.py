"""The national space: seen by its one participant; the secretariat reads what was submitted and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.enums_national import AgendaHeading, MeetingKind, StakeholderKind
from activities.models import (
    Activity,
    ActivityFeedback,
    Comment,
    Consultation,
    Invitation,
    NationalAgendaItem,
    NationalCoordination,
    NationalMeeting,
    Outreach,
    Proposal,
    Reply,
    ReplyVersion,
    Stakeholder,
)
from activities.services import comments, coordination, feedback, replies
from members.errors import Conflict, DomainError
from members.models import (
    Appointment,
    Delivery,
    Ministry,
    NationalMechanism,
    Official,
    Participant,
    Seat,
    StandingPeriod,
)
from members.models.base import today
from reports.models import Document
from tests.cast import PERSONS, World, call_for, client_for, make_world
from tests.test_audit import event_models

DRAFT, SAID, FEEDBACK, MECHANISM, ITEM, NOTE = (
    f"CANARY-{what}" for what in ("DRAFT", "COMMENT", "FEEDBACK", "MECHANISM", "ITEM", "NOTE")
)
CANARIES = (DRAFT, SAID, FEEDBACK, MECHANISM, ITEM, NOTE)
SPACE = "/national/aland/"
OTHERS = [name for name in PERSONS if name not in {"focal_point_a", "ministry_official_a", "half_signed_in"}]


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def aland() -> Participant:
    return Participant.objects.get(slug="aland")


def fill(world: World) -> None:
    """Everything that can be written in the space, by its ministry official and its focal point."""
    ministry, focal = world.users["ministry_official_a"], world.users["focal_point_a"]
    Official.objects.filter(user=ministry).update(position="Director", ministry=Ministry.objects.get(code="AAA-M01"))
    call, past = Consultation.objects.get(pk=world.consultation), Activity.objects.get(reference=world.past_activity)
    draft = replies.Draft(DRAFT, {"1": DRAFT})
    version = replies.save_draft(consultation=call, participant=aland(), draft=draft, expected_number=0, by=ministry)
    for subject in (call, Reply.objects.get(pk=version.reply_id), Invitation.objects.get(pk=world.invitation_a)):
        comments.add_comment(participant=aland(), subject=subject, text=SAID, by=ministry)
    feedback.save_feedback(participant=aland(), activity=past, words={"useful": FEEDBACK}, expected_version=0, by=ministry)
    mechanism = coordination.Mechanism(
        name=MECHANISM, chair=MECHANISM, remarks=MECHANISM, stakeholders=[(StakeholderKind.ACADEMIC, MECHANISM, MECHANISM)]
    )
    coordination.save_mechanism(participant=aland(), mechanism=mechanism, expected_version=0, by=focal)
    coordination.add_agenda_item(participant=aland(), heading=AgendaHeading.POSITIONS, text=ITEM, by=ministry)
    coordination.record_meeting(participant=aland(), day=today(), kind=MeetingKind.AD_HOC, note=NOTE, by=focal)


def places(world: World) -> list[str]:
    """Pages, exports, feeds and searches where something could come through."""
    own = [f"{SPACE}{page}" for page in own_pages(world)]
    words = [f"{page}?q=CANARY" for page in ("/search/", "/activities/", "/desk/contacts/")]
    exports = [f"/desk/consultations/{world.consultation}/?format={form}" for form in ("csv", "json")]
    desk = [
        f"/desk/consultations/{world.consultation}/",
        "/desk/consultations/",
        f"/desk/activities/{world.past_activity}/",
        "/desk/",
    ]
    public = [
        *("/", "/participants/aland/", "/participants/?format=json", "/activities/?format=json", "/steering-group/room/"),
        *("/steering-group/room/consultations/", f"/activities/{world.past_activity}/", "/feeds/activities.atom"),
        *("/feeds/calendar.ics", f"/activities/{world.activity}/history/", "/desk/deliveries/", "/national/bland/"),
        *(f"/national/bland/replies/{world.consultation}/", "/national/bland/replies/", "/national/bland/agenda/"),
        *("/desk/contacts/participants/aland/", f"/desk/activities/{world.activity}/invitations/"),
    ]
    return [*own, *words, *exports, *desk, *public]


def own_pages(world: World) -> list[str]:
    comment = Comment.objects.filter(text=SAID).order_by("pk").first()
    return [
        *(
            "",
            "replies/",
            f"replies/{world.consultation}/",
            f"replies/{world.consultation}/versions/",
            f"replies/{world.consultation}/submit/",
        ),
        *("mechanism/", "mechanism/edit/", "agenda/", f"agenda/meetings/{NationalMeeting.objects.latest('pk').pk}/"),
        *(f"feedback/{world.past_activity}/", "feedback/", f"comments/{comment.pk if comment else 0}/"),
        f"invitations/{world.invitation_a}/",
    ]


def text_of(client: Client, page: str) -> str:
    response = client.get(page)
    return b"".join(response).decode("utf-8", "replace") if response.streaming else response.content.decode("utf-8", "replace")


@pytest.mark.parametrize("who", OTHERS)
def test_nothing_of_the_space_reaches_anybody_else(world: World, who: str) -> None:
    fill(world)
    client = client_for(world, who)
    pages = [(page, text_of(client, page)) for page in places(world)]
    leaked = [(page, canary) for page, text in pages for canary in CANARIES if canary in text]
    assert leaked == []


PRIVATE = (Comment, ActivityFeedback, NationalCoordination, Stakeholder, NationalMeeting, NationalAgendaItem, Reply, ReplyVersion)


@pytest.mark.parametrize("who", ["secretariat", "administrator", "focal_point_b", "co_chair", "former_focal_point"])
def test_no_row_of_the_space_is_visible_to_anybody_else(world: World, who: str) -> None:
    fill(world)
    assert [model for model in PRIVATE if model.objects.visible_to(world.users[who]).exists()] == []
    own = world.users["ministry_official_a"]
    assert [model for model in PRIVATE if not model.objects.visible_to(own).exists()] == []


def test_own_ministry_official_reads_all_of_it(world: World) -> None:
    fill(world)
    client = client_for(world, "ministry_official_a")
    seen = {page: {canary for canary in CANARIES if canary in text_of(client, f"{SPACE}{page}")} for page in own_pages(world)}
    assert seen[f"replies/{world.consultation}/"] == {DRAFT, SAID}
    assert seen[f"replies/{world.consultation}/versions/"] == {DRAFT}
    assert seen[f"invitations/{world.invitation_a}/"] == {SAID}
    assert seen["mechanism/"] == {MECHANISM}
    assert seen["agenda/"] == {ITEM, MECHANISM}
    assert seen[f"feedback/{world.past_activity}/"] == {FEEDBACK}
    assert seen[f"agenda/meetings/{NationalMeeting.objects.latest('pk').pk}/"] == {NOTE}
    assert "Director, Ministry of Aland" in text_of(client, f"{SPACE}replies/{world.consultation}/")


def test_neither_mail_nor_history_keeps_what_was_said(world: World) -> None:
    fill(world)
    kept = []
    with connection.cursor() as cursor:
        for table in [model._meta.db_table for model in event_models()] + [Delivery._meta.db_table]:
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text ~ 'CANARY'")
            if cursor.fetchone()[0]:
                kept.append(table)
        cursor.execute("SELECT count(*) FROM pghistory_context WHERE metadata::text ~ 'CANARY'")
        assert cursor.fetchone()[0] == 0
    assert kept == []


def test_every_change_says_who_made_it(world: World) -> None:
    fill(world)
    verbs = set()
    for name in ("ReplyEvent", "CommentEvent", "ActivityFeedbackEvent", "NationalCoordinationEvent", "NationalMeetingEvent"):
        model = next(model for model in event_models() if model.__name__ == name)
        event = model.objects.order_by("-pk").first()
        assert event.pgh_context["user"] in {world.users["ministry_official_a"].pk, world.users["focal_point_a"].pk}
        verbs.add(event.pgh_context["verb"])
    assert verbs == {"save_draft", "add_comment", "save_feedback", "save_mechanism", "record_meeting"}


def test_submitted_position_is_read_at_the_desk_and_later_drafts_are_not(world: World) -> None:
    focal, staff = world.users["focal_point_a"], world.users["secretariat"]
    call = call_for(staff, [aland()], may_revise=True)
    save = {"consultation": call, "participant": aland(), "by": focal}
    replies.save_draft(draft=replies.Draft("Given"), expected_number=0, **save)
    replies.submit_reply(expected_number=1, **save)
    replies.save_draft(draft=replies.Draft(DRAFT), expected_number=2, **save)
    desk = client_for(world, "secretariat")
    page = text_of(desk, f"/desk/consultations/{call.pk}/")
    assert ("Given" in page, DRAFT in page) == (True, False)
    assert [row.text for row in ReplyVersion.objects.visible_to(staff)] == ["Given"]
    assert DRAFT not in text_of(desk, f"/desk/consultations/{call.pk}/?format=json")


def test_two_drafters_see_both_texts_and_every_version_is_kept(world: World) -> None:
    address = f"{SPACE}replies/{world.consultation}/"
    focal, ministry = client_for(world, "focal_point_a"), client_for(world, "ministry_official_a")
    assert ministry.post(address, {"number": "0", "q1": "Theirs"}).status_code == 302
    response = focal.post(address, {"number": "0", "q1": "Mine"})
    assert response.status_code == 409
    assert ("Mine" in response.content.decode(), "Theirs" in response.content.decode()) == (True, True)
    focal.post(address, {"number": "1", "q1": "Mine"})
    focal.post(address, {"number": "2", "q1": "Mine"})
    assert [row.answers for row in ReplyVersion.objects.order_by("number")] == [{"1": "Theirs"}, {"1": "Mine"}]
    assert focal.post(f"{address}submit/", {"number": "1"}).status_code == 409
    assert focal.post(f"{address}submit/", {"number": "2"}).status_code == 302
    assert Reply.objects.get().submitted_by == world.users["focal_point_a"]


def test_comment_is_changed_and_withdrawn_by_its_writer_only(world: World) -> None:
    ministry, focal = client_for(world, "ministry_official_a"), client_for(world, "focal_point_a")
    ministry.post(f"{SPACE}replies/{world.consultation}/comments/", {"about": "call", "text": "First words"})
    comment = Comment.objects.get(text="First words")
    address = f"{SPACE}comments/{comment.pk}/"
    assert focal.post(address, {"text": "Other", "version": "1"}).status_code == 404
    assert ministry.post(address, {"text": "Better words", "version": "1"}).status_code == 302
    assert ministry.post(address, {"text": "Old tab", "version": "1"}).status_code == 409
    assert focal.post(f"{address}withdraw/").status_code == 404
    assert ministry.post(f"{address}withdraw/").status_code == 302
    comment.refresh_from_db()
    assert (comment.text, comment.withdrawn_by) == ("", world.users["ministry_official_a"])
    assert "Withdrawn by its writer." in text_of(focal, f"{SPACE}replies/{world.consultation}/")
    with pytest.raises(DomainError, match="Only the writer"):
        comments.withdraw_comment(comment=comment, by=world.users["focal_point_a"])


@pytest.mark.parametrize("text", ["", "  ", "a\x00b", "x" * 5001])
def test_bad_comment_is_said_and_nothing_is_kept(world: World, text: str) -> None:
    before = Comment.objects.count()
    for page in (f"replies/{world.consultation}/comments/", f"invitations/{world.invitation_a}/comments/"):
        assert client_for(world, "focal_point_a").post(f"{SPACE}{page}", {"text": text}).status_code == 422
    early = client_for(world, "focal_point_a").post(
        f"{SPACE}replies/{world.consultation}/comments/", {"text": "x", "about": "draft"}
    )
    assert early.status_code == 422
    assert Comment.objects.count() == before


def test_feedback_is_drafted_by_ministries_given_once_and_read_at_the_desk(world: World) -> None:
    address = f"{SPACE}feedback/{world.past_activity}/"
    ministry, focal, desk = (client_for(world, who) for who in ("ministry_official_a", "focal_point_a", "secretariat"))
    assert ministry.post(address, {"version": "0", "useful": "New contacts"}).status_code == 302
    assert ministry.post(f"{address}submit/", {"number": "1"}).status_code == 403
    assert focal.post(address, {"version": "0", "useful": "Old tab"}).status_code == 409
    at_desk = f"/desk/activities/{world.past_activity}/"
    assert "New contacts" not in text_of(desk, at_desk)
    assert focal.post(f"{address}submit/", {"number": "1"}).status_code == 302
    assert "New contacts" in text_of(desk, at_desk)
    assert "New contacts" not in text_of(client_for(world, "focal_point_b"), f"/activities/{world.past_activity}/")
    assert ministry.post(address, {"version": "2", "useful": "Changed"}).status_code == 422
    assert ActivityFeedback.objects.get().useful == "New contacts"


def test_feedback_is_for_own_past_activities(world: World) -> None:
    focal = client_for(world, "focal_point_a")
    for reference in (world.activity, world.other_activity, world.draft_activity, "XX-1900-01", "x" * 300):
        assert focal.get(f"{SPACE}feedback/{reference}/").status_code == 404
    with pytest.raises(DomainError, match="past activities"):
        feedback.save_feedback(
            participant=aland(),
            activity=Activity.objects.get(reference=world.activity),
            words={},
            expected_version=0,
            by=world.users["focal_point_a"],
        )


def sheet(**more: Any) -> dict[str, Any]:
    lines = {
        "s-TOTAL_FORMS": "1",
        "s-INITIAL_FORMS": "0",
        "s-0-kind": "armed-forces",
        "s-0-name": "Navy",
        "s-0-part": "Reports",
    }
    return {"name": "Special group", "version": "0"} | lines | more


def test_mechanism_starts_from_the_public_record_and_leaves_it_alone(world: World) -> None:
    ministry = Ministry.objects.get(code="AAA-M01")
    public = NationalMechanism.objects.create(code="NM-A", participant=aland(), name="Public group", lead=ministry)
    focal = client_for(world, "focal_point_a")
    assert 'value="Public group"' in text_of(focal, f"{SPACE}mechanism/edit/")
    assert not NationalCoordination.objects.exists()
    answers = sheet(lead=ministry.pk, ministries=[ministry.pk], time_zone="Asia/Jakarta")
    assert focal.post(f"{SPACE}mechanism/edit/", answers).status_code == 302
    page = text_of(client_for(world, "ministry_official_a"), f"{SPACE}mechanism/")
    assert [word in page for word in ("Special group", "Navy", "Armed forces", "Ministry of Aland")] == [True] * 4
    public.refresh_from_db()
    assert public.name == "Public group"
    conflict = focal.post(f"{SPACE}mechanism/edit/", sheet(name="Other name"))
    assert conflict.status_code == 409
    assert ("Other name" in conflict.content.decode(), "Special group" in conflict.content.decode()) == (True, True)


def test_mechanism_is_kept_by_focal_point_and_national_lead(world: World) -> None:
    mechanism = coordination.Mechanism(name="Group")
    with pytest.raises(PermissionDenied):
        coordination.save_mechanism(
            participant=aland(), mechanism=mechanism, expected_version=0, by=world.users["ministry_official_a"]
        )
    from members.enums import AppointmentRole
    from tests.cast import person

    lead = person("national_lead_a", aland(), participant=aland(), role=AppointmentRole.NATIONAL_LEAD)
    coordination.save_mechanism(participant=aland(), mechanism=mechanism, expected_version=0, by=lead)
    with pytest.raises(Conflict):
        coordination.save_mechanism(participant=aland(), mechanism=mechanism, expected_version=0, by=lead)
    with pytest.raises(PermissionDenied):
        replies.submit_reply(
            consultation=Consultation.objects.get(pk=world.consultation), participant=aland(), expected_number=0, by=lead
        )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "a\x00b"}, "Null characters are not allowed"),
        ({"lead": "999999"}, "Select a valid choice"),
        ({"ministries": ["x"]}, "is not a valid value"),
        ({"time_zone": "Nowhere"}, "Enter a time zone by region and city"),
        ({"s-0-kind": "spies"}, "Select a valid choice"),
        ({"s-TOTAL_FORMS": "x"}, "ManagementForm data is missing"),
    ],
)
def test_bad_mechanism_is_said(world: World, wrong: dict[str, Any], said: str) -> None:
    response = client_for(world, "focal_point_a").post(f"{SPACE}mechanism/edit/", sheet() | wrong)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not NationalCoordination.objects.exists()


def test_agenda_is_drawn_from_the_record_and_added_to_by_hand(world: World) -> None:
    by = world.users["focal_point_a"]
    Proposal.objects.create(title="CANARY-PROPOSAL", recorded_by=world.users["secretariat"])
    Outreach.objects.create(participant=aland(), title="CANARY-OUTREACH")
    Document.objects.filter(symbol=world.document).update(title="New since the last meeting")
    client = client_for(world, "ministry_official_a")
    page = text_of(client, f"{SPACE}agenda/")
    places_in = [page.index(f"{n}. {heading.label}") for n, heading in enumerate(AgendaHeading, start=1)]
    assert places_in == sorted(places_in)
    drawn = ["Invitation: Published", "Assess: Past", "Call for views: Views", "New since the last meeting", "Item"]
    assert [word in page for word in drawn] == [True] * 5
    assert ("CANARY-PROPOSAL" in page, "CANARY-OUTREACH" in page) == (False, False)
    assert client.post(f"{SPACE}agenda/items/", {"heading": "information", "text": "By hand"}).status_code == 302
    item = NationalAgendaItem.objects.get(text="By hand")
    assert "By hand" in text_of(client, f"{SPACE}agenda/")
    for _again in range(2):
        assert client.post(f"{SPACE}agenda/items/{item.pk}/done/").status_code == 302
    assert "By hand" not in text_of(client, f"{SPACE}agenda/")
    coordination.record_meeting(participant=aland(), day=today() + timedelta(days=1), kind=MeetingKind.SCHEDULED, note="", by=by)
    Document.objects.filter(symbol=world.document).update(published_at=timezone.now() - timedelta(days=100))
    coordination.record_meeting(participant=aland(), day=today(), kind=MeetingKind.AD_HOC, note="Met", by=by)
    later = text_of(client, f"{SPACE}agenda/")
    assert ("New since the last meeting" in later, "The next meeting is on" in later, "Ad hoc" in later) == (False, True, True)


@pytest.mark.parametrize(
    "wrong", [{"day": "soon"}, {"day": "1066-10-14"}, {"kind": "secret"}, {"note": "a\x00b"}, {"day": "99999-01-01"}]
)
def test_bad_meeting_is_said(world: World, wrong: dict[str, Any]) -> None:
    answers = {"day": f"{today()}", "kind": "scheduled", "note": "Kept words"} | wrong
    response = client_for(world, "focal_point_a").post(f"{SPACE}agenda/meetings/new/", answers)
    assert response.status_code == 422
    assert NationalMeeting.objects.count() == 1


def test_two_editors_of_a_meeting_see_both_texts(world: World) -> None:
    address, focal = f"{SPACE}agenda/meetings/{world.meeting_a}/", client_for(world, "focal_point_a")
    answers = {"day": f"{today()}", "kind": "ad-hoc", "version": "1"}
    assert focal.post(address, answers | {"note": "Theirs"}).status_code == 302
    response = focal.post(address, answers | {"note": "Mine"})
    assert response.status_code == 409
    assert ("Mine" in response.content.decode(), "Theirs" in response.content.decode()) == (True, True)


def test_front_page_says_what_waits_and_for_how_long(world: World) -> None:
    page = text_of(client_for(world, "focal_point_a"), SPACE)
    assert "10 days left" in page
    assert "1 past activity without your feedback." in page
    call = Consultation.objects.get(pk=world.consultation)
    by = world.users["focal_point_a"]
    replies.save_draft(consultation=call, participant=aland(), draft=replies.Draft("x"), expected_number=0, by=by)
    replies.submit_reply(consultation=call, participant=aland(), expected_number=1, by=by)
    assert "No call for views waits for your answer." in text_of(client_for(world, "focal_point_a"), SPACE)


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_ask_as_often_with_one_row_as_with_three(world: World, rows: int) -> None:
    staff, focal = world.users["secretariat"], world.users["focal_point_a"]
    StandingPeriod.objects.create(participant=aland(), standing="member")
    for number in range(rows):
        call_for(staff, [aland()], title=f"Call {number}")
        comments.add_comment(participant=aland(), subject=Consultation.objects.get(pk=world.consultation), text="Said", by=focal)
        coordination.add_agenda_item(participant=aland(), heading=AgendaHeading.PAST, text="Item", by=focal)
        coordination.record_meeting(participant=aland(), day=today(), kind=MeetingKind.AD_HOC, note="", by=focal)
        past = Activity.objects.get(reference=world.past_activity)
        past.pk, past.reference = None, f"XX-2009-1{number}"
        past.save(force_insert=True)
        Invitation.objects.create(
            activity=past, participant=aland(), state="accepted", issued_at=past.published_at, issued_by=staff
        )
        _more_of_each(world, number)
    _seat(world)
    client = client_for(world, "focal_point_a")
    client.get("/about/")
    agenda = text_of(client, f"{SPACE}agenda/")
    assert agenda.count("Proposal: Idea") == rows
    counted = []
    for page in ("", "agenda/", f"replies/{world.consultation}/", "feedback/", "mechanism/"):
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"{SPACE}{page}").status_code == 200
        counted.append(len(found))
    assert counted == EXPECTED_QUERIES


def _more_of_each(world: World, number: int) -> None:
    """One more open invitation, outreach and document, and one more version of the reply with a comment on it."""
    staff, focal = world.users["secretariat"], world.users["focal_point_a"]
    ahead = Activity.objects.get(reference=world.activity)
    ahead.pk, ahead.reference = None, f"XX-2010-1{number}"
    ahead.save(force_insert=True)
    Invitation.objects.create(activity=ahead, participant=aland(), state="issued", issued_at=ahead.published_at, issued_by=staff)
    Outreach.objects.create(participant=aland(), title="Outreach")
    Proposal.objects.create(title="Idea", recorded_by=staff)
    document = Document.objects.get(symbol=world.document)
    document.pk, document.symbol = None, f"XX-R-2010-1{number}"
    document.published_at, document.published_by = timezone.now(), staff
    document.save(force_insert=True)
    call = Consultation.objects.get(pk=world.consultation)
    draft = replies.Draft(f"Draft {number}")
    replies.save_draft(consultation=call, participant=aland(), draft=draft, expected_number=number, by=focal)
    comments.add_comment(participant=aland(), subject=Reply.objects.get(consultation=call), text="On the draft", by=focal)


def _seat(world: World) -> None:
    """The focal point sits in the steering group too, and so reads proposals: nobody's agenda asks for more."""
    seat = Seat.objects.get(pk=world.seat)
    aside = Seat.objects.create(body=seat.body, role=seat.role, participant=aland())
    Appointment.objects.create(official=Official.objects.get(user=world.users["focal_point_a"]), role="seat", seat=aside)


EXPECTED_QUERIES = [10, 12, 12, 10, 10]
