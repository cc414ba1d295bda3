"""Invite somebody to an account: the first one and any other."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from members.enums import AppointmentRole
from members.errors import DomainError
from members.models import Participant, Seat, Topic, User
from members.services.accounts import Place, invite_account, mail_invitation

ROLES = {
    "secretariat": AppointmentRole.SECRETARIAT,
    "administrator": AppointmentRole.ADMINISTRATOR,
    "focal-point": AppointmentRole.FOCAL_POINT,
    "ministry": AppointmentRole.MINISTRY,
}


class Command(BaseCommand):
    """Prints a link that works once, for seven days, and mails it. Seat roles (co-chair, ...) are roles too."""

    help = "Invite an address to an account; prints the single-use link and mails it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--role", required=True, help="secretariat, administrator, focal-point, ministry, or a seat role")
        parser.add_argument("--participant", default="", metavar="SLUG")
        parser.add_argument("--topic", default="", metavar="KEY", help="by default the first")
        parser.add_argument("--name", default="")
        parser.add_argument("--language", default="en", choices=["en", "id"])
        parser.add_argument("--no-mail", action="store_true", help="print the link only")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            invitation, link = invite_account(
                email=options["email"],
                place=self._place(options),
                by=User.objects.service_account(),
                name=options["name"],
                language=options["language"],
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(link)
        if not options["no_mail"]:
            mail_invitation(invitation, link)

    def _place(self, options: dict[str, Any]) -> Place:
        role, slug = options["role"], options["participant"]
        participant = Participant.objects.filter(slug=slug).first()
        if slug and participant is None:
            raise CommandError(f"There is no participant “{slug}”.")
        if role in {"secretariat", "administrator"}:
            return Place(ROLES[role])
        if role == "focal-point":
            topics = Topic.objects.filter(key=options["topic"]) if options["topic"] else Topic.objects.all()
            topic = topics.first()
            if topic is None:
                raise CommandError(f"There is no topic “{options['topic']}”.")
            return Place(ROLES[role], participant, topic)
        if role == "ministry":
            return Place(ROLES[role], participant)
        seat = Seat.objects.current().filter(role__key=role, participant=participant).first() if participant else None
        if seat is None:
            raise CommandError(f"There is no seat “{role}” of “{slug}” today.")
        return Place(AppointmentRole.SEAT, seat=seat)
