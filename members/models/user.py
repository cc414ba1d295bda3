"""Accounts: sign-in by e-mail, on invitation only. What an account may do comes from its appointments."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.enums import AppointmentRole
from members.models.base import paired
from members.models.visibility import AdministratorQuerySet, rights_of
from members.roles import Permission, Rights

SERVICE_ACCOUNT = "record"  # loaders and tasks act for it; it cannot sign in


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make an account with a normalised address; without `password` it cannot sign in by password."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def service_account(self) -> User:
        """The account `record`, made when first asked for."""
        user, _made = self.get_or_create(
            email=SERVICE_ACCOUNT, defaults={"is_service": True, "is_active": False, "password": "!"}
        )
        return user

    def visible_to(self, user: AnyUser) -> models.QuerySet[User]:
        """All accounts of persons for an administrator, else one's own."""
        persons = self.filter(is_service=False)
        if rights_of(user).is_administrator:
            return persons
        return persons.filter(pk=user.pk) if user.is_authenticated else self.none()

    def holding(self, permission: Permission) -> models.QuerySet[User]:
        """Accounts that can sign in and have `permission` from a current appointment."""
        from members.models.appointment import appointments_giving

        holders = appointments_giving(permission).values("official__user")
        return self.filter(is_active=True, is_service=False, pk__in=holders)


@pghistory.track(exclude=["password", "last_login", "email"])
class User(AbstractBaseUser):
    """An account. One account may belong to several officials; rights are read at each request."""

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    is_active = models.BooleanField(default=True)
    is_service = models.BooleanField(default=False, editable=False)
    second_factor_waived = models.BooleanField(default=False, editable=False)  # read in trial mode only
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        verbose_name = _("account")
        constraints = [models.UniqueConstraint(Lower("email"), name="uniq_user_email_lower")]

    def __str__(self) -> str:
        return self.email

    @cached_property
    def rights(self) -> Rights:
        """What current appointments give; read once per instance, and each request loads its own instance."""
        from members.models.appointment import rights_from_appointments

        return rights_from_appointments(self)

    def has_perm(self, perm: str, obj: object = None) -> bool:  # noqa: ARG002 - Django's signature
        return False  # rights come from appointments only (members/permissions.py)

    def has_module_perms(self, app_label: str) -> bool:  # noqa: ARG002 - Django's signature
        return False


type AnyUser = User | AnonymousUser


@pghistory.track(exclude=["email", "name", "token_hash"])
class AccountInvitation(models.Model):
    """A single-use invitation, bound to address, participant and role; only the hash of its token is kept."""

    email = models.EmailField()
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=20, choices=AppointmentRole)
    participant = models.ForeignKey("members.Participant", models.PROTECT, null=True, blank=True, related_name="+")
    topic = models.ForeignKey("members.Topic", models.PROTECT, null=True, blank=True, related_name="+")
    seat = models.ForeignKey("members.Seat", models.PROTECT, null=True, blank=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=5, default="en")
    invited_at = models.DateTimeField(default=timezone.now)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="invitations_sent")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="invitations_accepted")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="invitations_revoked")

    objects = AdministratorQuerySet.as_manager()

    class Meta:
        verbose_name = _("account invitation")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                "role",
                "participant",
                "topic",
                "seat",
                name="uniq_account_invitation_open",
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                nulls_distinct=False,
            ),
            paired("account_invitation", "accepted"),
            paired("account_invitation", "revoked"),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.role})"

    @property
    def is_too_old(self) -> bool:
        """Whether the link does not work any more."""
        return self.expires_at <= timezone.now()
