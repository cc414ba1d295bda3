"""Documents: a permanent symbol at draft, versions that never change, publication, withdrawal, reclassification."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import date

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.models import Activity
from members.audit import acting
from members.enums import AccessClass, DatePrecision
from members.errors import Conflict, DomainError
from members.models import Process, Source, User
from reports.enums import SYMBOL_LETTERS, DocumentKind, DocumentState, Held
from reports.models import Document, DocumentVersion
from reports.models.lifecycles import DOCUMENT_TRANSITIONS, check_transition
from reports.uploads import UploadError, check_upload

_SUFFIX = {"revision": "Rev", "addendum": "Add", "corrigendum": "Corr"}


@transaction.atomic
def draft_document(  # noqa: PLR0913 - a document has these parts
    *,
    kind: str,
    title: str,
    by: User,
    title_id: str = "",
    form: str = "",
    on: date | None = None,
    date_precision: str = DatePrecision.DAY,
    activity: Activity | None = None,
    access_class: str = AccessClass.PUBLIC,
    held: str = Held.FILE,
    language: str = "",
    url: str = "",
    revises: Document | None = None,
    relation: str = "",
) -> Document:
    """A draft with the next symbol of its kind and year, or `<symbol>.Rev1` (`.Add1`, `.Corr1`) behind `revises`.

    Symbols are given under a lock and never given again. Raises DomainError.
    """
    if not title.strip():
        raise DomainError(_("Enter a title."), field="title")
    day = on or (None if date_precision == DatePrecision.UNKNOWN else timezone.now().date())
    symbol = _next_suffix(revises, relation) if revises else _next_symbol(kind, (day or timezone.now().date()).year)
    with acting(by=by, verb="draft_document"):
        return Document.objects.create(
            symbol=symbol,
            kind=kind,
            title=title.strip(),
            title_id=title_id.strip(),
            form=form,
            date=day,
            date_precision=date_precision if day else DatePrecision.UNKNOWN,
            activity=activity,
            access_class=access_class,
            held=held,
            language=language,
            url=url,
        )


def _next_symbol(kind: str, year: int) -> str:
    process = Process.objects.select_for_update().get()
    stem = f"{process.prefix}-{SYMBOL_LETTERS[kind]}-{year}-"
    return f"{stem}{_highest(stem) + 1:02d}"


def _next_suffix(revises: Document, relation: str) -> str:
    if relation not in _SUFFIX:
        raise DomainError(_("Say whether it is a revision, an addendum or a corrigendum."), field="relation")
    Process.objects.select_for_update().get()
    stem = f"{revises.symbol}.{_SUFFIX[relation]}"
    return f"{stem}{_highest(stem) + 1}"


def _highest(stem: str) -> int:
    """Highest number given behind `stem`, drafts that were taken away included: the history keeps them."""
    used = set(Document.objects.filter(symbol__startswith=stem).values_list("symbol", flat=True))
    events = apps.get_model("reports", "DocumentEvent").objects.filter(symbol__startswith=stem)
    used |= set(events.values_list("symbol", flat=True))
    numbers = [int(found[1]) for symbol in used if (found := re.fullmatch(r"(\d+)", symbol.removeprefix(stem)))]
    return max(numbers, default=0)


def locked_document(document: Document, expected_version: int | None = None) -> Document:
    """The row of `document`, locked. Raises Conflict when somebody changed it since `expected_version`."""
    current = Document.objects.select_for_update().get(pk=document.pk)
    if expected_version is not None and current.version != expected_version:
        raise Conflict(_("Somebody else changed this document in the meantime."), current=current)
    return current


@transaction.atomic
def edit_document(*, document: Document, values: dict[str, object], expected_version: int, by: User) -> Document:
    """Change what describes a document, never its symbol, kind or class. Raises Conflict, DomainError."""
    allowed = {
        "title",
        "title_id",
        "form",
        "date",
        "date_precision",
        "labels",
        "public_note",
        "activity",
        "held",
        "url",
        "link_withheld",
        "language",
    }
    current = locked_document(document, expected_version)
    for name, value in values.items():
        if name in allowed:
            setattr(current, name, value)
    current.version += 1
    with acting(by=by, verb="edit_document"):
        current.save()
        if current.url and "link_withheld" in values:
            Source.objects.filter(url=current.url).update(link_withheld=current.link_withheld)
    return current


@transaction.atomic
def withhold_links_of_sources(*, by: User) -> int:
    """Take the link from every source that has the address of a copy with names of persons; how many lost theirs."""
    withheld = Document.objects.filter(link_withheld=True).exclude(url="").values("url")
    with acting(by=by, verb="withhold_link"):
        return Source.objects.filter(url__in=withheld, link_withheld=False).update(link_withheld=True)


@transaction.atomic
def add_version(*, document: Document, name: str, content: bytes, language: str, by: User) -> DocumentVersion:
    """Store an uploaded file as the next version in its language. Raises DomainError for a file that is not taken."""
    try:
        checked = check_upload(name, content)
    except UploadError as error:
        raise DomainError(str(error), field="file") from error
    return store_version(
        document=document,
        content=checked.content,
        extension=checked.extension,
        media_type=checked.media_type,
        language=language,
        pages=checked.pages,
        text=checked.text,
        by=by,
    )


@transaction.atomic
def store_version(  # noqa: PLR0913 - a version has these parts
    *,
    document: Document,
    content: bytes,
    extension: str,
    media_type: str,
    language: str,
    pages: int | None,
    text: str,
    by: User,
    storage_name: str = "",
    number: int = 0,
) -> DocumentVersion:
    """Add a version of bytes that were checked, or made here; it becomes the current one. The row is locked."""
    current = locked_document(document)
    if current.withdrawn_at:
        raise DomainError(_("The document is withdrawn; a correction is a new document."))
    same = current.versions.filter(language=language).order_by("-number").first()
    number = number or (same.number + 1 if same else 1)
    stored = storage_name or default_storage.save(f"documents/{secrets.token_hex(16)}", ContentFile(content))
    with acting(by=by, verb="add_version"):
        version = DocumentVersion.objects.create(
            document=current,
            number=number,
            language=language,
            storage_name=stored,
            filename=f"{current.symbol}-v{number}-{language}.{extension}",
            media_type=media_type,
            size=len(content),
            pages=pages,
            sha256=hashlib.sha256(content).hexdigest(),
            text=text,
            added_by=by,
        )
        if current.current_version is None or language in {"en", current.current_version.language}:
            current.current_version = version
        current.held = Held.FILE
        current.version += 1
        current.save()
    return version


@transaction.atomic
def submit_document(*, document: Document, by: User) -> Document:
    """Its author says it is ready. Raises DomainError, TransitionError."""
    current = locked_document(document)
    check_transition(DOCUMENT_TRANSITIONS, current.state, DocumentState.SUBMITTED)
    current.state = DocumentState.SUBMITTED
    current.version += 1
    with acting(by=by, verb="submit_document"):
        current.save(update_fields=["state", "version", "changed_at"])
    return current


@transaction.atomic
def publish_document(*, document: Document, by: User) -> Document:
    """Put the document before its readers; a progress report only after its circulation [86].

    Publishing what is published changes nothing. Raises DomainError where a file is missing or circulation comes first.
    """
    current = locked_document(document)
    if current.published_at:
        return current
    if current.withdrawn_at:
        raise DomainError(_("The document is withdrawn."))
    if current.held == Held.FILE and current.current_version is None:
        raise DomainError(_("Attach a file before publishing, or say where the document is held."), field="file")
    report = getattr(current, "progress_report", None)
    if report is not None and report.state != "circulated":
        raise DomainError(_("A progress report is circulated first and published afterwards."))
    check_transition(DOCUMENT_TRANSITIONS, current.state, DocumentState.PUBLISHED)
    current.state, current.published_at, current.published_by = DocumentState.PUBLISHED, timezone.now(), by
    current.version += 1
    with acting(by=by, verb="publish_document"):
        current.save(update_fields=["state", "published_at", "published_by", "version", "changed_at"])
    return current


@transaction.atomic
def withdraw_document(*, document: Document, reason: str, by: User) -> Document:
    """Take a document back; its address stays and says why. Raises DomainError without a reason."""
    if not reason.strip():
        raise DomainError(_("Say why the document is withdrawn; readers of its address are told."), field="reason")
    current = locked_document(document)
    if current.withdrawn_at:
        return current
    current.withdrawn_at, current.withdrawn_by, current.withdrawn_reason = timezone.now(), by, reason.strip()[:400]
    current.version += 1
    with acting(by=by, verb="withdraw_document"):
        current.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason", "version", "changed_at"])
    return current


@transaction.atomic
def reclassify(*, document: Document, access_class: str, by: User) -> Document:
    """Change who may read a document; from the next request on, for mail that waits too. Raises DomainError.

    Once circulated or published, a document is only ever restricted further here: making it more open takes two persons.
    """
    if access_class not in AccessClass.values:
        raise DomainError(_("Choose who may read the document."), field="access_class")
    current = locked_document(document)
    order = list(AccessClass.values)
    if current.published_at and order.index(access_class) < order.index(current.access_class):
        raise DomainError(_("Opening a published document to more readers needs a second person."), field="access_class")
    current.access_class = access_class
    current.version += 1
    with acting(by=by, verb="reclassify"):
        current.save(update_fields=["access_class", "version", "changed_at"])
    return current


@transaction.atomic
def publish_activity_report(  # noqa: PLR0913 - keyword-only
    *, activity: Activity, title: str, name: str, content: bytes, language: str, access_class: str, by: User
) -> Document:
    """Attach the report of an activity and publish it, all of it or nothing. Raises DomainError."""
    document = draft_document(
        kind=DocumentKind.ACTIVITY_REPORT,
        title=title,
        by=by,
        on=activity.start,
        date_precision=activity.date_precision,
        activity=activity,
        access_class=access_class,
    )
    add_version(document=document, name=name, content=content, language=language, by=by)
    return publish_document(document=document, by=by)
