"""Recording an activity on one sheet: what is missing, the programme, kept text, copies, closed content, the preview."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from activities.enums import ActivityStatus
from activities.forms import ActivityForm
from activities.forms_recording import SECTIONS, tasks_of
from activities.models import Activity, ActivityDraft, ActivityKind, Hosting, PracticalText, Session, SessionChair
from activities.services.drafts import forget_old_drafts, save_draft
from members.enums import AccessClass
from members.errors import Conflict
from members.markdown import to_html
from members.models import AccessRecord, Forum, Participant
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def answers(**more: Any) -> dict[str, Any]:
    kind = ActivityKind.objects.get(key="workshop").pk
    return {
        "title": "New workshop",
        "kind": kind,
        "start": "10 March 2027",
        "end": "11 March 2027",
        "access_class": "public",
    } | more


def parts(*rows: dict[str, Any]) -> dict[str, Any]:
    """The programme as its sheet sends it."""
    found: dict[str, Any] = {"parts-TOTAL_FORMS": len(rows), "parts-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        found |= {f"parts-{number}-{name}": value for name, value in row.items()}
    return found


OPENING = {"title": "Opening", "day": "2027-03-10", "starts_at": "09:00", "ends_at": "10:30", "chairs": "bland; Aland"}
CLOSING = {"title": "Closing", "day": "2027-03-11"}


def recorded(desk: Client, **more: Any) -> Activity:
    response = desk.post("/desk/activities/new/", answers(**more) | parts(OPENING, CLOSING, {}))
    assert response.status_code == 302, response.content.decode()[:3000]
    return Activity.objects.get(title="New workshop")


def state(activity: Activity, key: str) -> str:
    values = ActivityForm.initial_of(activity) | {"parts": activity.sessions.exists()}
    tasks = tasks_of(values, is_held=activity.status == ActivityStatus.HELD)
    return next(task.state for task in tasks if task.section.key == key)


def test_programme_is_recorded_with_its_chairs_and_empty_rows_are_left_out(desk: Client) -> None:
    activity = recorded(desk, time_zone="Asia/Jakarta")
    assert list(activity.sessions.values_list("title", "order")) == [("Opening", 0), ("Closing", 1)]
    assert [str(chair.party) for chair in SessionChair.objects.filter(session__title="Opening")] == ["Bland", "Aland"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": "", "day": "2027-03-10"}, "Enter a title."),
        ({"title": "A", "day": ""}, "Enter the day."),
        ({"title": "A", "day": "2027-03-12"}, "This day is not one of the activity’s days."),
        ({"title": "A", "day": "2027-03-10", "starts_at": "10:00", "ends_at": "09:00"}, "It ends before it starts."),
        ({"title": "A", "day": "2027-03-10", "ends_at": "09:00"}, "Enter when it starts too."),
        ({"title": "A", "day": "2027-03-10", "chairs": "Nowhere"}, "No participant or other process is called “Nowhere”."),
        ({"title": "A", "day": "2027-03-10", "starts_at": "25:00"}, "Enter a time such as 09:00."),
    ],
)
def test_a_wrong_part_is_said_at_its_row_and_nothing_is_saved(desk: Client, wrong: dict[str, Any], said: str) -> None:
    response = desk.post("/desk/activities/new/", answers() | parts(wrong))
    text = html.unescape(response.content.decode())
    assert (response.status_code, said in text, "To mend" in text) == (422, True, True)
    assert not Activity.objects.filter(title="New workshop").exists()


def test_part_taken_out_goes_whatever_is_wrong_with_it_and_others_keep_their_row(desk: Client) -> None:
    activity = recorded(desk)
    opening = activity.sessions.get(title="Opening")
    rows = parts(
        OPENING | {"session": opening.pk, "title": "Welcome"},
        CLOSING | {"session": activity.sessions.get(title="Closing").pk, "day": "", "remove": "on"},
    )
    response = desk.post(f"/desk/activities/{activity.reference}/edit/", answers(version=activity.version) | rows)
    assert response.status_code == 302
    assert list(activity.sessions.values_list("pk", "title")) == [(opening.pk, "Welcome")]


def test_a_row_of_another_activity_is_not_taken_over(world: World, desk: Client) -> None:
    foreign = Session.objects.create(
        activity=Activity.objects.get(reference=world.activity),
        title="Theirs",
        day=Activity.objects.get(reference=world.activity).start,
    )
    activity = recorded(desk)
    rows = parts(OPENING | {"session": foreign.pk})
    desk.post(f"/desk/activities/{activity.reference}/edit/", answers(version=activity.version) | rows)
    foreign.refresh_from_db()
    assert (foreign.title, foreign.activity.reference) == ("Theirs", world.activity)
    assert list(activity.sessions.values_list("title", flat=True)) == ["Opening"]


def test_sheet_without_its_programme_leaves_the_programme_alone_and_dates_must_hold_it(desk: Client) -> None:
    activity = recorded(desk)
    address = f"/desk/activities/{activity.reference}/edit/"
    assert desk.post(address, answers(version=1, city="Suva")).status_code == 302
    assert activity.sessions.count() == 2
    response = desk.post(address, answers(version=2, start="1 May 2027", end="2 May 2027"))
    assert response.status_code == 422
    assert "lies outside these days" in response.content.decode()


def test_another_row_is_added_without_a_script_and_nothing_is_saved(desk: Client) -> None:
    response = desk.post("/desk/activities/new/", answers(title="Half") | parts(OPENING) | {"add_part": "1"})
    text = response.content.decode()
    assert (response.status_code, 'value="Half"' in text, 'name="parts-1-title"' in text) == (200, True, True)
    assert not Activity.objects.filter(title="Half").exists()


def test_hosts_may_be_other_processes_and_rows_that_say_so_already_stay(desk: Client) -> None:
    forum, aland = Forum.objects.get(), Participant.objects.get(slug="aland")
    activity = recorded(desk, hosts=[str(aland.pk), f"f{forum.pk}"], joint_with=forum.pk)
    before = list(Hosting.objects.filter(activity=activity).values_list("pk", "participant", "forum"))
    assert [row[1:] for row in before] == [(aland.pk, None), (None, forum.pk)]
    assert activity.joint_with == forum
    again = answers(version=activity.version, hosts=ActivityForm.initial_of(activity)["hosts"])
    desk.post(f"/desk/activities/{activity.reference}/edit/", again)
    assert list(Hosting.objects.filter(activity=activity).values_list("pk", "participant", "forum")) == before


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"start": "", "end": ""}, "Enter the first day as far as it is known, or say that no date is known."),
        ({"date_unknown": "on"}, "A date is given. Take the date or this mark away."),
        ({"starts_at": "09:00"}, "Give the time zone of the clock times."),
        ({"ends_at": "09:00", "time_zone": "Asia/Jakarta"}, "Enter when it starts too."),
        ({"end": "", "starts_at": "10:00", "ends_at": "09:00", "time_zone": "Asia/Jakarta"}, "It ends before it starts."),
        ({"hosts": ["f0"]}, "Select a valid choice"),
        ({"content_class": "friends"}, "Select a valid choice"),
    ],
)
def test_wrong_basics_are_said_next_to_the_field(desk: Client, wrong: dict[str, Any], said: str) -> None:
    response = desk.post("/desk/activities/new/", answers() | wrong)
    assert (response.status_code, said in response.content.decode()) == (422, True)


def test_undated_activity_needs_the_mark_only(desk: Client) -> None:
    activity = recorded_undated(desk)
    assert (activity.start, activity.date_precision) == (None, "unknown")
    assert ActivityForm.initial_of(activity)["date_unknown"] is True


def recorded_undated(desk: Client) -> Activity:
    desk.post("/desk/activities/new/", answers(start="", end="", date_unknown="on"))
    return Activity.objects.get(title="New workshop")


def test_tasks_say_done_missing_and_optional(desk: Client) -> None:
    activity = recorded_undated(desk)
    assert {section.key: state(activity, section.key) for section in SECTIONS} == {
        "basics": "done",
        "place": "missing",
        "hosts": "missing",
        "programme": "optional",
        "aims": "missing",
        "wanted": "optional",
        "practical": "optional",
        "outcome": "optional",
        "access": "done",
    }
    Activity.objects.filter(pk=activity.pk).update(city="Suva", status="held")
    activity.refresh_from_db()
    assert (state(activity, "place"), state(activity, "outcome")) == ("done", "missing")


def test_copy_says_what_it_took(world: World, desk: Client) -> None:
    activity = recorded(desk, city="Suva", outcome="Agreed", practical_en="Hotel Ocean")
    page = desk.get(f"/desk/activities/new/?copy={activity.reference}").content.decode()
    assert ("Not copied: dates" in page, 'value="Suva"' in page) == (True, True)
    assert [word for word in ("Agreed", "Hotel Ocean", "Opening", "10 March") if word in page] == []


# --- text that is not saved yet ---------------------------------------------------------------------------------------


def kept(client: Client, address: str, **fields: Any) -> Any:
    return client.post(f"{address}draft/", fields, headers={"HX-Request": "true"})


def revision(response: Any) -> str:
    found = re.search(r'name="draft_revision" value="(\d+)"', response.content.decode())
    assert found
    return found[1]


def test_what_is_typed_is_kept_and_shown_again_and_the_record_is_not_touched(world: World, desk: Client) -> None:
    address = f"/desk/activities/{world.draft_activity}/"
    response = kept(desk, address, title="Half a tit", version="1", draft_revision="0", **parts(OPENING))
    assert (response.status_code, "Kept at" in response.content.decode(), revision(response)) == (200, True, "1")
    assert Activity.objects.get(reference=world.draft_activity).title == "Draft"
    again = desk.get(f"{address}edit/").content.decode()
    assert ("You have unsaved text" in again, "Half a tit" in again) == (True, False)
    restored = desk.get(f"{address}edit/?draft=1").content.decode()
    assert ('value="Half a tit"' in restored, 'value="Opening"' in restored) == (True, True)
    assert "Half a tit" not in client_for(world, "administrator").get(f"{address}edit/?draft=1").content.decode()


def test_saving_forgets_the_kept_text_and_throwing_away_too(world: World, desk: Client) -> None:
    address = f"/desk/activities/{world.draft_activity}/"
    kept(desk, address, title="Half", version="1", draft_revision="0")
    desk.post(f"{address}edit/", answers(title="Whole", version="1"))
    assert ActivityDraft.objects.count() == 0
    kept(desk, address, title="Half", version="2", draft_revision="0")
    desk.post(f"{address}draft/", {"discard": "1"})
    assert ActivityDraft.objects.count() == 0
    kept(desk, "/desk/activities/new/", title="New one", draft_revision="0")
    assert ActivityDraft.objects.get().activity is None
    desk.post("/desk/activities/new/", answers())
    assert ActivityDraft.objects.count() == 0


def test_older_window_does_not_write_over_the_newer_one(world: World, desk: Client) -> None:
    address = f"/desk/activities/{world.draft_activity}/"
    first = kept(desk, address, title="First", version="1", draft_revision="0")
    assert kept(desk, address, title="Second", version="1", draft_revision=revision(first)).status_code == 200
    response = kept(desk, address, title="Old window", version="1", draft_revision=revision(first))
    assert (response.status_code, "Not kept:" in response.content.decode()) == (409, True)
    assert ActivityDraft.objects.get().fields["title"] == ["Second"]


def test_kept_text_meets_a_later_version_as_a_conflict_and_never_overwrites_it(world: World, desk: Client) -> None:
    address = f"/desk/activities/{world.draft_activity}/"
    kept(desk, address, **answers(title="Mine", version="1", draft_revision="0"), **parts(OPENING))
    client_for(world, "administrator").post(f"{address}edit/", answers(title="Theirs", version="1"))
    page = desk.get(f"{address}edit/?draft=1").content.decode()
    assert ("Somebody else has changed the record since." in page, 'name="version" value="1"' in page) == (True, True)
    response = desk.post(f"{address}edit/", answers(title="Mine", version="1") | parts(OPENING))
    text = response.content.decode()
    assert (response.status_code, "Mine" in text, "Theirs" in text, "Opening" in text) == (409, True, True, True)
    assert Activity.objects.get(reference=world.draft_activity).title == "Theirs"
    assert ActivityDraft.objects.get().fields["title"] == ["Mine"]


def test_without_a_script_the_button_keeps_the_text_and_shows_it(desk: Client) -> None:
    response = desk.post("/desk/activities/new/draft/", {"title": "a\x00b", "draft_revision": "x", "forged": "y"}, follow=True)
    assert response.redirect_chain == [("/desk/activities/new/?draft=1", 302)]
    assert 'value="ab"' in response.content.decode()
    assert sorted(ActivityDraft.objects.get().fields) == ["title"]


def test_too_much_is_refused_in_words(desk: Client) -> None:
    response = kept(desk, "/desk/activities/new/", outcome="x" * 400_001, draft_revision="0")
    assert (response.status_code, "too long to be kept" in response.content.decode()) == (422, True)


def test_kept_text_goes_after_ninety_days(world: World) -> None:
    by = world.users["secretariat"]
    save_draft(activity=None, fields={"title": ["x"]}, base_version=0, revision=0, by=by)
    with pytest.raises(Conflict):
        save_draft(activity=None, fields={"title": ["y"]}, base_version=0, revision=7, by=by)
    ActivityDraft.objects.update(saved_at=timezone.now() - timedelta(days=91))
    assert (forget_old_drafts(), ActivityDraft.objects.count()) == (1, 0)


# --- public, while its content is closed [99] --------------------------------------------------------------------------


@pytest.fixture
def closed(world: World) -> Activity:
    activity = Activity.objects.get(reference=world.activity)
    Activity.objects.filter(pk=activity.pk).update(content_class=AccessClass.STEERING_GROUP, outcome="Zqoutcome agreed")
    Session.objects.create(activity=activity, title="Zqsession", day=activity.start)
    PracticalText.objects.create(activity=activity, language="en", text="Zqhotel *near* the port")
    activity.refresh_from_db()
    return activity


PLACES = (
    "/activities/{r}/",
    "/id/activities/{r}/",
    "/activities/{r}/?format=json",
    "/activities/{r}/?format=csv",
    "/activities/{r}.ics",
    "/activities/{r}/history/",
    "/activities/{r}/cite.ris",
    "/activities/?format=csv",
    "/activities/?q=zqoutcome",
    "/search/?q=zqoutcome",
    "/search/?q=published",
    "/feeds/calendar.ics",
    "/feeds/activities.atom",
    "/calendar/",
)


@pytest.mark.parametrize("who", ["anonymous", "former_focal_point"])
def test_closed_content_leaks_nowhere_while_the_rest_is_public(world: World, closed: Activity, who: str) -> None:
    client = client_for(world, who)
    leaks = {}
    for place in PLACES:
        text = client.get(place.format(r=closed.reference)).content.decode().replace("zqoutcome", "")
        if found := [word for word in ("Zqoutcome", "agreed", "Zqsession", "Zqhotel") if word in text]:
            leaks[place] = found
    assert leaks == {}
    assert client.get("/activities/?q=zqoutcome").context["total"] == 0
    page = client.get(f"/activities/{closed.reference}/").content.decode()
    assert ("Published" in page, "are not public" in page) == (True, True)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("secretariat", {"Zqoutcome", "Zqsession", "Zqhotel"}),
        ("steering_group_member", {"Zqoutcome", "Zqsession"}),
        ("focal_point_a", {"Zqoutcome", "Zqsession", "Zqhotel"}),  # invited
        ("partner_not_invited", {"Zqoutcome", "Zqsession"}),
    ],
)
def test_who_may_read_closed_content_reads_it_and_it_is_written_down(
    world: World, closed: Activity, who: str, sees: set[str]
) -> None:
    page = client_for(world, who).get(f"/activities/{closed.reference}/").content.decode()
    assert {word for word in ("Zqoutcome", "Zqsession", "Zqhotel") if word in page} == sees
    assert AccessRecord.objects.filter(object_label="activity", object_ref=closed.reference).count() == 1
    assert ("<em>near</em>" in page) == ("Zqhotel" in sees)


@pytest.mark.parametrize(
    ("typed", "made"),
    [
        ("# Hotel", "<h3>Hotel</h3>\n"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("![x](https://x.example/a.png)", '<p>!<a href="https://x.example/a.png" rel="noreferrer">x</a></p>\n'),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
    ],
)
def test_markdown_can_do_no_harm(typed: str, made: str) -> None:
    assert made in to_html(typed)


def test_form_that_does_not_ask_leaves_the_content_closed(world: World, desk: Client, closed: Activity) -> None:
    rows = answers(version=closed.version, start=closed.start.isoformat(), end="")
    assert desk.post(f"/desk/activities/{closed.reference}/edit/", rows).status_code == 302
    closed.refresh_from_db()
    assert closed.content_class == AccessClass.STEERING_GROUP


# --- the preview -------------------------------------------------------------------------------------------------------


def main_of(page: str, start: str) -> str:
    """The page's own part, without tokens that differ each time."""
    body = page[page.index(start) : page.index("</main>")]
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)


