"""The duplication radar: which activities a proposal may repeat, why, and what is decided about each."""

from __future__ import annotations

import csv
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from activities.models import Activity, ForeignActivity, OverlapDecision, Proposal, ProposalStep
from activities.radar_places import are_neighbours, area_of, reach_of
from activities.radar_words import compounds, entries_of, lexicon, read_words, wider
from activities.selectors_radar import likely_overlaps, undecided_overlaps
from activities.services.foreign import confirm_list, start_list
from activities.services.radar import decide_overlap
from members.errors import Conflict, DomainError
from members.models import Participant, Portfolio, Topic
from members.models.base import today
from members.sheets import read_paste
from tests.activities.planning import in_days, move
from tests.activities.thirty_events import PROPOSALS, ROWS
from tests.cast import World, client_for, make_world

HEADINGS = "title\tfrom\tto\tcountry\tcity\tforum\ttopics\tportfolios\turl"
FOUNDING = Path(__file__).resolve().parents[2] / "baliportal" / "founding"


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    for model, name in ((Topic, "topics"), (Portfolio, "portfolios")):
        with (FOUNDING / f"{name}.csv").open(encoding="utf-8") as rows:
            for row in csv.DictReader(rows):
                model.objects.update_or_create(key=row["key"], defaults={"name_en": row["name_en"], "name_id": row["name_id"]})
    proposal = Proposal.objects.get(pk=made.proposal)
    proposal.title, proposal.country, proposal.city = "Workshop on detecting forged passports", "ID", "Jakarta"
    proposal.earliest, proposal.latest = today() + timedelta(days=100), today() + timedelta(days=103)
    proposal.save()
    proposal.topics.set(Topic.objects.filter(key="document-security"))
    proposal.portfolios.set(Portfolio.objects.filter(key="immigration"))
    return made


def the(world: World) -> Proposal:
    return Proposal.objects.get(pk=world.proposal)


def listed(world: World, *rows: str) -> None:
    """Add rows to the register the way the desk does; `{n}` in a row is the day n days ahead."""
    by = world.users["secretariat"]
    lines = [re.sub(r" ?\| ?", "\t", row.format(*(in_days(number) for number in range(800)))) for row in rows]
    confirm_list(foreign_list=start_list(sheet=read_paste("\n".join([HEADINGS, *lines])), by=by), by=by)


def found(world: World) -> list[str]:
    return [overlap.record.title for overlap in likely_overlaps(the(world), user=world.users["secretariat"])]


@pytest.mark.parametrize(
    "row",
    [
        "Training course on passport fraud | {110} | {112} | ID | Bogor | A body | document security | immigration | ",
        "Lokakarya pendeteksian paspor palsu | {130} | {131} | Malaysia | | A body | keamanan dokumen | imigrasi | ",
        "Detection of forged travel documents at airports | {60} | {62} | TH | Bangkok | A body | | Immigration | ",
        "Forged passports: detecting them | | | | | A body | document security | immigration | ",
        "Fraudlent travel docments: detecting them | {130} | | MY | Kuala Lumpur | A body | | immigration | ",
        "Fake passports and ID cards: course for ASEAN immigration services | {80} | | CH | Geneva | A body | | immigration | ",
    ],
)
def test_same_subject_in_other_words_or_language_is_found(world: World, row: str) -> None:
    listed(world, row)
    assert found(world) == [row.split(" | ", maxsplit=1)[0]]


@pytest.mark.parametrize(
    "row",
    [
        "Forum on fisheries management | {100} | {103} | ID | Jakarta | A body | fisheries | immigration | ",
        "Training course on passport fraud | {400} | {402} | ID | Jakarta | A body | document security | immigration | ",
        "Counselling for child victims of trafficking | {101} | | ID | Jakarta | A body | child protection | justice | ",
        "Drug trafficking by sea | {100} | | ID | Jakarta | A body | law enforcement | law enforcement | ",
        "Workshop on detecting forged paintings at airports | {100} | | ID | Jakarta | A body | | immigration | ",
        "Detecting forged passports of terrorists | {100} | | ID | Jakarta | A body | document security | immigration | ",
        "Detection of forged travel documents at airports | {100} | | BB | Bridgetown | A body | document security | immigration | ",
        "Detecting forged passports in East Africa | {100} | | ID | Jakarta | A body | document security | immigration | ",
        "Detection of forged travel documents | {290} | | ID | Jakarta | A body | document security | immigration | ",
        "Meeting of heads of immigration | {100} | | PH | Manila | A body | | immigration | ",
    ],
)
def test_other_subject_or_other_year_is_not_found(world: World, row: str) -> None:
    listed(world, row)
    assert found(world) == []


