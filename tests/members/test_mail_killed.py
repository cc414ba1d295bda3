"""Workers killed with -9 during a circulation to 87 and started again: one copy each, or a line in doubt.

Real worker processes, a real database, a mail server that fsyncs what it took before it answers. The kill points lie
before DATA, between the final dot and the answer, and between the answer and the commit; the seed is printed.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from members import periodic, tasks
from members.enums import DeliveryState
from members.models import Delivery, Official, Participant, User
from members.services import outbox
from members.services.outbox import Enclosure
from tests.killing import Workers
from tests.smtp_sink import Sink

RECIPIENTS = 87
WORKERS = 3
AMBIGUOUS = ("before-keeping", "kept", "answered")
POINTS = [*["before-keeping"] * 3, *["kept"] * 5, *["answered"] * 4, "mail", "rcpt", "data"]


DRAINS = """
settings.MAIL_DOMAIN = name.strip()
call_command("drain_outbox", loop=True, every=0.3, skip_checks=True)
"""


def plan(seed: int) -> Callable[[str, int], bool]:
    """Says at each event whether the worker dies there: one kill after about every five messages."""
    points, lock = POINTS.copy(), threading.Lock()
    random.Random(seed).shuffle(points)
    waiting = [(3 + 5 * number, point) for number, point in enumerate(points)]

    def is_due(stage: str, number: int) -> bool:
        with lock:
            for entry in waiting:
                if entry[1] == stage and number >= entry[0]:
                    waiting.remove(entry)
                    return True
        return False

    return is_due


def circulate(count: int, by: User, enclosure: Enclosure) -> None:
    participant = Participant.objects.create(name="Participant A", slug="participant-a", kind="government")
    for number in range(count):
        to = Official.objects.create(participant=participant, name=f"Official {number}", email=f"official-{number}@a.example")
        key = f"circulation:1:{outbox.recipient_key(to)}"
        outbox.queue_delivery(
            kind="notice", to=to, key=key, subject="Report to Ministers", text="Attached.\n", by=by, attachments=[enclosure]
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "seed", [20041, pytest.param(20042, marks=pytest.mark.nightly), pytest.param(20043, marks=pytest.mark.nightly)]
)
def test_killed_workers_lose_nothing_and_send_nothing_twice(
    seed: int, sink: Sink, enclosure: Enclosure, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    staff = User.objects.create_user("desk@secretariat.example")
    circulate(RECIPIENTS, staff, enclosure)
    errors = (tmp_path / "workers.log").open("w+b")
    more = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(sink.port), "SMTP_TIMEOUT": "5", "DELIVERY_LEASE_SECONDS": "4"}
    workers, is_due = Workers(DRAINS, WORKERS, errors, more), plan(seed)

    def hook(stage: str, number: int, who: str) -> None:
        if is_due(stage, number):
            workers.kill(who, stage, number)

    sink.hook, sink.delay = hook, 0.02
    began = time.monotonic()
    try:
        while time.monotonic() - began < 55:
            workers.start()
            states = Counter(Delivery.objects.values_list("state", flat=True))
            if set(states) <= {"accepted", "in-doubt"}:
                break
            time.sleep(0.2)
    finally:
        workers.stop()
        errors.seek(0)
        complaints = errors.read().decode()[-2000:]
        errors.close()
    took = time.monotonic() - began
    copies = Counter(sink.delivered)
    ambiguous = [kill for kill in workers.killed if kill[0] in AMBIGUOUS]
    with capsys.disabled():
        sys.stdout.write(
            f"\nseed {seed}: {len(workers.killed)} kills, {len(ambiguous)} of them in the ambiguous window, {took:.1f} s; "
            f"{dict(states)}, {sum(copies.values())} copies of {len(copies)} messages\n"
        )
    assert sum(states.values()) == RECIPIENTS
    assert set(states) <= {"accepted", "in-doubt"}, complaints  # none lost, none left unfinished
    assert max(copies.values()) == 1  # none twice
    for delivery in Delivery.objects.filter(state=DeliveryState.ACCEPTED):
        assert copies[delivery.message_id] == 1
    assert len(ambiguous) >= 5, "void: too few kills in the ambiguous window"
    settle_by_log(sink, staff)
    sink.hook = None
    tasks.drain_outbox()
    assert periodic.mark_in_doubt() == 0
    assert set(Delivery.objects.values_list("state", flat=True)) == {"accepted"}
    assert Counter(sink.delivered) == Counter(Delivery.objects.values_list("message_id", flat=True))
    recipients = [received.recipients for received in sink.received]
    assert sorted(recipients) == sorted([address] for address in Delivery.objects.values_list("email", flat=True))
    default_storage.delete(enclosure.storage_name)


def settle_by_log(sink: Sink, staff: User) -> None:
    """What a person does with the lines in doubt: looks each Message-ID up in the mail server's log."""
    for delivery in Delivery.objects.filter(state=DeliveryState.IN_DOUBT):
        is_there = delivery.message_id in sink.delivered
        outbox.settle_delivery(
            delivery=delivery,
            outcome=DeliveryState.ACCEPTED if is_there else DeliveryState.QUEUED,
            evidence="The mail server's log has it." if is_there else "The mail server's log does not have it.",
            by=staff,
        )
