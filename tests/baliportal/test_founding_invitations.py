"""Invitations on the founding record: two workshops find their ministries, and all participants are invited in one go."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from activities import tasks
from activities.enums import ActivityStatus
from activities.models import Activity, ActivityKind, Invitation, InvitationRule
from activities.selectors_invitations import audience_of, is_by_note
from activities.services.issuing import RuleContent, save_rule, start_issue
from baliportal.trial import people
from members.enums import AppointmentRole, Channel
from members.errors import DomainError
from members.models import Appointment, Delivery, Ministry, Office, Official, Participant, Topic, User
from members.models.base import today

pytestmark = pytest.mark.django_db
DEPLU, KPP, POLKAM = "deplu@indonesia.example", "kpp@indonesia.example", "polkam@indonesia.example"


@pytest.fixture
def staff(founding_record: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> User:
    """The secretariat, somebody to write to at each participant, and the addresses of three Indonesian ministries."""
    settings.MEDIA_ROOT, settings.TRIAL_DATA_ALLOWED = tmp_path / "media", True
    monkeypatch.setattr(tasks, "render_pdf", lambda html, **_words: b"%PDF-1.7 " + html.encode())
    user = User.objects.create_user("desk@secretariat.example", second_factor_waived=True)
    official = Official.objects.create(user=user, name="Desk", email=user.email)
    Appointment.objects.create(official=official, role=AppointmentRole.SECRETARIAT, period_from=date(2020, 1, 1))
    people._contacts()
    Office.objects.filter(ministry__code="IDN-KPP").update(email=KPP)
    Office.objects.filter(ministry__code="IDN-POLKAM").update(email=POLKAM)
    foreign = Ministry.objects.get(code="IDN-DEPLU")
    Office.objects.create(participant=foreign.participant, ministry=foreign, title="Directorate", email=DEPLU)
    return user


def workshop(by: User, topic: str, **fields: Any) -> Activity:
    """A workshop ahead that invites all who take part, on a topic."""
    activity = Activity.objects.create(
        reference=f"BP-2030-{Activity.objects.filter(reference__startswith='BP-2030').count() + 1:02}",
        title=f"Workshop on {topic}",
        kind=ActivityKind.objects.get(key="workshop"),
        status=ActivityStatus.PLANNED,
        start=today() + timedelta(days=90),
        published_at=timezone.now(),
        published_by=by,
    )
    content = RuleContent({"subject_en": "Invitation", "topic": Topic.objects.get(key=topic), **fields})
    save_rule(activity=activity, content=content, expected_version=0, by=by)
    return activity


def test_two_workshops_go_the_way_of_the_founding_paper(staff: User) -> None:
    """Both through the foreign ministry; trafficking to women's empowerment, smuggling to the coordinating ministry [16, 18]."""
    for topic, ministry in (("trafficking-in-persons", KPP), ("people-smuggling", POLKAM)):
        activity = workshop(staff, topic)
        rule = InvitationRule.objects.get(activity=activity)
        line = next(row for row in audience_of(rule, staff).lines if row.participant.slug == "indonesia")
        assert line.channel == Channel.FOREIGN_MINISTRY
        found = [(row.email, row.copy_of.email if row.copy_of else "", is_by_note(rule, row)) for row in line.recipients]
        assert found == [(DEPLU, "", True), (ministry, DEPLU, True)]


def test_all_are_invited_in_one_go_and_nobody_twice(staff: User) -> None:
    activity = workshop(staff, "trafficking-in-persons")
    rule = InvitationRule.objects.get(activity=activity)
    run = start_issue(activity=activity, digest=audience_of(rule, staff).digest, by=staff)
    everybody = Participant.objects.count()
    assert run.items.count() == everybody == 87
    assert tasks.run_issue(run.pk) == everybody
    assert Invitation.objects.filter(activity=activity, state="issued").count() == everybody
    letters = Counter(Delivery.objects.filter(kind="invitation").values_list("email", flat=True))
    assert set(letters.values()) == {1}
    assert {DEPLU, KPP} <= set(letters)
    assert POLKAM not in letters
    tasks.run_issue(run.pk)
    with pytest.raises(DomainError, match="invited already"):
        start_issue(activity=activity, digest=audience_of(rule, staff).digest, by=staff)
    assert Counter(Delivery.objects.filter(kind="invitation").values_list("email", flat=True)) == letters
    numbers = list(Delivery.objects.filter(kind="invitation").values_list("invitation_copy__number", flat=True))
    assert len({(number, email) for number, email in zip(numbers, letters, strict=True)}) == len(letters)


def test_participant_whose_contact_has_expired_stops_all_and_is_named(staff: User) -> None:
    fiji, topic = Participant.objects.get(slug="fiji"), Topic.objects.get(key="people-smuggling")
    official = Official.objects.create(participant=fiji, name="Somebody of Fiji", email="former@fiji.example")
    Appointment.objects.create(
        official=official,
        role=AppointmentRole.FOCAL_POINT,
        participant=fiji,
        topic=topic,
        period_from=date(2020, 1, 1),
        period_to=today() - timedelta(days=1),
    )
    activity = workshop(staff, "people-smuggling")
    digest = audience_of(InvitationRule.objects.get(activity=activity), staff).digest
    with pytest.raises(DomainError, match="Decide first about: Fiji"):
        start_issue(activity=activity, digest=digest, by=staff)
    assert not Invitation.objects.filter(activity=activity).exists()
    client = Client()
    client.force_login(staff)
    page = client.get(f"/desk/activities/{activity.reference}/invitations/preview/")
    text = page.content.decode()
    assert [line.participant.slug for line in page.context["listed"].blocking] == ["fiji"]
    assert ["Ask for a name" in text, "Write to its office" in text, "Leave out" in text] == [True, True, True]
    assert len(page.content) < 400_000
