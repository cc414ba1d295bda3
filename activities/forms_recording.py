"""Parts of the sheet that an activity is recorded on: parties, the programme, and what is done and what is missing."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities.models import Session
from activities.services.programme import Part, Party
from members.forms_fields import Day
from members.models import Forum, Participant

PREFIX = "parts"
COUNTS = ("delegates", "countries", "organisations")  # as a source gives them
MOST_PARTS = 60
FORUM = "f"  # before the key of a forum among keys of participants


def party_key(party: Model | None) -> str:
    """The value of a participant or a forum in a form."""
    return f"{FORUM if isinstance(party, Forum) else ''}{party.pk if party else ''}"


class PartyChoice(forms.MultipleChoiceField):
    """Participants and other processes to choose from. Cleans to the records, in the order of the list."""

    widget = forms.SelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def clean(self, value: Any) -> Any:
        keys = super().clean(value)
        own = {int(key) for key in keys if not key.startswith(FORUM)}
        others = {int(key[1:]) for key in keys if key.startswith(FORUM)}
        return [*Participant.objects.filter(pk__in=own), *Forum.objects.filter(pk__in=others)]


type PartyChoices = list[tuple[str | Promise, list[tuple[str, str]]]]


def party_choices() -> PartyChoices:
    """Participants and other processes, for all fields of a form at once. Two queries."""
    return [
        (_("Participants"), [(party_key(row), str(row)) for row in Participant.objects.all()]),
        (_("Other processes"), [(party_key(row), str(row)) for row in Forum.objects.all()]),
    ]


class PartiesByName(forms.CharField):
    """Names of participants and other processes, separated by semicolons. Cleans to the records in the order given."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=1000, required=False, **options)

    def clean(self, value: Any) -> Any:
        names = [" ".join(name.split()) for name in super().clean(value).split(";")]
        wanted = [name for name in dict.fromkeys(names) if name]
        return [self._party(name) for name in wanted]

    def _party(self, name: str) -> Party:
        if found := Participant.objects.filter(name__iexact=name).first():
            return found
        forum = Forum.objects.filter(full_name__iexact=name).first() or Forum.objects.filter(short_name__iexact=name).first()
        if forum is None:
            raise ValidationError(_("No participant or other process is called “%(name)s”.") % {"name": name[:80]})
        return forum


class Clock(forms.TimeField):
    """A time of day, in a browser's own field for it."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def __init__(self, **options: Any) -> None:
        said = {"invalid": _("Enter a time such as 09:00.")}
        super().__init__(**{"required": False, "input_formats": ["%H:%M", "%H:%M:%S"], "error_messages": said, **options})


class PartForm(forms.Form):
    """One part of a programme."""

    session = forms.IntegerField(required=False, widget=forms.HiddenInput)
    day = Day(label=_("Day"), required=False)
    starts_at = Clock(label=_("Starts at"))
    ends_at = Clock(label=_("Ends at"))
    title = forms.CharField(label=_("Title of the part"), max_length=250, required=False)
    chairs = PartiesByName(
        label=_("Who chairs it"),
        help_text=_("Names as in the record, separated by semicolons."),
        widget=forms.TextInput(attrs={"list": "party-names", "autocomplete": "off"}),
    )
    remove = forms.BooleanField(label=_("Take this part out"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("remove"):
            self.errors.clear()  # whatever is wrong with it goes with it
            return data
        if not self.says_something:
            return data
        if not data.get("title") and "title" not in self.errors:
            self.add_error("title", _("Enter a title."))
        if not data.get("day") and "day" not in self.errors:
            self.add_error("day", _("Enter the day."))
        starts, ends = data.get("starts_at"), data.get("ends_at")
        if ends and not starts and "starts_at" not in self.errors:
            self.add_error("starts_at", _("Enter when it starts too."))
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("It ends before it starts. Enter a later time."))
        return data

    @property
    def says_something(self) -> bool:
        """Whether anything is typed in; an empty row is no part."""
        return any(str(self[name].value() or "").strip() for name in ("day", "starts_at", "ends_at", "title", "chairs"))

    def part(self) -> Part:
        """The cleaned answers, for a service."""
        data = self.cleaned_data
        return Part(data["title"], data["day"], data["starts_at"], data["ends_at"], data["chairs"], data["session"])


class PartSheetBase(forms.BaseFormSet):  # type: ignore[type-arg]  # Django's class takes no parameter at run time
    """The parts of one programme."""

    @property
    def parts(self) -> list[Part]:
        """What a valid sheet says, without empty rows and those taken out."""
        return [form.part() for form in self.forms if form.says_something and not form.cleaned_data["remove"]]

    def check_days(self, first: Any, last: Any) -> None:
        """Say at each row whose day lies outside of the activity's days; nothing where these are not known."""
        for form in self.forms if first else ():
            day = form.cleaned_data.get("day") if form.is_valid() else None
            if day and not form.cleaned_data["remove"] and not first <= day <= last:
                form.add_error("day", _("This day is not one of the activity’s days."))

    @property
    def has_errors(self) -> bool:
        return bool(self.non_form_errors()) or any(form.errors for form in self.forms)


