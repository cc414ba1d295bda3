"""What may be uploaded: extension, first bytes and parser agree, nothing in it runs, and nobody's name is left in it.

Reads bytes, gives bytes; knows neither models nor requests.
"""

from __future__ import annotations

import io
import re
import stat
import warnings
import zipfile
from dataclasses import dataclass

import filetype
import pikepdf
import pypdfium2
from django.conf import settings
from django.utils.translation import gettext as _
from lxml import etree  # type: ignore[import-untyped]
from PIL import Image, UnidentifiedImageError

PDF = "application/pdf"
_OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    "pdf": PDF,
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}
_MAIN_PARTS = {
    "docx": f"{MEDIA_TYPES['docx']}.main+xml",
    "xlsx": f"{MEDIA_TYPES['xlsx']}.main+xml",
    "pptx": f"{MEDIA_TYPES['pptx']}.main+xml",
}
_ACTIVE_PDF = {"/JS", "/JavaScript", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/ImportData", "/XFA"}
_ACTIVE_PARTS = re.compile(r"vbaproject|activex|/embeddings/|oleobject|macrosheets|customui", re.IGNORECASE)
_ACTIVE_RELATIONS = re.compile(r"/(attachedTemplate|oleObject|externalLink|frame|subDocument|control|vbaProject)$")
MOST_PARTS, MOST_UNPACKED, MOST_RATIO = 2000, 200 * 1024 * 1024, 200
MOST_PIXELS, MOST_PAGES, MOST_TEXT = 40_000_000, 2000, 1_000_000
_CORE = "docProps/core.xml"
_PERSONAL = {"creator", "lastModifiedBy"}


class UploadError(Exception):
    """The file is not taken; the text says why in plain words."""


@dataclass(frozen=True)
class Checked:
    """A file that may be stored: its bytes without personal metadata, and what the parser read."""

    content: bytes
    extension: str
    media_type: str
    pages: int | None
    text: str


def check_upload(name: str, content: bytes) -> Checked:
    """The file as it may be stored. Raises UploadError for everything that is not on the list or carries something active."""
    if len(content) > settings.UPLOAD_MAX_BYTES:
        raise UploadError(_("The file is larger than %(size)d MB.") % {"size": settings.UPLOAD_MAX_BYTES // (1024 * 1024)})
    if not content:
        raise UploadError(_("The file is empty."))
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if extension not in MEDIA_TYPES:
        raise UploadError(_("Choose a PDF, DOCX, XLSX, PPTX, PNG or JPEG file."))
    if not _begins_as(extension, content):
        raise UploadError(_("The file is not what its name says. Save it again as %(kind)s.") % {"kind": extension.upper()})
    if extension == "pdf":
        return _check_pdf(content)
    if extension in _MAIN_PARTS:
        return _check_office(content, extension)
    return _check_image(content, extension)


def _begins_as(extension: str, content: bytes) -> bool:
    if extension in _MAIN_PARTS:
        return content.startswith(b"PK\x03\x04")
    kind = filetype.guess(content[:8192])
    return kind is not None and kind.mime == MEDIA_TYPES[extension]


def _check_pdf(content: bytes) -> Checked:
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            if document.is_encrypted:
                raise UploadError(_("The PDF is encrypted. Save it without a password."))
            if len(document.pages) > MOST_PAGES or not len(document.pages):
                raise UploadError(_("The PDF has no pages, or more than 2,000."))
            if any(_is_active(thing) for thing in document.objects) or _is_active(document.trailer):
                raise UploadError(_("The PDF contains scripts, programs to start or enclosed files. Save it without them."))
            pages = len(document.pages)
            cleaned = _without_author(document)
    except pikepdf.PasswordError:
        raise UploadError(_("The PDF is encrypted. Save it without a password.")) from None
    except (pikepdf.PdfError, ValueError, RuntimeError, RecursionError):
        raise UploadError(_("The PDF cannot be read. Save it again and retry.")) from None
    return Checked(cleaned, "pdf", PDF, pages, pdf_text(cleaned))


def _is_active(thing: object, depth: int = 0) -> bool:
    """Whether an object of the file, or one written inside it, starts something. Indirect objects are met by themselves."""
    if depth > 20:  # noqa: PLR2004 - deeper nesting is no document
        return True
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        names = set(thing.keys())
        kinds = {str(thing.get(key, "")) for key in ("/S", "/Type", "/Subtype") if not isinstance(thing.get(key), pikepdf.Array)}
        if names & _ACTIVE_PDF or kinds & _ACTIVE_PDF:
            return True
        inner = [thing.get(key) for key in names]
    elif isinstance(thing, pikepdf.Array):
        inner = list(thing)
    else:
        return False
    return any(_is_active(part, depth + 1) for part in inner if isinstance(part, pikepdf.Object) and not part.is_indirect)


def _without_author(document: pikepdf.Pdf) -> bytes:
    result = io.BytesIO()
    title = str(document.docinfo.get("/Title", ""))
    for key in list(document.docinfo.keys()):
        if key not in {"/Title", "/CreationDate"}:
            del document.docinfo[key]
    if "/Metadata" in document.Root:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
                for key in list(metadata.keys()):
                    if not key.startswith(("{http://www.aiim.org/", "{http://purl.org/dc/elements/1.1/}title")):
                        del metadata[key]
                if title:
                    metadata["dc:title"] = title
    document.save(result, deterministic_id=True)
    return result.getvalue()


def pdf_text(content: bytes) -> str:
    """Text of a PDF for search, at most a million characters; empty where it cannot be read."""
    parts: list[str] = []
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        return ""
    try:
        for page in document:
            parts.append(page.get_textpage().get_text_range())
            if sum(map(len, parts)) > MOST_TEXT:
                break
    except pypdfium2.PdfiumError:
        pass
    finally:
        document.close()
    return clean_text("\n".join(parts))


def clean_text(text: str) -> str:
    """Text that PostgreSQL can store."""
    return text.replace("\x00", " ").encode("utf-8", "ignore").decode()[:MOST_TEXT]


def _check_office(content: bytes, extension: str) -> Checked:
    unreadable = UploadError(_("The file cannot be read. Open it, save it again and retry."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = _unpack(archive)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError, zipfile.zlib.error):  # type: ignore[attr-defined]
        raise unreadable from None
    types = _parse(parts.get("[Content_Types].xml", b""))
    declared = [str(element.get("ContentType", "")) for element in types]
    if any("macroEnabled" in kind or "vbaProject" in kind for kind in declared) or any(map(_ACTIVE_PARTS.search, parts)):
        raise UploadError(_("The file contains macros or enclosed objects. Save it without them."))
    if _MAIN_PARTS[extension] not in declared:
        raise UploadError(_("The file is not what its name says. Save it again as %(kind)s.") % {"kind": extension.upper()})
    for name in [name for name in parts if name.endswith(".rels")]:
        for relation in _parse(parts[name]):
            if _ACTIVE_RELATIONS.search(str(relation.get("Type", ""))):
                raise UploadError(_("The file loads parts from elsewhere or contains objects. Save it without them."))
    text = " ".join(
        " ".join(_parse(body).itertext())
        for name, body in parts.items()
        if re.match(r"(word/document|ppt/slides/|xl/shared)", name) and name.endswith(".xml")
    )
    if _CORE in parts:
        parts[_CORE] = _core_without_persons(parts[_CORE])
    return Checked(_pack(parts), extension, MEDIA_TYPES[extension], None, clean_text(text))


def _unpack(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """All parts, after looking at what the directory declares and counting what really comes out."""
    entries = archive.infolist()
    too_large = UploadError(_("The file unpacks to far more than a document holds."))
    declared = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_PARTS or declared > MOST_UNPACKED:
        raise too_large
    parts: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        is_link = stat.S_ISLNK(entry.external_attr >> 16)
        name = entry.filename
        if is_link or name.startswith("/") or "\\" in name or ".." in name.split("/") or name in parts or entry.flag_bits & 1:
            raise UploadError(_("The file has parts that a document does not have."))
        if name.lower().endswith((".zip", ".exe", ".bin", ".js", ".html", ".svg")) and "printerSettings" not in name:
            raise UploadError(_("The file contains macros or enclosed objects. Save it without them."))
        if entry.is_dir():
            continue
        if entry.file_size > 1024 * 1024 and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise too_large
        with archive.open(entry) as stream:
            body = stream.read(entry.file_size + 1)
        total += len(body)
        if total > MOST_UNPACKED:
            raise too_large
        parts[name] = body
    return parts


def _parse(xml: bytes) -> etree._Element:
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise UploadError(_("The file has parts that a document does not have."))
    try:
        return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except etree.XMLSyntaxError:
        raise UploadError(_("The file cannot be read. Open it, save it again and retry.")) from None


def _core_without_persons(xml: bytes) -> bytes:
    root = _parse(xml)
    for element in list(root):
        if etree.QName(element).localname in _PERSONAL:
            root.remove(element)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def _pack(parts: dict[str, bytes]) -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED)
    return result.getvalue()


def _check_image(content: bytes, extension: str) -> Checked:
    result = io.BytesIO()
    form = "PNG" if extension == "png" else "JPEG"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[form]) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise UploadError(_("The picture has more than 40 million points."))
                image.load()
                bare = Image.frombytes(image.mode, image.size, image.tobytes())
                if image.mode == "P" and (palette := image.getpalette()):
                    bare.putpalette(palette)
                bare.save(result, form, quality=92)
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        raise UploadError(_("The picture cannot be read. Save it again and retry.")) from None
    return Checked(result.getvalue(), extension, MEDIA_TYPES[extension], None, "")
