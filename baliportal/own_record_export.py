"""The tables of a participant's full export: what each holds, and its columns."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from activities import selectors_own_record as of_activities
from activities.selectors_corrections import place_words
from members import selectors_own_record as of_members
from members.export import Column, Sheet
from members.models import Participant, Process
from members.partial_dates import iso_partial
from reports import selectors_own_record as of_reports

if TYPE_CHECKING:
    from members.models import AnyUser


def _when(value: datetime | None) -> str:
    return f"{value:%Y-%m-%dT%H:%M:%SZ}" if value else ""


def _day(value: date | None) -> str:
    return f"{value:%Y-%m-%d}" if value else ""


def _of_activity(path: Any) -> tuple[Column, ...]:
    """The columns that say which activity a row belongs to; `path` leads from the row to it."""
    return (
        Column("activity", "Activity", lambda row: path(row).reference),
        Column("title", "Title", lambda row: path(row).title),
        Column("start", "Start", lambda row: iso_partial(path(row).start, path(row).date_precision)),
        Column("end", "End", lambda row: iso_partial(path(row).end, path(row).date_precision)),
    )


DELEGATES = (
    *_of_activity(lambda row: row.activity),
    Column("status", "Status of the activity", lambda row: row.activity.status),
    Column("name", "Delegate", lambda row: row.official.name),
    Column("title_then", "Title of that day", lambda row: row.title),
    Column("part", "Part", lambda row: row.part),
    Column("mode", "How attending", lambda row: row.mode),
    Column("days_present", "Days present", lambda row: sum(m.status in {"present", "remote"} for m in row.attendance.all())),
)
ATTENDANCE = (
    *_of_activity(lambda row: row.delegate.activity),
    Column("name", "Delegate", lambda row: row.delegate.official.name),
    Column("day", "Day", lambda row: _day(row.day or (row.session.day if row.session else None))),
    Column("session", "Session", lambda row: row.session.title if row.session else ""),
    Column("status", "Attendance", lambda row: row.status),
    Column("recorded_by", "Recorded by", lambda row: row.how),
    Column("recorded_at", "Recorded at", lambda row: _when(row.recorded_at)),
)
HOSTED = (
    *_of_activity(lambda row: row.activity),
    Column("status", "Status of the activity", lambda row: row.activity.status),
    Column("part", "Part", lambda row: row.part),
)
MESSAGES = (
    Column("queued_at", "Date", lambda row: _when(row.queued_at)),
    Column("kind", "Kind", lambda row: row.kind),
    Column("to", "To", lambda row: row.addressee),
    Column("subject", "Subject", lambda row: row.subject),
    Column("state", "State", lambda row: str(row.words_for_recipient)),
    Column("sent_at", "Sent at", lambda row: _when(row.accepted_at)),
    Column("acknowledged_at", "Acknowledged at", lambda row: _when(row.acknowledged_at)),
    Column("enclosures", "Enclosures", lambda row: [file.filename for file in row.attachments.all()]),
    Column("sha256", "SHA-256 of the enclosures", lambda row: [file.sha256 for file in row.attachments.all()]),
    Column("text", "Text", of_members.message_text),
)
INVITATIONS = (
    *_of_activity(lambda row: row.activity),
    Column("issued_at", "Issued at", lambda row: _when(row.issued_at)),
    Column("reply_by", "Reply by", lambda row: _day(row.reply_by)),
    Column("state", "Answer", lambda row: row.state),
    Column("replied_at", "Answered at", lambda row: _when(row.replied_at)),
    Column("note", "Note to the secretariat", lambda row: row.reply_note),
)
REPLIES = (
    Column("consultation", "Consultation", lambda row: row.consultation.title),
    Column("question", "Question", lambda row: row.consultation.question),
    Column("submitted_at", "Submitted at", lambda row: _when(row.submitted_at)),
    Column("text", "Reply", lambda row: row.position),
)
ACKNOWLEDGEMENTS = (
    Column("acknowledged_at", "Acknowledged at", lambda row: _when(row.acknowledged_at)),
    Column("subject", "Subject", lambda row: row.delivery.subject),
    Column("to", "To", lambda row: row.delivery.addressee),
)
DOCUMENTS = (
    Column("symbol", "Symbol", lambda row: row.symbol),
    Column("title", "Title", lambda row: row.title),
    Column("kind", "Kind", lambda row: row.kind),
    Column("date", "Date", lambda row: iso_partial(row.date, row.date_precision)),
    Column("activity", "Activity", lambda row: row.activity.reference if row.activity else ""),
    Column("url", "Address", lambda row: f"{settings.ORIGIN}{row.get_absolute_url()}"),
)
_PERIOD = (
    Column("from", "From", lambda row: iso_partial(row.period_from, row.period_from_precision)),
    Column("until", "Until", lambda row: iso_partial(row.period_to, row.period_to_precision)),
)
SEATS = (
    Column("body", "Body", lambda row: row.body.name),
    Column("role", "Role", lambda row: row.role.name),
    Column("remit", "Remit", lambda row: row.remit),
    *_PERIOD,
)
APPOINTMENTS = (
    Column("place", "Place", place_words),
    Column("holder", "Holder", lambda row: row.official.name if row.official else row.office.title),
    Column("title_then", "Title of that day", lambda row: row.title),
    *_PERIOD,
    Column("acting", "Acting", lambda row: row.acting_for_id is not None),
)
CORRECTIONS = (
    Column("record", "Record", lambda row: row.record),
    Column("reference", "Reference", lambda row: row.reference),
    Column("title", "Title", lambda row: row.record_title),
    Column("fact", "Fact", lambda row: row.fact),
    Column("old_value", "It said", lambda row: row.old_value),
    Column("new_value", "It should say", lambda row: row.new_value),
    Column("reason", "Why", lambda row: row.reason),
    Column("source", "Source", lambda row: row.source),
    Column("asked_at", "Asked at", lambda row: _when(row.asked_at)),
    Column("state", "State", lambda row: row.state),
    Column("decided_at", "Answered at", lambda row: _when(row.decided_at)),
    Column("decision_reason", "Reason of the answer", lambda row: row.decision_reason),
    Column("changed_to", "It says since", lambda row: row.changed_to),
)


def sheets_of(participant: Participant, user: AnyUser) -> list[Sheet]:
    """Every table of the record in full. Interests and declarations are no part of it: they leave the portal in no file."""
    a, m, r = of_activities, of_members, of_reports
    return [
        Sheet("delegates", "Delegates", DELEGATES, list(a.delegates_of(participant, user))),
        Sheet("attendance", "Attendance by day", ATTENDANCE, list(a.marks_of(participant, user))),
        Sheet("hosted", "Hosted or chaired", HOSTED, list(a.hosted(participant, user))),
        Sheet("messages", "Messages received", MESSAGES, list(m.messages_to(participant, user))),
        Sheet("invitations", "Invitations answered", INVITATIONS, list(a.answered_invitations(participant, user))),
        Sheet("replies", "Replies to consultations", REPLIES, list(a.submitted_replies(participant, user))),
        Sheet("acknowledgements", "Acknowledgements", ACKNOWLEDGEMENTS, list(r.acknowledgements_of(participant, user))),
        Sheet("documents", "Documents written", DOCUMENTS, list(r.written_by(participant, user))),
        Sheet("seats", "Seats", SEATS, list(m.seats_held(participant, user))),
        Sheet("appointments", "Appointments", APPOINTMENTS, list(m.places_held(participant, user))),
        Sheet("corrections", "Corrections asked for", CORRECTIONS, list(a.corrections_of(participant, user))),
    ]


def readme_of(participant: Participant, sheets: list[Sheet]) -> str:
    """What the files are, in plain words."""
    process = Process.objects.first()
    lines = [
        f"The record of {participant.name} in {process.full_name_en if process else 'the process'}",
        f"Exported on {timezone.now():%Y-%m-%d at %H:%M} UTC from {settings.ORIGIN}",
        "",
        "These files hold what the portal keeps of this participant. They name persons: handle them accordingly.",
        "CSV files are UTF-8. Dates stand as they are known: 2004, 2004-05 or 2004-05-14. Times are UTC.",
        "Text that a spreadsheet could take for a formula starts with an apostrophe.",
        "Links that were for one recipient only are left out of the texts of messages.",
        "",
        *(f"{sheet.key}: {sheet.title}. Rows: {len(sheet.rows)}" for sheet in sheets),
    ]
    return "\n".join(lines) + "\n"
