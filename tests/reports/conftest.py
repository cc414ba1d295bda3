"""A small world for reports: two co-chairs, a secretariat, participants with somebody to write to, activities of 2010."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from activities.enums import ActivityStatus, ReviewOutcome
from activities.models import Activity, Recommendation, Review
from members.enums import AppointmentRole, Confidence, Standing
from members.models import Appointment, Body, Official, Participant, Seat, SeatRole, StandingPeriod, Topic, User
from members.rendering import render_pdf
from reports.models import ProgressReport
from reports.services.progress import compile_report, edit_section, freeze_report
from reports.tasks import run_rendering
from tests.baliportal import records


@dataclass
class Cast:
    """Who acts in these tests, and what there is."""

    secretariat: User
    chair_a: User
    chair_b: User
    member: User
    meeting: Activity
    participants: list[Participant]


@pytest.fixture(autouse=True)
def _media(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


_made: dict[str, bytes] = {}  # the same HTML gives the same bytes: each document of these tests is laid out once


@pytest.fixture(autouse=True)
def _once(monkeypatch: pytest.MonkeyPatch) -> None:
    def render_once(html: str, **words: Any) -> bytes:
        if html not in _made:
            _made[html] = render_pdf(html, **words)
        return _made[html]

    monkeypatch.setattr("reports.tasks.render_pdf", render_once)


def person(name: str, of: Participant | None, **appointment: Any) -> User:
    """An account with a waived second factor, its official and one appointment."""
    email = f"{name}@reports.example"
    user = User.objects.create_user(email, "correct horse battery staple", second_factor_waived=True)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    official = Official.objects.create(user=user, participant=of, name=f"Person {name}", email=email)
    Appointment.objects.create(official=official, period_from=date(2020, 1, 1), **appointment)
    return user


def make_cast() -> Cast:
    records.process()
    names = ("Aland", "Bland", "Cland", "Dland")
    participants = [records.participant(name) for name in names]
    topic = Topic.objects.create(key="people-smuggling", name_en="People smuggling", order=1)
    for participant in participants:
        StandingPeriod.objects.create(participant=participant, standing=Standing.MEMBER, period_from=date(2002, 1, 1))
        focal = {"role": AppointmentRole.FOCAL_POINT, "participant": participant, "topic": topic}
        if participant.name != "Dland":  # nobody to write to: a hole
            person(f"focal.{participant.slug}", participant, **focal)
    body = Body.objects.create(key="steering-group", name_en="Steering group")
    chair = SeatRole.objects.create(key="co-chair", name_en="Co-chair", is_member=True, approves=True, permission_set="co-chair")
    plain = SeatRole.objects.create(key="coordinator", name_en="Coordinator", is_member=True, permission_set="steering-group")
    seats = [Seat.objects.create(body=body, participant=p, role=chair) for p in participants[:2]]
    other = Seat.objects.create(body=body, participant=participants[2], role=plain)
    seat: dict[str, Any] = {"role": AppointmentRole.SEAT}
    cast = Cast(
        secretariat=person("secretariat", None, role=AppointmentRole.SECRETARIAT),
        chair_a=person("chair.a", participants[0], seat=seats[0], **seat),
        chair_b=person("chair.b", participants[1], seat=seats[1], **seat),
        member=person("member", participants[2], seat=other, **seat),
        meeting=records.activity(
            "XX-2010-09",
            kind=records.kind("senior-officials-meeting"),
            start=date(2010, 11, 3),
            end=date(2010, 11, 4),
            status=ActivityStatus.PLANNED,
            title="Senior Officials’ Meeting",
        ),
        participants=participants,
    )
    _programme(cast)
    return cast


def _programme(cast: Cast) -> None:
    one, two = records.objective(1), records.objective(2)
    a, b = cast.participants[:2]
    records.activity("XX-2010-01", host=a, objectives=(one,), delegates=30)
    records.activity(
        "XX-2010-02", host=b, objectives=(one, two), delegates=12, start=date(2010, 6, 1), end=None, date_precision="month"
    )
    records.activity(
        "XX-2010-03", host=b, objectives=(two,), start=date(2010, 7, 1), end=None, confidence=Confidence.GENERAL_KNOWLEDGE
    )
    records.activity("XX-2010-04", objectives=(two,), status=ActivityStatus.PLANNED, start=date(2010, 12, 1), end=None)
    records.activity("XX-2010-05", objectives=(one,), access_class="participants")
    records.activity("XX-2009-01", objectives=(one,), start=date(2009, 12, 31), end=None)
    earlier = records.activity("XX-2010-06", start=date(2010, 2, 1), end=None, title="Review meeting")
    Review.objects.create(meeting=earlier, objective=one, outcome=ReviewOutcome.MET)
    Recommendation.objects.create(reference="XX-REC-2010-01", text="Do it", activity=earlier, objective=two)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def draft(cast: Cast) -> ProgressReport:
    """A draft report on 2010."""
    return compile_report(
        meeting=cast.meeting,
        period_from=date(2010, 1, 1),
        period_to=date(2010, 12, 31),
        by=cast.secretariat,
        title="Progress in 2010",
    )


def freeze(report: ProgressReport, by: User) -> ProgressReport:
    """Write a section, freeze in both languages, and make the files."""
    report = edit_section(
        report=report, key="in-brief", text="Two lines.\n\n- first\n- second", text_id="", expected_version=report.version, by=by
    )
    report = freeze_report(report=report, languages=["en", "id"], expected_version=report.version, by=by)
    for rendering in report.renderings.all():
        run_rendering(rendering.pk)
    report.refresh_from_db()
    return report


@pytest.fixture
def frozen(draft: ProgressReport, cast: Cast) -> ProgressReport:
    return freeze(draft, cast.secretariat)


@pytest.fixture
def desk(cast: Cast) -> Client:
    """A browser of the secretariat."""
    client = Client()
    client.force_login(cast.secretariat)
    return client
