"""Template tags of all pages. They format; they never query."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel import Locale
from django import template
from django.forms import BoundField
from django.http import QueryDict
from django.template import Context
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from members import signing
from members.enums import Confidence, DatePrecision
from members.markdown import to_html
from members.models.base import today
from members.partial_dates import as_of_address, format_partial, format_span, iso_partial
from members.symbols import SYMBOL

register = template.Library()
STATUS_ICONS = {"ok": "done", "go": "half", "wait": "clock", "late": "late"}


@register.filter
def partial_date(value: date | None, precision: str = DatePrecision.DAY) -> str:
    """The date in words, no finer than known; "Not dated" where it is not."""
    return format_partial(value, precision, get_language() or "en") or _("Not dated")


@register.simple_tag(takes_context=True)
def keep_day(context: Context, url: str) -> str:
    """The address with the day that the page was asked for (`asked`), so that a reader who goes on stays on that day."""
    asked = context.get("asked")
    return as_of_address(url, asked if isinstance(asked, date) else None)


@register.filter
def host_of(address: str) -> str:
    """The host of a web address, so that a reader knows where a link leads."""
    return urlsplit(address).hostname or ""


register.filter("without_tokens", signing.without_tokens)


@register.simple_tag(takes_context=True)
def with_documents(context: Any, text: str) -> SafeString:
    """A text whose symbols lead to their documents: those of the page's `cited`, which its reader may see, with `url` and `title`."""
    cited = context.get("cited") or {}
    return mark_safe(SYMBOL.sub(lambda found: _to_document(found[0], cited), str(conditional_escape(text))))  # noqa: S308


def _to_document(symbol: str, cited: Any) -> str:
    document = cited.get(symbol)
    return format_html('<a href="{}" title="{}">{}</a>', document.url, document.title, symbol) if document else symbol


@register.filter
def language_words(code: str) -> str:
    """The name of a language in the page's language."""
    return Locale.parse(code).get_display_name(get_language() or "en") or code


@register.simple_tag
def date_span(record: Any) -> str:
    """Start and end of an activity in words; "Not dated" where unknown."""
    return format_span(record.start, record.end, record.date_precision, get_language() or "en") or _("Not dated")


@register.filter
def days_left(value: date | None) -> str:
    """How long until a day to answer by, in words; "" without one or once it is past."""
    left = (value - today()).days if value else -1
    if left < 0:
        return ""
    if left == 0:
        return _("Today is the last day")
    return ngettext("%(number)d day left", "%(number)d days left", left) % {"number": left}


@register.simple_tag
def deadline_in(record: Any, zone: str = "") -> str:
    """The last minute to reply in `zone`, or in the record's own: "4 May 2027, 23:59 (Asia/Jakarta)"; "" without a day."""
    if record.ends_at is None:
        return ""
    zone = zone or record.time_zone
    last = (record.ends_at - timedelta(minutes=1)).astimezone(ZoneInfo(zone))
    return f"{format_partial(last.date(), DatePrecision.DAY, get_language() or 'en')}, {last:%H:%M} ({zone.replace('_', ' ')})"


@register.filter
def iso_date(value: date | None, precision: str = DatePrecision.DAY) -> str:
    """The date as known in ISO form, for machine-readable attributes."""
    return iso_partial(value, precision)


@register.simple_tag
def period_words(record: Any) -> str:
    """The period of a seat, a standing or an appointment in words: "2002 to today", "26 March 2003"."""
    language = get_language() or "en"
    start = format_partial(record.period_from, record.period_from_precision, language)
    end = format_partial(record.period_to, record.period_to_precision, language)
    if start and end:
        return start if start == end else _("%(start)s to %(end)s") % {"start": start, "end": end}
    if start:
        return _("since %(start)s") % {"start": start}
    return _("until %(end)s") % {"end": end} if end else _("period not recorded")


_SHAPES = {
    "ministerial-conference": "m",
    "senior-officials-meeting": "s",
    "workshop": "w",
    "joint-workshop": "w",
    "training": "w",
}


@register.simple_tag
def kind_shape(key: str) -> str:
    """The mark of a kind of activity on charts and lists: m, s, w, or x for all others."""
    return _SHAPES.get(key, "x")


@register.filter
def marked(snippet: str) -> SafeString:
    """A snippet of a search with the found words marked; the database sets \\x02 and \\x03 around them."""
    text = conditional_escape(snippet)
    return mark_safe(text.replace("\x02", "<mark>").replace("\x03", "</mark>"))  # noqa: S308 - escaped just before


@register.filter
def markdown(text: str) -> SafeString:
    """Markdown of staff as HTML; see members.markdown."""
    return to_html(text)


@register.simple_tag
def dates_of(change: Any, which: str) -> str:
    """The "old" or "new" dates of a change of status in words; "Not dated" where unknown."""
    start, end, precision = (getattr(change, f"{which}_{name}") for name in ("start", "end", "precision"))
    return format_span(start, end, precision, get_language() or "en") or _("Not dated")


@register.simple_tag
def icon(name: str) -> SafeString:
    """One symbol of the icon sheet; every icon stands beside a word."""
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>', static("img/icons.svg"), name)


@register.simple_tag
def status(kind: str, label: str) -> SafeString:
    """A status as shape, word and colour. `kind` is ok, go, wait or late."""
    return format_html('<span class="st st--{}">{}{}</span>', kind, icon(STATUS_ICONS[kind]), label)


@register.simple_tag
def unconfirmed(record: Any) -> SafeString | str:
    """A label on facts that no source confirms."""
    if getattr(record, "confidence", "") != Confidence.GENERAL_KNOWLEDGE:
        return ""
    return format_html('<span class="label label--unconfirmed">{}</span>', _("Unconfirmed"))


@register.simple_tag
def query_replace(query: QueryDict, **changes: Any) -> str:
    """The query with some parameters replaced; None takes one away. Starts with "?"."""
    new = query.copy()
    for name, value in changes.items():
        if value is None:
            new.pop(name, None)
        else:
            new[name] = str(value)
    return "?" + new.urlencode()


@register.inclusion_tag("components/pages.html")
def pages(page: Any, query: QueryDict) -> dict[str, Any]:
    """Links to the pages of a list."""
    return {"page": page, "query": query, "numbers": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: Any) -> dict[str, Any]:
    """What is wrong in these forms, each with a link to its field."""
    errors = []
    for form in forms:
        if form is None or not hasattr(form, "is_bound") or not form.is_bound:  # a page without a form gives ""
            continue
        errors += [("", message) for message in form.non_field_errors()]
        errors += [(_first_input(field), message) for field in form for message in field.errors]
    return {"errors": errors}


def _first_input(field: BoundField) -> str:
    """The id to go to; choices to tick have no label for them all, so it is that of the first."""
    return field.id_for_label or (f"{field.auto_id}_0" if field.subwidgets else "")


@register.inclusion_tag("components/error_summary.html")
def error_summary_of(forms: list[Any]) -> dict[str, Any]:
    """The same for the forms of one sheet."""
    return error_summary(*forms)


@register.inclusion_tag("components/formats.html")
def formats(query: QueryDict, *names: str) -> dict[str, Any]:
    """Links to this list in other forms."""
    labels = {"csv": "CSV", "xlsx": "Excel", "json": "JSON"}
    return {"links": [(labels[name], query_replace(query, format=name, page=None)) for name in names or ("csv", "xlsx", "json")]}
