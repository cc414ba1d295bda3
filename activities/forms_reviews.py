"""Forms of a review: what a meeting found about one goal or objective."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from activities.enums import ReviewOutcome
from activities.forms_aims import MOST_TEXT, VersionedForm
from activities.forms_cited import check_named
from activities.models import Activity, Review
from activities.selectors_cited import cited_documents
from activities.services.reviews import Evidence, Finding
from members.symbols import SYMBOL

if TYPE_CHECKING:
    from members.models import AnyUser

MOST_LINES = 40
_ACTIVITY = re.compile(r"[A-Z]{2,8}-(?:\d{4}|UNDT)-\d{2,4}")
_FIELDS = ("outcome", "status_qualifier", "moved_to_forum", "moved_bilaterally", "accepted_by_forum")
_MORE = ("finding", "rationale", "authority", "status_basis")


def _lines(text: str, most: int) -> list[str]:
    """Lines with something in them. Raises ValidationError where they are too many or too long."""
    found = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if len(found) > MOST_LINES:
        raise ValidationError(_("Enter at most 40 lines."))
    if any(len(line) > most for line in found):
        raise ValidationError(gettext("Keep each line below %(number)s characters.") % {"number": most})
    return found


class ReviewForm(VersionedForm):
    """One review, saved on its own. `prefix` is the code of the aim, so that several stand on one page."""

    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=ReviewOutcome.choices, error_messages={"required": _("Choose the outcome.")}
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        required=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea,
        help_text=_(
            "One a line: an activity by its reference, a document by its symbol and paragraph, or a figure in words. "
            "Such as: BP-2004-03. Or: BP-R-2004-01, paragraph 5."
        ),
    )
    challenges = forms.CharField(
        label=_("New open challenges"),
        required=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea,
        help_text=_("One a line. They are carried to the agenda of the next review until a meeting settles them."),
    )

    class Meta:
        model = Review
        fields = (*_FIELDS, "continued_in", *_MORE)
        labels = {
            "status_qualifier": _("Qualifier or caveat"),
            "moved_to_forum": _("Moved to this forum"),
            "moved_bilaterally": _("Moved to bilateral work"),
            "accepted_by_forum": _("How the forum accepted it"),
            "continued_in": _("Continues in these areas"),
            "finding": _("What the meeting found"),
            "rationale": _("Reason"),
            "authority": _("Decided by"),
            "status_basis": _("How the outcome is known"),
        }
        help_texts = {
            "status_qualifier": _("Required when completed: in which sense. When moved: what the meeting added."),
            "accepted_by_forum": _("Where it is known, such as: accepted at its meeting of May 2005."),
            "authority": _("Where another than the meeting decided, such as: the co-chairing ministers."),
            "status_basis": _("Such as: stated in the report of the meeting."),
        }
        widgets = {"continued_in": forms.CheckboxSelectMultiple}

    def __init__(
        self, *args: Any, choices: Mapping[str, Any] | None = None, reader: AnyUser | None = None, **options: Any
    ) -> None:
        """`choices` are those of a field, read once for all forms of a page; what `reader` cannot see they cannot cite."""
        super().__init__(*args, **options)
        self.reader = reader or AnonymousUser()
        for name, listed in (choices or {}).items():
            self.fields[name].widget.choices = listed
        if self.instance.pk:
            self.fields["evidence"].initial = "\n".join(_line(row) for row in self.instance.evidence.all())
        else:
            self.fields["expected_version"].initial = 0

    def _get_validation_exclusions(self) -> set[str]:
        """All rules across fields are the service's, which says them at their field."""
        return {field.name for field in Review._meta.get_fields()}

    def validate_constraints(self) -> None:
        """Asked by the service."""

    def clean_evidence(self) -> list[Evidence]:
        lines = _lines(self.cleaned_data["evidence"], 400)
        kept = {row.document_symbol for row in self.instance.evidence.all()} - {""} if self.instance.pk else set()
        check_named(self.reader, "\n".join(lines), kept=kept)
        known = kept | set(cited_documents(self.reader, [_named(line)[0] for line in lines]))
        return [_evidence(line, known) for line in lines]

    def clean_challenges(self) -> list[str]:
        return _lines(self.cleaned_data["challenges"], 2000)

    def result(self) -> Finding:
        """The cleaned answers, for the service."""
        data = self.cleaned_data
        return Finding(
            fields={name: data[name] for name in (*_FIELDS, *_MORE)},
            areas=list(data["continued_in"]),
            evidence=data["evidence"],
            challenges=data["challenges"],
        )


def _line(row: Any) -> str:
    """Evidence as it is typed."""
    named = row.activity.reference if row.activity else row.document_symbol
    return ", ".join(part for part in (named, row.paragraph, row.text) if part)


def _named(line: str) -> tuple[str, str]:
    """What stands before the first comma of a line, and the rest of it."""
    named, _comma, rest = (part.strip() for part in line.partition(","))
    return named, rest


def _evidence(line: str, known: Collection[str]) -> Evidence:
    """What one line names: an activity, a document of `known`, else words, among them the symbols of others' papers.

    Raises ValidationError for the reference of an activity that the record does not have.
    """
    named, rest = _named(line)
    if _ACTIVITY.fullmatch(named):
        activity = Activity.objects.filter(reference=named, withdrawn_at__isnull=True).first()
        if activity is None:
            raise ValidationError(gettext("The record has no activity %(reference)s.") % {"reference": named})
        return Evidence(activity=activity, text=rest)
    if SYMBOL.fullmatch(named) and named in known:
        paragraph, _comma, text = (part.strip() for part in rest.partition(","))
        if len(paragraph) > 60:  # noqa: PLR2004 - the column's length
            raise ValidationError(gettext("Keep the paragraph short, such as: paragraph 5. A comma goes before further words."))
        return Evidence(document_symbol=named, paragraph=paragraph, text=text)
    return Evidence(text=line)


def shared_choices() -> dict[str, Any]:
    """Forums and areas to choose from, as lists: two queries for a page of many forms."""
    fields = ReviewForm().fields
    return {name: list(fields[name].choices) for name in ("moved_to_forum", "continued_in")}  # type: ignore[attr-defined]


class SettleForm(forms.Form):
    settlement = forms.CharField(
        label=_("How this meeting settled it"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say how the challenge was settled.")},
    )
