"""The process that turns HTML into PDF. It reads one job from stdin, writes the PDF to stdout, and is gone.

Run as a script by members/rendering.py, never imported by the portal: it knows neither Django nor the database. It has
limits on memory and time, opens files of the asset folder only, and reaches no network: what a document asks for beyond
that ends the job instead of leaving a hole in the page.

Job: {"html", "assets", "language", "title", "created", "memory", "seconds"}. On stderr one JSON object a line:
{"progress": words} while it works, {"error": reason} before it ends with status 1.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import logging
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

KINDS = {
    ".css": ("text/css", ()),
    ".ttf": ("font/ttf", (b"\x00\x01\x00\x00", b"true")),
    ".png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".svg": ("image/svg+xml", ()),
}
LARGEST_ASSET = 8 * 1024 * 1024
NETWORK_AND_PROCESSES = (
    *("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"),
    *("subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.fork", "os.forkpty"),
)


class RefusedError(Exception):
    """The document asks for something that it does not get."""


def tell(**words: str) -> None:
    """One line to the parent."""
    os.write(2, (json.dumps(words) + "\n").encode())


def limit(memory: int, seconds: int) -> None:
    """Bound address space in bytes and processor time in seconds, where the system lets us."""
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 256 * 1024 * 1024),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS knows no RLIMIT_AS
            resource.setrlimit(kind, (value, value))


def locate(url: str, assets: Path) -> Path:
    """The file that `url` names, if it is a file of a known kind that lies in `assets` after links are followed.

    Raises RefusedError.
    """
    parts = urlsplit(url)
    if parts.scheme.lower() != "file" or parts.netloc not in {"", "localhost"}:
        raise RefusedError(f"address outside the portal's own files: {url[:120]}")
    try:
        path = Path(unquote(parts.path, errors="strict")).resolve(strict=True)
    except (OSError, ValueError, RuntimeError):
        raise RefusedError(f"file is missing: {url[:120]}") from None
    if not path.is_relative_to(assets) or not path.is_file():
        raise RefusedError(f"file outside the portal's own files: {url[:120]}")
    if path.suffix.lower() not in KINDS:
        raise RefusedError(f"kind of file that documents do not use: {url[:120]}")
    return path


def read(path: Path) -> tuple[bytes, str]:
    """Content and media type of an asset whose first bytes fit its name. Raises RefusedError."""
    media_type, beginnings = KINDS[path.suffix.lower()]
    if path.stat().st_size > LARGEST_ASSET:
        raise RefusedError(f"file is too large: {path.name}")
    content = path.read_bytes()
    if beginnings and not content.startswith(beginnings):
        raise RefusedError(f"file is not what its name says: {path.name}")
    return content, media_type


def make_fetcher(assets: Path) -> Any:
    """WeasyPrint's fetcher with everything refused but files of `assets`; a refusal ends the rendering."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class AssetFetcher(URLFetcher):  # type: ignore[misc]
        refusals: ClassVar[list[str]] = []  # of this document: the class is made anew for each

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002 - the library's signature
            try:
                content, media_type = read(locate(url, assets))
            except RefusedError as error:
                # WeasyPrint swallows ordinary exceptions and renders without the asset; this one it lets through,
                # but not out of SVG, so refusals are counted too.
                self.refusals.append(str(error))
                raise FatalURLFetchingError(str(error)) from error
            return URLFetcherResponse(url, content, {"Content-Type": media_type})

        def open(self, url: Any, data: Any = None, timeout: Any = None) -> Any:  # noqa: ARG002 - as above
            return self.fetch(url if isinstance(url, str) else url.full_url)

    return AssetFetcher(allowed_protocols=("file",), allow_redirects=False, fail_on_errors=True)


def guard(assets: Path) -> None:
    """A second wall behind the fetcher: from now on no network, no processes, no files beyond those that rendering needs."""
    folders = (sys.prefix, sys.base_prefix, os.environ["TMPDIR"], "/usr/share", "/usr/lib")
    allowed = [assets, *(Path(folder).resolve() for folder in folders)]

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in NETWORK_AND_PROCESSES:
            raise RefusedError(f"{event} is not allowed here")
        if event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
            path = os.path.realpath(os.fsdecode(arguments[0]))
            if not any(Path(path).is_relative_to(folder) for folder in allowed):
                raise RefusedError(f"opening {path} is not allowed here")

    sys.addaudithook(hook)


