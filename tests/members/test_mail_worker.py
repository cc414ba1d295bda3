"""The whole way: a commit wakes a real worker over a real queue; with the queue dead, the loop still sends."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from baliportal.trial import valkey
from members.models import Delivery
from tests.smtp_sink import Sink


@pytest.fixture
def queue_server() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with tempfile.TemporaryDirectory(prefix="mail-worker-") as folder:
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
            yield f"redis+socket://{place}?virtual_host=0", server
            server.kill()


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.1)
    return condition()


@pytest.mark.django_db(transaction=True)
def test_worker_is_woken_and_the_loop_needs_no_queue(
    queue: Callable[..., Delivery], sink: Sink, queue_server: tuple[str, subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    url, server = queue_server
    place = connection.settings_dict
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "baliportal.settings",
        "PORTAL_MODE": "trial",
        "DATABASE_URL": f"postgresql://app@/{place['NAME']}?host={place['HOST'] or place['OPTIONS']['host']}",
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "CELERY_BROKER_URL": url,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(sink.port),
        "LOG_LEVEL": "WARNING",
    }
    wake = [sys.executable, "-c", "import django; django.setup(); from members.services import outbox; outbox.wake()"]
    worker = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "baliportal",
        "--quiet",
        "worker",
        "-Q",
        "mail",
        "-c",
        "1",
        "--loglevel",
        "warning",
    ]
    loop = [sys.executable, "manage.py", "drain_outbox", "--loop", "--every", "0.2"]
    first = queue("notice:1")
    with (tmp_path / "log").open("w+b") as log:
        running = [subprocess.Popen(worker, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log)]
        try:
            subprocess.run(wake, cwd=settings.BASE_DIR, env=environment, check=True)
            assert wait_for(lambda: len(sink.delivered) == 1, 30), (tmp_path / "log").read_text()[-3000:]
            server.kill()
            second = queue("notice:2")
            subprocess.run(wake, cwd=settings.BASE_DIR, env=environment, check=True)
            running.append(subprocess.Popen(loop, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log))
            assert wait_for(lambda: len(sink.delivered) == 2, 30), (tmp_path / "log").read_text()[-3000:]
            running[1].terminate()
            assert running[1].wait(10) == 0  # it ends by itself after the message at hand
        finally:
            for process in running:
                process.kill()
                process.wait()
    assert sink.delivered == [first.message_id, second.message_id]
    assert wait_for(lambda: set(Delivery.objects.values_list("state", flat=True)) == {"accepted"}, 5)
