"""Send what waits in the outbox, without the queue: once, or for good."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection

from members import periodic, tasks

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """With --loop it stands in for queue and clock: mail goes out though Redis is down. Stops after the message at hand."""

    help = "Send the mail that is due and put deliveries of dead senders in doubt."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until stopped")
        parser.add_argument("--every", type=float, default=30.0, metavar="SECONDS", help="pause between rounds (30)")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["loop"]:
            self.stdout.write(f"{self.round(threading.Event())} handled")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            try:
                handled = self.round(stop)
            except DatabaseError as error:
                logger.warning("the database does not answer", extra={"error": str(error).partition("\n")[0]})
                connection.close()
                handled = 0
            if not handled:
                stop.wait(options["every"])

    def round(self, stop: threading.Event) -> int:
        """Send for a while, then look for senders that died; the number of deliveries handled."""
        handled = tasks.drain_outbox(should_stop=stop.is_set)
        periodic.mark_in_doubt()
        return handled
