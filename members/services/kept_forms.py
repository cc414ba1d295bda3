"""Forms that outlive a session: kept for an hour, for the same person in the same browser, never sent by themselves."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from members.models import KeptForm, User
from members.models.account import KEPT_FOR

LARGEST = 256 * 1024  # bytes, as JSON
MOST_A_PERSON = 5
_NEVER = frozenset({"csrfmiddlewaretoken", "code", "credential", "otp", "_kept"})
_NEVER_IN = ("password",)
type Fields = dict[str, list[str]]


@dataclass(frozen=True)
class Kept:
    """A kept form: where it was going, its fields, and whether files were left out."""

    path: str
    fields: Fields
    had_files: bool


def worth_keeping(posted: Mapping[str, Sequence[str]]) -> Fields:
    """The fields that may be kept: no passwords, codes or tokens of the sign-in."""
    return {
        name: list(values)
        for name, values in posted.items()
        if name not in _NEVER and not any(part in name.lower() for part in _NEVER_IN)
    }


@transaction.atomic
def keep_form(*, owner: int, path: str, fields: Fields, had_files: bool) -> str:
    """Keep a form for the account `owner` and return the token that its browser gets; "" where it is too large.

    Older ones beyond five a person go. The key of the encryption is made of the token, of which only a hash is stored.
    """
    content = json.dumps({"fields": fields, "had_files": had_files}).encode()
    user = User.objects.filter(pk=owner, is_active=True).first()
    if user is None or len(content) > LARGEST or not path.isprintable():
        return ""
    token, now = secrets.token_urlsafe(32), timezone.now()
    KeptForm.objects.create(
        user=user,
        token_hash=_hash(token),
        path=path[:2000],
        content=_cipher(token).encrypt(content),
        kept_at=now,
        expires_at=now + KEPT_FOR,
    )
    newest = KeptForm.objects.filter(user=user).order_by("-kept_at", "-pk").values_list("pk", flat=True)[:MOST_A_PERSON]
    KeptForm.objects.filter(user=user).exclude(pk__in=list(newest)).delete()
    return token


def kept_form(*, user: User, token: str) -> Kept | None:
    """What was kept under `token` for `user`; None for another person, a wrong token, or after an hour."""
    row = KeptForm.objects.visible_to(user).filter(token_hash=_hash(token)).first()
    if row is None:
        return None
    try:
        content = json.loads(_cipher(token).decrypt(bytes(row.content)))
    except InvalidToken:  # the server's secret key was changed in between
        return None
    return Kept(path=row.path, fields=content["fields"], had_files=content["had_files"])


@transaction.atomic
def discard_form(*, user: User, token: str) -> None:
    """Forget what was kept under `token` for `user`."""
    KeptForm.objects.visible_to(user).filter(token_hash=_hash(token)).delete()


def forget_old_forms() -> int:
    """Delete what is older than an hour; how many that were."""
    gone, _by_model = KeptForm.objects.filter(expires_at__lte=timezone.now()).delete()
    return gone


def _hash(token: str) -> str:
    return hashlib.sha256(f"kept-form {token}".encode()).hexdigest()


def _cipher(token: str) -> Fernet:
    key = hashlib.sha256(f"kept-form {settings.SECRET_KEY} {token}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
