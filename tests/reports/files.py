"""Good and bad files for the tests of uploads, made here."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pikepdf
from PIL import Image

W = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
S = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
P = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def pdf(text: str = "A report", *, change: Any = None, **save: Any) -> bytes:
    """A PDF of one page with an author; `change` gets the document before it is saved."""
    document = pikepdf.new()
    document.add_blank_page()
    page = document.pages[0]
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    page.Contents = document.make_stream(f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET".encode())
    document.docinfo["/Author"] = "A Person"
    document.docinfo["/Title"] = text
    if change:
        change(document)
    result = io.BytesIO()
    document.save(result, **save)
    return result.getvalue()


def package(parts: dict[str, bytes], prefix: bytes = b"") -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return prefix + result.getvalue()


def office(kind: str, main: str, body: bytes, extra: dict[str, bytes] | None = None, types: str = "") -> bytes:
    """A small OOXML package with an author in its properties."""
    content = f'<Types xmlns="x"><Override PartName="/{main}" ContentType="{kind}.main+xml"/>{types}</Types>'
    core = '<c:p xmlns:c="c" xmlns:dc="dc"><dc:creator>A Person</dc:creator><dc:title>T</dc:title></c:p>'
    parts = {"[Content_Types].xml": content.encode(), "_rels/.rels": b'<R xmlns="r"/>', "docProps/core.xml": core.encode()}
    return package({**parts, main: body, **(extra or {})})


def docx(text: str = "Words", **more: Any) -> bytes:
    return office(W, "word/document.xml", f'<w:d xmlns:w="w"><w:t>{text}</w:t></w:d>'.encode(), **more)


def xlsx(**more: Any) -> bytes:
    return office(S, "xl/workbook.xml", b'<w xmlns="x"/>', **more)


def pptx(**more: Any) -> bytes:
    return office(P, "ppt/presentation.xml", b'<p xmlns="x"/>', **more)


def picture(form: str, size: tuple[int, int] = (4, 4), **save: Any) -> bytes:
    result = io.BytesIO()
    Image.new("RGB", size, "teal").save(result, form, **save)
    return result.getvalue()
