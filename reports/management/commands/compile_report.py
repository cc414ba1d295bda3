"""manage.py compile_report REF: a draft progress report to the meeting REF."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from activities.models import Activity
from members.errors import DomainError
from members.partial_dates import last_day, parse_partial
from reports.management.actor import actor, add_actor
from reports.services.progress import compile_report


class Command(BaseCommand):
    help = "Compile a draft progress report to a meeting."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", help="reference of the meeting")
        parser.add_argument("--from", dest="first", help="first day of the period; a year or month is enough")
        parser.add_argument("--to", dest="last", help="last day of the period; by default the meeting's first day")
        parser.add_argument("--title", default="")
        add_actor(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        meeting = Activity.objects.filter(reference=options["reference"]).first()
        if meeting is None:
            raise CommandError(f"No activity has the reference {options['reference']}.")
        first, last = _period(meeting, options["first"], options["last"])
        try:
            report = compile_report(
                meeting=meeting, period_from=first, period_to=last, title=options["title"], by=actor(options["by"])
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{report.document.symbol} (report {report.pk}): {report.title}, {first} to {last}")


def _period(meeting: Activity, first: str | None, last: str | None) -> tuple[date, date]:
    """The period asked for; from the year before the meeting to its first day where nothing is said."""
    try:
        start = parse_partial(first)[0] if first else None
        end = last_day(*parse_partial(last)) if last else meeting.start
    except ValueError as error:
        raise CommandError(f"{error} is no date: write 2004, 2004-05 or 2004-05-14.") from error
    if end is None:
        raise CommandError("The meeting has no date: give --to.")
    return start or end.replace(year=end.year - 1, day=1), end