PartSheet = forms.formset_factory(
    PartForm, formset=PartSheetBase, extra=1, max_num=MOST_PARTS, absolute_max=MOST_PARTS, validate_max=True
)


def parts_initial(sessions: Iterable[Session]) -> list[dict[str, Any]]:
    """What the sheet shows of a programme whose chairs are read."""
    return [
        {
            "session": row.pk,
            "day": row.day,
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
            "title": row.title,
            "chairs": "; ".join(str(chair.party) for chair in row.chair_rows.all()),
        }
        for row in sessions
    ]


DONE, MISSING, OPTIONAL, WRONG = "done", "missing", "optional", "wrong"
STATE_WORDS = {DONE: _("Done"), MISSING: _("Missing"), OPTIONAL: _("Optional"), WRONG: _("To mend")}


@dataclass(frozen=True)
class Section:
    """One task of the sheet: its fields, and which of them make it done. Without `makes_done` it is done from the start."""

    key: str
    title: str | Promise
    fields: tuple[str, ...]
    makes_done: tuple[str, ...] = ()
    is_optional: bool = False
    hint: str | Promise = ""


SECTIONS = (
    Section("basics", _("Basics"), ("title", "title_id", "kind", "start", "end", "date_unknown"), ("title", "kind")),
    Section("place", _("Time and place"), ("starts_at", "ends_at", "time_zone", "city", "country", "venue"), ("city", "country")),
    Section("hosts", _("Hosts"), ("hosts", "co_hosts", "chairs", "joint_with", "coordinator"), ("hosts", "joint_with")),
    Section("programme", _("Programme"), (), ("parts",), is_optional=True),
    Section("aims", _("Aims"), ("objectives", "programme_areas", "added_value"), ("objectives", "programme_areas")),
    Section(
        "wanted",
        _("Who is wanted"),
        ("portfolios", "scope", "reply_by", "registration_closes", "capacity", "quota", "waiting_list", "confirm_delegates"),
        ("portfolios", "scope"),
        is_optional=True,
    ),
    Section(
        "practical",
        _("Practical information for delegates"),
        ("practical_en", "practical_id"),
        ("practical_en", "practical_id"),
        is_optional=True,
        hint=_("Only those invited and the secretariat read this: where to stay, how to get there, whom to call."),
    ),
    Section(
        "outcome",
        _("Outcome and notes"),
        ("outcome", *COUNTS, "public_note", "source_says"),
        ("outcome",),
        is_optional=True,
    ),
    Section("access", _("Who may read it"), ("access_class", "content_class")),
)


@dataclass(frozen=True)
class Task:
    """A section as the list at the top shows it."""

    section: Section
    state: str

    @property
    def words(self) -> str | Promise:
        return STATE_WORDS[self.state]

    @property
    def mark(self) -> str:
        """The kind of mark for the tag `status`."""
        return {DONE: "ok", MISSING: "wait", OPTIONAL: "wait", WRONG: "late"}[self.state]


def tasks_of(values: Mapping[str, Any], *, wrong: Container[str] = (), is_held: bool = False) -> list[Task]:
    """Every section with its state: from `values`, what each field holds, and the names of fields that are `wrong`.

    The outcome of an activity that was held is missing rather than optional.
    """
    return [Task(section, _state(section, values, wrong, is_held=is_held)) for section in SECTIONS]


def _state(section: Section, values: Mapping[str, Any], wrong: Container[str], *, is_held: bool) -> str:
    if any(name in wrong for name in (*section.fields, *section.makes_done)):
        return WRONG
    filled = [bool(values.get(name)) for name in section.makes_done]
    if section.key == "basics":
        return DONE if all(filled) and (values.get("start") or values.get("date_unknown")) else MISSING
    if not section.makes_done or any(filled):
        return DONE
    must = not section.is_optional or (section.key == "outcome" and is_held)
    return MISSING if must else OPTIONAL
