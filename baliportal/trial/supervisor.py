"""Start everything a trial needs on one computer, keep it running, stop it all on Ctrl-C.

    python -m baliportal.trial.supervisor [--port N]

Services are adopted when an earlier start was killed and left them running; processes of our own that it left are
stopped first, known by process id and start time.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from baliportal.trial import postgres, valkey

ROOT = Path(__file__).resolve().parent.parent.parent
STOP_AFTER = 10  # seconds that a process gets to stop by itself


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def step(text: str) -> Iterator[None]:
    """Show what is going on and how long it took."""
    sys.stdout.write(f"  {text} … ")
    sys.stdout.flush()
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say("failed")
        raise
    say(f"{time.monotonic() - began:.1f} s")


def free_port(port: int) -> bool:
    """Whether nobody listens on this port of the loopback interface."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def any_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Child:
    """A process that is started again when it ends by itself."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.starts = [*self.starts[-4:], time.monotonic()]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def fails_at_once(self) -> bool:
        """Started five times within half a minute: starting it again helps nobody."""
        return len(self.starts) >= 5 and self.starts[-1] - self.starts[0] < 30


def started_at(pid: int) -> str:
    """When a process started, as the system counts it; empty where there is none, or where that cannot be told."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""


class Trial:
    """One trial in one folder."""

    def __init__(self, var: Path, port: int) -> None:
        self.var, self.port = var, port
        self.logs = var / "log"
        self.children: list[Child] = []
        self.lock: IO[str] | None = None
        self.environment: dict[str, str] = {}
        self.mail_page = 0

    def python(self, *arguments: str, owner: bool = False) -> None:
        """Run manage.py. Raises SystemExit with the end of its output when it fails."""
        environment = dict(self.environment)
        if owner:
            environment |= {"DATABASE_URL": postgres.urls(self.var).owner, "DATABASE_LIMITS": ""}
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"\n{' '.join(arguments)} failed:\n{(done.stdout + done.stderr)[-3000:]}")
        (self.logs / "setup.log").open("a").write(done.stdout + done.stderr)

    def take_lock(self) -> None:
        self.var.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(exist_ok=True)
        self.lock = (self.var / "up.lock").open("w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit("The portal is running already in this folder. Stop it there with Ctrl-C first.") from None

    def stop_leftovers(self) -> None:
        """Processes of a start that was killed: stopped only where id and start time both fit."""
        record = self.var / "children.json"
        if not record.exists():
            return
        left = [(pid, when) for pid, when in json.loads(record.read_text()) if when and started_at(pid) == when]
        for pid, _when in left:
            _signal_group(pid, signal.SIGTERM)
        _wait_until(lambda: not any(started_at(pid) == when for pid, when in left), STOP_AFTER)
        for pid, when in left:
            if started_at(pid) == when:
                _signal_group(pid, signal.SIGKILL)
        record.unlink()

    def check_port(self) -> None:
        if not free_port(self.port):
            raise SystemExit(f"Port {self.port} is taken by another program. Choose one: bin/up --port {self.port + 1}")

    def start_services(self) -> None:
        with step("PostgreSQL"):
            databases = postgres.start(self.var)
        with step("Valkey"):
            queues = valkey.start(self.var)
        key = self.var / "secret-key"
        if not key.exists():
            key.touch(mode=0o600)
            key.write_text(secrets.token_urlsafe(60))
        smtp, self.mail_page = any_port(), any_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
            "DJANGO_SETTINGS_MODULE": "baliportal.settings",
            "PORTAL_MODE": "trial",
            "SECRET_KEY": key.read_text(),
            "PORTAL_ORIGIN": f"http://localhost:{self.port}",
            "DATABASE_URL": databases.app,
            "CELERY_BROKER_URL": queues["CELERY_BROKER_URL"],
            "CACHE_URL": queues["CACHE_URL"],
            "MEDIA_ROOT": str(self.var / "media"),
            "STATIC_ROOT": str(self.var / "static"),
            "TRIAL_FILE": str(self.var / "trial.json"),
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(smtp),
            "MAIL_PAGE_PORT": str(self.mail_page),
            "PYTHONUNBUFFERED": "1",
        }
        (self.var / "media").mkdir(exist_ok=True)

    def prepare(self) -> None:
        """Migrate, compile translations, collect static files, load the record into an empty database."""
        stamp = self.var / "prepared"
        newest = f"{_newest_source():.0f}"
        if not stamp.exists() or stamp.read_text() != newest:
            with step("translations"):
                compile_translations()
            with step("tables"):
                self.python("migrate", "--no-input", "--skip-checks", owner=True)
                self.python("createcachetable", owner=True)
            with step("static files"):
                self.python("collectstatic", "--no-input", "--skip-checks", "-v", "0")
            with step("the founding record"):
                self.python("load_record", str(ROOT / "baliportal" / "founding"), "--if-empty", "--skip-checks")
            stamp.write_text(newest)
        if not self.trial_is_known():
            with step("trial accounts"):
                self.python("trial_people", "--skip-checks")

    def trial_is_known(self) -> bool:
        """Whether the sign-ins were made for this address."""
        file = self.var / "trial.json"
        return file.exists() and json.loads(file.read_text())["url"] == self.environment["PORTAL_ORIGIN"]

    def start_children(self) -> None:
        python = sys.executable
        celery = [python, "-m", "celery", "-A", "baliportal", "--quiet"]
        threads = "4"
        web = [
            *(python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)),
            *("--workers", "2", "--blocking-threads", threads, "--backpressure", "16", "--no-ws"),
            *("--log-level", "warning", "baliportal.wsgi:application"),
        ]
        worker = [*celery, "worker", "--loglevel", "warning", "--without-gossip", "--without-mingle"]
        commands = {
            "catcher": [python, "-m", "baliportal.trial.catcher", "--folder", str(self.var / "mail")],
            "web": web,
            "worker-mail": [*worker, "-Q", "mail", "-c", "1", "-n", "mail@%h"],
            "worker-pdf": [*worker, "-Q", "pdf", "-c", "1", "-n", "pdf@%h", "--max-tasks-per-child", "20"],
            "mail-loop": [python, str(ROOT / "manage.py"), "drain_outbox", "--loop"],
            "beat": [*celery, "beat", "--loglevel", "warning", "--schedule", str(self.var / "beat"), "--pidfile", ""],
        }
        for name, command in commands.items():
            extra = {"DATABASE_POOL_SIZE": threads} if name == "web" else {}
            self.children.append(Child(name, command, {**self.environment, **extra}, self.logs / f"{name}.log"))
        by_name = {child.name: child for child in self.children}
        with step("mail catcher, web"):
            for name in ("catcher", "web"):
                by_name[name].start()
            self.write_children()
            if not _wait_until(self.answers, 60):
                raise SystemExit(f"\nThe web server does not answer. Its log: {self.logs / 'web.log'}")
        with step("mail worker, its loop, PDF worker, beat"):
            for name in ("worker-mail", "worker-pdf", "mail-loop", "beat"):
                by_name[name].start()
            self.write_children()

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"GET /livez HTTP/1.0\r\nHost: localhost\r\n\r\n")
                return b" 200 " in connection.recv(64)
        except OSError:
            return False

    def write_children(self) -> None:
        running = [child.process.pid for child in self.children if child.process and child.is_running()]
        (self.var / "children.json").write_text(json.dumps([(pid, started_at(pid)) for pid in running]))

    def announce(self) -> None:
        trial = json.loads((self.var / "trial.json").read_text())
        say(f"\n  The portal     http://localhost:{self.port}")
        say(f"  Mail it sends  http://localhost:{self.mail_page}   (kept in {self.var / 'mail'}; nothing leaves this computer)\n")
        say("  Sign-ins of this trial:")
        for account in trial["accounts"]:
            say(f"    {account['role']:<44} {account['email']:<40} {account['password']}")
        say("\n  Ctrl-C stops everything.")

    def watch(self) -> None:
        """Until told to stop: start again what ended by itself."""
        while True:
            time.sleep(1)
            for child in self.children:
                if child.is_running():
                    continue
                if child.fails_at_once():
                    raise SystemExit(f"{child.name} does not stay up. Its log: {child.log}")
                say(f"  {child.name} had ended and was started again; its log: {child.log}")
                child.start()
                self.write_children()

    def stop(self) -> None:
        say("\n  Stopping …")
        processes = [child.process for child in reversed(self.children) if child.process]
        for process in processes:
            _signal_group(process.pid, signal.SIGTERM)
        _wait_until(lambda: all(process.poll() is not None for process in processes), STOP_AFTER)
        for process in processes:
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()
        if self.environment:
            valkey.stop(self.var)
            postgres.stop(self.var)
        (self.var / "children.json").unlink(missing_ok=True)
        say("  Stopped.")


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.1)
    return condition()


def _newest_source() -> float:
    """When anything last changed that preparing depends on."""
    folders = ("static", "members", "activities", "reports", "baliportal")
    found = [
        path.stat().st_mtime
        for name in folders
        for path in (ROOT / name).rglob("*")
        if path.suffix != ".pyc" and path.is_file() and path.suffix != ".mo"
    ]
    return max(found, default=0.0)


def compile_translations() -> None:
    """Make .mo files with Babel, which needs no gettext."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in (ROOT / "baliportal" / "locale").rglob("*.po"):
        with source.open("rb") as text:
            catalogue = read_po(text)
        with source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, catalogue)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/up", description="Start the portal on this computer, for a trial.")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    trial = Trial(Path(os.environ.get("BALIPORTAL_VAR", ROOT / "var")).resolve(), options.port)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # also where a shell started us with one ignored
        signal.signal(number, lambda *_: sys.exit(0))
    trial.take_lock()
    trial.stop_leftovers()
    trial.check_port()
    try:
        trial.start_services()
        trial.prepare()
        trial.start_children()
        trial.announce()
        trial.watch()
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        trial.stop()


if __name__ == "__main__":
    main()
