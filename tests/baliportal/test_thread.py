"""The time machine and the thread, on the founding record: what was set, found and moved, and one click both ways."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from activities.models import Activity, FollowUp, Mandate, Objective, ProgrammeArea, Recommendation, Review, ReviewEvidence
from members.models import User
from reports.models import Document

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("founding_record")]


def results(path: str, day: str) -> dict[str, dict[str, Any]]:
    answer = Client().get(f"{path}?format=json" + (f"&as_of={day}" if day else "")).json()
    return {row["code"]: row for row in answer["results"]}


def page(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def words(path: str) -> str:
    """What a reader of the page reads, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page(path)).split())


def test_end_of_2003_ten_objectives_are_active_and_no_area_is_agreed() -> None:
    rows = results("/objectives/", "2003-12-31")
    assert [row["active"] for row in rows.values()] == [True] * 10
    assert {row["outcome"] for row in rows.values()} == {""}
    assert results("/programme-areas/", "2003-12-31") == {}
    shown = words("/objectives/?as_of=2003-12-31")
    assert shown.count("Not reviewed by that day") == 12
    assert "No programme area had been agreed by that day." in words("/programme-areas/?as_of=2003-12-31")
    assert {row["set"] for row in results("/objectives/", "2002-01-01").values()} == {False}


def test_end_of_2004_says_what_the_review_found() -> None:
    rows, day = results("/objectives/", "2004-12-31"), "?as_of=2004-12-31"
    assert len(results("/programme-areas/", "2004-12-31")) == 7
    for code in ("GOAL-1", "GOAL-2"):
        assert results(f"/objectives/{code}/", "2004-12-31")[code]["outcome"] == "met"
        assert "Met" in words(f"/objectives/{code}/{day}")
    qualifier = "to the extent a multilateral process of this type allows"
    assert (rows["OBJ-07"]["outcome"], rows["OBJ-07"]["qualifier"]) == ("completed", qualifier)
    assert f"Completed , {qualifier}" in words(f"/objectives/OBJ-07/{day}")
    asylum = rows["OBJ-10"]
    assert (asylum["outcome"], "UNHCR" in asylum["qualifier"], asylum["bilaterally"]) == ("moved", True, False)
    shown = words(f"/objectives/OBJ-10/{day}")
    assert asylum["qualifier"] in shown
    assert f"Taken up by the {asylum['moved_to']}." in shown
    silent = [code for code, row in rows.items() if row["outcome"] == "not stated"]
    assert silent == ["OBJ-01", "OBJ-05", "OBJ-06", "OBJ-09"]
    for code in silent:
        assert "That does not mean that it was dropped." in words(f"/objectives/{code}/{day}")
    assert [code for code, row in rows.items() if not row["active"]] == ["OBJ-07", "OBJ-10"]


@pytest.mark.parametrize("day", ["2002-01-01", "2003-12-31", "2004-06-08", "2004-12-31", ""])
def test_page_and_json_agree(day: str) -> None:
    query = f"?as_of={day}" if day else ""
    for code, row in results("/objectives/", day).items():
        assert results(f"/objectives/{code}/", day)[code] == row
        shown = words(f"/objectives/{code}/{query}")
        assert (
            row["outcome"].replace(" ", "-").capitalize().replace("-", " ") or "Not reviewed by that day"
        ) in shown or not row["set"]
        assert ("Ministers had not set this objective by that day." in shown) == (not row["set"] and not row["mandates"])
        for qualifier in filter(None, [row["qualifier"]]):
            assert qualifier in shown


def test_without_a_day_it_is_as_last_reviewed_never_current() -> None:
    for path in ("/objectives/", "/objectives/OBJ-07/"):
        shown = words(path)
        assert "As last reviewed, June 2004" in shown
        assert "current" not in shown.lower()


def test_mandate_names_meeting_and_paragraph() -> None:
    for code in ("OBJ-01", "GOAL-1"):
        shown = words(f"/objectives/{code}/")
        assert "Set : First Regional Ministerial Conference , 26–28 February 2002, question 2." in shown
        assert "Second Regional Ministerial Conference" in shown
    assert "Set : Senior officials" in words("/programme-areas/PA-01/")


