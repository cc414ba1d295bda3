"""The delegation on one sheet: a row a person. Forms validate and clean; services store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from activities.delegation_paste import Row, people_of
from activities.enums import AttendanceMode, DelegatePart
from activities.services.nominations import Nominee
from members.enums import DatePrecision
from members.models import Official
from members.models.official import LONGEST_EMAIL
from members.names import close_key, name_key
from members.partial_dates import format_partial
from members.sheets import MOST_BYTES, SheetError, read_paste, read_upload

MOST_DELEGATES = 50
ALIKE = 0.91  # share of common letters from which two names may be one person's: one letter in twelve is mistyped
SAID = ("name", "position", "email", "name_own_script", "meal", "access_needs")  # a row without any of these is empty
ROW = ("official", "replaces", *SAID, "part", "mode", "days", "visa_letter", "tell", "distinct")


class PersonForm(forms.Form):
    """Name and position of a delegate, as on the badge. No passport numbers, ever."""

    name = forms.CharField(
        label=_("Full name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the full name.")},
    )
    position = forms.CharField(
        label=_("Position and ministry"), max_length=250, error_messages={"required": _("Enter position and ministry.")}
    )


class NomineeForm(PersonForm):
    """One person: four answers, the rest only where needed."""

    official = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    replaces = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    part = forms.ChoiceField(label=_("Part in the delegation"), choices=DelegatePart.choices, initial=DelegatePart.DELEGATE)
    email = forms.EmailField(
        label=_("Email address"),
        max_length=LONGEST_EMAIL,
        error_messages={
            "required": _("Enter an email address."),
            "invalid": _("Enter an email address with an @ sign, such as name@ministry.go.id"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    mode = forms.ChoiceField(label=_("Attending"), choices=AttendanceMode.choices, initial=AttendanceMode.IN_PERSON)
    distinct = forms.BooleanField(label=_("This is another person"), required=False)
    days = forms.MultipleChoiceField(label=_("Days attending"), required=False, widget=forms.CheckboxSelectMultiple)
    name_own_script = forms.CharField(label=_("Name in own script"), max_length=200, required=False)
    meal = forms.CharField(label=_("Meal"), max_length=160, required=False)
    access_needs = forms.CharField(label=_("Access needs"), max_length=250, required=False)
    visa_letter = forms.BooleanField(label=_("Needs a letter for the visa"), required=False)
    tell = forms.BooleanField(label=_("Tell this person by mail"), required=False, initial=True)

    def __init__(self, *args: Any, days: Sequence[date] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.use_required_attribute = False
        if len(days) > 1:
            field: Any = self.fields["days"]
            field.choices = [(f"{day:%Y-%m-%d}", _day(day)) for day in days]
            field.initial = [key for key, _label in field.choices]
        else:
            del self.fields["days"]

    def has_changed(self) -> bool:
        """Whether somebody is named, or is to be replaced: a row in which only a choice was made is empty."""
        if not self.is_bound:
            return super().has_changed()
        return any(str(self[name].value() or "").strip() for name in (*SAID, "replaces"))

    @property
    def asks_whether_distinct(self) -> bool:
        """Whether the row asks if this is another person, or was told so."""
        return bool(self["distinct"].errors or self["distinct"].value())

    @property
    def has_hidden_error(self) -> bool:
        """Whether something is wrong in the part that is folded."""
        return any(name in self.errors for name in ("days", "name_own_script", "meal", "access_needs", "visa_letter", "tell"))

    def nominee(self) -> Nominee:
        """The cleaned answers, for a service. All days are the same as none chosen."""
        data = self.cleaned_data
        chosen = data.get("days", [])
        every = not chosen or len(chosen) == len(self.fields["days"].choices)  # type: ignore[attr-defined] # a field of choices
        return Nominee(
            name=" ".join(data["name"].split()),
            position=" ".join(data["position"].split()),
            email=data["email"].strip(),
            part=DelegatePart(data["part"]),
            mode=AttendanceMode(data["mode"]),
            official=data["official"],
            replaces=data["replaces"],
            name_own_script=data["name_own_script"],
            meal=data["meal"],
            access_needs=data["access_needs"],
            visa_letter=data["visa_letter"],
            days=() if every else tuple(date.fromisoformat(day) for day in chosen),
            tell=data["tell"],
        )


def _day(day: date) -> str:
    return format_partial(day, DatePrecision.DAY, get_language() or "en")


class DelegationFormSet(forms.BaseFormSet):  # type: ignore[type-arg]  # Django's class takes no parameter at run time
    """The rows of one sheet; empty ones are left out. `known` are officials of the participant that the reader may see."""

    known: Sequence[Official] = ()

    def _construct_form(self, i: int, **options: Any) -> Any:
        """A row without a known person may stay empty, also one that the server added and that came with the page."""
        form = super()._construct_form(i, **options)  # type: ignore[misc]  # the stubs leave it out
        form.empty_permitted = form.empty_permitted or not str(form["official"].value() or "").strip()
        return form

    def clean(self) -> None:
        """Say of each row whether its person stands on the sheet, or among the known, already."""
        rows = [(number, form) for number, form in enumerate(self.forms, start=1) if form.has_changed()]
        self._check_heads(rows)
        self._check_addresses(rows)
        self._check_names(rows)
        if not rows:
            raise ValidationError(_("Name at least one delegate, or decline the invitation."))

    def _check_heads(self, rows: list[tuple[int, Any]]) -> None:
        heads = [form for _number, form in rows if form.cleaned_data.get("part") == DelegatePart.HEAD]
        for form in heads[1:]:
            form.add_error("part", _("A delegation has one head."))

    def _check_addresses(self, rows: list[tuple[int, Any]]) -> None:
        first: dict[str, int] = {}
        for number, form in rows:
            email = str(form.cleaned_data.get("email", "")).casefold()
            if email and email in first:
                said = _now("This address stands twice: in row %(number)d, too.")
                form.add_error("email", said % {"number": first[email]})
            first.setdefault(email, number)

    def _check_names(self, rows: list[tuple[int, Any]]) -> None:
        """Ask where two names may be one person's; one tick says that they are two."""
        before: list[tuple[int, str]] = []
        for number, form in rows:
            name = " ".join(str(form.cleaned_data.get("name", "")).split())
            is_open = bool(name) and not form.errors and not form.cleaned_data.get("distinct")
            if is_open and (said := _like_a_row(name, before) or self._like_the_known(name, form)):
                form.add_error("distinct", said)
            before.append((number, name))

    def _like_the_known(self, name: str, form: Any) -> str:
        """What to ask where a new address is given for a name that is known with another."""
        emails = {official.email.casefold() for official in self.known}
        if form.cleaned_data.get("official") or form.cleaned_data.get("email", "").casefold() in emails:
            return ""
        listed = {other.cleaned_data.get("official") for other in self.forms if hasattr(other, "cleaned_data")}
        for official in self.known:
            if official.email and official.pk not in listed and _alike(name, official.name):
                said = _now("%(name)s is known with the address %(email)s. Use it, or tick that this is another person.")
                return said % {"name": official.name, "email": official.email}
        return ""

    def filled(self) -> list[Any]:
        """The forms of rows that name somebody, in their order."""
        return [form for form in self.forms if form.has_changed() and form.cleaned_data.get("name")]