def test_publish_page_shows_exactly_the_public_page_and_what_is_missing(world: World, desk: Client, closed: Activity) -> None:
    address = f"/desk/activities/{closed.reference}/publish/"
    preview, public = (
        client.get(place).content.decode() for client, place in ((desk, address), (Client(), f"/activities/{closed.reference}/"))
    )
    start = '<nav class="crumbs"'
    assert main_of(preview, start) == main_of(public, start)
    assert ("What is missing" in preview, "Who will be told" in preview, "#s-hosts" in preview) == (True, True, True)


def test_publishing_from_the_preview(world: World, desk: Client) -> None:
    address = f"/desk/activities/{world.draft_activity}/publish/"
    assert "Before you publish" in desk.get(address).content.decode()
    assert desk.get(address).status_code == 200
    assert Activity.objects.get(reference=world.draft_activity).published_at is None
    desk.post(address)
    assert Activity.objects.get(reference=world.draft_activity).published_at is not None


@pytest.mark.parametrize("rows", [1, 3])
def test_full_pages_ask_as_often_with_one_part_as_with_three(
    world: World, closed: Activity, rows: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(rows):
        part = Session.objects.create(activity=closed, title=f"P{number}", day=closed.start)
        SessionChair.objects.create(session=part, participant=Participant.objects.get(slug="aland"))
    with django_assert_max_num_queries(12):
        Client().get(f"/activities/{closed.reference}/")
