"""Forms of bodies and of other forums at the desk: they validate and clean; services store."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from members.enums import Confidence
from members.forms_directory import DatedForm, DirectoryForm
from members.forms_fields import PartialDate
from members.models import Body, Forum, ForumContact, Participant, Source, StandingItem
from members.models.base import today
from members.partial_dates import last_day

_CODE = re.compile(r"F-[A-Z0-9][A-Z0-9-]*")
FIRST_YEAR = 1800


class BodyForm(DirectoryForm):
    """Names, mandate and cadence of a body. Its key and the kind of its sittings stay."""

    links = ("source",)

    class Meta:
        model = Body
        fields = (
            *("name_en", "name_id", "mandate", "mandate_paragraph", "cadence", "cadence_months"),
            *("source", "confidence", "notes"),
        )
        help_texts = {
            "cadence": _("As the source says it, such as: about twice a year."),
            "cadence_months": _(
                "Such as 6. The desk and the room then say when no next meeting is set. Empty where it meets as needed."
            ),
        }


class StandingItemForm(DirectoryForm):
    class Meta:
        model = StandingItem
        fields = ("title_en", "title_id", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}


class ForumForm(DirectoryForm):
    """Another process or regional body. Its code is its address and never changes once it is made."""

    links = ("source",)

    class Meta:
        model = Forum
        fields = (
            *("code", "full_name", "short_name", "kind", "region", "founded", "relationship"),
            *("source", "confidence", "notes"),
        )
        labels = {
            "code": _("Code"),
            "full_name": _("Name in full"),
            "short_name": _("Short name"),
            "kind": _("Kind"),
            "region": _("Region"),
            "founded": _("Founded (year)"),
            "relationship": _("Relation to this process"),
        }
        help_texts = {
            "code": _("F- and a short name in capital letters, such as F-ASEAN. It stays for good."),
            "relationship": _("What a source says of it. Nothing about victims, smuggled people or suspects."),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            del self.fields["code"]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not _CODE.fullmatch(code):
            raise ValidationError(_("Enter F- and capital letters or digits, such as F-ASEAN."))
        return code

    def clean_founded(self) -> int | None:
        year: int | None = self.cleaned_data["founded"]
        if year is not None and not FIRST_YEAR <= year <= today().year:
            raise ValidationError(_("Enter a year from 1800 to today, such as 1996."))
        return year


class ForumContactForm(DatedForm):
    class Meta:
        model = ForumContact
        fields = ("title", "email", "channel", "note")
        help_texts = {
            "title": _("A post, not a person, such as: Head of the secretariat."),
            "email": _("Seen by the secretariat only."),
        }


ENDED, MISTAKE = "ended", "mistake"


class MembershipForm(forms.Form):
    """Which participants belong to one forum today; what was ticked when the page was made stands in `seen`."""

    members = forms.ModelMultipleChoiceField(
        label=_("Participants that belong to it today"),
        queryset=Participant.objects.order_by(Lower("name")),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    starts = PartialDate(
        label=_("New ticks: since when"),
        required=False,
        help_text=_("As far as it is known: 2005, May 2005 or 14 May 2005. Leave empty where no source says it."),
    )
    source = forms.ModelMultipleChoiceField(
        label=_("New ticks: sources"), queryset=Source.objects.all(), required=False, widget=forms.SelectMultiple
    )
    confidence = forms.ChoiceField(
        label=_("New ticks: confidence"), choices=Confidence.choices, initial=Confidence.PUBLIC, required=False
    )
    removed = forms.ChoiceField(
        label=_("Ticks taken away"),
        choices=[
            (ENDED, _("It does not belong any more: the membership ended")),
            (MISTAKE, _("It was recorded by mistake")),
        ],
        initial=ENDED,
        required=False,
        widget=forms.RadioSelect,
    )
    ends = PartialDate(
        label=_("Ticks taken away: until when"), required=False, help_text=_("Such as 2012. Not needed for a mistake.")
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)

    def __init__(self, *args: Any, current: Iterable[int] = (), **options: Any) -> None:
        keys = sorted(current)
        options.setdefault("initial", {"members": keys, "seen": ",".join(map(str, keys))})
        super().__init__(*args, **options)
        members = cast("forms.ModelMultipleChoiceField[Participant]", self.fields["members"])
        members.error_messages["invalid_choice"] = _("Choose participants from the list.")

    def clean_seen(self) -> frozenset[int]:
        text: str = self.cleaned_data["seen"]
        parts = text.split(",") if text else []
        if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):  # noqa: PLR2004 - bigint
            raise ValidationError(_("The page was not sent whole. Open it again."))
        return frozenset(int(part) for part in parts)

    def change(self) -> dict[str, Any]:
        """Arguments for `change_memberships`."""
        data = self.cleaned_data
        start, end = data["starts"], data["ends"]
        return {
            "seen": data["seen"],
            "wanted": frozenset(row.pk for row in data["members"]),
            "starts": start,
            "until": (last_day(*end), end[1]) if end else None,
            "by_mistake": data["removed"] == MISTAKE,
            "sources": list(data["source"]),
            "confidence": data["confidence"] or Confidence.PUBLIC,
        }
