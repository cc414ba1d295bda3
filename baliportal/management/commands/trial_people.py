"""Make the people of a trial."""

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from baliportal.trial import people


class Command(BaseCommand):
    """Accounts and invented contacts; the sign-ins go to the file that TRIAL_FILE names, for its owner only."""

    help = "Make the accounts and the invented contacts of a trial. Refuses in production."

    def handle(self, *_args: Any, **_options: Any) -> None:
        file = Path(os.environ["TRIAL_FILE"]) if os.environ.get("TRIAL_FILE") else None
        text = json.dumps({"url": settings.ORIGIN, "accounts": people.ensure(file)}, indent=2)
        if file is None:
            self.stdout.write(text)
            return
        new = file.with_suffix(".new")
        new.touch(mode=0o600)
        new.chmod(0o600)
        new.write_text(text)
        new.rename(file)
