"""What happens to an account beside its rights: sign-ins, closing, a lost second factor, a form kept over a sign-in."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.enums import AccountEventKind, IdentityCheck
from members.models.base import VisibleQuerySet, paired
from members.models.user import AnyUser, User
from members.models.visibility import AdministratorQuerySet, OwnAccountQuerySet, rights_of
from members.roles import Permission

KEPT_FOR = timedelta(hours=1)
_ADD_ONLY = """
    IF TG_OP = 'DELETE' AND OLD.at < NOW() - INTERVAL '12 months' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table', LOWER(TG_OP), TG_TABLE_NAME;
"""


class AccountEvent(models.Model):
    """One event of an account, kept for 12 months; only `members_forget_account_events()` takes older rows away.

    `user` is empty for a guess at an address that has no account: such a guess costs the same as one that has. The
    address is a network (/24 or /48), the device two words; neither the password nor the typed address is kept.
    """

    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="account_events")
    kind = models.CharField(max_length=24, choices=AccountEventKind)
    detail = models.CharField(max_length=40, blank=True)  # such as "totp"; a word of ours, never a person's
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    browser = models.CharField(max_length=20, blank=True)
    system = models.CharField(max_length=20, blank=True)
    network = models.CharField(max_length=50, blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    objects = OwnAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("event of an account")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user", "-at"], name="idx_account_event_user_at")]
        triggers: list[pgtrigger.Trigger] = [
            pgtrigger.Trigger(
                name="append_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=_ADD_ONLY,
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


@pghistory.track(exclude=["reason", "reopened_reason"])
class Closure(models.Model):
    """A time during which an account was closed by an administrator, with the reason."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="closures")
    reason = models.CharField(_("reason"), max_length=400)
    closed_at = models.DateTimeField(default=timezone.now)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reopened_reason = models.CharField(_("why it is opened again"), max_length=400, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = AdministratorQuerySet.as_manager()

    class Meta:
        verbose_name = _("closed account")
        ordering = ["-closed_at", "-pk"]
        constraints = [
            models.UniqueConstraint("user", name="uniq_closure_open", condition=Q(reopened_at__isnull=True)),
            models.CheckConstraint(name="ck_closure_has_reason", condition=~Q(reason="")),
            paired("closure", "reopened"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.closed_at:%Y-%m-%d}"


class FactorResetQuerySet[M: models.Model](VisibleQuerySet[M]):
    def running(self) -> Self:
        """Started, and neither confirmed, stopped nor lapsed."""
        return self.filter(confirmed_at__isnull=True, stopped_at__isnull=True, lapses_at__gt=timezone.now())

    def visible_to(self, user: AnyUser) -> Self:
        """For an administrator, the person concerned, and co-chairs where they are the ones to confirm."""
        rights = rights_of(user)
        if rights.is_administrator:
            return self.all()
        if not user.is_authenticated:
            return self.none()
        if Permission.APPROVE_REPORTS not in rights.permissions:
            return self.filter(user=user.pk)
        involved = Q(pk=models.OuterRef("started_by")) | Q(pk=models.OuterRef("user"))
        others = User.objects.holding(Permission.INVITE_ACCOUNTS).exclude(involved)
        theirs = Q(pk__in=self.running().filter(~models.Exists(others)).values("pk"))
        return self.filter(Q(user=user.pk) | theirs)


@pghistory.track(exclude=["evidence"])
class FactorReset(models.Model):
    """Taking away the second factor of somebody who lost all of it: started by one person, confirmed by another."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="factor_resets")
    check_made = models.CharField(_("how the person was recognised"), max_length=20, choices=IdentityCheck)
    evidence = models.CharField(_("what shows it"), max_length=400)
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    lapses_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = FactorResetQuerySet.as_manager()

    class Meta:
        verbose_name = _("reset of a second factor")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "user", name="uniq_factor_reset_open", condition=Q(confirmed_at__isnull=True, stopped_at__isnull=True)
            ),
            # The operator of the server acts alone, from its shell: the last way where nobody else is left.
            models.CheckConstraint(
                name="ck_factor_reset_two_persons",
                condition=Q(confirmed_by__isnull=True) | Q(check_made=IdentityCheck.OPERATOR) | ~Q(confirmed_by=F("started_by")),
            ),
            models.CheckConstraint(
                name="ck_factor_reset_not_oneself",
                condition=~Q(started_by=F("user")) & (Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("user"))),
            ),
            models.CheckConstraint(
                name="ck_factor_reset_in_time",
                condition=Q(confirmed_at__isnull=True) | Q(confirmed_at__lte=F("lapses_at")),
            ),
            models.CheckConstraint(
                name="ck_factor_reset_one_end", condition=Q(confirmed_at__isnull=True) | Q(stopped_at__isnull=True)
            ),
            models.CheckConstraint(name="ck_factor_reset_has_evidence", condition=~Q(evidence="")),
            paired("factor_reset", "confirmed"),
            paired("factor_reset", "stopped"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.started_at:%Y-%m-%d}"

    @property
    def is_running(self) -> bool:
        return self.confirmed_at is None and self.stopped_at is None and self.lapses_at > timezone.now()


class KeptFormQuerySet[M: models.Model](VisibleQuerySet[M]):
    def visible_to(self, user: AnyUser) -> Self:
        """One's own that are not too old; to nobody else, administrators included."""
        own = self.filter(user=user.pk) if user.is_authenticated else self.none()
        return own.filter(expires_at__gt=timezone.now())


class KeptForm(models.Model):
    """What somebody had filled in when the session was over, until the same person signs in again; an hour at most.

    `content` is encrypted with a key that only the browser holds, in a cookie: the database alone cannot read it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    path = models.CharField(max_length=2000)
    content = models.BinaryField()
    kept_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    objects = KeptFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept form")
        ordering = ["-kept_at"]
        constraints = [
            models.CheckConstraint(
                name="ck_kept_form_an_hour",
                condition=Q(expires_at__lte=F("kept_at") + models.Value(KEPT_FOR)),
            )
        ]

    def __str__(self) -> str:
        return self.path
