"""Reading accounts: for the administrator's list, and for the person itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import AccountInvitation, Appointment, FactorReset, Official, User

if TYPE_CHECKING:
    from members.models import AnyUser

STATES = ("active", "closed", "no-factor")


@dataclass(frozen=True)
class Account:
    """One account as a list shows it: `factors` holds kinds ("totp", "webauthn"), never secrets."""

    user: User
    names: list[str]
    places: list[Appointment]
    factors: list[str]
    recovery_codes: bool

    @property
    def name(self) -> str:
        return self.names[0] if self.names else self.user.email

    @property
    def state(self) -> str:
        if not self.user.is_active:
            return "closed"
        return "active" if self.factors else "no-factor"

    @property
    def factor_words(self) -> str:
        words = {"totp": _("authenticator app"), "webauthn": _("passkey or security key")}
        return ", ".join(words[kind] for kind in self.factors)


def _current_places() -> QuerySet[Appointment]:
    rows: QuerySet[Appointment] = Appointment.objects.current()
    return rows.select_related(
        "participant", "topic", "seat__body", "seat__role", "seat__participant", "seat__forum", "official"
    ).order_by("pk")


def accounts_at_desk(user: AnyUser, *, words: str = "", state: str = "") -> QuerySet[User]:
    """Accounts whose address, name or participant holds all of `words`, in the given state; by address."""
    rows = User.objects.visible_to(user)
    for word in words.split():
        named = Official.objects.visible_to(user).filter(Q(name__icontains=word) | Q(participant__name__icontains=word))
        rows = rows.filter(Q(email__icontains=word) | Q(pk__in=named.filter(user__isnull=False).values("user")))
    has_factor = Authenticator.objects.filter(type__in=["totp", "webauthn"]).values("user")
    if state == "closed":
        rows = rows.filter(is_active=False)
    elif state == "active":
        rows = rows.filter(is_active=True, pk__in=has_factor)
    elif state == "no-factor":
        rows = rows.filter(is_active=True).exclude(pk__in=has_factor)
    officials = Official.objects.order_by("period_to", "pk").prefetch_related(Prefetch("appointments", _current_places()))
    return rows.prefetch_related(Prefetch("officials", officials), "authenticator_set").order_by("email")


def described(user: User) -> Account:
    """What the list says of an account whose officials and factors were fetched with it."""
    kinds = {row.type for row in user.authenticator_set.all()}  # type: ignore[attr-defined] # allauth's model is untyped
    officials = list(user.officials.all())
    return Account(
        user=user,
        names=list(dict.fromkeys(official.name for official in officials)),
        places=[place for official in officials for place in official.appointments.all()],
        factors=[kind for kind in ("totp", "webauthn") if kind in kinds],
        recovery_codes="recovery_codes" in kinds,
    )


def account_of(user: AnyUser, pk: int) -> Account | None:
    """One account as `user` may see it."""
    found = accounts_at_desk(user).filter(pk=pk).first()
    return described(found) if found else None


def open_invitations(user: AnyUser) -> QuerySet[AccountInvitation]:
    """Invitations that were neither accepted nor taken back, the next to expire first; those too old among them."""
    return (
        AccountInvitation.objects.visible_to(user)
        .filter(accepted_at=None, revoked_at=None)
        .select_related("participant", "topic", "seat__body", "seat__role", "seat__participant", "invited_by")
        .order_by("expires_at", "pk")
    )


def running_resets(user: AnyUser) -> QuerySet[FactorReset]:
    """Resets that wait for a confirmation and that `user` may see."""
    now = timezone.now()
    rows = FactorReset.objects.visible_to(user).filter(confirmed_at=None, stopped_at=None, lapses_at__gt=now)
    return rows.select_related("user", "started_by")


def recovery_codes_left(user: User) -> int | None:
    """How many recovery codes still work; None where none were made."""
    row: Any = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(row).get_unused_codes()) if row else None
