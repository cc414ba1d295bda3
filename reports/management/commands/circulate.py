"""manage.py circulate SYMBOL: send an approved progress report to everybody a rule names."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from members.errors import DomainError
from reports.enums import CirculationState
from reports.management.actor import actor, add_actor, find_report
from reports.services.circulation import circulate, prepare_circulation, preview


class Command(BaseCommand):
    help = "Circulate an approved progress report; --dry-run only lists the recipients."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("report", help="symbol or number")
        parser.add_argument("--rule", default="counterparts")
        parser.add_argument("--dry-run", action="store_true")
        add_actor(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        report, by = find_report(options["report"]), actor(options["by"])
        try:
            found = preview(options["rule"])
            for hole in found.holes:
                self.stdout.write(f"nobody can be written to: {hole.participant}")
            if options["dry_run"]:
                for recipient in found.reachable:
                    self.stdout.write(f"{recipient.participant}: {recipient.to}, {recipient.email}")
                self.stdout.write(f"{len(found.reachable)} recipients; nothing was sent")
                return
            started = report.circulations.filter(state=CirculationState.STARTED, rule=options["rule"]).first()
            if started:
                self.stdout.write(f"Circulated already: circulation {started.pk}, {started.recipients.count()} recipients")
                return
            waiting = report.circulations.filter(state=CirculationState.DRAFT, rule=options["rule"]).first()
            circulation = circulate(circulation=waiting or prepare_circulation(report=report, rule=options["rule"], by=by), by=by)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Circulation {circulation.pk} has started: {circulation.recipients.count()} recipients")