def test_every_link_between_activities_and_objectives_is_one_click_both_ways() -> None:
    rows = Client().get("/activities/?format=json").json()["results"]
    assert len(rows) > 90
    of_objective = {code: page(f"/objectives/{code}/") for code in results("/objectives/", "")}
    of_area = {code: page(f"/programme-areas/{code}/") for code in results("/programme-areas/", "")}
    without = 0
    for row in rows:
        here = page(f"/activities/{row['reference']}/")
        for code in row["objectives"]:
            assert f'href="/objectives/{code}/"' in here
            assert f'href="/activities/{row["reference"]}/"' in of_objective[code]
        for code in row["areas"]:
            assert f'href="/programme-areas/{code}/"' in here
            assert f'href="/activities/{row["reference"]}/"' in of_area[code]
        if not row["objectives"]:
            without += 1
            assert '<a href="/objectives/">No objective is recorded.</a>' in here
    assert without > 0


def test_every_recommendation_is_one_click_from_its_meeting_objective_and_area_and_back() -> None:
    by, objective = User.objects.service_account(), Objective.objects.get(code="OBJ-02")
    area, meeting = ProgrammeArea.objects.get(code="PA-02"), Activity.objects.get(reference="BP-2004-02")
    taken_forward = Activity.objects.get(reference="BP-2004-03")
    for number, links in enumerate(({"objective": objective}, {"area": area}, {}), start=1):
        row = Recommendation.objects.create(reference=f"BP-REC-2004-0{number}", text="Train", activity=meeting, **links)
        FollowUp.objects.create(recommendation=row, text="x", kind="taken-forward", activity=taken_forward, recorded_by=by)
    rows = Client().get("/recommendations/?format=json").json()["results"]
    assert len(rows) == 3
    for row in rows:
        own, here = f'href="/recommendations/{row["reference"]}/"', page(f"/recommendations/{row['reference']}/")
        linked = [f"/activities/{row['meeting']}/", "/activities/BP-2004-03/"]
        linked += [f"/objectives/{row['objective']}/"] if row["objective"] else []
        linked += [f"/programme-areas/{row['area']}/"] if row["area"] else []
        for path in linked:
            assert f'href="{path}"' in here, path
            assert own in page(path), path


@pytest.mark.parametrize("language", ["", "/id"])
def test_thread_tells_the_whole_way_in_words_picture_and_table(language: str) -> None:
    threads = [f"/objectives/{code}/" for code in [*results("/objectives/", ""), "GOAL-1"]]
    threads += [f"/programme-areas/{code}/" for code in results("/programme-areas/", "")]
    for stem in threads:
        shown = page(f"{language}{stem}thread/")
        assert " style=" not in shown
        picture = shown.split('<svg class="flow"')[1].split("</svg>")[0]
        table = shown.split("<details")[1].split("</details>")[0]
        drawn = set(re.findall(r'href="([^"]+)"', picture))
        assert drawn <= set(re.findall(r'href="([^"]+)"', table))
        assert f"{language}{stem}" in drawn
    asylum = page(f"{language}/objectives/OBJ-10/thread/")
    for target in ("/activities/BP-2002-01/", "/activities/BP-2003-01/", "/forums/"):
        assert f'href="{language}{target}"' in asylum


def test_every_activity_is_one_click_from_its_threads_and_back() -> None:
    rows = Client().get("/activities/?format=json").json()["results"]
    of_aims: dict[str, str] = {}
    for row in rows:
        own, here = f"/activities/{row['reference']}/", page(f"/activities/{row['reference']}/")
        threads = [f"/objectives/{code}/thread/" for code in row["objectives"]]
        threads += [f"/programme-areas/{code}/thread/" for code in row["areas"]]
        for path in threads:
            shown = of_aims.setdefault(path, page(path))
            assert f'href="{path}"' in here, (own, path)
            assert f'href="{own}"' in shown, (path, own)
    assert len(of_aims) > 10
    for row in rows[::9]:
        own, here = f"/activities/{row['reference']}/", page(f"/activities/{row['reference']}/")
        assert f'href="{own}thread/"' in here
        thread = page(f"{own}thread/")
        linked = [own, *(f"/objectives/{code}/" for code in row["objectives"]), *(f"/programme-areas/{c}/" for c in row["areas"])]
        for path in linked:
            assert f'href="{path}"' in thread, path


def cited() -> list[str]:
    """One recommendation, one piece of evidence and one act, each from a document of its own; their symbols."""
    symbols = list(Document.objects.exclude(activity=None).order_by("symbol").values_list("symbol", flat=True)[:3])
    objective, area = Objective.objects.get(code="OBJ-02"), ProgrammeArea.objects.get(code="PA-02")
    Recommendation.objects.create(
        reference="BP-REC-2004-01",
        text="Train",
        document_symbol=symbols[0],
        paragraph="paragraph 5",
        objective=objective,
        area=area,
    )
    review = Review.objects.filter(objective=objective)[0]
    ReviewEvidence.objects.create(review=review, document_symbol=symbols[1], paragraph="paragraph 6")
    Mandate.objects.create(area=area, decided=date(2005, 1, 1), act="reaffirmed", paragraph=f"{symbols[2]}, paragraph 7")
    return symbols


