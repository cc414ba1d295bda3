"""Real worker processes that are killed with -9 in the middle of their work, and started again."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Mapping
from typing import IO

from django.conf import settings
from django.db import connection

# Starting Django takes seconds: it is done once, and each worker is a fork of that, which does the work.
NURSERY = """
import os, signal, sys
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for name in sys.stdin:
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
{work}
        os._exit(0)
    print(pid, flush=True)
"""


class Workers:
    """`most` processes that do `work` (Python, with `name` of the worker at hand) on the test's database; a killed one is replaced."""

    def __init__(self, work: str, most: int, errors: IO[bytes], more: Mapping[str, str]) -> None:
        place = connection.settings_dict
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "baliportal.settings",
            "PORTAL_MODE": "trial",
            "DATABASE_URL": f"postgresql://app@/{place['NAME']}?host={place['HOST'] or place['OPTIONS']['host']}",
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            "LOG_LEVEL": "WARNING",
            **more,
        }
        self.most = most
        self.running: dict[str, int] = {}
        self.killed: list[tuple[str, int]] = []
        self.started, self.lock = 0, threading.Lock()
        self.nursery = subprocess.Popen(
            [sys.executable, "-c", NURSERY.format(work=textwrap.indent(work, " " * 8))],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )

    def start(self) -> None:
        """Fill up to as many as there may be."""
        assert self.nursery.stdin
        assert self.nursery.stdout
        with self.lock:
            while len(self.running) < self.most:
                self.started += 1
                name = f"worker-{self.started}.example"
                self.nursery.stdin.write(f"{name}\n".encode())
                self.nursery.stdin.flush()
                self.running[name] = int(self.nursery.stdout.readline())

    def kill(self, name: str, why: str, number: int) -> None:
        """SIGKILL, and wait until it is dead."""
        with self.lock:
            if name in self.running:
                self._kill(self.running.pop(name))
                self.killed.append((why, number))

    def _kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            while True:
                os.kill(pid, 0)
                time.sleep(0.005)

    def stop(self) -> None:
        with self.lock:
            for pid in self.running.values():
                with contextlib.suppress(ProcessLookupError):
                    self._kill(pid)
            self.running.clear()
        self.nursery.communicate()
