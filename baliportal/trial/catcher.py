"""A mail server for a trial: keeps what it receives as .eml files, with a small page to read them. Loopback only."""

from __future__ import annotations

import argparse
import html
import os
import re
import secrets
import threading
import time
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

_NAME = re.compile(r"[0-9A-Za-z-]+\.eml")


class Keeper:
    """Writes each message to a file before it answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**9:09}-{secrets.token_hex(3)}"
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        head = f"X-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n".encode()
        part = self.folder / f"{name}.part"
        with part.open("wb") as file:
            file.write(head + content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(self.folder / f"{name}.eml")
        return f"250 2.0.0 kept as {name}"


def read(path: Path) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    if not isinstance(message, EmailMessage):  # pragma: no cover - the default policy makes these
        raise TypeError
    return message


class Page(BaseHTTPRequestHandler):
    """A list of messages, a message as text, an enclosure to download. Reads only."""

    folder = Path()
    server_version = "catcher"

    def do_GET(self) -> None:
        parts = self.path.split("?")[0].strip("/").split("/")
        if parts == [""]:
            self._send(self._list())
        elif _NAME.fullmatch(parts[0]) and (self.folder / parts[0]).exists():
            self._message(self.folder / parts[0], parts[1:])
        else:
            self._send("<p>Not here.</p>", HTTPStatus.NOT_FOUND)

    def _list(self) -> str:
        rows = []
        for path in sorted(self.folder.glob("*.eml"), reverse=True)[:500]:
            message = read(path)
            cells = (str(message["Date"] or ""), str(message["X-Envelope-To"] or ""))
            subject = html.escape(str(message["Subject"] or "(no subject)"))
            cells_html = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
            rows.append(f'<tr><th scope="row"><a href="/{path.name}">{subject}</a></th>{cells_html}</tr>')
        return f"<h1>Mail of this trial</h1><p>{len(rows)} messages. None of them left this computer.</p><table>{''.join(rows)}</table>"

    def _message(self, path: Path, rest: list[str]) -> None:
        message = read(path)
        enclosures = list(message.iter_attachments())
        if rest and rest[0].isdigit() and int(rest[0]) < len(enclosures):
            content = enclosures[int(rest[0])].get_payload(decode=True)
            self._bytes(content if isinstance(content, bytes) else b"", enclosures[int(rest[0])].get_filename() or "file")
            return
        body = message.get_body(preferencelist=("plain", "html"))
        text = html.escape(body.get_content() if body else "")
        heads = "".join(f"<dt>{html.escape(key)}</dt><dd>{html.escape(str(value))}</dd>" for key, value in message.items())
        links = "".join(
            f'<li><a href="/{path.name}/{number}">{html.escape(part.get_filename() or "file")}</a></li>'
            for number, part in enumerate(enclosures)
        )
        self._send(f'<p><a href="/">All messages</a></p><pre>{text}</pre><ul>{links}</ul><dl>{heads}</dl>')

    def _send(self, body: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        page = f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Mail of this trial</title>{body}'
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", "default-src 'none'")
        self.end_headers()
        self.wfile.write(page.encode())

    def _bytes(self, content: bytes, name: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Disposition", f'attachment; filename="{re.sub(r"[^A-Za-z0-9._-]", "_", name)}"')
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: Any) -> None:
        return


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--host", default="127.0.0.1", help="inside a container only: the address to listen on")
    options = parser.parse_args()
    folder: Path = options.folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    Page.folder = folder
    smtp = Controller(Keeper(folder), hostname=options.host, port=int(os.environ["SMTP_PORT"]), data_size_limit=50_000_000)
    smtp.start()
    page = ThreadingHTTPServer((options.host, int(os.environ["MAIL_PAGE_PORT"])), Page)
    threading.Thread(target=page.serve_forever, daemon=True).start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
