"""The outbox: one row a recipient and key, sent at most once, and what happens when something changed in between."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from members import periodic, tasks
from members.delivery import Connection, Outcome, Stage
from members.enums import AccessClass, AppointmentRole, DeliveryState, Standing
from members.errors import DomainError
from members.models import (
    Appointment,
    Body,
    Delivery,
    DeliveryTransition,
    Office,
    Official,
    Participant,
    Seat,
    SeatRole,
    StandingPeriod,
    User,
)
from members.models.base import today
from members.services import outbox
from members.services.outbox import Enclosure
from tests.members.conftest import PDF
from tests.smtp_sink import Sink

Queue = Callable[..., Delivery]
YESTERDAY = timedelta(days=1)


def ledger(delivery: Delivery) -> list[tuple[str, str]]:
    return list(DeliveryTransition.objects.filter(delivery=delivery).order_by("pk").values_list("from_state", "to_state"))


def accepted(delivery: Delivery) -> Outcome:
    return Outcome(DeliveryState.ACCEPTED, Stage.DOT, 250, "dot: 250 ok")


# --- queueing --------------------------------------------------------------------------------------------------------


def test_queue_writes_row_and_enclosures(queue: Queue, official: Official, staff: User, enclosure: Enclosure) -> None:
    delivery = queue(attachments=[enclosure])
    assert (delivery.state, delivery.email, delivery.official, delivery.office) == (
        "queued",
        "focal.point@a.example",
        official,
        None,
    )
    assert delivery.queued_by == staff
    assert [(row.filename, row.sha256) for row in delivery.attachments.all()] == [(enclosure.filename, enclosure.sha256)]
    assert delivery.message_id.endswith(f"@{settings.MAIL_DOMAIN}>")
    assert "focal" not in delivery.message_id


def test_same_key_gives_the_row_that_exists(queue: Queue, enclosure: Enclosure) -> None:
    first = queue(attachments=[enclosure])
    second = queue(subject="another subject", attachments=[enclosure])
    assert second.pk == first.pk
    assert second.subject == first.subject
    assert second.attachments.count() == 1


def test_office_is_a_recipient(queue: Queue, participant: Participant, sink: Sink) -> None:
    office = Office.objects.create(participant=participant, title="Director", email="director@a.example")
    delivery = queue(to=office, key=f"circulation:1:{outbox.recipient_key(office)}")
    assert delivery.key == f"circulation:1:office-{office.pk}"
    tasks.drain_outbox()
    assert [received.recipients for received in sink.received] == [["director@a.example"]]


def test_recipient_without_address_is_refused(queue: Queue, official: Official) -> None:
    official.email = ""
    with pytest.raises(DomainError) as refused:
        queue()
    assert refused.value.field == "email"
    assert Delivery.objects.count() == 0


@pytest.mark.parametrize("sign", ["\r\nBcc: x@y.example", "\n", "\u2028", "\x85"])
def test_line_ends_in_headers_are_refused(queue: Queue, sign: str) -> None:
    with pytest.raises(DomainError):
        queue(subject=f"a{sign}b")
    with pytest.raises(DomainError):
        queue(attachments=[Enclosure("x", f"a{sign}.pdf", "0" * 64)])
    assert Delivery.objects.count() == 0


def test_message_of_a_decision_that_is_rolled_back_is_never_sent(queue: Queue, sink: Sink) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        queue()
        raise RuntimeError
    assert tasks.drain_outbox() == 0
    assert sink.delivered == []


@pytest.mark.django_db(transaction=True)
def test_twenty_threads_with_one_key_make_one_row(queue: Queue) -> None:
    barrier, keys, errors = threading.Barrier(20), [], []

    def press() -> None:
        barrier.wait()
        try:
            keys.append(queue("circulation:7:official-1").pk)
        except Exception as error:  # noqa: BLE001 - shown by the assertion
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(set(keys)) == 1
    assert Delivery.objects.count() == 1


# --- sending ---------------------------------------------------------------------------------------------------------


def test_drain_sends_and_records(queue: Queue, sink: Sink, enclosure: Enclosure) -> None:
    delivery = queue(attachments=[enclosure])
    assert tasks.drain_outbox() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.smtp_code, delivery.attempts) == ("accepted", 250, 1)
    assert delivery.accepted_at is not None
    assert delivery.lease_until is None
    assert delivery.smtp_reply.splitlines()[-1] == "dot: 250 2.0.0 Ok: queued as SINK1"
    assert ledger(delivery) == [("queued", "sending"), ("sending", "accepted")]
    assert {row.by for row in delivery.transitions.all()} == {User.objects.service_account()}
    files = [part.get_payload(decode=True) for part in sink.received[0].message.iter_attachments()]
    assert files == [PDF]
    assert sink.delivered == [delivery.message_id]
    assert tasks.drain_outbox() == 0


def test_each_recipient_gets_one_envelope_without_the_others(queue: Queue, sink: Sink, participant: Participant) -> None:
    people = [Official.objects.create(participant=participant, name=f"N{n}", email=f"n{n}@a.example") for n in range(30)]
    for person in people:
        queue(f"circulation:1:{outbox.recipient_key(person)}", to=person)
    assert tasks.drain_outbox() == 30
    assert sink.connections == 1
    assert sorted(received.recipients[0] for received in sink.received) == sorted(person.email for person in people)
    for received in sink.received:
        assert len(received.recipients) == 1
        others = [person.email.encode() for person in people if person.email not in received.recipients]
        assert not any(other in received.raw for other in others)
    assert len(set(sink.delivered)) == 30


def test_message_waits_for_its_time(queue: Queue, sink: Sink) -> None:
    queue(send_after=timezone.now() + timedelta(minutes=10))
    assert tasks.drain_outbox() == 0
    assert sink.connections == 0


def test_deferred_message_is_tried_again_with_the_same_bytes(queue: Queue, sink: Sink, enclosure: Enclosure) -> None:
    delivery = queue(attachments=[enclosure])
    bodies = []

    def remember(stage: str, _number: int, _who: str) -> None:
        if stage == "before-keeping":
            bodies.append(stage)

    sink.hook = remember
    sink.script = {"dot": b"451 4.3.0 later"}
    tasks.drain_outbox()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.smtp_code) == ("deferred", 451)
    assert delivery.send_after > timezone.now() + timedelta(seconds=50)
    assert tasks.drain_outbox() == 0
    sink.script = {"dot": "lose"}
    Delivery.objects.update(send_after=timezone.now())
    tasks.drain_outbox()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("in-doubt", 2)
    outbox.settle_delivery(delivery=delivery, outcome=DeliveryState.QUEUED, evidence="not in the log", by=delivery.queued_by)
    sink.script = {}
    tasks.drain_outbox()
    assert sink.received[0].raw == sink.received[1].raw
    assert len(bodies) == 3
    assert ledger(delivery) == [
        ("queued", "sending"),
        ("sending", "deferred"),
        ("deferred", "queued"),
        ("queued", "sending"),
        ("sending", "in-doubt"),
        ("in-doubt", "queued"),
        ("queued", "sending"),
        ("sending", "accepted"),
    ]


def test_refused_message_fails_and_is_never_tried_again(queue: Queue, sink: Sink) -> None:
    delivery = queue()
    sink.script = {"rcpt": b"550 5.1.1 no such user"}
    assert tasks.drain_outbox() == 1
    assert tasks.drain_outbox() == 0
    delivery.refresh_from_db()
    assert (delivery.state, delivery.smtp_code) == ("failed", 550)


def test_message_deferred_for_a_day_fails(queue: Queue, sink: Sink) -> None:
    delivery = queue()
    sink.script = {"rcpt": b"451 4.3.0 later"}
    tasks.drain_outbox()
    long_ago = timezone.now() - timedelta(hours=24)
    Delivery.objects.update(first_tried_at=long_ago, send_after=timezone.now())
    tasks.drain_outbox()
    delivery.refresh_from_db()
    assert delivery.state == "failed"
    assert "24 hours" in delivery.reason


def test_back_off_doubles_between_a_minute_and_two_hours() -> None:
    now = timezone.now()
    waits = [tasks.back_off(Delivery(first_tried_at=now - timedelta(minutes=tried)), now) for tried in (0, 1, 2, 30, 60, 600)]
    assert [wait.total_seconds() / 60 for wait in waits] == [1, 1, 2, 30, 60, 120]


def test_mail_server_that_is_down_defers_one_and_leaves_the_rest_queued(queue: Queue, sink: Sink) -> None:
    for number in range(5):
        queue(f"circulation:1:official-{number}")
    sink.script = {"connect": b"421 shutting down"}
    assert tasks.drain_outbox() == 1
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["deferred", *["queued"] * 4]
    sink.script = {}
    Delivery.objects.update(send_after=timezone.now())
    assert tasks.drain_outbox() == 5
    assert len(set(sink.delivered)) == 5


@pytest.mark.parametrize(
    ("change", "reason"), [({"storage_name": "test/gone.pdf"}, "missing"), ({"sha256": "0" * 64}, "not the file")]
)
def test_wrong_enclosure_fails_the_delivery(
    queue: Queue, sink: Sink, enclosure: Enclosure, change: dict[str, str], reason: str
) -> None:
    from dataclasses import replace

    delivery, good = queue(attachments=[replace(enclosure, **change)]), queue("circulation:2:official-1", attachments=[enclosure])
    assert tasks.drain_outbox() == 2
    delivery.refresh_from_db()
    good.refresh_from_db()
    assert (delivery.state, good.state) == ("failed", "accepted")
    assert reason in delivery.reason
    assert sink.delivered == [good.message_id]


def test_enclosure_is_read_and_encoded_once_a_batch(
    queue: Queue, sink: Sink, enclosure: Enclosure, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        queue(f"circulation:1:official-{number}", attachments=[enclosure])
    calls = []
    encode = tasks.encode_enclosure
    monkeypatch.setattr(tasks, "encode_enclosure", lambda *words: calls.append(1) or encode(*words))
    assert tasks.drain_outbox() == 10
    assert len(calls) == 1


@pytest.mark.django_db(transaction=True)
def test_four_drains_at_once_send_each_message_once(queue: Queue, sink: Sink) -> None:
    for number in range(24):
        queue(f"circulation:1:official-{number}")
    sink.delay = 0.01
    handled: list[int] = []

    def work() -> None:
        handled.append(tasks.drain_outbox())
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(handled) == 24
    assert len(sink.delivered) == len(set(sink.delivered)) == 24


# --- entitlement at the moment of sending ----------------------------------------------------------------------------


def withheld(delivery: Delivery, sink: Sink) -> str:
    assert tasks.drain_outbox() == 1
    delivery.refresh_from_db()
    assert delivery.state == "withheld"
    assert sink.connections == 0
    assert ledger(delivery)[-1] == (ledger(delivery)[-1][0], "withheld")
    return delivery.reason


def test_official_whose_term_ended_gets_nothing(queue: Queue, sink: Sink, official: Official) -> None:
    delivery = queue()
    official.period_to = today() - YESTERDAY
    official.save()
    assert "term ended" in withheld(delivery, sink)


def test_participant_that_left_gets_nothing(queue: Queue, sink: Sink, participant: Participant) -> None:
    delivery = queue()
    start = today() - timedelta(days=400)
    StandingPeriod.objects.create(
        participant=participant, standing=Standing.OTHER, period_from=start, period_to=today() - YESTERDAY
    )
    assert "does not take part" in withheld(delivery, sink)


def test_member_whose_seat_ended_gets_no_steering_group_document(queue: Queue, sink: Sink, official: Official) -> None:
    body = Body.objects.create(key="sg", name_en="Steering group")
    role = SeatRole.objects.create(key="member-x", name_en="Member", permission_set="steering-group")
    seat = Seat.objects.create(body=body, participant=official.participant, role=role, period_from=today() - timedelta(days=400))
    place = Appointment.objects.create(
        role=AppointmentRole.SEAT, official=official, seat=seat, period_from=today() - timedelta(days=400)
    )
    kept = queue("circulation:1:a", access_class=AccessClass.STEERING_GROUP)
    tasks.drain_outbox()
    kept.refresh_from_db()
    assert kept.state == "accepted"
    demoted = queue("circulation:2:a", access_class=AccessClass.STEERING_GROUP)
    place.period_to = today() - YESTERDAY
    place.save()
    tasks.drain_outbox()
    demoted.refresh_from_db()
    assert (demoted.state, len(sink.delivered)) == ("withheld", 1)
    assert "may not see" in demoted.reason


def test_gate_of_the_kind_is_asked(queue: Queue, sink: Sink, settings: Any) -> None:
    settings.DELIVERY_GATES = {"notice": "tests.members.test_outbox.closed_gate"}
    assert withheld(queue(), sink) == "The document was reclassified."


def closed_gate(delivery: Delivery) -> str:
    assert delivery.pk
    return "The document was reclassified."


def test_recall_takes_back_what_has_not_left(queue: Queue, sink: Sink, staff: User) -> None:
    gone = queue("circulation:1:a")
    tasks.drain_outbox()
    waiting = [queue(f"circulation:1:{name}") for name in "bc"]
    found = Delivery.objects.filter(key__startswith="circulation:1:")
    assert outbox.recall_unsent(deliveries=found, reason="Recalled", by=staff) == 2
    assert tasks.drain_outbox() == 0
    gone.refresh_from_db()
    assert gone.state == "accepted"
    assert {Delivery.objects.get(pk=row.pk).state for row in waiting} == {"withheld"}
    assert [row.by for row in waiting[0].transitions.all()] == [staff]
    with pytest.raises(DomainError):
        outbox.withhold_delivery(delivery=gone, reason="too late", by=staff)


# --- in doubt --------------------------------------------------------------------------------------------------------


@pytest.fixture
def doubtful(queue: Queue) -> Delivery:
    """A delivery whose sender died after claiming it."""
    queue()
    claimed = tasks.claim(by=User.objects.service_account())
    assert claimed is not None
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert periodic.mark_in_doubt() == 1
    claimed.refresh_from_db()
    assert claimed.state == "in-doubt"
    return claimed


def test_living_sender_is_not_marked(queue: Queue) -> None:
    queue()
    tasks.claim(by=User.objects.service_account())
    assert periodic.mark_in_doubt() == 0


def test_delivery_in_doubt_is_never_sent_by_itself(doubtful: Delivery, sink: Sink) -> None:
    assert tasks.drain_outbox() == 0
    assert sink.connections == 0


@pytest.mark.parametrize("outcome", [DeliveryState.ACCEPTED, DeliveryState.FAILED, DeliveryState.QUEUED])
def test_person_settles_a_delivery_in_doubt(doubtful: Delivery, staff: User, outcome: DeliveryState) -> None:
    outbox.settle_delivery(delivery=doubtful, outcome=outcome, evidence="line 7 of the log", by=staff)
    doubtful.refresh_from_db()
    assert doubtful.state == outcome
    assert (doubtful.accepted_at is not None) == (outcome == DeliveryState.ACCEPTED)
    last = doubtful.transitions.order_by("-pk")[0]
    assert (last.from_state, last.to_state, last.reply, last.by) == ("in-doubt", outcome, "line 7 of the log", staff)
    with pytest.raises(DomainError):
        outbox.settle_delivery(delivery=doubtful, outcome=outcome, evidence="again", by=staff)


@pytest.mark.parametrize(
    ("outcome", "evidence"), [(DeliveryState.ACCEPTED, "  "), (DeliveryState.BOUNCED, "log"), (DeliveryState.SENDING, "log")]
)
def test_settling_needs_evidence_and_a_fitting_outcome(
    doubtful: Delivery, staff: User, outcome: DeliveryState, evidence: str
) -> None:
    with pytest.raises(DomainError):
        outbox.settle_delivery(delivery=doubtful, outcome=outcome, evidence=evidence, by=staff)
    doubtful.refresh_from_db()
    assert doubtful.state == "in-doubt"


def test_late_answer_settles_what_is_in_doubt(doubtful: Delivery, staff: User) -> None:
    tasks.record_outcome(doubtful, accepted(doubtful), by=staff)
    doubtful.refresh_from_db()
    assert doubtful.state == "accepted"


def test_late_refusal_is_proof_that_nothing_left(doubtful: Delivery, staff: User) -> None:
    tasks.record_outcome(doubtful, Outcome(DeliveryState.DEFERRED, Stage.DOT, 451, "dot: 451"), by=staff)
    doubtful.refresh_from_db()
    assert doubtful.state == "queued"
    assert doubtful.send_after > timezone.now()


def test_answer_to_an_older_attempt_changes_nothing(doubtful: Delivery, staff: User) -> None:
    outbox.settle_delivery(delivery=doubtful, outcome=DeliveryState.QUEUED, evidence="proof", by=staff)
    again = tasks.claim(by=staff)
    assert again is not None
    tasks.record_outcome(doubtful, Outcome(DeliveryState.FAILED, Stage.DOT, 554, "dot: 554"), by=staff)
    again.refresh_from_db()
    assert (again.state, again.attempts) == ("sending", 2)


def test_database_refuses_a_state_that_cannot_follow(doubtful: Delivery) -> None:
    with pytest.raises(IntegrityError, match="delivery_transition"), transaction.atomic():
        Delivery.objects.filter(pk=doubtful.pk).update(state=DeliveryState.SENDING)


def test_failed_message_is_sent_again_to_the_mended_address(queue: Queue, sink: Sink, official: Official, staff: User) -> None:
    delivery = queue()
    sink.script = {"rcpt": b"550 no such user"}
    tasks.drain_outbox()
    official.email = "mended@a.example"
    official.save()
    sink.script = {}
    outbox.send_again(delivery=delivery, by=staff)
    tasks.drain_outbox()
    assert [received.recipients for received in sink.received] == [["mended@a.example"]]
    assert sink.delivered == [delivery.message_id]
    with pytest.raises(DomainError):
        outbox.send_again(delivery=delivery, by=staff)


def test_bounce_is_recorded_once_and_forged_ones_change_nothing(queue: Queue, sink: Sink, staff: User) -> None:
    delivery = queue()
    assert outbox.record_bounce(message_id=delivery.message_id, reply="550 no such user", by=staff) == delivery
    delivery.refresh_from_db()
    assert delivery.state == "queued"
    tasks.drain_outbox()
    for _ in range(2):
        outbox.record_bounce(message_id=delivery.message_id, reply="550 no such user", by=staff)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == ("bounced", "550 no such user")
    assert ledger(delivery)[-2:] == [("sending", "accepted"), ("accepted", "bounced")]
    assert outbox.record_bounce(message_id="<forged@portal.example>", reply="550", by=staff) is None


def test_bounce_of_a_message_in_doubt_says_that_it_had_left(doubtful: Delivery, staff: User) -> None:
    outbox.record_bounce(message_id=doubtful.message_id, reply="552 full", by=staff)
    assert ledger(doubtful)[-2:] == [("in-doubt", "accepted"), ("accepted", "bounced")]


# --- clocks and the queue --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_job_runs_once_though_two_clocks_tick(db: None) -> None:
    found: list[bool] = []

    def other() -> None:
        with periodic.only_one("mark_in_doubt") as is_mine:
            found.append(is_mine)
        connections.close_all()

    with periodic.only_one("mark_in_doubt") as is_mine:
        assert is_mine
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    with periodic.only_one("mark_in_doubt") as is_mine:
        assert is_mine
    assert found == [False]


def test_many_messages_wake_the_drain_once(
    queue: Queue, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    calls: list[object] = []
    monkeypatch.setattr(outbox, "_silent_until", 0.0)
    monkeypatch.setattr(tasks.drain, "apply_async", lambda **options: calls.append(options))
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(87):
            queue(f"circulation:1:official-{number}")
    assert calls == [{"retry": False}]


def test_drain_command_sends_without_the_queue(queue: Queue, sink: Sink, capsys: pytest.CaptureFixture[str]) -> None:
    from django.core.management import call_command

    queue()
    call_command("drain_outbox")
    assert capsys.readouterr().out == "1 handled\n"
    assert len(sink.delivered) == 1


def test_database_that_restarts_while_recording_is_tried_again(queue: Queue, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    delivery, record, tries = queue(), tasks.record_outcome, []

    def fail_once(*words: Any, **named: Any) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError
        record(*words, **named)

    monkeypatch.setattr(tasks, "record_outcome", fail_once)
    monkeypatch.setattr(tasks.time, "sleep", lambda _seconds: None)
    monkeypatch.setattr(tasks, "connection", type("Fake", (), {"in_atomic_block": False, "close": staticmethod(lambda: None)}))
    tasks.drain_outbox()
    delivery.refresh_from_db()
    assert (delivery.state, len(tries)) == ("accepted", 2)


def test_connection_is_not_opened_for_nothing(db: None, sink: Sink) -> None:
    assert tasks.drain_outbox() == 0
    with Connection() as unused:
        assert unused.replies == []
    assert sink.connections == 0


def test_text_of_an_old_message_is_emptied_and_its_hash_and_ledger_stay(
    queue: Queue, sink: Sink, staff: User, enclosure: Enclosure
) -> None:
    sent = queue("old:1", attachments=[enclosure])
    tasks.drain_outbox()
    sent.refresh_from_db()
    text, steps = f"{sent.text}\0{sent.html}", ledger(sent)
    old = timezone.now() - timedelta(days=settings.DELIVERY_TEXT_DAYS + 1)
    assert outbox.empty_old_texts(by=staff) == 0
    Delivery.objects.filter(pk=sent.pk).update(queued_at=old)
    assert outbox.empty_old_texts(by=staff) == 1
    assert outbox.empty_old_texts(by=staff) == 0
    sent.refresh_from_db()
    assert (sent.text, sent.html, sent.text_sha256) == ("", "", hashlib.sha256(text.encode()).hexdigest())
    assert ledger(sent) == steps
    assert sent.attachments.get().sha256 == enclosure.sha256
    Delivery.objects.filter(pk=sent.pk).update(state=DeliveryState.BOUNCED, bounced_at=timezone.now())
    with pytest.raises(DomainError, match="not kept any more"):
        outbox.send_again(delivery=sent, by=staff)


def test_text_of_a_message_that_has_not_left_is_kept(queue: Queue, staff: User) -> None:
    waiting = queue("old:1")
    old = timezone.now() - timedelta(days=settings.DELIVERY_TEXT_DAYS + 1)
    Delivery.objects.filter(pk=waiting.pk).update(queued_at=old)
    assert outbox.empty_old_texts(by=staff) == 0
    waiting.refresh_from_db()
    assert waiting.text
