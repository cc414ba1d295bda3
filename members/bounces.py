"""Reads the reports that mail servers send back (RFC 3464): which of our messages came back, and why.

A message is known by its Message-ID alone, 128 random bits that only its recipient and the servers on the way have seen:
a report that does not quote it changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message

LARGEST = 2 * 1024 * 1024
_MESSAGE_ID = re.compile(rb"(?im)^message-id:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]{3,190}>)")


@dataclass(frozen=True)
class Bounce:
    """One of our messages that did not arrive; `reply` is the other server's word."""

    message_id: str
    reply: str


def read_bounce(raw: bytes) -> Bounce | None:
    """The bounce that `raw`, a whole message, reports; None for anything else: delays, receipts, forgeries, holiday notes."""
    try:
        report = message_from_bytes(raw[:LARGEST], policy=policy.compat32)
        failures = [
            reply for part in report.walk() if part.get_content_type() == "message/delivery-status" for reply in _failed(part)
        ]
        ids = [found for part in report.walk() for found in _original(part)]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    if not failures or len(set(ids)) != 1:
        return None
    return Bounce(ids[0], failures[0])


def _failed(part: Message) -> Iterator[str]:
    """What each recipient's block says that failed for good."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if not isinstance(block, Message) or str(block.get("Action", "")).strip().lower() != "failed":
            continue
        words = [str(block.get(name, "")).strip() for name in ("Status", "Diagnostic-Code")]
        yield re.sub(r"\s+", " ", " ".join(word for word in words if word))[:400] or "failed"


def _original(part: Message) -> Iterator[str]:
    """Message-ID of the message that came back, from the part that quotes it."""
    kind = part.get_content_type()
    if kind == "text/rfc822-headers":
        content = part.get_payload(decode=True)
        head = content if isinstance(content, bytes) else b""
    elif kind == "message/rfc822":
        inner = part.get_payload()
        head = inner[0].as_bytes() if isinstance(inner, list) and inner and isinstance(inner[0], Message) else b""
    else:
        return
    head = re.split(rb"\r?\n\r?\n", head.lstrip(), maxsplit=1)[0]
    found = _MESSAGE_ID.search(head)
    if found:
        yield found[1].decode("ascii", errors="replace")