@pytest.mark.parametrize("row", PROPOSALS, ids=lambda row: row[0])
def test_thirty_events_are_told_apart(world: World, row: tuple[Any, ...]) -> None:
    by = world.users["secretariat"]
    sheet = read_paste("\n".join([HEADINGS, *ROWS]))
    assert confirm_list(foreign_list=start_list(sheet=sheet, by=by), by=by).added == 30
    title, earliest, latest, country, city, topics, portfolios, repeated = row
    proposal = the(world)
    proposal.title, proposal.country, proposal.city = title, country, city
    proposal.earliest, proposal.latest = date.fromisoformat(earliest), date.fromisoformat(latest)
    proposal.save()
    proposal.topics.set(Topic.objects.filter(key__in=topics))
    proposal.portfolios.set(Portfolio.objects.filter(key__in=portfolios))
    assert sorted(found(world)) == sorted(repeated)


@pytest.mark.parametrize("name", ["first", "second"])
def test_lists_by_a_writer_who_saw_no_code_are_told_apart(world: World, name: str) -> None:
    """Thirty events of others, four of which repeat one of three proposals in other words: all four are found, and no fifth."""
    folder, by = Path(__file__).resolve().parent / "overlaps" / name, world.users["secretariat"]
    rows = csv.reader((folder / "foreign.csv").read_text(encoding="utf-8").splitlines())
    sheet = read_paste("\n".join("\t".join(row) for row in rows))
    assert confirm_list(foreign_list=start_list(sheet=sheet, by=by), by=by).added == 30
    repeated = [(row["proposal"], row["event"]) for row in json.loads((folder / "overlaps.json").read_text(encoding="utf-8"))]
    told = []
    for row in json.loads((folder / "proposals.json").read_text(encoding="utf-8")):
        proposal = the(world)
        proposal.title, proposal.added_value = row["title"], row["added_value"]
        proposal.country, proposal.city = row["country"], row["city"]
        proposal.earliest, proposal.latest = date.fromisoformat(row["from"]), date.fromisoformat(row["to"])
        proposal.save()
        proposal.topics.set(Topic.objects.filter(key__in=row["topics"]))
        proposal.portfolios.set(Portfolio.objects.filter(key__in=row["portfolios"]))
        told += [(row["key"], title) for title in found(world)]
    assert len(repeated) == 4
    assert sorted(told) == sorted(repeated)


def test_reasons_are_named_and_their_points_add_up(world: World) -> None:
    listed(world, "Training course on passport fraud | {110} | {112} | ID | Bogor | A body | document security | immigration | ")
    (overlap,) = likely_overlaps(the(world), user=world.users["secretariat"])
    said = " ".join(reason.words for reason in overlap.reasons)
    for words in ("passports / passport", "same topic: Document security", "7 days apart", "same country", "Immigration"):
        assert words in said, words
    assert overlap.points == sum(reason.points for reason in overlap.reasons)
    assert (
        "same topic: Document security"
        in client_for(world, "co_chair").get(f"/steering-group/room/proposals/{world.proposal}/").content.decode()
    )


def test_our_own_activities_are_compared_as_far_as_the_reader_sees_them(world: World) -> None:
    draft = Activity.objects.get(reference=world.draft_activity)
    Activity.objects.filter(pk=draft.pk).update(
        title="CANARY detecting forged passports", start=today() + timedelta(days=101), country="Indonesia", city="Jakarta"
    )
    assert found(world) == ["CANARY detecting forged passports"]
    assert likely_overlaps(the(world), user=world.users["co_chair"]) == []
    Activity.objects.filter(pk=draft.pk).update(published_at=timezone.now(), published_by=world.users["secretariat"])
    assert len(likely_overlaps(the(world), user=world.users["co_chair"])) == 1
    Proposal.objects.filter(pk=world.proposal).update(state="considered")
    Proposal.objects.filter(pk=world.proposal).update(state="endorsed", activity=draft)
    assert found(world) == []


