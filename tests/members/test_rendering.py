"""PDF from HTML: what is in the file, what the document may reach, and what a poisonous one does."""

from __future__ import annotations

import io
import os
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from fontTools.ttLib import TTFont

from members import rendering_child
from members.checks import check_text_libraries
from members.rendering import ZERO_WIDTH_SPACE, RenderingError, line_break, render_pdf

STATIC = Path(settings.BASE_DIR) / "static"
FONTS = "".join(
    f'@font-face {{ font-family: "{family}"; src: url(pdf/fonts/{file}-{weight}.ttf); font-weight: {weight}; }}'
    for family, file in (("BP Sans", "sans"), ("BP Sans Ext", "sans-ext"), ("BP Serif", "serif"))
    for weight in (400, 600)
)
PAGE = """<!doctype html><html lang="{lang}"><head><title>in the text</title><style>{fonts}
@page {{ size: A4; @bottom-right {{ content: counter(page) " / " counter(pages); font-family: "BP Sans" }} }}
body {{ font-family: "BP Sans", "BP Sans Ext", "Noto Sans", "Noto Sans Thai", "Noto Sans Lao" }}</style>{head}</head>
<body><h1>Report</h1><p>Łukasz, กระทรวงการต่างประเทศ, ກະຊວງຍຸຕິທຳ</p>{body}</body></html>"""


def page(body: str = "", head: str = "", lang: str = "en") -> str:
    return PAGE.format(body=body, head=head, lang=lang, fonts=FONTS)


def render(body: str = "", head: str = "", **options: Any) -> bytes:
    words = {"assets": STATIC, "language": "en", "title": "Report to Ministers", "created": date(2026, 6, 30), **options}
    return render_pdf(page(body, head), **words)


@pytest.fixture(scope="module")
def specimen() -> bytes:
    heard: list[str] = []
    table = '<table><tr><th scope="col">Area<th scope="col">State<tr><th scope="row">1<td>done</table>'
    pdf = render(f'{table}<img src="img/mark.svg" alt="The mark">', progress=heard.append)
    assert any("Creating layout" in words for words in heard)
    return pdf


def font_files(document: pikepdf.Pdf) -> dict[str, bool]:
    """Name of each font used and whether its file is in the document."""
    found: dict[str, bool] = {}
    for item in document.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
            found[str(item.FontName)] = any(key in item for key in ("/FontFile", "/FontFile2", "/FontFile3"))
    return found


def test_file_is_tagged_and_carries_both_marks(specimen: bytes) -> None:
    with pikepdf.open(io.BytesIO(specimen)) as document:
        assert document.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in document.Root
        assert str(document.Root.Lang) == "en"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        metadata = document.open_metadata()
        assert metadata.pdfa_status == "3A"
        assert metadata["pdfuaid:part"] == "1"
        assert document.Root.OutputIntents[0].S == "/GTS_PDFA1"


def test_metadata_is_title_language_and_date_only(specimen: bytes) -> None:
    with pikepdf.open(io.BytesIO(specimen)) as document:
        assert {key: str(value) for key, value in document.docinfo.items()} == {
            "/Title": "Report to Ministers",
            "/CreationDate": "D:20260630",
        }
        metadata = document.open_metadata()
        assert {key.rsplit("}", 1)[-1] for key in metadata} == {"part", "conformance", "title", "CreateDate"}


def test_all_fonts_are_embedded(specimen: bytes) -> None:
    with pikepdf.open(io.BytesIO(specimen)) as document:
        fonts = font_files(document)
    assert len(fonts) >= 3
    assert set(fonts.values()) == {True}
    assert any("BP-Sans" in name for name in fonts)


