"""Returned mail: the right delivery becomes bounced, and nothing else changes anything."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from members import tasks
from members.bounces import Bounce, read_bounce
from members.models import Delivery
from tests.smtp_sink import Sink

OURS = "<0123456789abcdef0123456789abcdef@portal.example>"


def report(
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 no such user",
    quoted: str = "text/rfc822-headers",
    head: str = f"From: a@portal.example\r\nMessage-ID: {OURS}\r\nSubject: x\r\n",
    end: str = "\r\n",
) -> bytes:
    """A delivery status report as mail servers write it."""
    diagnostic_line = f"Diagnostic-Code: {diagnostic}\r\n" if diagnostic else ""
    text = (
        "From: MAILER-DAEMON@a.example\r\nTo: secretariat@portal.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        "Message-ID: <of-the-report@a.example>\r\nAuto-Submitted: auto-replied\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nIt did not work.\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.a.example\r\n\r\n"
        f"Final-Recipient: rfc822; x@a.example\r\nAction: {action}\r\nStatus: {status}\r\n{diagnostic_line}\r\n"
        f"--B\r\nContent-Type: {quoted}\r\n\r\n{head}{end}--B--\r\n"
    )
    return text.encode()


BOUNCES = {
    "headers quoted": report(),
    "whole message quoted": report(quoted="message/rfc822", end="\r\nDear focal point,\r\n"),
    "bare line ends": report().replace(b"\r\n", b"\n"),
    "mailbox full": report(status="5.2.2", diagnostic="smtp; 552 mailbox full"),
    "given up after days": report(status="4.4.7", diagnostic="smtp; 451 expired"),
    "no diagnostic": report(diagnostic=""),
    "capital action": report(action="Failed"),
    "spaces around action": report(action="  failed  "),
    "folded diagnostic": report(diagnostic="smtp; 550\r\n 5.1.1 no such\r\n user"),
    "folded id": report(head=f"Subject: x\r\nMessage-ID:\r\n {OURS}\r\n"),
    "id in other case": report(head=f"MESSAGE-id: {OURS}\r\n"),
    "received lines before": report(head=f"Received: by x;\r\n Mon, 1 Jan 2026\r\nMessage-Id: {OURS}\r\n"),
    "charset given": report(quoted='text/rfc822-headers; charset="utf-8"'),
    "status without action detail": report(status="5.0.0", diagnostic="x-unix; quota"),
}
OTHERS = {
    "delayed": report(action="delayed", status="4.4.1"),
    "delivered": report(action="delivered", status="2.0.0"),
    "relayed": report(action="relayed", status="2.0.0"),
    "expanded": report(action="expanded", status="2.0.0"),
    "no id quoted": report(head="Subject: x\r\n"),
    "id only in the body": report(quoted="message/rfc822", head="Subject: x\r\n", end=f"\r\nMessage-ID: {OURS}\r\n"),
    "id in a subject": report(head=f"Subject: Message-ID: {OURS}\r\n"),
    "two ids": report().replace(b"--B--", b"--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <b@c>\r\n\r\n--B--"),
    "holiday note": f"From: x@a.example\r\nIn-Reply-To: {OURS}\r\nSubject: Away\r\n\r\nI am away.\r\n".encode(),
    "reply that quotes all": b"Subject: Re\r\n\r\n> " + report(),
    "empty": b"",
    "noise": bytes(range(256)) * 20,
    "cut off": report()[:250],
    "nested without end": b"Content-Type: multipart/report; boundary=B\r\n\r\n--B\r\n" * 200,
    "unknown charset": b"Content-Type: text/plain; charset=none-such\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
    "id too long": report(head=f"Message-ID: <{'x' * 300}@y>\r\n"),
}


@pytest.mark.parametrize("name", BOUNCES)
def test_bounce_is_read(name: str) -> None:
    found = read_bounce(BOUNCES[name])
    assert found is not None
    assert found.message_id == OURS
    assert found.reply
    assert "\n" not in found.reply


def test_reply_keeps_status_and_words() -> None:
    assert read_bounce(report()) == Bounce(OURS, "5.1.1 smtp; 550 5.1.1 no such user")


@pytest.mark.parametrize("name", OTHERS)
def test_anything_else_is_no_bounce(name: str) -> None:
    assert read_bounce(OTHERS[name]) is None


def feed(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    call_command("record_bounce")


def test_command_marks_the_right_delivery(
    queue: Callable[..., Delivery], sink: Sink, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bounced, other = queue("notice:1:official-1"), queue("notice:2:official-1")
    tasks.drain_outbox()
    feed(monkeypatch, report(head=f"Message-ID: {bounced.message_id}\r\n"))
    feed(monkeypatch, report(head="Message-ID: <forged@portal.example>\r\n"))
    feed(monkeypatch, report(action="delayed", head=f"Message-ID: {other.message_id}\r\n"))
    bounced.refresh_from_db()
    other.refresh_from_db()
    assert (bounced.state, other.state) == ("bounced", "accepted")
    assert capsys.readouterr().out.splitlines() == [f"delivery {bounced.pk}: bounced", "not a message of ours", "not a bounce"]
