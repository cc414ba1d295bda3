"""Builds one e-mail and hands it to the mail server. Knows nothing about why, and writes nothing.

Over smtplib itself, because Django's backend hides what matters here: one recipient an envelope, the same Message-ID and
the same bytes at every attempt, every reply kept, and the difference between "refused" and "nobody knows" (in doubt).
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from enum import StrEnum
from types import TracebackType
from typing import Self

from django.conf import settings

from members.enums import DeliveryState

logger = logging.getLogger(__name__)
_FORBIDDEN = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]")
_QUEUE_ID = re.compile(r"(?:queued as|id=|kept as)\s*<?([\w.@+-]+)", re.IGNORECASE)
_TEMPORARY, _PERMANENT = 400, 500
_SERVICE_CLOSING, _START_MAIL = 421, 354


class Stage(StrEnum):
    """Where in the conversation with the mail server something happened."""

    CONNECT = "connect"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"


@dataclass(frozen=True)
class Outcome:
    """What became of one message. `reply` holds every reply, one a line; `alarm` means that the fault is ours."""

    state: DeliveryState
    stage: Stage
    code: int | None
    reply: str
    queue_id: str = ""
    alarm: bool = False

    @property
    def is_connection_lost(self) -> bool:
        """Whether the mail server cannot be used at all, so that the rest of a batch need not be tried."""
        return self.state == DeliveryState.DEFERRED and self.stage in {Stage.CONNECT, Stage.EHLO, Stage.STARTTLS, Stage.AUTH}


@dataclass(frozen=True)
class Message:
    """One envelope and its bytes, ready for DATA: dots are doubled, lines end in CRLF, the final dot is not in it."""

    sender: str
    recipient: str
    pieces: tuple[bytes, ...]


def header_value(value: str) -> str:
    """`value` as it may stand in a header. Raises ValueError for line ends and control characters, which forge headers."""
    if _FORBIDDEN.search(value):
        raise ValueError("a header holds a line end or a control character")
    return value


def encode_enclosure(filename: str, media_type: str, content: bytes) -> bytes:
    """One enclosure as a MIME part, base64. Encoded once, it serves every recipient of a batch. Raises ValueError."""
    part = EmailMessage(policy=policy.SMTP)
    maintype, _, subtype = header_value(media_type).partition("/")
    if not re.fullmatch(r"[\w.+-]+", maintype) or not re.fullmatch(r"[\w.+-]+", subtype):
        raise ValueError("not a media type")
    part["Content-Type"] = f"{maintype}/{subtype}"
    part["Content-Transfer-Encoding"] = "base64"
    part.add_header("Content-Disposition", "attachment", filename=header_value(filename).replace("/", "_").replace("\\", "_"))
    return part.as_bytes() + base64.encodebytes(content).replace(b"\n", b"\r\n")


def build_message(  # noqa: PLR0913 - what a letter is made of, keyword-only
    *,
    message_id: str,
    to: str,
    subject: str,
    text: str,
    html: str,
    language: str,
    sent_at: datetime,
    enclosures: Sequence[bytes] = (),
    is_automatic: bool = True,
) -> Message:
    """The message to the one address `to`: text first, then HTML, then `enclosures` made by encode_enclosure.

    The same arguments give the same bytes. Raises ValueError for addresses and headers that cannot be sent.
    """
    headers = {
        "From": header_value(settings.MAIL_FROM),
        "To": _address(to),
        "Reply-To": header_value(settings.MAIL_REPLY_TO),
        "Subject": header_value(subject),
        "Date": format_datetime(sent_at.astimezone(UTC)),
        "Message-ID": header_value(message_id),
        "Content-Language": header_value(language),
        **({"Auto-Submitted": "auto-generated"} if is_automatic else {}),
    }
    sender = _address(parseaddr(settings.MAIL_FROM)[1])
    body = _body(text, html, message_id)
    if not enclosures:
        for name, value in headers.items():
            body[name] = value
        return Message(sender, headers["To"], (_stuffed(body.as_bytes()),))
    letter = EmailMessage(policy=policy.SMTP)
    for name, value in headers.items():
        letter[name] = value
    boundary = _boundary(message_id, "mixed")
    letter["MIME-Version"] = "1.0"
    del body["MIME-Version"]
    head = letter.as_bytes().rstrip() + f'\r\nContent-Type: multipart/mixed; boundary="{boundary}"\r\n'.encode()
    between = f"\r\n--{boundary}\r\n".encode()
    pieces = [_stuffed(head + between + body.as_bytes())]
    for enclosure in enclosures:
        pieces += [between, enclosure]  # no line of base64 or of its headers starts with a dot
    return Message(sender, headers["To"], (*pieces, f"\r\n--{boundary}--\r\n".encode()))


def _body(text: str, html: str, message_id: str) -> EmailMessage:
    body = EmailMessage(policy=policy.SMTP)
    body.set_content(text, cte="quoted-printable")
    if html:
        body.add_alternative(html, subtype="html", cte="quoted-printable")
        body.set_boundary(_boundary(message_id, "alternative"))
    return body


def _boundary(message_id: str, kind: str) -> str:
    """Holds "=_", which neither quoted-printable nor base64 can produce."""
    return f"=_{hashlib.sha256(f'{kind} {message_id}'.encode()).hexdigest()[:32]}"


def _address(address: str) -> str:
    """A bare address in ASCII. Raises ValueError."""
    local, at, domain = header_value(address).rpartition("@")
    if not at or not re.fullmatch(r"[!-;=?A-~]+", local) or re.search(r'[<>,;:"\\()\[\]@]', local):
        raise ValueError("not an address that mail can be sent to")
    ascii_domain = domain.encode("idna").decode()
    if not re.fullmatch(r"[A-Za-z0-9.-]+", ascii_domain):
        raise ValueError("not an address that mail can be sent to")
    return f"{local}@{ascii_domain}"


def _stuffed(content: bytes) -> bytes:
    return re.sub(rb"(?m)^\.", b"..", content)


class _StopError(Exception):
    """The conversation cannot go on; carries what happened."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


