"""Load a record from CSV files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from activities.models import Activity
from baliportal.record.loading import load_record


class Command(BaseCommand):
    """Repeatable: rows edited in the portal since are kept and listed; on any error nothing is stored."""

    help = "Load a record in the form of the founding record's CSV files. Repeatable; changes nothing on error."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="folder with the CSV files")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, store nothing")
        parser.add_argument("--if-empty", action="store_true", help="do nothing where a record is loaded already")
        parser.add_argument(
            "--overwrite",
            action="append",
            default=[],
            metavar="REF",
            help="let the file win over the portal for this reference or key; may be given more than once",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        if options["if_empty"] and Activity.objects.exists():
            self.stdout.write("a record is there already")
            return
        on_file = self._say_file if options["verbosity"] > 1 else lambda _name: None
        report = load_record(folder, overwrite=options["overwrite"], dry_run=options["dry_run"], on_file=on_file)
        if report.problems:
            for problem in report.problems:
                self.stderr.write(str(problem))
            raise CommandError(f"{len(report.problems)} problems; nothing was stored.")
        if options["verbosity"] > 1:
            for label in [*report.made, *report.changed]:
                self.stdout.write(f"stored {label}")
        for label in report.kept:
            self.stdout.write(f"kept, edited in the portal: {label}")
        counts = f"{len(report.made)} new, {len(report.changed)} changed, {len(report.unchanged)} unchanged"
        ending = " (dry run: nothing was stored)" if options["dry_run"] else ""
        self.stdout.write(f"{counts}, {len(report.kept)} kept{ending}")

    def _say_file(self, name: str) -> None:
        self.stdout.write(f"reading {name}")
