"""History: every change says who and why it was made, and no personal value is kept in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from activities.enums import FollowUpKind
from activities.models import (
    Activity,
    ExternalReference,
    Goal,
    Invitation,
    LegislationStatus,
    Mandate,
    Objective,
    Outreach,
    Recommendation,
)
from activities.selectors_addressees import whom_to_ask
from activities.services import (
    aims,
    attendance,
    due_reminders,
    exchanges,
    followup,
    invitations,
    issuing,
    legislation,
    news,
    reviews,
)
from activities.services.activities import edit_activity, publish_activity, record_activity, withdraw_activity
from activities.services.nominations import Nominee, confirm_delegate, decline_invitation, submit_delegation
from members.enums import AccessClass, AppointmentRole
from members.models import Appointment, Office, Official, Participant, User
from members.models.base import today
from members.selectors_assess import assess
from members.selectors_import import take_snapshot
from members.services import accounts, confirmation, directory, imports, merging
from members.services.appointments import appoint, end_appointment, hand_over
from members.services.imports_undo import undo_import
from members.sheets import read_paste
from members.signing import make_token
from reports.models import ProgressReport
from reports.services.progress import refresh_figures
from tests.cast import World, add_reports, client_for, make_world

CANARIES = ("CANARY-NAME", "canary-mail", "CANARY-PHONE", "CANARY-MEAL", "CANARY-NEED", "CANARY-SCRIPT", "CANARY-NOTE")


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def event_models() -> list[Any]:
    return [model for model in apps.get_models() if model.__name__.endswith("Event") and hasattr(model, "pgh_context")]


def newest() -> dict[str, int]:
    """The last event of each table."""
    return {m._meta.db_table: (m.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) for m in event_models()}


def content(world: World, **changes: Any) -> Any:
    """What a form would hand to the service, from an activity on record."""
    from activities.forms import ActivityForm

    activity = Activity.objects.get(reference=world.activity)
    answers: dict[str, Any] = {
        name: value for name, value in ActivityForm.initial_of(activity).items() if value not in (None, "")
    }
    answers["kind"] = activity.kind_id
    form = ActivityForm(answers | changes)
    assert form.is_valid(), form.errors
    return form.content()


def walk(world: World) -> None:
    """One turn of everything that people do."""
    staff, focal = world.users["secretariat"], world.users["focal_point_a"]
    activity = record_activity(content=content(world, title="Walked"), by=staff)
    edit_activity(activity=activity, content=content(world, title="Walked on"), expected_version=activity.version, by=staff)
    publish_activity(activity=activity, by=staff)
    aland = Participant.objects.get(slug="aland")
    bland = Participant.objects.get(slug="bland")
    made = invitations.issue_invitations(activity=activity, participants=[aland, bland], by=staff)
    own = next(row for row in made if row.participant == aland)
    person = Nominee(
        name="CANARY-NAME",
        position="Clerk",
        email="canary-mail@a.example",
        name_own_script="CANARY-SCRIPT",
        meal="CANARY-MEAL",
        access_needs="CANARY-NEED",
    )
    named = submit_delegation(invitation=own, nominees=[person], token="t", by=focal)
    confirm_delegate(nomination=named[0], by=staff)
    decline_invitation(invitation=own, note="", by=focal)
    invitations.remind(invitation=next(row for row in made if row.participant == bland), by=staff, today=today())
    rule = issuing.RuleContent({"by_rule": False, "added": ["cland"], "subject_en": "Come"})
    issuing.save_rule(activity=activity, content=rule, expected_version=0, by=staff)
    issuing.decide(activity=activity, participant=bland, decision=issuing.Decision.LEAVE_OUT, by=staff)
    withdraw_activity(activity=Activity.objects.get(pk=activity.pk), reason="Entered twice", by=staff)
    record = Official(participant=aland, name="CANARY-NAME two", email="canary-mail2@a.example", phone="CANARY-PHONE")
    official = directory.save_record(record=record, by=staff)
    official.position = "Head"
    directory.save_record(record=official, by=staff, expected_version=official.version)
    place = appoint(official=official, role=AppointmentRole.MINISTRY, participant=aland, by=staff)
    confirmation.confirm_by_desk(appointment=place, by=staff)
    end_appointment(appointment=place, by=staff)
    principal = Appointment.objects.get(pk=world.appointment_a)
    hand_over(appointment=principal, successor=official, note="CANARY-NOTE", by=staff)
    invitation, _link = accounts.invite_account(
        email="canary-mail3@a.example",
        name="CANARY-NAME three",
        place=accounts.Place(AppointmentRole.MINISTRY, aland),
        by=staff,
    )
    accounts.revoke_invitation(invitation=invitation, by=staff)
    confirmation.ask_whether_right(by=User.objects.service_account())
    text = "Name\tCountry\tE-mail\tPhone\tTopic\nCANARY-NAME four\tCland\tcanary-mail4@c.example\tCANARY-PHONE\tPeople smuggling"
    batch = imports.start_import(sheet=read_paste(text.replace("CANARY-PHONE", "77")), by=staff)
    digest = assess(batch, take_snapshot(staff)).digest
    imports.confirm_import(batch=batch, digest=digest, by=staff)
    undo_import(batch=batch, by=staff)
    twins = [Official(participant=bland, name=f"CANARY-NAME {number}", phone="CANARY-PHONE") for number in ("five", "six")]
    kept, other = [directory.save_record(record=twin, by=staff) for twin in twins]
    merged = merging.merge_officials(kept=kept, other=other, choices={"name": "other"}, by=staff)
    merging.unmerge_officials(record=merged, by=staff)
    promise_to_result(world, staff)


def promise_to_result(world: World, staff: User) -> None:
    """A new goal is set, reviewed with evidence, leaves a challenge; a recommendation is addressed and followed up."""
    meeting = Activity.objects.get(reference="XX-2009-01")
    goal = aims.save_aim(aim=Goal(code="GOAL-9", order=9, short_title="Goal"), links={"objectives": []}, by=staff)
    aims.save_aim(aim=goal, links={"objectives": [Objective.objects.get()]}, expected_version=1, by=staff)
    mandate = aims.save_mandate(mandate=Mandate(goal=goal, activity=meeting), by=staff)
    aims.remove_mandate(mandate=aims.save_mandate(mandate=mandate, expected_version=1, by=staff), by=staff)
    evidence = [reviews.Evidence(text="Seen")]
    finding = reviews.Finding(fields={"outcome": "met"}, evidence=evidence, challenges=["Still open"])
    review = reviews.save_review(meeting=meeting, aim=goal, finding=finding, expected_version=0, by=staff)
    reviews.save_review(meeting=meeting, aim=goal, finding=finding, expected_version=1, by=staff)
    challenge = review.challenges.first()
    assert challenge
    reviews.settle_challenge(challenge=challenge, meeting=meeting, settlement="Settled", by=staff)
    asked = followup.Asked({"text": "Do it too"}, participants=[Participant.objects.get(slug="aland")])
    row = followup.record_recommendation(asked=asked, by=staff)
    followup.edit_recommendation(recommendation=row, asked=followup.Asked({"text": "Do"}), expected_version=1, by=staff)
    update = followup.Update(FollowUpKind.TAKEN_FORWARD, "Done", activity=meeting)
    followup.add_follow_up(recommendation=row, update=update, by=staff)
    news_and_exchanges(world, row, staff)


def news_and_exchanges(world: World, row: Recommendation, staff: User) -> None:
    """An addressee is asked, reports by link and from its space, is decided on, withdraws; the ledgers; a reminder."""
    aland = Participant.objects.get(slug="aland")
    row.addressee_rows.all().delete()
    row.addressee_rows.create(participant=aland)
    focal = next(one for one in whom_to_ask(row) if one.may_read and one.recipient.is_reachable)
    news.ask_for_news(recommendation=row, keys=[focal.key], by=staff)
    token = make_token(news.PURPOSE, row.news_requests.get().pk)
    news.report_by_link(token=token, update=followup.Update(FollowUpKind.UPDATE, "By link"))
    by = User.objects.get(pk=world.users["focal_point_b"].pk)
    row.addressee_rows.create(participant=Participant.objects.get(slug="bland"))
    own = {"participant": Participant.objects.get(slug="bland"), "by": by}
    told = news.report_news(recommendation=row, update=followup.Update(FollowUpKind.UPDATE, "Ours"), **own)
    told = news.decide_news(follow_up=told, access_class=AccessClass.PUBLIC, expected_version=1, by=staff)
    news.withdraw_news(follow_up=told, reason="Wrong", expected_version=told.version, by=by)
    entry = LegislationStatus(participant=own["participant"], title="A law", version=0)
    legislation.save_legislation(entry=entry, by=by)
    legislation.withdraw_legislation(entry=entry, expected_version=1, by=by)
    exchanges.save_outreach(row=Outreach(title="A visit"), by=staff)
    exchanges.save_external_reference(row=ExternalReference(referrer="Leaders", title="A statement"), by=staff)
    office = Office(participant=aland, title="Office of the coordinator", email="canary-mail7@a.example")
    directory.save_record(record=office, by=staff)
    fields = {"text": "Do", "due": today(), "office": office}
    followup.edit_recommendation(recommendation=row, asked=followup.Asked(fields), expected_version=2, by=staff)
    assert due_reminders.remind_coordinators(by=User.objects.service_account()) == 1


def test_every_event_says_by_whom_and_why(world: World) -> None:
    before = newest()
    walk(world)
    bare, verbs = [], set()
    for model in event_models():
        for event in model.objects.filter(pk__gt=before[model._meta.db_table]):
            said = event.pgh_context or {}
            if not said.get("user") or not said.get("verb"):
                bare.append((model.__name__, event.pk, said))
            verbs.add(said.get("verb"))
    assert bare == []
    assert {
        "record_activity",
        "issue_invitations",
        "submit_delegation",
        "hand_over",
        "edit_official",
        "import_contacts",
        "undo_import",
        "merge_officials",
        "review",
        "record_mandate",
        "report_news",
        "report_by_link",
        "decide_news",
        "withdraw_news",
        "save_legislation",
        "save_outreach",
        "save_external_reference",
    } <= verbs


def test_pages_leave_an_actor_and_an_address_too(world: World) -> None:
    before = newest()
    client = client_for(world, "focal_point_a")
    sheet = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "0",
        "form-0-name": "CANARY-NAME",
        "form-0-position": "Clerk",
        "form-0-email": "canary-mail@a.example",
        "form-0-part": "delegate",
        "form-0-mode": "in-person",
    }
    path = f"/national/aland/invitations/{world.invitation_a}/"
    assert client.post(path, sheet).status_code == 302
    model = next(m for m in event_models() if m.__name__ == "NominationEvent")
    event = model.objects.filter(pk__gt=before[model._meta.db_table]).get()
    said = event.pgh_context
    assert (said["user"], said["verb"], said["url"]) == (world.users["focal_point_a"].pk, "submit_delegation", path)


def test_no_personal_value_is_kept_in_any_history(world: World) -> None:
    walk(world)
    kept = []
    with connection.cursor() as cursor:
        for model in event_models():
            table = model._meta.db_table
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text ~ %s", ["|".join(CANARIES)])
            if cursor.fetchone()[0]:
                kept.append(table)
        cursor.execute("SELECT count(*) FROM pghistory_context WHERE metadata::text ~ %s", ["|".join(CANARIES)])
        assert cursor.fetchone()[0] == 0
    assert kept == []


def test_history_cannot_be_changed(world: World) -> None:
    for statement in ("UPDATE activities_activityevent SET title = 'forged'", "DELETE FROM activities_activityevent"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_attendance_and_sections_say_who_wrote_them(world: World) -> None:
    add_reports(world)
    staff = world.users["secretariat"]
    activity = Activity.objects.get(reference=world.activity)
    invitation = Invitation.objects.get(pk=world.invitation_a)
    submit_delegation(
        invitation=invitation,
        nominees=[Nominee(name="One", position="Clerk", email="one@a.example")],
        token="t",
        by=world.users["focal_point_a"],
    )
    Activity.objects.filter(pk=activity.pk).update(start=today() - timedelta(days=1), end=None, last_day=today())
    activity.refresh_from_db()
    before = newest()
    delegate = activity.delegate_rows.get()
    attendance.record_attendance(activity=activity, marks={(delegate.pk, attendance.days_of(activity)[0]): "present"}, by=staff)
    refresh_figures(report=ProgressReport.objects.get(pk=world.progress_report), by=staff)
    for name in ("AttendanceEvent", "ProgressReportEvent"):
        model = next(m for m in event_models() if m.__name__ == name)
        event = model.objects.filter(pk__gt=before[model._meta.db_table]).get()
        assert event.pgh_context["user"] == staff.pk