def test_undated_proposal_looks_ahead_only(world: World) -> None:
    Proposal.objects.filter(pk=world.proposal).update(earliest=None, latest=None)
    row = "Detecting forged passports | {0} | {1} | ID | Jakarta | A body | document security | immigration | "
    listed(world, row)
    assert found(world) == ["Detecting forged passports"]
    ForeignActivity.objects.update(date=today() - timedelta(days=400), end=today() - timedelta(days=399))
    assert found(world) == []


def test_lexicon_reads_both_languages() -> None:
    assert set(read_words("Lokakarya perdagangan orang").subjects) == set(read_words("Human trafficking workshop").subjects)
    assert set(read_words("Smuggling of migrants by sea").subjects) == {"smuggling", "sea", "movement by sea"}
    assert "trafficking" not in read_words("Trafficking in narcotics").subjects
    assert read_words("Workshop on the strengthening of cooperation").others == ()


@pytest.mark.parametrize(
    ("title", "subjects"),
    [
        ("Awarness of smugling", {"awareness", "smuggling"}),
        ("SLTD records", {"lost and stolen documents"}),
        ("Pelatihan identifikasi korban TPPO", {"victim identification", "trafficking"}),
        ("Central authorities and extradition", {"mutual legal assistance"}),
        ("Labour inspection on fishing vessels", {"forced labour", "fishing crews", "labour"}),
        ("Refugee status determination", {"asylum procedures"}),
        ("Wildlife trafficking", {"wildlife"}),
        ("Consultation of ministers", set()),
    ],
)
def test_lexicon_knows_the_field(title: str, subjects: set[str]) -> None:
    assert set(read_words(title).subjects) == subjects


def test_lexicon_is_whole() -> None:
    listed_subjects = set(lexicon())
    assert {wide for name in listed_subjects for wide in wider(name)} <= listed_subjects
    assert {part for _name, *parts in compounds() for part in parts} <= listed_subjects


def test_spelling_is_mended_by_one_letter_and_in_long_words_only() -> None:
    assert read_words("pasports").subjects == {"documents": "pasports"}
    assert read_words("pasprts").subjects == {}
    assert read_words("viza").subjects == {}


@pytest.mark.parametrize(
    ("title", "areas", "is_global"),
    [
        ("Bay of Bengal dialogue", {"south asia", "south-east asia"}, False),
        ("Pacific course", {"pacific"}, False),
        ("Asia-Pacific consultations", {"pacific", "south-east asia", "south asia", "east asia", "central asia"}, False),
        ("Global forum", set(), True),
        ("Course for East African states", {"eastern africa"}, False),
    ],
)
def test_reach_is_read_from_titles(title: str, areas: set[str], is_global: bool) -> None:
    reach = reach_of(title)
    assert (set(reach.areas), reach.is_global) == (areas, is_global)


def test_every_participating_country_has_an_area(db: None) -> None:
    make_world()
    assert [
        code for code in Participant.objects.exclude(iso2="").values_list("iso2", flat=True) if not area_of(code.upper())
    ] == []
    assert are_neighbours("ID", "PG")
    assert not are_neighbours("ID", "FR")


def test_what_the_proposal_adds_counts_less_than_its_title(world: World) -> None:
    row = "Interviewing victims of trafficking | {110} | {112} | ID | Bogor | A body | | | "
    listed(world, row)
    Proposal.objects.filter(pk=world.proposal).update(title="Workshop on trafficking", added_value="")
    before = [overlap.points for overlap in likely_overlaps(the(world), user=world.users["secretariat"])]
    Proposal.objects.filter(pk=world.proposal).update(added_value="How to interview victims and what they need.")
    (after,) = likely_overlaps(the(world), user=world.users["secretariat"])
    assert before == []
    assert "its description or topics say the same" in " ".join(reason.words for reason in after.reasons)