class Connection:
    """One conversation with the mail server for a batch of messages; opened when first needed.

    `timeout` and `final_timeout` in seconds: the second one is the wait for the reply to the final dot, long because
    giving up there leaves a message in doubt.
    """

    def __init__(self, *, timeout: float | None = None, final_timeout: float | None = None) -> None:
        self.timeout = timeout or settings.SMTP_TIMEOUT
        self.final_timeout = final_timeout or self.timeout * 3
        self.replies: list[str] = []
        self._smtp: smtplib.SMTP | None = None
        self._is_used = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye, if there is still somebody to say it to."""
        smtp, self._smtp, self._is_used = self._smtp, None, False
        if smtp is not None and smtp.sock is not None:
            try:
                smtp.sock.settimeout(1)
                smtp.quit()
            except (OSError, smtplib.SMTPException):
                smtp.close()

    def send(self, message: Message) -> Outcome:
        """Hand `message` over. Never raises for anything that the mail server or the network does."""
        self.replies = []
        try:
            return self._send_once(message)
        except _StopError as stop:
            outcome = stop.outcome
        if self._is_used and outcome.stage == Stage.MAIL and outcome.code in {None, _SERVICE_CLOSING}:
            self._abandon()  # an old connection had gone away; nothing was said about this message yet
            try:
                return self._send_once(message)
            except _StopError as stop:
                outcome = stop.outcome
        self._reset(outcome)
        return outcome

    def _send_once(self, message: Message) -> Outcome:
        smtp = self._open()
        self._say(Stage.MAIL, lambda: smtp.mail(message.sender))
        self._say(Stage.RCPT, lambda: smtp.rcpt(message.recipient))
        self._say(Stage.DATA, lambda: smtp.docmd("data"), want=_START_MAIL)
        try:
            for piece in message.pieces:
                smtp.send(piece)
        except (OSError, smtplib.SMTPException) as error:
            # Without the final dot the server has no message, whatever it read.
            raise self._stop(Stage.DATA, DeliveryState.DEFERRED, None, str(error)) from error
        return self._finish(smtp, message)

    def _finish(self, smtp: smtplib.SMTP, message: Message) -> Outcome:
        """Write the final dot and hear the answer. From here on silence means: in doubt."""
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(self.final_timeout)
            smtp.send(b".\r\n" if message.pieces[-1].endswith(b"\r\n") else b"\r\n.\r\n")
            code, reply = smtp.getreply()
            if smtp.sock is not None:
                smtp.sock.settimeout(self.timeout)
        except (OSError, smtplib.SMTPException) as error:
            raise self._stop(Stage.DOT, DeliveryState.IN_DOUBT, None, str(error)) from error
        text = self._keep(Stage.DOT, code, reply)
        state = _state_of(code)
        if state is not None:
            is_clear = _TEMPORARY <= code < 600  # noqa: PLR2004 - 4xx and 5xx are SMTP's no
            raise self._stop(Stage.DOT, state if is_clear else DeliveryState.IN_DOUBT, code)
        self._is_used = True
        found = _QUEUE_ID.search(text)
        return Outcome(DeliveryState.ACCEPTED, Stage.DOT, code, "\n".join(self.replies), found[1] if found else "")

    def _open(self) -> smtplib.SMTP:
        if self._smtp is not None and self._smtp.sock is not None:
            return self._smtp
        self._is_used = False
        try:
            smtp = smtplib.SMTP(local_hostname=settings.MAIL_DOMAIN, timeout=self.timeout)
            code, reply = smtp.connect(settings.SMTP_HOST, settings.SMTP_PORT)
            if smtp.sock is not None:  # several short writes before each reply: waiting to fill a packet costs 40 ms a message
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except (OSError, smtplib.SMTPException) as error:
            raise self._stop(Stage.CONNECT, DeliveryState.DEFERRED, None, str(error)) from error
        self._smtp = smtp
        self._keep(Stage.CONNECT, code, reply)
        if _state_of(code) is not None:
            raise self._stop(Stage.CONNECT, DeliveryState.DEFERRED, code)
        self._say(Stage.EHLO, smtp.ehlo, refused=DeliveryState.DEFERRED)
        if settings.SMTP_STARTTLS:
            self._start_tls(smtp)
        if settings.SMTP_USER:
            self._sign_in(smtp)
        return smtp

    def _start_tls(self, smtp: smtplib.SMTP) -> None:
        """Go on under TLS with a checked certificate, or not at all: mail is never sent in clear."""
        try:
            # A host name must be known for the certificate; smtplib keeps it from connect() under this name only.
            smtp._host = settings.SMTP_HOST  # type: ignore[attr-defined]
            code, reply = smtp.starttls(context=tls_context())
        except smtplib.SMTPResponseException as error:
            self._keep(Stage.STARTTLS, error.smtp_code, error.smtp_error)
            raise self._stop(Stage.STARTTLS, DeliveryState.DEFERRED, error.smtp_code, alarm=True) from error
        except (OSError, ValueError, smtplib.SMTPException) as error:
            raise self._stop(Stage.STARTTLS, DeliveryState.DEFERRED, None, str(error), alarm=True) from error
        self._keep(Stage.STARTTLS, code, reply)
        self._say(Stage.EHLO, smtp.ehlo, refused=DeliveryState.DEFERRED)

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        try:
            code, reply = smtp.login(settings.SMTP_USER, settings.SMTP_PASSWORD)
        except smtplib.SMTPResponseException as error:
            self._keep(Stage.AUTH, error.smtp_code, error.smtp_error)
            raise self._stop(Stage.AUTH, DeliveryState.DEFERRED, error.smtp_code, alarm=True) from error
        except (OSError, smtplib.SMTPException) as error:
            raise self._stop(Stage.AUTH, DeliveryState.DEFERRED, None, str(error), alarm=True) from error
        self._keep(Stage.AUTH, code, reply)

    def _say(
        self,
        stage: Stage,
        command: Callable[[], tuple[int, bytes]],
        *,
        want: int | None = None,
        refused: DeliveryState | None = None,
    ) -> None:
        """One command and its reply. Raises _StopError unless the reply is yes."""
        try:
            code, reply = command()
        except (OSError, smtplib.SMTPException) as error:
            raise self._stop(stage, DeliveryState.DEFERRED, None, str(error)) from error
        self._keep(stage, code, reply)
        if want is not None and code == want:
            return
        state = _state_of(code) if want is None or code >= _TEMPORARY else DeliveryState.DEFERRED
        if state is not None:
            raise self._stop(stage, refused or state, code)

    def _stop(self, stage: Stage, state: DeliveryState, code: int | None, error: str = "", *, alarm: bool = False) -> _StopError:
        if error:
            self._keep(stage, None, error)
        if alarm:
            logger.error("mail server refused us", extra={"stage": stage.value, "code": code})
        return _StopError(Outcome(state, stage, code, "\n".join(self.replies), alarm=alarm))

    def _keep(self, stage: Stage, code: int | None, reply: bytes | str) -> str:
        words = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
        text = _FORBIDDEN.sub(" ", words)[:500]
        self.replies.append(f"{stage.value}: {code if code is not None else 'no reply'} {text}".strip())
        return text

    def _reset(self, outcome: Outcome) -> None:
        """Make the connection fit for the next message, or give it up."""
        if self._smtp is None:
            return
        if outcome.code in {None, -1, _SERVICE_CLOSING} or outcome.is_connection_lost or outcome.state == DeliveryState.IN_DOUBT:
            self._abandon()
            return
        try:
            code, _reply = self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            code = -1
        if _state_of(code) is not None:
            self._abandon()
        else:
            self._is_used = True

    def _abandon(self) -> None:
        smtp, self._smtp, self._is_used = self._smtp, None, False
        if smtp is not None:
            smtp.close()


def _state_of(code: int) -> DeliveryState | None:
    """None for yes; what no means: trying again for 4xx and for replies that make no sense, never for 5xx."""
    if 200 <= code < 300:  # noqa: PLR2004 - 2xx is SMTP's yes
        return None
    return DeliveryState.FAILED if _PERMANENT <= code < 600 else DeliveryState.DEFERRED  # noqa: PLR2004 - 5xx is SMTP's no


def tls_context() -> ssl.SSLContext:
    """Checks the mail server's certificate and name."""
    return ssl.create_default_context()
