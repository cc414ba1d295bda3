"""Forms of consultations and their replies: they validate and clean; services store."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from activities.enums_national import RecipientRule, Stance
from activities.models import Consultation, ConsultationQuestion, Proposal, ReplyVersion
from activities.services.consultation import MOST_QUESTIONS, Call
from activities.services.replies import Draft
from members.forms_fields import TimeZoneField

LONGEST = 20_000


def text_area(label: Any, *, hint: Any = "", rows: int = 5, required: bool = False, longest: int = LONGEST) -> forms.CharField:
    """A text of several lines."""
    return forms.CharField(
        label=label, required=required, max_length=longest, help_text=hint, widget=forms.Textarea(attrs={"rows": rows})
    )


class ConsultationForm(forms.Form):
    """What is asked, of whom, and until when."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_("Title"), max_length=250)
    question = text_area(_("What it is about"), required=True, hint=_("Those who are asked read this above the questions."))
    questions = text_area(
        _("Questions"),
        required=True,
        rows=8,
        hint=_("One question a line. Each is answered on its own. Nothing about victims, smuggled people or suspects."),
    )
    rule = forms.ChoiceField(label=_("Who is asked"), choices=RecipientRule.choices, widget=forms.RadioSelect)
    deadline = forms.DateField(
        label=_("Reply by"),
        required=False,
        help_text=_("To the end of this day in the time zone below."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    time_zone = TimeZoneField(label=_("Time zone"), help_text=_("Such as Asia/Jakarta."))
    may_revise = forms.BooleanField(label=_("Answers may be changed until the deadline"), required=False)
    silence_agrees = forms.BooleanField(label=_("Silence means agreement (steering group only)"), required=False)
    proposal = forms.ModelChoiceField(label=_("About this proposal"), queryset=Proposal.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["proposal"]
        field.queryset = Proposal.objects.order_by("-recorded_at", "pk")

    @classmethod
    def initial_of(cls, consultation: Consultation) -> dict[str, Any]:
        """What the form shows of a draft."""
        names = ("version", "title", "question", "rule", "deadline", "time_zone", "may_revise", "silence_agrees")
        found: dict[str, Any] = {name: getattr(consultation, name) for name in names}
        found["questions"] = "\n".join(row.text for row in consultation.questions.all())
        found["proposal"] = consultation.proposal_id
        return found

    def clean_questions(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["questions"].splitlines() if line.strip()]
        if len(lines) > MOST_QUESTIONS:
            raise ValidationError(_("Ask at most %(number)d questions.") % {"number": MOST_QUESTIONS})
        return lines

    def call(self) -> Call:
        """The cleaned answers, for a service."""
        data = self.cleaned_data
        return Call(
            title=data["title"],
            question=data["question"],
            questions=data["questions"],
            rule=RecipientRule(data["rule"]),
            deadline=data["deadline"],
            time_zone=data["time_zone"],
            may_revise=data["may_revise"],
            silence_agrees=data["silence_agrees"],
            proposal=data["proposal"],
        )


class CloseForm(forms.Form):
    summary = text_area(_("Closing summary"), required=True, hint=_("Those who were asked read it."))


class ReplyForm(forms.Form):
    """The shared draft: one answer for each question, and remarks."""

    number = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=1_000_000)

    def __init__(self, *args: Any, consultation: Consultation, questions: Iterable[ConsultationQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if consultation.silence_agrees:
            self.fields["stance"] = forms.ChoiceField(
                label=_("Do you agree?"), choices=Stance.choices, widget=forms.RadioSelect, required=False
            )
        self.numbers = []
        for question in questions:
            self.numbers.append(str(question.number))
            self.fields[f"q{question.number}"] = text_area(str(question))
        self.fields["text"] = text_area(_("General remarks"))

    @classmethod
    def initial_of(cls, version: ReplyVersion | None) -> dict[str, Any]:
        """What the form shows of the latest version."""
        if version is None:
            return {"number": 0}
        answers = {f"q{number}": text for number, text in version.answers.items()}
        return {"number": version.number, "text": version.text, "stance": version.stance, **answers}

    def draft(self) -> Draft:
        """The cleaned answers, for a service."""
        data = self.cleaned_data
        answers = {number: data[f"q{number}"] for number in self.numbers if data[f"q{number}"].strip()}
        return Draft(data["text"], answers, data.get("stance", ""))


class LinkedReplyForm(ReplyForm):
    """The answer through a signed link, with the name of who gives it."""

    name = forms.CharField(
        label=_("Your full name"),
        max_length=200,
        help_text=_("It is recorded with the answer."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "stance" in self.fields:
            self.fields["stance"].required = True
        self.order_fields([name for name in self.fields if name != "name"])

    def clean_name(self) -> str:
        name: str = " ".join(self.cleaned_data["name"].split())
        if not any(sign.isalpha() for sign in name):
            raise ValidationError(_("Enter your full name."))
        return name


class NumberForm(forms.Form):
    """The version that somebody read before pressing the button."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)


class CommentForm(forms.Form):
    """A comment, on a call for views or on the draft answer to it."""

    about = forms.ChoiceField(
        label=_("About"),
        choices=[("call", _("The call itself")), ("draft", _("The draft answer"))],
        widget=forms.RadioSelect,
        required=False,
    )
    text = text_area(_("Comment"), required=True, rows=3, longest=5000)


class CommentEditForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = text_area(_("Comment"), required=True, rows=4, longest=5000)
