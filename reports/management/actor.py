"""Who acts in a command: an account, or the service account; and which report is meant."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import CommandError

from members.models import User
from reports.models import ProgressReport


def add_actor(parser: ArgumentParser) -> None:
    parser.add_argument("--by", default="", help="e-mail of the account that acts; the service account by default")


def actor(email: str) -> User:
    """The account with this address, or the service account. Raises CommandError."""
    if not email:
        return User.objects.service_account()
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise CommandError(f"No active account has the address {email}.")
    return user


def find_report(name: str) -> ProgressReport:
    """A report by its symbol or number. Raises CommandError."""
    rows = ProgressReport.objects.select_related("document", "meeting")
    found = rows.filter(document__symbol=name).first()
    if found is None and name.isdecimal():
        found = rows.filter(pk=int(name)).first()
    if found is None:
        raise CommandError(f"There is no progress report {name}.")
    return found