def test_every_document_is_one_click_from_its_threads_and_back() -> None:
    symbols = cited()
    rows = Client().get("/reports/?format=json").json()["results"]
    assert len(rows) > 20
    of_activity = {row["reference"]: row for row in Client().get("/activities/?format=json").json()["results"]}
    expected = {row["symbol"]: set[str]() for row in rows}
    for row in rows:
        of = of_activity[row["activity"]] if row["activity"] else {"objectives": [], "areas": []}
        expected[row["symbol"]] |= {f"/objectives/{code}/thread/" for code in of["objectives"]}
        expected[row["symbol"]] |= {f"/programme-areas/{code}/thread/" for code in of["areas"]}
    expected[symbols[0]].add("/recommendations/BP-REC-2004-01/thread/")
    expected[symbols[1]].add("/objectives/OBJ-02/thread/")
    expected[symbols[2]].add("/programme-areas/PA-02/thread/")
    shown: dict[str, str] = {}
    for symbol, threads in expected.items():
        own, here = f"/reports/{symbol}/", page(f"/reports/{symbol}/")
        assert f'href="{own}thread/"' in here
        assert f'href="{own}"' in page(f"{own}thread/")
        found = set(re.findall(r'href="((?:/objectives|/programme-areas|/recommendations)/[^"]+/thread/)"', here))
        assert found == threads, symbol
        for path in threads:
            assert f'href="{own}"' in shown.setdefault(path, page(path)), (path, own)
    assert len(shown) > 5


@pytest.mark.parametrize("language", ["", "/id"])
def test_threads_of_activity_and_document_hold_what_came_of_them(language: str) -> None:
    symbols = cited()
    thread = page(f"{language}/reports/{symbols[0]}/thread/")
    for path in ("/recommendations/BP-REC-2004-01/", "/recommendations/BP-REC-2004-01/thread/"):
        assert f'href="{language}{path}"' in thread, path
    assert f'href="{language}/objectives/OBJ-02/#review-' in page(f"{language}/reports/{symbols[1]}/thread/")
    assert f'href="{language}/programme-areas/PA-02/"' in page(f"{language}/reports/{symbols[2]}/thread/")
    som = page(f"{language}/activities/BP-2004-04/thread/")
    for code in ("OBJ-07", "OBJ-10", "GOAL-1"):
        assert f'href="{language}/objectives/{code}/#review-BP-2004-04"' in som, code
        assert f'href="{language}/objectives/{code}/thread/"' in som, code
    for shown in (thread, som):
        assert " style=" not in shown
        drawn = set(re.findall(r'href="([^"]+)"', shown.split('<svg class="flow"')[1].split("</svg>")[0]))
        assert drawn
        assert drawn <= set(re.findall(r'href="([^"]+)"', shown.split("<details")[1].split("</details>")[0]))


def test_links_of_threads_lead_somewhere() -> None:
    found: set[str] = set()
    symbols = cited()
    for path in (
        "/objectives/OBJ-02/thread/",
        "/objectives/GOAL-1/thread/",
        "/programme-areas/PA-02/thread/",
        "/activities/BP-2004-04/thread/",
        *(f"/reports/{symbol}/thread/" for symbol in symbols),
    ):
        found |= set(
            re.findall(r'href="(/(?:activities|objectives|programme-areas|recommendations|reports|forums)/[^"#?]*)"', page(path))
        )
    assert len(found) > 15
    for path in sorted(found):
        assert Client().get(path).status_code == 200, path


def test_feed_holds_every_review(founding_record: Path) -> None:
    shown = page("/feeds/objectives.atom")
    assert shown.count("<entry>") == 12
    assert "to the extent a multilateral process of this type allows" in shown


@pytest.mark.parametrize("query", ["as_of=%00", "as_of=99999", "page=-1", "page=x", "as_of=2003-02-31"])
def test_odd_questions_never_break_a_page(query: str) -> None:
    for path in (
        "/objectives/GOAL-1/",
        "/programme-areas/PA-01/",
        "/programme-areas/",
        "/objectives/OBJ-02/thread/",
        "/objectives/%00/thread/",
        "/activities/BP-2004-04/thread/",
        "/activities/%00/thread/",
        "/reports/BP-R-2004-01/thread/",
        "/reports/%00/thread/",
    ):
        assert Client().get(f"{path}?{query}").status_code in {200, 404, 422}