def _like_a_row(name: str, before: list[tuple[int, str]]) -> str:
    for number, other in before:
        if other and _alike(name, other):
            said = _now("This looks like %(name)s in row %(number)d. Take one of the two off, or tick that they are two people.")
            return said % {"name": other, "number": number}
    return ""


def _alike(one: str, other: str) -> bool:
    """Whether two names may be one person's: the same parts in any order, or nearly the same letters."""
    if name_key(one) == name_key(other) or close_key(one) == close_key(other):
        return True
    letters = SequenceMatcher(None, name_key(one), name_key(other), autojunk=False)
    return letters.quick_ratio() >= ALIKE and letters.ratio() >= ALIKE


DelegationSheet = forms.formset_factory(
    NomineeForm, formset=DelegationFormSet, extra=0, max_num=MOST_DELEGATES, absolute_max=MOST_DELEGATES, validate_max=True
)


class DeclineForm(forms.Form):
    note = forms.CharField(
        label=_("Note to the secretariat"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class PasteForm(forms.Form):
    """A list as text or as a file; with `is_left` the sheet was sent without reading it. After `is_valid` it is `people`.

    It is read, not stored.
    """

    people: Sequence[Row] = ()
    # Not a CharField: that one refuses the whole text for one odd sign.
    list = forms.Field(
        label=_("The list, with one person a row"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("Copy the rows in Excel and paste them here. Headings are not needed. Nothing is registered yet."),
    )
    file = forms.FileField(
        label=_("or choose a file"),
        required=False,
        allow_empty_file=True,
        help_text=_("CSV or Excel (XLSX), up to 2 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def __init__(self, *args: Any, is_left: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.is_left = is_left

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        text, file = str(data.get("list") or ""), data.get("file")
        if self.errors or self.is_left:
            self._check_left(file)
        elif text.strip() and file:
            self.add_error("file", _("Paste a list or choose a file: one of the two."))
        else:
            self._read(text, file)
        return data

    def _check_left(self, file: Any) -> None:
        if file and self.is_left:
            said = _("Your file is not read yet. Choose it once more and read the list, or register without it.")
            self.add_error("file", said)

    def _read(self, text: str, file: Any) -> None:
        field = "file" if file else "list"
        try:
            sheet = read_upload(file.name, file.read(MOST_BYTES + 1)) if file else read_paste(text)
        except SheetError as error:
            self.add_error(field, str(error))
            return
        self.people = people_of(sheet)
        if not self.people:
            self.add_error(field, _("No people were found in this. Paste rows with a name and an e-mail address."))


class LateChangeForm(forms.Form):
    """What the secretariat says to a late change."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    word = forms.CharField(
        label=_("A word to the participant"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It goes into the mail. Needed where you decline."),
    )
