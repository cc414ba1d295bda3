"""One message to the mail server: its bytes, and the state in which each fault leaves it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from members import delivery
from members.delivery import Connection, Message, Stage, build_message, encode_enclosure
from tests.smtp_sink import Sink

SENT_AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40


def message(**changes: Any) -> Message:
    words: dict[str, Any] = {
        "message_id": "<d1@portal.example>",
        "to": "focal.point@participant-a.example",
        "subject": "Please acknowledge by 16 July: Report to Ministers",
        "text": "Dear focal point,\n\n.a line that starts with a dot\nSelamat pagi — 'Łukasz'\n",
        "html": "<p>Dear focal point,</p>\n<p>Selamat pagi — Łukasz</p>\n",
        "language": "en",
        "sent_at": SENT_AT,
        "enclosures": [encode_enclosure("BP-R-2004-02-v2-en.pdf", "application/pdf", PDF)],
        **changes,
    }
    return build_message(**words)


@pytest.fixture
def sink(tmp_path: Path, settings: Any) -> Iterator[Sink]:
    with Sink(tmp_path / "kept") as running:
        settings.SMTP_HOST, settings.SMTP_PORT, settings.SMTP_STARTTLS, settings.SMTP_USER = "127.0.0.1", running.port, False, ""
        yield running


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, in one file."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "sink.pem"
    plain = serialization.NoEncryption()
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    return path


@pytest.fixture
def tls(sink: Sink, certificate: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Sink:
    sink.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    sink.tls.load_cert_chain(certificate)
    settings.SMTP_STARTTLS = True
    monkeypatch.setattr(delivery, "tls_context", lambda: ssl.create_default_context(cafile=str(certificate)))
    return sink


def attempt(made: Message | None = None) -> delivery.Outcome:
    with Connection(timeout=0.6, final_timeout=0.8) as connection:
        return connection.send(made or message())


# --- the state table -------------------------------------------------------------------------------------------------

PLAIN = [
    # stage of the script, what the server does, state, stage, code
    ("connect", b"421 4.3.2 shutting down", "deferred", "connect", 421),
    ("connect", b"554 5.7.1 go away", "deferred", "connect", 554),
    ("connect", "drop", "deferred", "connect", None),
    ("connect", "hang", "deferred", "connect", None),
    ("ehlo-tls", b"421 4.3.2 not now", "deferred", "ehlo", 421),
    ("ehlo-tls", b"550 5.7.1 no", "deferred", "ehlo", 550),
    ("ehlo-tls", "drop", "deferred", "ehlo", None),
    ("ehlo-tls", "hang", "deferred", "ehlo", None),
    ("mail", b"450 4.2.0 later", "deferred", "mail", 450),
    ("mail", b"421 4.2.0 closing", "deferred", "mail", 421),
    ("mail", b"550 5.7.1 sender refused", "failed", "mail", 550),
    ("mail", "drop", "deferred", "mail", None),
    ("mail", "hang", "deferred", "mail", None),
    ("rcpt", b"450 4.2.1 greylisted", "deferred", "rcpt", 450),
    ("rcpt", b"452 4.2.2 mailbox full", "deferred", "rcpt", 452),
    ("rcpt", b"550 5.1.1 no such user", "failed", "rcpt", 550),
    ("rcpt", "drop", "deferred", "rcpt", None),
    ("rcpt", "hang", "deferred", "rcpt", None),
    ("data", b"451 4.3.0 disk full", "deferred", "data", 451),
    ("data", b"554 5.7.1 no", "failed", "data", 554),
    ("data", b"250 what", "deferred", "data", 250),
    ("data", "drop", "deferred", "data", None),
    ("data", "hang", "deferred", "data", None),
    ("data", "half", "deferred", "data", None),
    ("dot", b"451 4.3.0 try again", "deferred", "dot", 451),
    ("dot", b"421 4.3.0 closing", "deferred", "dot", 421),
    ("dot", b"552 5.3.4 too large", "failed", "dot", 552),
    ("dot", b"554 5.7.1 looks like spam", "failed", "dot", 554),
    ("dot", b"354 what", "in-doubt", "dot", 354),
    ("dot", b"999 what", "in-doubt", "dot", 999),
    ("dot", b"what", "in-doubt", "dot", -1),
    ("dot", "drop", "in-doubt", "dot", None),
    ("dot", "hang", "in-doubt", "dot", None),
    ("dot", "lose", "in-doubt", "dot", None),
    ("dot", "lose-hang", "in-doubt", "dot", None),
]
LARGE = [encode_enclosure("large.pdf", "application/pdf", b"x" * 6_000_000)]


@pytest.mark.parametrize(("where", "what", "state", "stage", "code"), PLAIN)
def test_fault_ends_in_its_state(sink: Sink, where: str, what: bytes | str, state: str, stage: str, code: int | None) -> None:
    sink.script[where] = what
    outcome = attempt(message(enclosures=LARGE) if what == "half" else None)
    assert (outcome.state, outcome.stage, outcome.code) == (state, stage, code)
    assert outcome.reply.splitlines()[-1].startswith(f"{stage}: {code if code is not None else 'no reply'}")
    if isinstance(what, bytes):
        assert what.partition(b" ")[2].decode() in outcome.reply
    assert len(sink.delivered) == (1 if what in {"lose", "lose-hang"} else 0)


def test_nobody_listens(settings: Any, sink: Sink) -> None:
    sink.__exit__()
    outcome = attempt()
    assert (outcome.state, outcome.stage, outcome.code) == ("deferred", "connect", None)
    assert outcome.is_connection_lost


TLS = [
    ("starttls", b"454 4.7.0 not available", "starttls", 454, True),
    ("starttls", b"554 5.7.0 never", "starttls", 554, True),
    ("starttls", "drop", "starttls", None, True),
    ("starttls", "hang", "starttls", None, True),
    ("ehlo", b"250 nothing offered", "starttls", None, True),
    ("ehlo", b"550 no", "ehlo", 550, False),
    ("ehlo-tls", b"550 no", "ehlo", 550, False),
    ("ehlo-tls", "drop", "ehlo", None, False),
    ("auth", b"454 4.7.0 later", "auth", 454, True),
    ("auth", b"535 5.7.8 wrong password", "auth", 535, True),
    ("auth", "drop", "auth", None, True),
    ("auth", "hang", "auth", None, True),
    ("ehlo-tls", b"250 no way to sign in", "auth", None, True),
]


@pytest.mark.parametrize(("where", "what", "stage", "code", "alarm"), TLS)
def test_fault_of_tls_or_sign_in_is_deferred_and_never_sent_in_clear(
    tls: Sink, settings: Any, where: str, what: bytes | str, stage: str, code: int | None, alarm: bool
) -> None:
    settings.SMTP_USER, settings.SMTP_PASSWORD = "portal", "secret"
    tls.script[where] = what
    outcome = attempt()
    assert (outcome.state, outcome.stage, outcome.code, outcome.alarm) == ("deferred", stage, code, alarm)
    assert "MAIL" not in tls.commands
    assert tls.delivered == []
    assert "secret" not in outcome.reply


def test_unknown_certificate_is_deferred_and_nothing_is_said(tls: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "tls_context", ssl.create_default_context)
    outcome = attempt()
    assert (outcome.state, outcome.stage, outcome.alarm) == ("deferred", "starttls", True)
    assert "MAIL" not in tls.commands


def test_message_goes_over_tls_after_sign_in(tls: Sink, settings: Any) -> None:
    settings.SMTP_USER, settings.SMTP_PASSWORD = "portal", "secret"
    outcome = attempt()
    assert (outcome.state, outcome.code, outcome.queue_id) == ("accepted", 250, "SINK1")
    assert [line.split(":")[0] for line in outcome.reply.splitlines()] == [
        *("connect", "ehlo", "starttls", "ehlo", "auth", "mail", "rcpt", "data", "dot")
    ]
    assert [received.over_tls for received in tls.received] == [True]


# --- batches ---------------------------------------------------------------------------------------------------------


def batch(sink: Sink, count: int, *, before: dict[int, dict[str, bytes | str]] | None = None) -> list[str]:
    states = []
    with Connection(timeout=0.6, final_timeout=0.8) as connection:
        for number in range(count):
            sink.script = (before or {}).get(number, {})
            states.append(
                str(connection.send(message(message_id=f"<d{number}@portal.example>", to=f"p{number}@a.example")).state)
            )
    return states


def test_batch_uses_one_connection_and_one_recipient_an_envelope(sink: Sink) -> None:
    assert batch(sink, 20) == ["accepted"] * 20
    assert sink.connections == 1
    assert [received.recipients for received in sink.received] == [[f"p{number}@a.example"] for number in range(20)]
    for number, received in enumerate(sink.received):
        others = [f"p{other}@a.example".encode() for other in range(20) if other != number]
        assert not any(other in received.raw for other in others)


def test_refused_recipient_leaves_the_rest_of_the_batch_alone(sink: Sink) -> None:
    assert batch(sink, 4, before={1: {"rcpt": b"550 no such user"}, 2: {"rcpt": b"451 later"}}) == [
        *("accepted", "failed", "deferred", "accepted")
    ]
    assert sink.connections == 1


def test_lost_answer_opens_a_new_connection_for_the_next(sink: Sink) -> None:
    assert batch(sink, 3, before={1: {"dot": "lose"}}) == ["accepted", "in-doubt", "accepted"]
    assert len(sink.delivered) == 3
    assert sink.connections == 2


def test_connection_that_went_away_between_messages_is_opened_again(sink: Sink) -> None:
    with Connection(timeout=0.6, final_timeout=0.8) as connection:
        assert connection.send(message()).state == "accepted"
        sink._open[0].shutdown(2)
        assert connection.send(message(message_id="<d2@portal.example>")).state == "accepted"
    assert sink.connections == 2
    assert sink.delivered == ["<d1@portal.example>", "<d2@portal.example>"]


# --- the message -----------------------------------------------------------------------------------------------------


def test_message_arrives_as_it_was_written(sink: Sink) -> None:
    name = "Lampiran — ລາວ “A”.pdf"
    enclosures = [encode_enclosure(name, "application/pdf", PDF), encode_enclosure("b.csv", "text/csv", b"a,b\r\n.c\r\n")]
    assert attempt(message(subject="Undangan: Lokakarya — Đà Nẵng", enclosures=enclosures)).state == "accepted"
    received = sink.received[0].message
    assert str(received["Subject"]) == "Undangan: Lokakarya — Đà Nẵng"
    assert str(received["To"]) == "focal.point@participant-a.example"
    assert str(received["Message-ID"]) == "<d1@portal.example>"
    assert str(received["Date"]) == "Tue, 24 Nov 2026 09:30:00 +0000"
    assert str(received["Auto-Submitted"]) == "auto-generated"
    assert str(received["Reply-To"])
    assert "Cc" not in received
    assert "Bcc" not in received
    kinds = [part.get_content_type() for part in received.walk()]
    assert kinds == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf", "text/csv"]
    body = received.get_body(("plain",))
    assert body is not None
    assert (
        body.get_content().replace("\r\n", "\n")
        == "Dear focal point,\n\n.a line that starts with a dot\nSelamat pagi — 'Łukasz'\n"
    )
    files = [(part.get_filename(), part.get_payload(decode=True)) for part in received.iter_attachments()]
    assert files == [(name, PDF), ("b.csv", b"a,b\r\n.c\r\n")]
    assert all(len(line) <= 998 for line in sink.received[0].raw.split(b"\r\n"))
    assert sink.received[0].raw.isascii()


def test_message_without_enclosure_or_html(sink: Sink) -> None:
    assert attempt(message(html="", enclosures=[], is_automatic=False)).state == "accepted"
    received = sink.received[0].message
    assert received.get_content_type() == "text/plain"
    assert "Auto-Submitted" not in received
    assert "Selamat pagi — 'Łukasz'" in received.get_content()


def test_same_message_has_the_same_bytes() -> None:
    assert message() == message()


def test_file_name_has_no_path(sink: Sink) -> None:
    assert attempt(message(enclosures=[encode_enclosure("../../etc/a\\b.pdf", "application/pdf", b"x")])).state == "accepted"
    assert [part.get_filename() for part in sink.received[0].message.iter_attachments()] == [".._.._etc_a_b.pdf"]


@pytest.mark.parametrize("sign", ["\r", "\n", "\r\nBcc: x@y.example", "\x00", "\u2028", "\u2029", "\x85", "\x0b", "\x1b"])
def test_control_characters_in_headers_are_refused(sign: str) -> None:
    for field in ("subject", "to", "message_id", "language"):
        value = f"<a{sign}b@portal.example>" if field != "to" else f"a{sign}b@portal.example"
        with pytest.raises(ValueError):
            message(**{field: value})
    with pytest.raises(ValueError):
        encode_enclosure(f"a{sign}b.pdf", "application/pdf", b"x")
    with pytest.raises(ValueError):
        encode_enclosure("a.pdf", f"application/{sign}pdf", b"x")


@pytest.mark.parametrize(
    "address", ["", "x", "@y.example", "a b@y.example", "a,b@y.example", "a>b@y.example", "a@y.exa mple", "é@y.example"]
)
def test_addresses_that_cannot_be_sent_to_are_refused(address: str) -> None:
    with pytest.raises(ValueError):
        message(to=address)


def test_stage_names_are_those_of_the_ledger() -> None:
    assert [stage.value for stage in Stage] == ["connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "dot"]
