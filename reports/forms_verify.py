"""The question whether a copy is the right one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _


class VerifyForm(forms.Form):
    """A symbol or a hash."""

    q = forms.CharField(
        label=_("Symbol or SHA-256"),
        max_length=200,
        help_text=_("The symbol stands at the foot of each page; the SHA-256 is 64 signs, of which some are letters."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
    )


class VerifyFileForm(forms.Form):
    """A file to compare."""

    file = forms.FileField(
        label=_("Your copy"), help_text=_("It is compared by its fingerprint (SHA-256) and not kept."), allow_empty_file=False
    )

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
            raise ValidationError(_("This file is larger than any of the record. Choose the file that you received."))
        return file
