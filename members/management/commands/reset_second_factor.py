"""The operator's last resort for somebody who lost every second factor."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from members.errors import DomainError
from members.models import User
from members.services.factor_reset import reset_by_operator


class Command(BaseCommand):
    """Takes the second factor away and ends the sessions; leaves the same trail and mails as a reset by two persons."""

    help = "Reset the second factor of an account where no second person is left to confirm it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--reason", required=True, help="how the person was recognised, and by whom")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"], is_service=False).first()
        if user is None:
            raise CommandError("There is no account with this address.")
        try:
            reset = reset_by_operator(user=user, evidence=options["reason"])
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Reset {reset.pk} is done: the person sets up a new second factor at the next sign-in.")
