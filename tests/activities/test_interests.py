"""Selective participation and a participant's own words: private, changeable any day, felt in one preview only."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from activities.models import Activity, AreaInterest, CorrectionRequest, Invitation, ProgrammeArea
from activities.selectors_audience import audience
from activities.services.interests import state_interests
from members.errors import Conflict, DomainError
from members.models import AccessRecord, Participant, ParticipantDeclaration
from members.services.declarations import Declared, declare
from tests.cast import World, client_for, make_world

PAGE, PROFILE = "/national/cland/interests/", "/national/aland/profile/"
NOT_NOW, OBSERVES = "does not wish to take part in this area at present", "wishes to observe in this area"


@pytest.fixture
def world(db: None) -> World:
    """Aland has a focal point and is not invited to the second activity, which is in two areas."""
    made = make_world()
    second = ProgrammeArea.objects.create(code="PA-02", order=2, short_title="Second")
    Activity.objects.get(reference=made.other_activity).programme_areas.set([ProgrammeArea.objects.get(code="PA-01"), second])
    return made


def state(world: World, **answers: str) -> list[AreaInterest]:
    """What Aland answers, by area."""
    aland = Participant.objects.get(slug="aland")
    seen = dict(AreaInterest.objects.filter(participant=aland).values_list("area__code", "interest"))
    codes = {f"PA-{name[1:]}": answer for name, answer in answers.items()}
    return state_interests(participant=aland, answers=codes, seen=seen, by=world.users["focal_point_a"])


def why(world: World, name: str = "Aland") -> tuple[bool, str]:
    activity = Activity.objects.get(reference=world.other_activity)
    row = next(row for row in audience(activity, world.users["secretariat"]) if row.participant.name == name)
    return row.is_in, row.words


def test_answers_change_the_next_preview(world: World) -> None:
    assert why(world) == (True, "")
    state(world, a01="not-now")
    assert why(world) == (True, "")  # only one of the two areas
    state(world, a02="not-now")
    assert why(world) == (False, NOT_NOW)
    state(world, a02="observe")
    assert why(world) == (True, OBSERVES)
    state(world, a01="take-part")
    assert why(world) == (True, "")
    state(world, a01="", a02="observe")
    assert why(world) == (True, "")
    assert why(world, "Bland") == (True, "")
    assert AreaInterest.objects.get().area.code == "PA-02"


def test_activity_without_areas_is_for_everybody(world: World) -> None:
    state(world, a01="not-now", a02="not-now")
    activity = Activity.objects.get(reference=world.activity)
    assert {(row.is_in, row.words) for row in audience(activity, world.users["secretariat"])} == {(True, "")}


@pytest.mark.parametrize("who", ["focal_point_a", "focal_point_b", "co_chair", "ministry_official_a"])
def test_preview_is_for_the_desk_only(world: World, who: str) -> None:
    assert audience(Activity.objects.get(reference=world.other_activity), world.users[who]) == []


def ticked(client: Client, world: World, **data: Any) -> set[str]:
    answer = client.post(f"/desk/activities/{world.other_activity}/invitations/", {"tick_all": "1", **data})
    assert answer.status_code == 200
    return {c.invitee.participant.name for c in answer.context["choices"] if c.is_ticked}


def test_all_leaves_out_who_does_not_wish_to_and_can_be_overruled(world: World) -> None:
    desk, before = client_for(world, "secretariat"), Invitation.objects.count()
    page = f"/desk/activities/{world.other_activity}/invitations/"
    assert ticked(desk, world) == {"Aland"}  # Bland is invited, the others have no address
    state(world, a01="not-now", a02="not-now")
    assert ticked(desk, world) == set()
    assert Invitation.objects.count() == before
    assert f"({NOT_NOW})" in desk.get(page).content.decode()
    assert ticked(desk, world, participants=str(Participant.objects.get(slug="aland").pk)) == {"Aland"}
    state(world, a01="observe")
    assert ticked(desk, world) == {"Aland"}
    assert f"({OBSERVES})" in desk.get(page).content.decode()
    assert desk.post(page, {"tick_all": "1", "reply_by": "x", "quota": "y", "participants": "\x00"}).status_code == 200


def test_opening_the_preview_is_written_down_once_it_shows_something(world: World) -> None:
    desk, page = client_for(world, "secretariat"), f"/desk/activities/{world.other_activity}/invitations/"
    desk.get(page)
    assert not AccessRecord.objects.exists()
    state(world, a01="not-now", a02="not-now")
    desk.get(page)
    record = AccessRecord.objects.get()
    assert (record.actor_id, record.object_ref) == (world.users["secretariat"].pk, world.other_activity)


def test_focal_point_answers_on_its_page_and_the_ministry_reads(world: World) -> None:
    focal, ministry = client_for(world, "focal_point_a"), client_for(world, "ministry_official_a")
    page = PAGE.replace("cland", "aland")
    assert focal.post(page, {"area-PA-01": "not-now", "seen-PA-01": "", "area-PA-02": ""}).status_code == 302
    row = AreaInterest.objects.get()
    assert (row.participant.slug, row.area.code, row.interest, row.version) == ("aland", "PA-01", "not-now", 1)
    shown = ministry.get(page).content.decode()
    assert re.search(r'<input type="radio" name="area-PA-01" value="not-now"[^>]* disabled[^>]* checked', shown)
    assert "Your focal point changes these answers." in shown
    assert ministry.post(page, {"area-PA-01": "observe"}).status_code == 403
    for wrong in ("never", "\x00", "x" * 500):
        assert focal.post(page, {"area-PA-01": wrong}).status_code == 422
    assert AreaInterest.objects.get().interest == "not-now"
    model: Any = AreaInterest._meta.apps.get_model("activities", "AreaInterestEvent")
    assert [e.pgh_context["verb"] for e in model.objects.all()] == ["state_interests"]


def test_second_focal_point_is_told_what_the_first_has_saved(world: World) -> None:
    focal, page = client_for(world, "focal_point_a"), PAGE.replace("cland", "aland")
    state(world, a01="observe")
    answer = focal.post(page, {"area-PA-01": "not-now", "seen-PA-01": ""})
    assert answer.status_code == 409
    assert answer.context["differs"] == [("First", "Not now", "Observe")]
    assert AreaInterest.objects.get().interest == "observe"
    form = answer.context["form"]
    again = {name: form[name].value() or "" for name in form.fields}
    assert focal.post(page, again).status_code == 302
    assert AreaInterest.objects.get().interest == "not-now"


def test_only_the_focal_point_of_the_participant_answers(world: World) -> None:
    aland = Participant.objects.get(slug="aland")
    for who in ("ministry_official_a", "focal_point_b", "secretariat", "former_focal_point"):
        with pytest.raises(PermissionDenied):
            state_interests(participant=aland, answers={"PA-01": "observe"}, seen={}, by=world.users[who])
        with pytest.raises(PermissionDenied):
            declare(participant=aland, declared=Declared(), expected_version=0, by=world.users[who])
    with pytest.raises(DomainError):
        state(world, a99="observe")
    with pytest.raises(Conflict):
        state_interests(
            participant=aland, answers={"PA-01": "observe"}, seen={"PA-01": "not-now"}, by=world.users["focal_point_a"]
        )


def test_interests_page_asks_as_often_with_three_areas_as_with_one(world: World) -> None:
    focal, page = client_for(world, "focal_point_a"), PAGE.replace("cland", "aland")

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            focal.get(page)
        return len(found)

    state(world, a01="observe")
    before = (focal.get(page), queries())[1]
    for number in (3, 4):
        ProgrammeArea.objects.create(code=f"PA-0{number}", order=number, short_title="More")
    state(world, a02="observe", a03="not-now")
    assert queries() == before


def test_preview_asks_as_often_with_three_answers_as_with_one(world: World) -> None:
    activity, user = Activity.objects.get(reference=world.other_activity), world.users["secretariat"]
    _rights = user.rights
    area = ProgrammeArea.objects.get(code="PA-01")

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            audience(activity, user)
        return len(found)

    state(world, a01="not-now")
    before = queries()
    for slug in ("bland", "cland"):
        AreaInterest.objects.create(participant=Participant.objects.get(slug=slug), area=area, interest="observe")
    assert queries() == before == 3


# --- a participant's own words ---------------------------------------------------------------------------------------


def test_words_are_private_until_the_participant_shows_them(world: World) -> None:
    focal, page = client_for(world, "focal_point_a"), "/participants/aland/"
    assert focal.post(PROFILE, {"is_source": "on", "is_transit": "on", "expected_version": "0"}).status_code == 302
    row = ParticipantDeclaration.objects.get()
    assert (row.words, row.is_public, row.declared_by) == (["Source", "Transit"], False, world.users["focal_point_a"])
    assert [w in focal.get(page).content.decode() for w in ("In its own words", "Source, Transit")] == [False, False]
    for other in ("anonymous", "secretariat", "focal_point_b", "co_chair"):
        assert "In its own words" not in client_for(world, other).get(page).content.decode()
        user = world.users.get(other)
        assert user is None or not ParticipantDeclaration.objects.visible_to(user).exists()
    assert ParticipantDeclaration.objects.visible_to(world.users["ministry_official_a"]).exists()
    assert focal.post(PROFILE, {"is_source": "on", "is_public": "on", "expected_version": "1"}).status_code == 302
    shown = Client().get(page).content.decode()
    assert "In its own words" in shown
    assert "Source<span" in shown
    assert "Transit" not in shown


def test_profile_refuses_nonsense_and_tells_of_others(world: World) -> None:
    focal = client_for(world, "focal_point_a")
    empty = focal.post(PROFILE, {"is_public": "on", "expected_version": "0"})
    assert empty.status_code == 422
    assert "Choose at least one word" in empty.content.decode()
    for version in ("", "x", "-1", "9" * 30, "\x00"):
        assert focal.post(PROFILE, {"is_source": "on", "expected_version": version}).status_code == 422
    assert not ParticipantDeclaration.objects.exists()
    focal.post(PROFILE, {"is_source": "on", "expected_version": "0"})
    late = focal.post(PROFILE, {"is_transit": "on", "expected_version": "0"})
    assert late.status_code == 409
    assert "Saved by somebody else: Source" in late.content.decode()
    assert focal.post(PROFILE, {"is_transit": "on", "expected_version": "1"}).status_code == 302
    assert ParticipantDeclaration.objects.get().words == ["Transit"]
    assert client_for(world, "ministry_official_a").get(PROFILE).status_code == 200


def test_history_of_the_words_says_who_and_when_and_not_what(world: World) -> None:
    aland, by = Participant.objects.get(slug="aland"), world.users["focal_point_a"]
    declare(participant=aland, declared=Declared(is_source=True), expected_version=0, by=by)
    model: Any = ParticipantDeclaration._meta.apps.get_model("members", "ParticipantDeclarationEvent")
    event = model.objects.get()
    assert (event.pgh_context["verb"], event.pgh_context["user"]) == ("declare", by.pk)
    assert not hasattr(event, "is_source")


# --- nothing of it is anywhere else ----------------------------------------------------------------------------------

PUBLIC = (
    *("/", "/activities/", "/activities/?area=PA-01", "/activities/XX-2010-05/", "/activities/XX-2010-05/history/"),
    *("/objectives/", "/objectives/OBJ-01/", "/programme-areas/", "/programme-areas/PA-01/", "/programme-areas/PA-02/"),
    *("/participants/", "/participants/aland/", "/participants/bland/", "/steering-group/", "/forums/", "/recommendations/"),
    *("/recommendations/XX-REC-2010-01/", "/reports/", "/reports/XX-R-2010-01/", "/search/?q=aland", "/search/?q=Qanary"),
    *("/calendar/", "/data/", "/about/", "/about/privacy/", "/about/help/", "/about/corrections/", "/contact/"),
    *(f"/{name}/?format={form}" for name in ("activities", "participants", "reports", "objectives", "programme-areas", "calendar", "recommendations") for form in ("json", "csv", "xlsx")),
    *("/activities/XX-2010-05/?format=json", "/activities/XX-2010-05.ics", "/activities/XX-2010-05/cite.ris", "/activities/XX-2010-05/cite.bib"),
    *("/feeds/activities.atom", "/feeds/calendar.ics", "/id/participants/aland/", "/id/programme-areas/PA-01/"),
)  # fmt: skip
DESK = (
    *("/desk/", "/desk/activities/", "/desk/activities/XX-2010-05/", "/desk/activities/XX-2010-05/edit/"),
    *("/desk/contacts/", "/desk/contacts/participants/aland/", "/desk/contacts/participants/aland/edit/"),
    *("/desk/contacts/coverage/", "/desk/contacts/coverage/?format=csv", "/desk/deliveries/", "/desk/deliveries/?format=csv"),
    *("/desk/documents/", "/desk/progress-reports/", "/desk/circulations/", "/desk/activities/XX-2010-05/attendance/"),
)
CANARY = "Qanary"


def words_of(answer: Any) -> str:
    """The text of a page or file, whatever holds it."""
    content = b"".join(answer) if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return str(content.decode("utf-8", "replace"))


@pytest.fixture
def planted(world: World) -> Iterator[World]:
    """Aland's answers, its words, and a request whose every text is a canary."""
    aland, by = Participant.objects.get(slug="aland"), world.users["focal_point_a"]
    state(world, a01="not-now", a02="not-now")
    declare(participant=aland, declared=Declared(is_source=True, is_transit=True), expected_version=0, by=by)
    CorrectionRequest.objects.create(
        participant=aland, record="activity", reference=world.other_activity, record_title=f"{CANARY} title", field="title",
        part_label=f"{CANARY} part", old_value=f"{CANARY} old", new_value=f"{CANARY} new", reason=f"{CANARY} why",
        source=f"{CANARY} source", asked_by=by,
    )  # fmt: skip
    yield world


