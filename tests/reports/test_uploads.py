"""What is taken and what is refused: a corpus of good and bad files."""

from __future__ import annotations

import io
import zipfile

import pikepdf
import pytest
from PIL import Image

from reports.uploads import UploadError, check_upload
from tests.reports.files import docx, package, pdf, picture, pptx, xlsx


def _javascript(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def _launch(document: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))
    document.pages[0].AA = pikepdf.Dictionary(O=action)


def _named_script(document: pikepdf.Pdf) -> None:
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("x"))
    names = pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("a"), document.make_indirect(script)]))
    document.Root.Names = pikepdf.Dictionary(JavaScript=names)


def _enclosed(document: pikepdf.Pdf) -> None:
    document.attachments["evil.exe"] = b"MZ"


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x013B] = "A Person"
    return picture("JPEG", exif=exif)


def _link(name: str = "word/link") -> bytes:
    result = io.BytesIO(docx())
    with zipfile.ZipFile(result, "a") as archive:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return result.getvalue()


RELATION = b'<R xmlns="r"><Relationship Type="http://x/%s" Target="http://evil.example/a.dotm" TargetMode="External"/></R>'
MACRO = '<Override PartName="/x" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
GOOD = {
    "a.pdf": pdf(),
    "long.PDF": pdf("Another"),
    "streams.pdf": pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "old.pdf": pdf(force_version="1.4"),
    "a.docx": docx(),
    "a.xlsx": xlsx(),
    "a.pptx": pptx(),
    "a.png": picture("PNG"),
    "a.jpg": picture("JPEG"),
    "a.b.jpeg": picture("JPEG"),
    "printers.xlsx": xlsx(extra={"xl/printerSettings/printerSettings1.bin": b"x"}),
}
BAD = {
    "empty.pdf": b"",
    "noname": pdf(),
    "a.html": b"<html><script>alert(1)</script></html>",
    "a.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "a.exe": b"MZ",
    "a.pdf.exe": pdf(),
    "html.pdf": b"<html>%PDF-1.7</html>",
    "cut.pdf": pdf()[:200],
    "words.pdf": b"%PDF-1.7\nno document",
    "script.pdf": pdf(change=_javascript),
    "launch.pdf": pdf(change=_launch),
    "named.pdf": pdf(change=_named_script),
    "enclosed.pdf": pdf(change=_enclosed),
    "encrypted.pdf": pdf(encryption=pikepdf.Encryption(owner="o", user="u")),
    "owner.pdf": pdf(encryption=pikepdf.Encryption(owner="o", user="")),
    "png.pdf": picture("PNG"),
    "pdf.png": pdf(),
    "gif.png": picture("GIF"),
    "cut.png": picture("PNG")[:30],
    "huge.png": picture("PNG", (7000, 7000)),
    "zip.docx": package({"a.txt": b"x"}),
    "xlsx.docx": xlsx(),
    "a.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "ole.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "macro.docx": docx(extra={"word/vbaProject.bin": b"x"}),
    "macro.docm": docx(),
    "declared.docx": docx(types=MACRO),
    "object.docx": docx(extra={"word/embeddings/oleObject1.bin": b"x"}),
    "template.docx": docx(extra={"word/_rels/settings.xml.rels": RELATION % b"attachedTemplate"}),
    "linked.xlsx": xlsx(extra={"xl/_rels/workbook.xml.rels": RELATION % b"externalLink"}),
    "entity.docx": docx(extra={"word/_rels/a.rels": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}),
    "bomb.docx": docx(extra={"word/media/a.xml": b"0" * (210 * 1024 * 1024)}),
    "many.docx": docx(extra={f"word/{n}.xml": b"<x/>" for n in range(2100)}),
    "slip.docx": docx(extra={"../../etc/cron.d/x": b"x"}),
    "link.docx": _link(),
    "prefixed.docx": b"GIF89a" + docx(),
    "nested.docx": docx(extra={"word/a.zip": package({"x": b"y"})}),
}


@pytest.mark.parametrize("name", GOOD)
def test_clean_file_is_taken(name: str) -> None:
    checked = check_upload(name, GOOD[name])
    assert checked.extension == name.rsplit(".", 1)[-1].lower()
    assert b"A Person" not in checked.content
    assert check_upload(name, checked.content).content  # what was cleaned is still such a file


@pytest.mark.parametrize("name", BAD)
def test_other_file_is_refused_in_plain_words(name: str) -> None:
    with pytest.raises(UploadError) as caught:
        check_upload(name, BAD[name])
    assert str(caught.value).endswith(".")


def test_file_that_is_too_large_is_refused(settings: object) -> None:
    settings.UPLOAD_MAX_BYTES = 100  # type: ignore[attr-defined]
    with pytest.raises(UploadError, match="larger"):
        check_upload("a.pdf", pdf())


def test_persons_and_trailing_data_are_gone() -> None:
    checked = check_upload("a.pdf", pdf() + b"PK\x03\x04 trailing zip")
    assert b"trailing zip" not in checked.content
    with pikepdf.open(io.BytesIO(checked.content)) as document:
        assert set(document.docinfo.keys()) <= {"/Title", "/CreationDate"}
    with zipfile.ZipFile(io.BytesIO(check_upload("a.docx", docx()).content)) as archive:
        assert b"A Person" not in archive.read("docProps/core.xml")
    assert b"A Person" in _exif()
    assert b"A Person" not in check_upload("a.jpg", _exif()).content


def test_text_and_pages_are_read() -> None:
    checked = check_upload("a.pdf", pdf("Seven words"))
    assert (checked.pages, "Seven words" in checked.text) == (1, True)
    assert "Words" in check_upload("a.docx", docx()).text
