"""HTML in, PDF bytes out. Knows nothing about reports, writes nothing, and survives any document.

WeasyPrint runs in a process of its own (rendering_child.py) with limits on memory, processor time and wall time, without
network and without the database: a poisonous document ends that process and nothing else.
"""

from __future__ import annotations

import json
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import IO

CHILD = Path(__file__).with_name("rendering_child.py")
WALL_SECONDS = 60.0
MEMORY_BYTES = 1536 * 1024 * 1024
_PASSED_ON = ("PATH", "FONTCONFIG_PATH", "FONTCONFIG_FILE", "XDG_CACHE_HOME", "DYLD_FALLBACK_LIBRARY_PATH", "LD_LIBRARY_PATH")
# Scripts that write no spaces between words: Thai, Lao, Burmese, Khmer.
_UNSPACED = re.compile("[\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f\u1780-\u17ff]")
ZERO_WIDTH_SPACE = "\u200b"


class RenderingError(Exception):
    """No PDF came out; the text says why in words for the desk."""


def line_break(text: str, language: str) -> str:
    """`text` with zero-width spaces where a line of Thai, Lao, Burmese or Khmer may end; other text as it is.

    The PDF engine breaks these scripts nowhere by itself, so that long names would run into the next cell.
    """
    if not _UNSPACED.search(text):
        return text
    from icu4py.breakers import LineBreaker

    pieces = [str(piece) for piece in LineBreaker(text, language)]
    joined = "".join(piece if piece[-1:].isspace() else piece + ZERO_WIDTH_SPACE for piece in pieces)
    return joined.removesuffix(ZERO_WIDTH_SPACE)


def render_pdf(  # noqa: PLR0913 - what a document is made of, keyword-only
    html: str,
    *,
    assets: Path,
    language: str,
    title: str,
    created: date,
    progress: Callable[[str], None] | None = None,
    seconds: float = WALL_SECONDS,
    memory: int = MEMORY_BYTES,
) -> bytes:
    """The PDF of `html`: PDF/A-3a, tagged, with the PDF/UA-1 mark; the same input gives the same bytes.

    Addresses in `html` are relative to the folder `assets` and reach nothing outside it; `language` must be that of the
    html element. `title`, `language` and `created` are the only metadata. `progress` hears what the engine does,
    in the caller's own thread.
    Limits: `seconds` of wall time, `memory` in bytes of address space. Raises RenderingError.
    """
    job = {
        "html": html,
        "assets": str(Path(assets).resolve()),
        "language": language,
        "title": title,
        "created": created.isoformat(),
        "memory": memory,
        "seconds": int(seconds) + 1,
    }
    with tempfile.TemporaryDirectory(prefix="baliportal-pdf-") as scratch:
        return _run(json.dumps(job).encode(), Path(scratch), seconds, progress or _ignore)


def _run(job: bytes, scratch: Path, seconds: float, progress: Callable[[str], None]) -> bytes:
    child = subprocess.Popen(
        [sys.executable, "-I", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(scratch),
        cwd=scratch,
        start_new_session=True,
    )
    output: list[bytes] = []
    errors: list[str] = []
    lines: queue.Queue[bytes] = queue.Queue()
    threads = [
        threading.Thread(target=_write, args=(child.stdin, job), daemon=True),
        threading.Thread(target=_read_all, args=(child.stdout, output), daemon=True),
        threading.Thread(target=_listen, args=(child.stderr, lines), daemon=True),
    ]
    for thread in threads:
        thread.start()
    until = time.monotonic() + seconds
    try:
        _follow(lines, errors, progress, until)
        status = child.wait(max(until - time.monotonic(), 0.1))
    except (queue.Empty, subprocess.TimeoutExpired):
        raise RenderingError(f"The document was not ready after {seconds:.0f} seconds.") from None
    finally:
        child.kill()
        child.wait()
        for thread in threads:
            thread.join(5)
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe:
                pipe.close()
    pdf = b"".join(output)
    if status != 0 or not pdf.startswith(b"%PDF-"):
        raise RenderingError(_reason(status, errors))
    return pdf


def _reason(status: int, errors: list[str]) -> str:
    for line in reversed(errors):
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict) and "error" in told:
            return str(told["error"])
    if any("MemoryError" in line or "cannot allocate" in line.lower() for line in errors):
        return "the document needs more memory than one rendering gets"
    if status < 0:
        return f"the rendering process was stopped by signal {-status}: too much memory or processor time"
    return f"the rendering process ended with status {status}: {errors[-1][:200] if errors else 'it gave no reason'}"


def _environment(scratch: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    fixed = {"TMPDIR": str(scratch), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC", "SOURCE_DATE_EPOCH": "0"}
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())  # fontconfig's list of fonts: slow to make
    return {**kept, **fixed, "HOME": str(scratch), "XDG_CACHE_HOME": cache}


def _write(pipe: IO[bytes], job: bytes) -> None:
    try:
        pipe.write(job)
        pipe.close()
    except OSError:
        return  # the child ended early and says why on stderr


def _read_all(pipe: IO[bytes], output: list[bytes]) -> None:
    output.append(pipe.read())


def _listen(pipe: IO[bytes], lines: queue.Queue[bytes]) -> None:
    for line in pipe:
        lines.put(line)
    lines.put(b"")


def _follow(lines: queue.Queue[bytes], errors: list[str], progress: Callable[[str], None], until: float) -> None:
    """Pass on what the child says until it falls silent for good. Raises queue.Empty when time is up."""
    while raw := lines.get(timeout=max(until - time.monotonic(), 0.0)):
        line = raw.decode(errors="replace").strip()
        if line.startswith('{"progress"'):
            progress(str(json.loads(line)["progress"]))
        elif line:
            errors.append(line)
            del errors[:-50]


def _ignore(_words: str) -> None:
    return
