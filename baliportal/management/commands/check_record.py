"""Check the rules of the record that no constraint can hold."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from baliportal.record.checking import CHECKS


class Command(BaseCommand):
    """Reports, changes nothing; fails when it found something, so that a schedule notices."""

    help = "Check every rule of the record that no constraint can hold; reports, changes nothing."

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = 0
        for check in CHECKS:
            for subject, reason in check():
                found += 1
                self.stdout.write(f"{subject} {reason}")
        if found:
            raise CommandError(f"{found} findings; nothing was changed.")
        self.stdout.write(f"{len(CHECKS)} rules checked; the record keeps all of them.")