class Watcher(logging.Handler):
    """Passes progress on and keeps what WeasyPrint could not load, which it reports in its log only."""

    def __init__(self) -> None:
        super().__init__()
        self.failures: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if record.name == "weasyprint.progress":
            tell(progress=message)
        elif record.levelno >= logging.ERROR and message.startswith(("Failed", "Relative URI", "Missing href")):
            self.failures.append(message[:200])


def render(job: dict[str, Any], watcher: Watcher) -> bytes:
    """PDF/A-3a, tagged, as WeasyPrint makes it. Raises RefusedError and whatever WeasyPrint raises."""
    import weasyprint
    from weasyprint.document import DocumentMetadata
    from weasyprint.text.fonts import FontConfiguration

    assets = Path(job["assets"]).resolve(strict=True)
    fetcher = make_fetcher(assets)
    fonts = FontConfiguration()
    guard(assets)
    source = weasyprint.HTML(string=job["html"], base_url=f"{assets.as_uri()}/", url_fetcher=fetcher)
    language = source.etree_element.get("lang")
    if language != job["language"]:
        raise RefusedError(f"the document says language {language!r}, {job['language']!r} was asked for")
    document = source.render(font_config=fonts, presentational_hints=False, optimize_images=False)
    if document.metadata.attachments or any(link[0] == "attachment" for page in document.pages for link in page.links):
        raise RefusedError("documents enclose no files")
    document.metadata = DocumentMetadata(title=job["title"], lang=job["language"], created=job["created"])
    identifier = hashlib.sha256(json.dumps([job["html"], job["title"], job["language"], job["created"]]).encode()).digest()[:16]
    pdf: bytes = document.write_pdf(pdf_variant="pdf/a-3a", pdf_tags=True, pdf_identifier=identifier)
    if fetcher.refusals or watcher.failures:
        raise RefusedError([*fetcher.refusals, *watcher.failures][0])
    return pdf


def mark(pdf: bytes) -> bytes:
    """Add the PDF/UA-1 mark beside PDF/A-3a and leave title, language and date as the only metadata."""
    import pikepdf

    result = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata.register_xml_namespace("http://www.aiim.org/pdfua/ns/id/", "pdfuaid")
            metadata["pdfuaid:part"] = "1"
            for name in ("pdf:Producer", "xmp:CreatorTool", "xmp:ModifyDate", "xmp:MetadataDate"):
                with contextlib.suppress(KeyError):
                    del metadata[name]
        for name in [str(key) for key in document.docinfo if key not in {"/Title", "/CreationDate"}]:
            del document.docinfo[name]
        document.save(result, deterministic_id=True, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return result.getvalue()


def main() -> int:
    job = json.loads(sys.stdin.buffer.read())
    limit(job["memory"], job["seconds"])
    watcher = Watcher()
    for name in ("weasyprint", "weasyprint.progress"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [watcher], False
        logger.setLevel(logging.INFO)
    try:
        pdf = mark(render(job, watcher))
    except MemoryError:
        return _fail("the document needs more memory than one rendering gets")
    except RefusedError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"the text libraries cannot be used: {error}"[:300])
    except BaseException as error:  # noqa: BLE001 - FatalURLFetchingError derives from BaseException
        cause: BaseException = error
        while cause.__cause__ is not None and not isinstance(cause, RefusedError):
            cause = cause.__cause__
        return _fail(f"{cause}"[:300] if isinstance(cause, RefusedError) else f"{type(error).__name__}: {error}"[:300])
    write: Callable[[bytes], object] = sys.stdout.buffer.write
    write(pdf)
    sys.stdout.buffer.flush()
    return 0


def _fail(reason: str) -> int:
    tell(error=reason)
    return 1


if __name__ == "__main__":
    sys.exit(main())
