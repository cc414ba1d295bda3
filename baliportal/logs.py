"""Logs as JSON, one line an event, in UTC, with the request's id; no names, addresses of people or cookies."""

from __future__ import annotations

import logging
from typing import Any

import structlog

from members.signing import without_tokens

EXTRAS = {
    "delivery",
    "stage",
    "code",
    "count",
    "error",
    "outcome",
    "rendering",
    "kind",
    "account",
    "by",
}  # ids and words of ours; the rest of `extra` is dropped


def _printable(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Control characters of user input never reach a terminal or start a second line; links that let somebody in never stay."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = without_tokens("".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in value))
    return event


def json_formatter() -> logging.Formatter:
    """The formatter of every handler."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(allow=EXTRAS),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _printable,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
