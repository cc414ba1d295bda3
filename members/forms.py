"""Forms of members: they validate and clean, nothing else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.models import User


class AcceptInvitationForm(forms.Form):
    """Name and password of an invited official. For an address that has an account, its password."""

    name = forms.CharField(
        label=_("Full name"),
        max_length=200,
        help_text=_("As it should appear in the record. Any letters or script."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        help_text=_("At least 12 characters. Several words are easier to remember than signs."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, has_account: bool, **kwargs: Any) -> None:
        self.email, self.has_account = email, has_account
        super().__init__(*args, **kwargs)

    def clean_name(self) -> str:
        name: str = " ".join(self.cleaned_data["name"].split())
        if not any(c.isalpha() for c in name):
            raise ValidationError(_("Enter the full name."))
        return name

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.has_account:
            validate_password(password, User(email=self.email))
        return password
