"""What an outsider must not see is on no page, in no count and in no file."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from activities.enums import ActivityStatus, DelegatePart
from activities.models import Activity, Delegate, FollowUp, Recommendation
from members.enums import AccessClass
from members.models import Official, User
from reports.enums import DocumentKind, DocumentState, Held
from reports.models import Document
from tests.baliportal import records

pytestmark = pytest.mark.django_db
CANARY = "Zyzzyvacanary"


@pytest.fixture
def hidden() -> list[Activity]:
    """A draft, one for the steering group and a withdrawn one, all alike, beside one that is public."""
    records.process()
    host, set_by, sort = records.participant("Fiji"), records.objective(3), records.kind("secret-kind")
    words = {
        "host": host,
        "objectives": (set_by,),
        "kind": sort,
        "public_note": CANARY,
        "outcome": CANARY,
        "start": date(1999, 3, 4),
        "end": None,
    }
    by = User.objects.service_account()
    found = [
        records.activity("XX-1999-01", title=f"{CANARY} draft", published_at=None, published_by=None, **words),
        records.activity("XX-1999-02", title=f"{CANARY} restricted", access_class=AccessClass.STEERING_GROUP, **words),
        records.activity(
            "XX-1999-03",
            title=f"{CANARY} withdrawn",
            withdrawn_at=timezone.now(),
            withdrawn_by=by,
            withdrawn_reason="Twice.",
            **words,
        ),
    ]
    records.activity("XX-2010-01", title="Open workshop", objectives=(records.objective(1),))
    return found


LISTS = [
    "/",
    "/activities/",
    "/activities/?q={canary}",
    "/activities/?kind=secret-kind",
    "/activities/?objective=OBJ-03",
    "/activities/?participant=fiji",
    "/activities/?year=1999",
    "/activities/?from=1999&to=1999",
    "/activities/?format=json",
    "/activities/?format=csv",
    "/activities/?year=1999&format=json",
    "/search/?q={canary}",
    "/search/?q=Zyzzyvacanari",
    "/calendar/",
    "/calendar/1999/",
    "/calendar/1999/?format=json",
    "/feeds/activities.atom",
    "/feeds/calendar.ics",
    "/feeds/calendar.ics?year=1999",
    "/activities/XX-2010-01/",
]


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("language", ["", "/id"])
def test_hidden_activities_are_on_no_list(client: Client, hidden: list[Activity], address: str, language: str) -> None:
    asked = address.format(canary=CANARY)
    if language and ("feeds" in asked or "format" in asked):
        return
    answer = client.get(language + asked)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert CANARY not in text.replace(f'value="{CANARY}"', "").replace(f"“{CANARY}”", "").replace(f": {CANARY}", "").replace(
        f"q={CANARY}", ""
    )
    for activity in hidden:
        assert activity.reference not in text


def test_hidden_activities_are_in_no_count(client: Client, hidden: list[Activity]) -> None:
    assert hidden
    answer = client.get("/activities/")
    facets = answer.context["facets"]
    assert answer.context["total"] == answer.context["everything"] == 1
    assert [option.key for option in facets["kind"]] == ["workshop"]
    assert [option.key for option in facets["objective"]] == ["OBJ-01"]
    assert facets["participant"] == []
    assert [option.key for option in facets["year"]] == ["2010"]
    assert client.get("/activities/?year=1999&format=json").json() == {"count": 0, "results": [], "next": None}


def test_sheet_holds_the_open_one_only(client: Client, hidden: list[Activity]) -> None:
    import io

    from openpyxl import load_workbook

    assert hidden
    book = load_workbook(io.BytesIO(client.get("/activities/?format=xlsx").content))
    assert book.active is not None
    assert [row[0] for row in book.active.iter_rows(values_only=True)] == ["Reference", "XX-2010-01"]


@pytest.mark.parametrize("end", ["/", "/history/", ".ics", "/cite.ris", "/cite.bib", "/?format=json"])
def test_drafts_and_restricted_ones_do_not_exist_and_withdrawn_ones_are_gone(
    client: Client, hidden: list[Activity], end: str
) -> None:
    draft, restricted, withdrawn = hidden
    missing = client.get(f"/activities/XX-1999-77{end}").content.decode()
    for activity in (draft, restricted):
        answer = client.get(f"/activities/{activity.reference}{end}")
        assert answer.status_code == 404
        assert answer.content.decode() == missing.replace("XX-1999-77", activity.reference)
    gone = client.get(f"/activities/{withdrawn.reference}{end}")
    assert gone.status_code == 410
    assert "Twice." in gone.content.decode()


def test_restricted_document_gives_itself_away_nowhere(client: Client) -> None:
    records.process()
    found = records.activity("XX-2010-01")
    by = User.objects.service_account()
    Document.objects.create(
        symbol="XX-A-2010-01", kind=DocumentKind.ACTIVITY_REPORT, title=f"{CANARY} report", date=date(2010, 5, 5), activity=found,
        held=Held.NOT_HELD, access_class=AccessClass.PARTICIPANTS, state=DocumentState.PUBLISHED, published_at=timezone.now(), published_by=by,
    )  # fmt: skip
    assert CANARY not in client.get("/activities/XX-2010-01/").content.decode()
    answer = client.get("/activities/?has=report")
    assert answer.context["total"] == 0
    counts = {option.key: option.count for option in answer.context["facets"]["has"]}
    assert counts == {"report": 0, "attendance": 0, "followup": 0}
    assert client.get(f"/search/?q={CANARY}").context["documents"] == []
    assert client.get("/").context["latest"] is None


def test_restricted_recommendation_gives_itself_away_nowhere(client: Client) -> None:
    records.process()
    found = records.activity("XX-2010-01")
    words = {"activity": found, "text": CANARY}
    Recommendation.objects.create(reference="XX-REC-2010-01", access_class=AccessClass.STEERING_GROUP, **words)
    assert client.get("/activities/?has=followup&format=json").json()["count"] == 0
    assert CANARY not in client.get("/activities/XX-2010-01/").content.decode()
    public = Recommendation.objects.create(reference="XX-REC-2010-02", **words)
    assert client.get("/activities/?has=followup&format=json").json()["count"] == 1
    FollowUp.objects.create(recommendation=public, text="Done", is_closed=True, recorded_by=User.objects.service_account())
    assert client.get("/activities/?has=followup&format=json").json()["count"] == 0
    assert "Completed" in client.get("/activities/XX-2010-01/").content.decode()


@pytest.mark.parametrize("status", [ActivityStatus.PLANNED, ActivityStatus.HELD])
def test_delegates_count_once_the_activity_was_held_and_have_no_names(client: Client, status: ActivityStatus) -> None:
    records.process()
    found, fiji = records.activity("XX-2010-01", status=status), records.participant("Fiji")
    for number in range(3):
        official = Official.objects.create(participant=fiji, name=f"{CANARY} {number}", email=f"{CANARY}{number}@fiji.example")
        Delegate.objects.create(activity=found, official=official, participant=fiji, part=DelegatePart.DELEGATE)
    counted = client.get("/activities/?participant=fiji&format=json").json()["count"]
    page = client.get("/activities/XX-2010-01/")
    facet = {option.key: option.count for option in client.get("/activities/").context["facets"]["participant"]}
    assert CANARY not in page.content.decode()
    assert CANARY not in client.get("/activities/XX-2010-01/history/").content.decode()
    if status == ActivityStatus.HELD:
        assert (counted, page.context["participation"].delegations, facet) == (1, [("Fiji", 3)], {"fiji": 1})
    else:
        assert (counted, page.context["participation"].delegations, facet) == (0, [], {})


def test_host_with_delegates_is_counted_once(client: Client) -> None:
    records.process()
    fiji = records.participant("Fiji")
    found = records.activity("XX-2010-01", host=fiji)
    official = Official.objects.create(participant=fiji, name="A", email="a@fiji.example")
    Delegate.objects.create(activity=found, official=official, participant=fiji, part=DelegatePart.HEAD)
    assert {option.key: option.count for option in client.get("/activities/").context["facets"]["participant"]} == {"fiji": 1}
    assert client.get("/activities/?participant=fiji&format=json").json()["count"] == 1


def test_archive_of_nobody_is_what_the_page_shows(client: Client, hidden: list[Activity]) -> None:
    from activities.selectors import archive_base

    assert hidden
    visible = list(archive_base(AnonymousUser()).values_list("reference", flat=True))
    assert visible == [activity.reference for activity in client.get("/activities/").context["activities"]]


def test_staff_notes_and_personal_values_are_not_in_the_history(client: Client) -> None:
    records.process()
    found = records.activity("XX-2010-01")
    found.notes = CANARY
    found.save()
    found.capacity = 40
    found.save()
    page = client.get("/activities/XX-2010-01/history/")
    assert page.status_code == 200
    assert CANARY not in page.content.decode()
    assert [change.is_first for change in page.context["changes"]] == [True]


def test_invited_person_sees_the_activity_once_also_in_every_count() -> None:
    from django.http import QueryDict

    from activities.models import Invitation
    from baliportal.filters import archive_for
    from members.roles import Rights

    by, fiji, tonga = User.objects.service_account(), records.participant("Fiji"), records.participant("Tonga")
    closed = {"access_class": AccessClass.STEERING_GROUP, "objectives": (records.objective(1),), "host": fiji}
    invited = records.activity("XX-2010-01", **closed)
    records.activity("XX-2010-02", **closed)
    for party in (fiji, tonga):
        Invitation.objects.create(activity=invited, participant=party, issued_at=timezone.now(), issued_by=by)
    person = User.objects.create_user("person@fiji.example")
    person.rights = Rights(represents=frozenset({fiji.pk, tonga.pk}))
    found = archive_for(person, QueryDict("kind=workshop&participant=fiji"))
    assert list(found.rows.values_list("reference", flat=True)) == ["XX-2010-01"]
    assert (found.total, found.everything) == (1, 1)
    counts = {name: [(option.key, option.count) for option in options] for name, options in found.facets.items() if options}
    assert counts["kind"] == [("workshop", 1)]
    assert counts["objective"] == [("OBJ-01", 1)]
    assert counts["participant"] == [("fiji", 1)]
    assert counts["year"] == [("2010", 1)]
    assert archive_for(AnonymousUser(), QueryDict("")).everything == 0


@pytest.mark.parametrize(("access", "found"), [(AccessClass.PUBLIC, ["XX-A-2010-01"]), (AccessClass.PARTICIPANTS, [])])
def test_text_of_a_document_is_found_by_those_who_may_read_it(client: Client, access: AccessClass, found: list[str]) -> None:
    from reports.models import DocumentVersion

    records.process()
    by = User.objects.service_account()
    document = Document.objects.create(
        symbol="XX-A-2010-01", kind=DocumentKind.ACTIVITY_REPORT, title="Report", date=date(2010, 5, 5)
    )
    words = {"number": 1, "filename": "a.pdf", "media_type": "application/pdf", "size": 9, "sha256": "0" * 64, "added_by": by}
    text = f"Delegates spoke of <b>{CANARY}</b> routes at length."
    version = DocumentVersion.objects.create(document=document, storage_name="a", text=text, **words)
    Document.objects.filter(pk=document.pk).update(
        current_version=version, access_class=access, state=DocumentState.PUBLISHED, published_at=timezone.now(), published_by=by
    )
    page = client.get(f"/search/?q={CANARY}")
    assert [document.symbol for document in page.context["documents"]] == found
    assert (f"<mark>{CANARY}</mark>" in page.content.decode()) == bool(found)
    assert "<b>" not in page.content.decode()
    assert "routes at length" not in page.content.decode() or found
