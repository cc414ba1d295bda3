"""Waking the drain while the queue is stopped, killed or gone: quick, silent, and the mail is not lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from baliportal.trial import valkey

WAKE = """
import sys, time
import django
django.setup()
from members.services import outbox
times = []
for _ in range(3):
    began = time.monotonic()
    outbox.wake()
    times.append(time.monotonic() - began)
print(*[f"{seconds:.3f}" for seconds in times], outbox._silent_until > time.monotonic())
"""


@pytest.fixture
def broker() -> Iterator[tuple[str, int]]:
    """Address and process id of a queue of our own."""
    with tempfile.TemporaryDirectory(prefix="wake-") as folder:
        place = Path(folder) / "s"
        command = [
            str(valkey.binary()),
            "--port",
            "0",
            "--unixsocket",
            str(place),
            "--dir",
            folder,
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            while not place.exists():
                time.sleep(0.05)
            yield f"redis+socket://{place}?virtual_host=0", server.pid
            server.kill()


def wake_three_times(url: str) -> tuple[list[float], bool]:
    """Seconds that each of three wake-ups took in a fresh process, and whether it then stayed silent."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "baliportal.settings",
        "PORTAL_MODE": "trial",
        "DATABASE_URL": "postgresql://app@/nowhere",
        "CELERY_BROKER_URL": url,
    }
    done = subprocess.run([sys.executable, "-c", WAKE], env=environment, capture_output=True, text=True, timeout=60, check=True)
    *times, silent = done.stdout.split()
    return [float(seconds) for seconds in times], silent == "True"


def test_queue_that_runs_is_woken(broker: tuple[str, int]) -> None:
    _times, silent = wake_three_times(broker[0])
    assert not silent


def test_queue_that_hangs_costs_seconds_once(broker: tuple[str, int]) -> None:
    os.kill(broker[1], signal.SIGSTOP)
    try:
        times, silent = wake_three_times(broker[0])
    finally:
        os.kill(broker[1], signal.SIGCONT)
    assert silent
    assert times[0] < 4
    assert max(times[1:]) < 0.1


def test_queue_that_is_gone_costs_seconds_once(broker: tuple[str, int]) -> None:
    os.kill(broker[1], signal.SIGKILL)
    time.sleep(0.2)
    times, silent = wake_three_times(broker[0])
    assert silent
    assert times[0] < 4
    assert max(times[1:]) < 0.1