def test_own_vocabulary_joins_its_two_names() -> None:
    more = entries_of([("avalanches", "Avalanches", "Longsoran salju"), ("trafficking", "Trafficking in persons", "x")])
    assert (
        set(read_words("Pelatihan longsoran salju", more).subjects)
        == {"avalanches"}
        == set(read_words("Avalanches course", more).subjects)
    )


def _decide(world: World, **changes: Any) -> OverlapDecision:
    record = ForeignActivity.objects.get(title__startswith="Training course")
    words = {"choice": "keep", "reason": "Another audience", "expected_version": 0, "by": world.users["secretariat"]}
    return decide_overlap(proposal=the(world), other=record, **(words | changes))


def test_decision_is_recorded_changed_and_shown(world: World) -> None:
    listed(world, "Training course on passport fraud | {110} | {112} | ID | Bogor | A body | document security | immigration | ")
    desk: Client = client_for(world, "secretariat")
    record = ForeignActivity.objects.get(title__startswith="Training course")
    url = f"/desk/proposals/{world.proposal}/overlaps/foreign/{record.pk}/"
    assert "7 days apart" in desk.get(url).content.decode()
    assert desk.post(url, {"choice": "join", "reason": " ", "version": 0}).status_code == 422
    assert desk.post(url, {"choice": "join", "reason": "Same week", "version": 0}).status_code == 302
    assert desk.post(url, {"choice": "keep", "reason": "No", "version": 0}).status_code == 409
    handed = {"choice": "hand-over", "reason": "Theirs", "acceptance": "Their letter of May", "version": 1}
    assert desk.post(url, handed).status_code == 302
    row = OverlapDecision.objects.get()
    assert (row.choice, row.version, row.decided_by) == ("hand-over", 2, world.users["secretariat"])
    text = client_for(world, "co_chair").get(f"/steering-group/room/proposals/{world.proposal}/").content.decode()
    assert ("Their letter of May" in text, "Decided" in text, "Not decided" in text) == (True, True, False)
    ForeignActivity.objects.filter(pk=record.pk).update(title="Something else altogether")
    assert found(world) == ["Something else altogether"]
    assert desk.get(f"/desk/proposals/{world.proposal}/overlaps/other/{record.pk}/").status_code == 404
    assert desk.get(f"/desk/proposals/{world.proposal}/overlaps/own/999999/").status_code == 404


def test_decision_needs_a_reason_and_the_version_that_was_seen(world: World) -> None:
    listed(world, "Training course on passport fraud | {110} | | ID | Bogor | A body | document security | immigration | ")
    with pytest.raises(DomainError, match="Say why"):
        _decide(world, reason=" ")
    with pytest.raises(DomainError, match="empty where"):
        _decide(world, acceptance="They said yes")
    _decide(world)
    with pytest.raises(Conflict):
        _decide(world)
    assert _decide(world, expected_version=1, choice="join").version == 2


def test_endorsing_with_undecided_overlaps_needs_a_yes(world: World) -> None:
    listed(world, "Training course on passport fraud | {110} | {112} | ID | Bogor | A body | document security | immigration | ")
    by, desk = world.users["secretariat"], client_for(world, "secretariat")
    move(the(world), "considered", by)
    url = f"/desk/proposals/{world.proposal}/move/"
    answers = {"state": "endorsed", "decided_on": in_days(0), "version": 2}
    answer = desk.post(url, answers)
    assert (answer.status_code, "1 likely overlap is undecided" in answer.content.decode()) == (422, True)
    assert desk.post(url, answers | {"despite_overlaps": "on"}).status_code == 302
    assert ProposalStep.objects.get(to_state="endorsed").undecided == 1
    assert "1 likely overlap was not decided then." in desk.get(f"/desk/proposals/{world.proposal}/").content.decode()


def test_decided_overlaps_stand_in_nobody_s_way(world: World) -> None:
    listed(world, "Training course on passport fraud | {110} | {112} | ID | Bogor | A body | document security | immigration | ")
    by = world.users["secretariat"]
    _decide(world)
    assert undecided_overlaps(the(world), user=by) == []
    move(the(world), "considered", by)
    move(the(world), "endorsed", by)
    assert ProposalStep.objects.get(to_state="endorsed").undecided == 0
