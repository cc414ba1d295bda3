"""Workers killed with -9 while they issue invitations, and started again: each participant is invited and written to once."""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from activities.enums_invitations import IssueState
from activities.models import Invitation
from members.enums import AppointmentRole, ParticipantKind, Standing
from members.models import Appointment, Delivery, Participant
from tests.activities.test_issuing import begin, rule, set_up
from tests.cast import person
from tests.killing import Workers

PARTICIPANTS = 30
WORK = """
from datetime import timedelta
import time
from activities import tasks
tasks.LEASE = timedelta(seconds=2)
def laid_out(html, **words):
    time.sleep(0.03)
    return b"%PDF-1.7 " + html.encode()
tasks.render_pdf = laid_out
while True:
    for run in tasks.waiting():
        tasks.run_issue(run)
    time.sleep(0.1)
"""


@pytest.mark.django_db(transaction=True)
def test_killed_workers_leave_nobody_out_and_write_to_nobody_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = set_up()
    topic = Appointment.objects.get(official__user=world.users["focal_point_a"]).topic
    for number in range(PARTICIPANTS):
        made = Participant.objects.create(name=f"Participant {number}", slug=f"p-{number}", kind=ParticipantKind.GOVERNMENT)
        made.standings.create(standing=Standing.MEMBER, period_from=date(2002, 1, 1))
        person(f"runner{number}", made, participant=made, role=AppointmentRole.FOCAL_POINT, topic=topic)
    rule(world)
    run = begin(world)
    items = run.items.count()
    chance, errors = random.Random(20045), (tmp_path / "workers.log").open("w+b")
    workers, began = Workers(WORK, 2, errors, {}), time.monotonic()
    try:
        while time.monotonic() - began < 90 and not run.done_at:
            workers.start()
            time.sleep(chance.uniform(0.2, 0.9))
            if workers.running and len(workers.killed) < 12:
                workers.kill(chance.choice(sorted(workers.running)), "by the clock", len(workers.killed))
            run.refresh_from_db()
    finally:
        workers.stop()
        errors.seek(0)
        complaints = errors.read().decode()[-2000:]
        errors.close()
    with capsys.disabled():
        sys.stdout.write(f"\n{len(workers.killed)} kills, {items} participants, {time.monotonic() - began:.1f} s\n")
    assert run.done_at, complaints
    assert len(workers.killed) >= 5
    assert items >= PARTICIPANTS
    assert set(run.items.values_list("state", flat=True)) == {IssueState.DONE}
    invited = Invitation.objects.filter(activity=run.activity, issued_at__isnull=False)
    assert invited.count() == items
    copies = Counter(Delivery.objects.filter(kind="invitation", letter=run.letter).values_list("email", flat=True))
    assert set(copies.values()) == {1}
    assert len(copies) >= items
