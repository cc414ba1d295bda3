"""Take a message that came back from stdin; the mail server pipes to this command what arrives for the sender's address."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from members.bounces import LARGEST, read_bounce
from members.models import User
from members.services.outbox import record_bounce


class Command(BaseCommand):
    """Ends with 0 whatever it reads: an error here would make the mail server bounce the bounce."""

    help = "Read a returned message from stdin and mark the delivery it belongs to."

    def handle(self, *_args: Any, **_options: Any) -> None:
        bounce = read_bounce(sys.stdin.buffer.read(LARGEST))
        if bounce is None:
            self.stdout.write("not a bounce")
            return
        delivery = record_bounce(message_id=bounce.message_id, reply=bounce.reply, by=User.objects.service_account())
        self.stdout.write(f"delivery {delivery.pk}: {delivery.state}" if delivery else "not a message of ours")