LEAKS = ("not-now", "Not now", "does not wish", "wishes to observe", "In its own words", "is_source", "Transit", "/interests/")


def leaks(client: Client, addresses: tuple[str, ...], words: tuple[str, ...]) -> list[tuple[str, str]]:
    found, read = [], 0
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code in {200, 302, 404}, address
        read += answer.status_code == 200
        text = (
            words_of(answer).replace("q=Qanary", "").replace('value="Qanary"', "").replace("“Qanary”", "").replace(": Qanary", "")
        )
        found += [(address, word) for word in words if word in text]
    assert read > len(addresses) // 2
    return found


@pytest.mark.parametrize("who", ["anonymous", "focal_point_b", "co_chair", "secretariat", "administrator"])
def test_no_public_page_file_or_feed_holds_any_of_it(planted: World, who: str) -> None:
    assert leaks(client_for(planted, who), PUBLIC, (CANARY, *LEAKS)) == []


def test_desk_holds_requests_only_where_they_are_answered_and_interests_in_the_preview_only(planted: World) -> None:
    desk = client_for(planted, "secretariat")
    assert leaks(desk, DESK, LEAKS) == []
    assert leaks(desk, tuple(a for a in DESK if a != "/desk/"), (CANARY,)) == []
    assert NOT_NOW in desk.get("/desk/activities/XX-2010-05/invitations/").content.decode()
    for page in ("interests", "profile", "record", "record/export"):
        assert desk.get(f"/national/aland/{page}/").status_code == 404


def test_export_of_its_own_record_leaves_interests_and_words_out(planted: World) -> None:
    focal = client_for(planted, "focal_point_a")
    for form in ("json", "xlsx", "zip"):
        text = words_of(focal.get(f"/national/aland/record/export/?format={form}"))
        assert [word for word in ("not-now", "Transit", "is_source") if word in text] == []


def test_pages_speak_bahasa_indonesia(planted: World) -> None:
    focal = client_for(planted, "focal_point_a")
    for page, words in (("interests", "Keikutsertaan kami"), ("profile", "Pernyataan kami tentang diri sendiri")):
        text = focal.get(f"/id/national/aland/{page}/").content.decode()
        assert words in text
        assert "Save<" not in text
