"""A mail server for tests, on a raw socket: each stage can refuse, hang up, hang, or lose the answer.

It writes the Message-ID of what it took to a file, with fsync, before it answers 250: what stands there was delivered,
whatever the sender believes.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Self

YES = {
    "connect": b"220 sink ESMTP",
    "ehlo": b"250-sink\r\n250-STARTTLS\r\n250-AUTH PLAIN\r\n250 8BITMIME",
    "starttls": b"220 go ahead",
    "ehlo-tls": b"250-sink\r\n250-AUTH PLAIN\r\n250 8BITMIME",
    "auth": b"235 ok",
    "mail": b"250 2.1.0 ok",
    "rcpt": b"250 2.1.5 ok",
    "data": b"354 go",
    "rset": b"250 ok",
}


@dataclass
class Received:
    """One message with its envelope."""

    sender: str
    recipients: list[str]
    raw: bytes
    over_tls: bool

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def message_id(self) -> str:
        found = re.search(rb"(?im)^Message-ID:\s*(\S+)", self.raw)
        return found[1].decode() if found else ""


@dataclass
class Sink:
    """`script` maps a stage to what happens there: bytes are the reply, "drop" hangs up, "hang" says nothing,

    "lose" (at the dot) takes the message and hangs up, "lose-hang" takes it and says nothing, "half" (at data) hangs up
    while the body comes in. `hook(stage, number of messages taken, name the client gave in EHLO)` runs before each answer.
    """

    log: Path
    script: dict[str, bytes | str] = field(default_factory=dict)
    hook: Callable[[str, int, str], None] | None = None
    delay: float = 0.0
    tls: ssl.SSLContext | None = None
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    commands: list[str] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        thread = threading.Thread(target=self._accept, daemon=True)
        thread.start()
        self._threads.append(thread)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in self._threads:
            thread.join(2)

    @property
    def delivered(self) -> list[str]:
        """Message-IDs in the log, in order."""
        return self.log.read_text().split() if self.log.exists() else []

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _address = self._server.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._talk, args=(connection,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _talk(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, _Gone):
            _Conversation(self, connection).run()
        with contextlib.suppress(OSError):
            connection.close()


class _Gone(Exception):
    pass


class _Conversation:
    def __init__(self, sink: Sink, connection: socket.socket) -> None:
        self.sink, self.socket, self.buffer = sink, connection, b""
        self.over_tls = False
        self.who = ""
        self.sender, self.recipients = "", []

    def run(self) -> None:
        self.answer("connect")
        while True:
            line = self.line()
            verb = line.split(b" ")[0].split(b":")[0].upper().decode()
            self.sink.commands.append(verb)
            if verb in {"EHLO", "HELO"}:
                self.who = line.partition(b" ")[2].decode()
                self.answer("ehlo-tls" if self.over_tls or not self.sink.tls else "ehlo")
            elif verb == "STARTTLS":
                self.starttls()
            elif verb == "AUTH":
                self.answer("auth")
            elif verb == "MAIL":
                self.sender, self.recipients = _inside(line), []
                self.answer("mail")
            elif verb == "RCPT":
                self.recipients.append(_inside(line))
                self.answer("rcpt")
            elif verb == "DATA":
                self.data()
            elif verb == "QUIT":
                self.say(b"221 bye")
                raise _Gone
            else:
                self.answer("rset")

    def line(self) -> bytes:
        while b"\r\n" not in self.buffer:
            self.read()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line

    def read(self) -> None:
        chunk = self.socket.recv(65536)
        if not chunk:
            raise _Gone
        self.buffer += chunk

    def say(self, words: bytes) -> None:
        self.socket.sendall(words + b"\r\n")

    def answer(self, stage: str) -> bool:
        """Answer as the script says. True where the answer is yes."""
        if self.sink.hook:
            self.sink.hook(stage, len(self.sink.received), self.who)
        step = self.sink.script.get(stage, YES.get(stage, b"250 ok"))
        if step == "drop":
            raise _Gone
        if step == "hang":
            self.sink._stop.wait(60)
            raise _Gone
        assert isinstance(step, bytes)
        self.say(step)
        return step == YES.get(stage)

    def starttls(self) -> None:
        if self.answer("starttls") and self.sink.tls:
            self.socket = self.sink.tls.wrap_socket(self.socket, server_side=True)
            self.sink._open.append(self.socket)
            self.over_tls, self.buffer = True, b""

    def data(self) -> None:
        half = self.sink.script.get("data") == "half"
        if half:
            self.say(YES["data"])
            self.read()
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            raise _Gone
        if not self.answer("data"):
            return
        while b"\r\n.\r\n" not in self.buffer:
            self.read()
        raw, _, self.buffer = self.buffer.partition(b"\r\n.\r\n")
        step = self.sink.script.get("dot", b"")
        if self.sink.hook:
            self.sink.hook("before-keeping", len(self.sink.received), self.who)
        if self.sink.delay:
            time.sleep(self.sink.delay)
        if step in {"drop", "hang"} or (isinstance(step, bytes) and step and not step.startswith(b"2")):
            self.answer("dot")
            return
        number = self.keep(re.sub(rb"(?m)^\.\.", b".", raw + b"\r\n"))
        if self.sink.hook:
            self.sink.hook("kept", number, self.who)
        if step in {"lose", "lose-hang"}:
            if step == "lose-hang":
                self.sink._stop.wait(60)
            raise _Gone
        self.say(step if isinstance(step, bytes) and step else b"250 2.0.0 Ok: queued as SINK%d" % number)
        if self.sink.hook:
            self.sink.hook("answered", number, self.who)

    def keep(self, raw: bytes) -> int:
        received = Received(self.sender, self.recipients, raw, self.over_tls)
        with self.sink._lock:
            with self.sink.log.open("a") as log:
                log.write(received.message_id + "\n")
                log.flush()
                os.fsync(log.fileno())
            self.sink.received.append(received)
            return len(self.sink.received)


def _inside(line: bytes) -> str:
    found = re.search(rb"<([^>]*)>", line)
    return found[1].decode() if found else ""
