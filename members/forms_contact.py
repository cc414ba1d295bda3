"""The form on the contact page."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.enums import MessageTopic
from members.models import ContactMessage


class ContactForm(forms.ModelForm):  # type: ignore[type-arg] # generic at type-checking time only
    """What it is about, and how to answer. The field `website` is for programs that fill in everything."""

    token = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    website = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    class Meta:
        model = ContactMessage
        fields = ("topic", "record", "text", "name", "email")
        labels = {
            "topic": _("What is it about?"),
            "record": _("Which record?"),
            "text": _("Your message"),
            "name": _("Your name"),
            "email": _("Your e-mail address"),
        }
        help_texts = {
            "record": _("Its reference, its symbol or the address of its page. Leave empty where there is none."),
            "text": _("Nothing about victims, smuggled people or suspects, please: the portal stores no such thing."),
            "name": _("Leave empty if you like."),
            "email": _("For the answer. It is not shown to anybody but the secretariat."),
        }
        widgets = {
            "text": forms.Textarea(attrs={"rows": 7}),
            "name": forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["topic"].choices = [("", "–"), *MessageTopic.choices]  # type: ignore[attr-defined] # a choice field
        self.fields["text"].required = self.fields["email"].required = True
        self.fields["token"].initial = secrets.token_urlsafe(24)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].strip()
        if not any(sign.isalpha() for sign in text):
            raise ValidationError(_("Write your message."))
        return text

    def clean_token(self) -> str:
        return self.cleaned_data["token"] or secrets.token_urlsafe(24)

    @property
    def is_from_a_program(self) -> bool:
        return bool(self.cleaned_data.get("website"))
