"""The thread from promise to result as steps: the columns of its picture, which are the parts of its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from activities.models import Activity, ProgrammeArea
from activities.selectors_thread import Thread
from members.charts_lineage import Box, folded, lineage
from members.partial_dates import as_of_address, format_partial, format_span
from reports.models import Document

type Step = tuple[str, str, list[tuple[Box, str]]]  # heading, what to say of those not drawn, boxes each with its date


def steps_of(thread: Thread, documents: Sequence[Document], named: Sequence[Document], day: date | None = None) -> list[Step]:
    """The columns of the picture, which are the parts of the table; addresses of pages as of a day keep `day`."""
    more = _("and %(number)s more")
    name, text = name_of(thread.subject), getattr(thread.subject, "text", "")
    subject = getattr(thread.subject, "title", "") or (f"{name}: {text}" if text else name)
    heading = {Activity: _("The activity"), Document: _("The document")}.get(type(thread.subject), _("The promise"))
    return [
        (_("Who set it"), more, _origins(thread, named, day)),
        (heading, more, [(Box("subject", subject, as_of_address(thread.subject.get_absolute_url(), day)), "")]),
        (_("What was done"), more, [(_box(activity, "activity"), _when(activity)) for activity in thread.activities]),
        (_("What came out"), more, _results(thread, documents)),
        (_("Where it went next"), more, _next(thread, day)),
    ]


@dataclass(frozen=True)
class Row:
    """One line of the thread's table: step, words of the record, date in words, address."""

    step: str
    words: str
    when: str
    url: str


def rows_of(steps: Sequence[Step]) -> list[Row]:
    """The table of the thread, step by step."""
    return [Row(heading, box.words, when, box.url) for heading, _more, boxes in steps for box, when in boxes]


def _box(row: Any, prefix: str, day: date | None = None) -> Box:
    """A box that leads to `row`; `day` for those whose page is read as of a day."""
    return Box(f"{prefix}-{row.pk}", str(getattr(row, "title", "") or row), as_of_address(row.get_absolute_url(), day))


def _when(activity: Any) -> str:
    return format_span(activity.start, activity.end, activity.date_precision, get_language() or "en") or _("Not dated")


def _origins(thread: Thread, named: Sequence[Document], day: date | None) -> list[tuple[Box, str]]:
    language = get_language() or "en"
    found: list[tuple[Box, str]] = []
    for mandate in thread.mandates:
        if mandate.activity:
            found.append((_box(mandate.activity, "origin"), _when(mandate.activity)))
        else:
            when = format_partial(mandate.decided, mandate.decided_precision, language)
            found.append((Box(f"mandate-{mandate.pk}", mandate.authority or mandate.get_act_display()), when))
    if thread.meeting:
        found.append((_box(thread.meeting, "origin"), _when(thread.meeting)))
    found += [(_box(document, "origin-document"), "") for document in named if document.symbol in thread.symbols]
    is_area = isinstance(thread.subject, ProgrammeArea)
    found += [(_box(row, "objective", day), "") for row in thread.objectives if is_area or not hasattr(thread.subject, "code")]
    found += [(_box(row, "serves"), "") for row in thread.serves]
    found += [(Box(f"carried-{row.pk}", row.text, row.get_absolute_url()), "") for row in thread.carried]
    return found


def _results(thread: Thread, documents: Sequence[Document]) -> list[tuple[Box, str]]:
    language = get_language() or "en"
    found: list[tuple[Box, str]] = [(_review(thread, review), _when(review.meeting)) for review in thread.reviews]
    found += [(_act(row), _when(row.activity) if row.activity else "") for row in thread.acts]
    found += [(_box(row, "document"), format_partial(row.date, row.date_precision, language)) for row in documents]
    found += [
        (Box(f"update-{row.pk}", row.text), format_partial(row.known_day, row.known_to, language)) for row in thread.follow_ups
    ]
    return found


def _review(thread: Thread, review: Any) -> Box:
    """What was found; by itself on the thread of the aim, with the aim on those of a meeting or a document."""
    words = ", ".join(part for part in (review.get_outcome_display(), review.status_qualifier) if part)
    if isinstance(thread.subject, Activity | Document):
        return Box(f"review-{review.pk}", f"{review.aim.code} {review.aim.title}: {words}", review.aim.get_absolute_url())
    return Box(f"review-{review.pk}", words, review.meeting.get_absolute_url())


def _act(row: Any) -> Box:
    return Box(f"act-{row.pk}", f"{row.aim.code} {row.aim.title}: {row.get_act_display()}", row.aim.get_absolute_url())


def _next(thread: Thread, day: date | None) -> list[tuple[Box, str]]:
    found = [(_box(area, "area", day), "") for area in thread.areas]
    found += [(Box(f"forum-{forum.pk}", str(forum), reverse("members:forum_list")), "") for forum in thread.forums]
    if thread.is_bilateral:
        found.append((Box("bilateral", _("Bilateral work between governments")), ""))
    found += [(Box(f"rec-{row.pk}", row.text, row.get_absolute_url()), "") for row in thread.recommendations]
    found += [(Box(f"challenge-{row.pk}", row.text), _("open challenge")) for row in thread.challenges]
    return found


def picture_of(thread: Thread, steps: Sequence[Step], documents: Sequence[Document]) -> str:
    """Lines: what set it, what was done for it, what came out of which activity, and where the finding led."""
    columns = [folded(heading, [box for box, _when in boxes], more) for heading, more, boxes in steps]
    keys = [[box.key for box, _when in boxes] for _heading, _more, boxes in steps]
    lines = [(key, "subject") for key in keys[0]] + [("subject", key) for key in keys[2]]
    own = thread.subject.pk if isinstance(thread.subject, Activity) else 0
    lines += [(_from(own, document.activity_id), f"document-{document.pk}") for document in documents]
    lines += [(_from(own, review.meeting_id), f"review-{review.pk}") for review in thread.reviews]
    lines += [("subject", f"act-{row.pk}") for row in thread.acts]
    lines += [(f"review-{review.pk}", key) for review in thread.reviews for key in keys[4]]
    lines += [(f"activity-{row.activity_id}", f"update-{row.pk}") for row in thread.follow_ups]
    if not keys[2]:
        lines += [("subject", key) for key in keys[3]]
    return lineage(columns, lines, title=_("%(name)s from promise to result") % {"name": name_of(thread.subject)})


def _from(own: int, activity: int | None) -> str:
    """The box that a result comes from: the subject itself, or one of the activities."""
    return "subject" if own and activity == own else f"activity-{activity}"


def name_of(subject: Any) -> str:
    """What the record calls it: a code, a symbol or a reference."""
    return str(getattr(subject, "code", "") or getattr(subject, "symbol", "") or subject.reference)
