"""The form of a letter to a post of another forum: it validates and cleans; services store and send."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from dataclasses import asdict
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from members.services.forum_letters import Words

LONGEST = 10_000
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,40}")


def _text(label: Any, *, required: bool, rows: int = 10, hint: Any = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=LONGEST, widget=area, help_text=hint)


def mark_of(words: Words, language: str, address: str) -> str:
    """Stands for exactly these words to this address: what was shown is what may be sent."""
    return hashlib.sha256(json.dumps([asdict(words), language, address], sort_keys=True).encode()).hexdigest()


class ForumLetterForm(forms.Form):
    """Words of the letter per language.

    `token` makes that one form sends one letter, however often it is posted; `shown` is the mark of the letter that the
    person last saw as it arrives.
    """

    token = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    shown = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    form_of_address = forms.CharField(
        label=_("Form of address"),
        max_length=160,
        required=False,
        help_text=_("What follows “Dear”, such as: Secretary-General. Left empty, the letter names the office."),
    )
    subject_en = forms.CharField(label=_("Subject in English"), max_length=200)
    body_en = _text(
        _("Letter in English"), required=True, hint=_("Nothing about victims, smuggled people or suspects, and no intelligence.")
    )
    subject_id = forms.CharField(label=_("Subject in Bahasa Indonesia"), max_length=200, required=False)
    body_id = _text(_("Letter in Bahasa Indonesia"), required=False, hint=_("Leave both empty to write in English only."))
    signatories = forms.CharField(
        label=_("Signed by"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Offices, one a line."),
    )
    language = forms.ChoiceField(
        label=_("Language that comes first"), choices=settings.LANGUAGES, widget=forms.RadioSelect, initial=settings.LANGUAGE_CODE
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["token"].initial = secrets.token_urlsafe(24)

    def clean_token(self) -> str:
        token: str = self.cleaned_data["token"]
        return token if _TOKEN.fullmatch(token) else secrets.token_urlsafe(24)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("subject_id")) != bool(data.get("body_id")) and not {"subject_id", "body_id"} & set(self.errors):
            missing = "body_id" if data.get("subject_id") else "subject_id"
            self.add_error(missing, _("Write subject and letter in Bahasa Indonesia, or leave both empty."))
        if data.get("language") == "id" and not data.get("body_id") and "body_id" not in self.errors:
            self.add_error("language", _("Write the letter in Bahasa Indonesia first, or choose English."))
        return data

    def words(self) -> Words:
        """The cleaned letter, for a service. Line ends are those of the database."""
        names = ("form_of_address", "subject_en", "body_en", "subject_id", "body_id", "signatories")
        return Words(**{name: self.cleaned_data[name].replace("\r\n", "\n") for name in names})

    @property
    def kept_token(self) -> str:
        """The token that the next post of this form carries."""
        return str(self.cleaned_data["token"])
