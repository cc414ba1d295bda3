"""Signed tokens for links, one salt per purpose. Whoever reads one still checks the reader's rights."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

from django.core import signing

# Addresses whose last part lets in whoever has it.
_LETTING_IN = r"/r/(?:[a-z-]+/)?|/accounts/invitation/|/accounts/password/reset/key/"
_TOKEN = re.compile(rf"({_LETTING_IN})[^\s/<>\"']{{12,}}/?")


class TokenError(Exception):
    """A signed link is wrong or too old."""


def make_token(purpose: str, value: str | int) -> str:
    """A token for `value` that only `purpose` can read."""
    return signing.TimestampSigner(salt=f"baliportal.{purpose}").sign(str(value))


def bound_value(key: int, holder: int, email: str) -> str:
    """The value of a token that dies when the entry `key` is another person's, and when the person's address is another.

    `key_of` gives the key back; whoever reads a token compares the whole value with that of today.
    """
    address = hashlib.sha256(email.casefold().encode()).hexdigest()[:12]
    return f"{key}:{holder}:{address}"


def key_of(value: str) -> int:
    """The key in a value of `bound_value`. Raises TokenError for any other value."""
    key = value.partition(":")[0]
    if not key.isdecimal():
        raise TokenError
    return int(key)


def read_token(purpose: str, token: str, *, max_age: timedelta) -> str:
    """The value of a token made for `purpose` not longer ago than `max_age`. Raises TokenError."""
    try:
        return signing.TimestampSigner(salt=f"baliportal.{purpose}").unsign(token, max_age=max_age)
    except signing.BadSignature as error:
        raise TokenError from error


def is_token_of(purpose: str, token: str) -> bool:
    """Whether `token` was made for `purpose`, however long ago."""
    try:
        signing.TimestampSigner(salt=f"baliportal.{purpose}").unsign(token)
    except signing.BadSignature:
        return False
    return True


def without_tokens(text: str) -> str:
    """A text or an address as logs, histories and others than the recipient keep it: a signed link lets in whoever has it."""
    return _TOKEN.sub(r"\1…", text)
