"""How often one network may ask for something in a minute, where it is asked by reading: allauth limits what is posted."""

from __future__ import annotations

import hashlib
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

_MINUTE = 60


def count(request: HttpRequest, action: str) -> None:
    """One more of `action` from the network of `request`, in this minute."""
    key = _key(request, action)
    if not cache.add(key, 1, 2 * _MINUTE):
        try:
            cache.incr(key)
        except ValueError:  # it was forgotten between the two
            cache.set(key, 1, 2 * _MINUTE)


def is_over(request: HttpRequest, action: str, most: int) -> bool:
    """Whether that network has done `action` more than `most` times in this minute."""
    return int(cache.get(_key(request, action), 0)) >= most


def _key(request: HttpRequest, action: str) -> str:
    network = get_adapter().get_client_ip(request) or ""
    hashed = hashlib.sha256(str(network).encode()).hexdigest()[:32]
    return f"limit:{action}:{hashed}:{int(time.time()) // _MINUTE}"