def test_two_processes_give_the_same_bytes(specimen: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    table = '<table><tr><th scope="col">Area<th scope="col">State<tr><th scope="row">1<td>done</table>'
    monkeypatch.setenv("TZ", "Asia/Jakarta")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert render(f'{table}<img src="img/mark.svg" alt="The mark">') == specimen


def test_language_of_the_document_must_be_the_one_asked_for() -> None:
    with pytest.raises(RenderingError, match="language"):
        render(language="id")


# --- what a document may reach ---------------------------------------------------------------------------------------

OUTSIDE = "/etc/hostname"
VECTORS = {
    "image file": f'<img alt="" src="file://{OUTSIDE}">',
    "image file, no scheme": f'<img alt="" src="{OUTSIDE}">',
    "image http": '<img alt="" src="http://192.0.2.1/x.png">',
    "image https": '<img alt="" src="https://192.0.2.1/x.png">',
    "image without scheme": '<img alt="" src="//192.0.2.1/x.png">',
    "image ftp": '<img alt="" src="ftp://192.0.2.1/x.png">',
    "file with host": '<img alt="" src="file://192.0.2.1/x.png">',
    "data html": '<object data="data:text/html,<h1>x</h1>"></object>',
    "data image": '<img alt="" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">',
    "data svg": "<img alt='' src='data:image/svg+xml,<svg xmlns=\"http://www.w3.org/2000/svg\"/>'>",
    "parent folder": '<img alt="" src="../manage.py">',
    "parent folder escaped": '<img alt="" src="%2e%2e/%2e%2e/etc/hostname">',
    "parent folder with a good ending": '<img alt="" src="../outside/secret.png">',
    "symlink": '<img alt="" src="link.png">',
    "folder": '<img alt="" src="img/">',
    "image that is a script": '<img alt="" src="js/app.js">',
    "eps": '<img alt="" src="figure.eps">',
    "eps named png": '<img alt="" src="figure.png">',
    "style import": f'<style>@import url("file://{OUTSIDE}");</style>',
    "style import http": '<style>@import "http://192.0.2.1/x.css";</style>',
    "font face": "<style>@font-face { font-family: X; src: url(http://192.0.2.1/x.ttf); } p { font-family: X }</style>",
    "font face file": "<style>@font-face { font-family: X; src: url(file:///etc/hostname.ttf); } p { font-family: X }</style>",
    "background": '<p style="background: url(http://192.0.2.1/x.png)">x</p>',
    "list image": '<ul style="list-style-image: url(http://192.0.2.1/x.png)"><li>x</ul>',
    "content": '<style>p::before { content: url("http://192.0.2.1/x.png") }</style>',
    "stylesheet": '<link rel="stylesheet" href="http://192.0.2.1/x.css">',
    "stylesheet file": f'<link rel="stylesheet" href="file://{OUTSIDE}">',
    "svg image": f'<svg width="9" height="9"><image href="file://{OUTSIDE}" width="9" height="9"/></svg>',
    "svg image http": '<svg width="9" height="9"><image href="http://192.0.2.1/x.png" width="9" height="9"/></svg>',
    "svg file that points out": '<img alt="" src="pointing.svg">',
    "embed": f'<embed src="file://{OUTSIDE}">',
    "attachment file": f'<link rel="attachment" href="file://{OUTSIDE}">',
    "attachment own": '<link rel="attachment" href="figure.png">',
    "attachment anchor": f'<a rel="attachment" href="file://{OUTSIDE}">x</a>',
    "missing": '<img alt="" src="img/nothing.png">',
    "broken image": '<img alt="" src="broken.png">',
}
IGNORED = {
    "svg use": '<svg width="9" height="9"><use href="http://192.0.2.1/x.svg#a"/></svg>',
    "frame": f'<iframe src="file://{OUTSIDE}"></iframe>',
    "link": '<a href="http://192.0.2.1/">a link is drawn, not followed</a>',
    "script": '<script src="http://192.0.2.1/x.js"></script>',
    "presentational": '<table background="http://192.0.2.1/x.png"><tr><td>x</table>',
}
_recorded: list[str] = []
_recording = False


def _record(event: str, arguments: tuple[Any, ...]) -> None:
    if _recording and (event == "open" or event.startswith("socket.")):
        _recorded.append(f"{event} {arguments[0] if event == 'open' else arguments[1:]}")


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An asset folder with traps in it and a secret beside it."""
    root = tmp_path_factory.mktemp("assets")
    (root / "outside").mkdir()
    (root / "outside" / "secret.png").write_bytes((b"\x89PNG\r\n\x1a\n") + b"secret")
    folder = root / "static"
    folder.mkdir()
    (folder / "img").mkdir()
    (folder / "pdf").symlink_to(STATIC / "pdf")  # points out of the folder: the fonts of the page are refused too
    (folder / "link.png").symlink_to(root / "outside" / "secret.png")
    (folder / "js").mkdir()
    (folder / "js" / "app.js").write_text("1")
    for name in ("figure.eps", "figure.png"):
        (folder / name).write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    (folder / "pointing.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file://{OUTSIDE}" width="9" height="9"/></svg>'
    )
    return folder


def render_here(html: str, folder: Path) -> bytes:
    """What the child does, in this process, without its second wall: the fetcher must be enough by itself."""
    job = {"html": html, "assets": str(folder), "language": "en", "title": "t", "created": "2026-06-30"}
    watcher = rendering_child.Watcher()
    import logging

    logger = logging.getLogger("weasyprint")
    logger.addHandler(watcher)
    level = logger.level
    logger.setLevel(logging.INFO)
    try:
        return rendering_child.render(job, watcher)
    finally:
        logger.setLevel(level)
        logger.removeHandler(watcher)


@pytest.fixture(scope="module")
def audit_hook() -> None:
    sys.addaudithook(_record)


def bare(body: str) -> str:
    return f'<!doctype html><html lang="en"><head><title>t</title></head><body><p>x</p>{body}</body></html>'


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", [*VECTORS, *IGNORED])
def test_document_reaches_nothing_outside_its_assets(
    name: str, assets: Path, audit_hook: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    global _recording  # noqa: PLW0603 - an audit hook cannot be taken away again
    from weasyprint.urls import FatalURLFetchingError

    monkeypatch.setattr(rendering_child, "guard", lambda _assets: None)
    monkeypatch.setattr(rendering_child, "tell", lambda **_words: None)
    _recorded.clear()
    _recording = True
    try:
        if name in IGNORED:
            assert render_here(bare(IGNORED[name]), assets).startswith(b"%PDF-")
        else:
            with pytest.raises((FatalURLFetchingError, rendering_child.RefusedError)):
                render_here(bare(VECTORS[name]), assets)
    finally:
        _recording = False
    reached = [
        line for line in _recorded if line.startswith("socket.") or OUTSIDE in line or "outside" in line or "manage.py" in line
    ]
    assert reached == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_plain_document_in_the_same_folder_renders(assets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering_child, "guard", lambda _assets: None)
    assert render_here(bare("<p>nothing asked for</p>"), assets).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('<img alt="" src="img/nothing.png">', "file is missing"),
        ('<img alt="" src="http://192.0.2.1/x.png">', "outside the portal's own files"),
        ('<link rel="attachment" href="file:///etc/passwd">', "enclose no files"),
    ],
)
def test_refused_asset_fails_the_job_and_says_why(body: str, reason: str) -> None:
    with pytest.raises(RenderingError, match=reason):
        render(body)


def test_guard_stops_what_gets_past_the_fetcher(tmp_path: Path) -> None:
    """The second wall: opening and connecting are refused in the process itself."""
    import subprocess

    script = (
        "import sys, socket, pathlib; sys.path.insert(0, sys.argv[1]); import rendering_child as child\n"
        "child.guard(pathlib.Path(sys.argv[2]))\n"
        "def refused(act):\n"
        "    try: act()\n"
        "    except child.RefusedError: return True\n"
        "    return False\n"
        "print(refused(lambda: open('/etc/hostname')), refused(lambda: socket.create_connection(('127.0.0.1', 9))),\n"
        "      refused(lambda: __import__('os').system('true')), refused(lambda: (pathlib.Path(sys.argv[2]) / 'a.css').read_text()))\n"
    )
    (tmp_path / "a.css").write_text("p {}")
    done = subprocess.run(
        [sys.executable, "-c", script, str(Path(rendering_child.__file__).parent), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert done.stdout.split() == ["True", "True", "True", "False"]


# --- limits ----------------------------------------------------------------------------------------------------------


def test_slow_document_is_stopped_in_time() -> None:
    rows = "".join(f"<tr><td>{number}<td>{number * 2}<td>a cell that is longer" for number in range(20_000))
    began = time.monotonic()
    with pytest.raises(RenderingError, match="not ready after 2 seconds"):
        render(f"<table>{rows}</table>", seconds=2)
    assert time.monotonic() - began < 12


def test_document_that_wants_too_much_memory_fails_alone() -> None:
    with pytest.raises(RenderingError):
        render("<p>x" * 60_000, memory=400 * 1024 * 1024, seconds=40)
    assert render("<p>the next one</p>").startswith(b"%PDF-")


def test_missing_libraries_are_said_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.util.find_library", lambda _name: None)
    assert [message.id for message in check_text_libraries()] == ["members.W001"]


# --- scripts without spaces ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("lo", "ຂ້ອຍມັກກິນເຂົ້າ"),
        ("my", "နိုင်ငံခြားရေးဝန်ကြီးဌာန"),
        ("km", "ក្រសួងការបរទេសនិងសហប្រតិបត្តិការអន្តរជាតិ"),
        ("th", "กระทรวงการต่างประเทศ"),
    ],
)
def test_line_break_marks_words_and_keeps_the_text(language: str, text: str) -> None:
    broken = line_break(text, language)
    assert ZERO_WIDTH_SPACE in broken
    assert broken.replace(ZERO_WIDTH_SPACE, "") == text
    assert not broken.endswith(ZERO_WIDTH_SPACE)


def test_line_break_leaves_other_scripts_alone() -> None:
    assert line_break("Ministry of Foreign Affairs, Łódź", "en") == "Ministry of Foreign Affairs, Łódź"


def test_fonts_of_documents_build_no_letter_from_marks() -> None:
    """A letter that a font has not comes from the next one, whole, so that what is read aloud is what is written."""
    fonts = sorted((Path(settings.BASE_DIR) / "static" / "pdf" / "fonts").glob("*.ttf"))
    assert len(fonts) == 12
    for path in fonts:
        with TTFont(path) as font:
            assert [hex(sign) for sign in font.getBestCmap() if 0x300 <= sign <= 0x36F] == [], path.name
