"""manage.py render_report SYMBOL: make the PDF now, in this process's child."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from members.errors import DomainError
from reports.enums import RenderingState
from reports.management.actor import actor, add_actor, find_report
from reports.services.progress import freeze_report, request_rendering
from reports.tasks import run_rendering


class Command(BaseCommand):
    help = "Make the PDF of a progress report: a draft one, or the final one of a frozen report."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("report", help="symbol or number")
        parser.add_argument("--language", default="en")
        parser.add_argument(
            "--freeze", action="store_true", help="freeze the report first, with files in English and Bahasa Indonesia"
        )
        add_actor(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        report, by = find_report(options["report"]), actor(options["by"])
        try:
            if options["freeze"] and not report.is_frozen:
                report = freeze_report(report=report, languages=["en", "id"], expected_version=report.version, by=by)
            languages = ["en", "id"] if options["freeze"] else [options["language"]]
            for language in languages:
                rendering = request_rendering(report=report, language=language, by=by)
                run_rendering(rendering.pk)
                rendering.refresh_from_db()
                if rendering.state != RenderingState.DONE:
                    raise CommandError(rendering.error or f"Another worker makes the {language} file now.")
                self.stdout.write(f"{report.document.symbol} {language}: {rendering.pages} pages, SHA-256 {rendering.sha256}")
        except DomainError as error:
            raise CommandError(error.message) from error
