"""From a document to what came of it, and back: cited by symbol, version and paragraph, and only what the record has."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from activities.models import Activity, FollowUp, Mandate, Objective, Recommendation, Review
from members.enums import AccessClass
from reports.models import Document
from tests.cast import World, client_for, make_world


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def desk(world: World) -> Client:
    return client_for(world, "secretariat")


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(answer.content.decode().split())


def cite(**more: Any) -> Recommendation:
    fields = {"document_symbol": "XX-R-2010-01", "document_version": 1, "paragraph": "paragraph 5", "text": "Train"} | more
    return Recommendation.objects.create(**fields)


def test_document_lists_what_came_of_it(world: World) -> None:
    som, objective = Activity.objects.get(reference="XX-2009-01"), Objective.objects.get()
    Document.objects.filter(symbol="XX-R-2010-01").update(activity=som)
    before = page(Client(), "/reports/XX-R-2010-01/")
    assert "No recommendation, review or mandate in the record names this document." in before
    cite(reference="XX-REC-2010-05")
    cite(reference="XX-REC-2010-06", document_symbol="XX-R-2010-01.Add1", text="Of another paper")
    Review.objects.get().evidence.create(document_symbol="XX-R-2010-01", paragraph="paragraph 7")
    Mandate.objects.create(objective=objective, activity=som, act="amended", paragraph="XX-R-2010-01, paragraph 9")
    Mandate.objects.create(objective=objective, activity=som, act="reaffirmed", paragraph="XX-R-2010-01.Add1, paragraph 3")
    shown = page(Client(), "/reports/XX-R-2010-01/")
    for words in (
        '<a href="/recommendations/XX-REC-2010-05/">XX-REC-2010-05</a> Train<span class="hint">version 1, paragraph 5</span>',
        '<a href="/objectives/OBJ-01/#review-XX-2009-01">OBJ-01 First</a>',
        '<span class="hint">paragraph 7</span>',
        '<a href="/objectives/OBJ-01/">OBJ-01 First</a>: Amended<span class="hint">XX-R-2010-01, paragraph 9</span>',
        '<a href="/activities/XX-2009-01/">Earlier</a>',
    ):
        assert words in shown, words
    for words in ("Of another paper", "paragraph 3", "names this document"):
        assert words not in shown, words
    aim = page(Client(), "/objectives/OBJ-01/")
    assert aim.count('<a href="/reports/XX-R-2010-01/" title="XX-R-2010-01">XX-R-2010-01</a>') == 2


def test_recommendation_leads_to_the_cited_file_and_names_the_paragraph(world: World) -> None:
    cite(reference="XX-REC-2010-05")
    shown = page(Client(), "/recommendations/XX-REC-2010-05/")
    assert '<a href="/reports/XX-R-2010-01/">XX-R-2010-01: XX-R-2010-01</a>, version 1, paragraph 5' in shown
    assert '<a href="/reports/XX-R-2010-01/v1/en.pdf">Open version 1 (PDF, English): paragraph 5</a>' in shown
    file = Client().get("/reports/XX-R-2010-01/v1/en.pdf")
    assert (file.status_code, b"".join(file)) == (200, b"%PDF-1.7 XX-R-2010-01")  # type: ignore[arg-type]  # streamed


def test_a_document_that_the_reader_may_not_see_is_no_link(world: World) -> None:
    cite(reference="XX-REC-2010-05", document_symbol="XX-R-2010-02")
    public = page(Client(), "/recommendations/XX-REC-2010-05/")
    assert "/reports/XX-R-2010-02/" not in public
    assert "/reports/XX-R-2010-02/v1/en.pdf" in page(
        client_for(world, "steering_group_member"), "/recommendations/XX-REC-2010-05/"
    )


def test_only_what_the_reader_may_see_is_listed(world: World) -> None:
    cite(reference="XX-REC-2010-05", text="CANARY", access_class=AccessClass.STEERING_GROUP)
    draft = Activity.objects.create(
        reference="XX-2011-05", kind=Activity.objects.all()[0].kind, title="CANARY", start=date(2011, 1, 1)
    )
    review = Review.objects.create(meeting=draft, objective=Objective.objects.get(), outcome="not-stated")
    review.evidence.create(document_symbol="XX-R-2010-01", paragraph="CANARY")
    Mandate.objects.create(objective=Objective.objects.get(), activity=draft, paragraph="XX-R-2010-01, CANARY")
    Document.objects.filter(symbol="XX-R-2010-01").update(activity=draft)
    for path in ("/reports/XX-R-2010-01/", "/reports/XX-R-2010-01/thread/"):
        assert "CANARY" not in page(Client(), path)
    for path in ("/reports/?format=json", "/reports/XX-R-2010-01/?format=json"):
        assert [row["activity"] for row in Client().get(path).json()["results"]] == [""]
        seen = client_for(world, "secretariat").get(path).json()["results"]
        assert {row["symbol"]: row["activity"] for row in seen}["XX-R-2010-01"] == "XX-2011-05"
    assert Client().get("/activities/XX-2011-05/thread/").status_code == 404
    assert page(client_for(world, "steering_group_member"), "/reports/XX-R-2010-01/").count("CANARY") == 1
    assert page(client_for(world, "secretariat"), "/reports/XX-R-2010-01/").count("CANARY") == 5


def test_desk_page_asks_for_the_paragraph_and_carries_it_over(desk: Client, world: World) -> None:
    Document.objects.filter(symbol="XX-R-2010-01").update(activity=Activity.objects.get(reference="XX-2009-01"))
    form = page(desk, "/desk/documents/XX-R-2010-01/").split('id="cite-from"')[1].split("</form>")[0]
    assert 'method="get"' in form
    assert 'action="/desk/recommendations/new/"' in form
    for field in ('name="document_symbol" value="XX-R-2010-01"', 'name="activity" value="XX-2009-01"', 'name="paragraph"'):
        assert field in form, field
    assert '<option value="1">1</option>' in form
    query = "document_symbol=XX-R-2010-01&activity=XX-2009-01&document_version=1&paragraph=paragraph+5"
    new = page(desk, f"/desk/recommendations/new/?{query}")
    for field in ('value="XX-R-2010-01"', 'value="XX-2009-01"', 'value="1"', 'value="paragraph 5"'):
        assert field in new, field


def test_withdrawn_document_is_not_cited_anew_and_old_citations_stay(desk: Client, world: World) -> None:
    cite(reference="XX-REC-2010-05")
    row = Document.objects.get(symbol="XX-R-2010-01")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = timezone.now(), world.users["secretariat"], "Wrong text"
    row.save()
    answers = {"text": "Train", "access_class": "public", "document_symbol": "XX-R-2010-01", "document_version": "1"}
    new = desk.post("/desk/recommendations/new/", answers)
    assert (new.status_code, b"The record has no document XX-R-2010-01." in new.content) == (422, True)
    kept = answers | {"paragraph": "paragraph 6", "expected_version": "1"}
    assert desk.post("/desk/recommendations/XX-REC-2010-05/", kept).status_code == 302
    assert "/reports/XX-R-2010-01/v1/" not in page(Client(), "/recommendations/XX-REC-2010-05/")


def test_free_words_name_only_documents_of_the_record(desk: Client, world: World) -> None:
    follow_up = f"/desk/recommendations/{world.recommendation}/follow-up/"
    mandate = "/desk/objectives/OBJ-01/mandates/new/"
    said = {"kind": "update", "text": "Done"}
    act = {"act": "amended", "activity": "XX-2009-01"}
    for path, field, answers in ((follow_up, "evidence", said), (mandate, "paragraph", act)):
        refused = desk.post(path, answers | {field: "XX-R-2010-77, paragraph 5"})
        assert refused.status_code == 422
        error = refused.content.decode().split(f'id="id_{field}_error"')[1].split("</div>")[0]
        assert "The record has no document XX-R-2010-77." in error
        for words in ("XX-R-2010-01, paragraph 5", "UN-R-2010-77, paragraph 5", "A/68/283, paragraph 73"):
            assert desk.post(path, answers | {field: words, "act": {"X": "set", "U": "amended", "A": "reaffirmed"}[words[0]]})
        assert desk.post(path, answers | {field: ""}).status_code in {302, 422}
    shown = page(Client(), f"/recommendations/{world.recommendation}/")
    assert '<a href="/reports/XX-R-2010-01/" title="XX-R-2010-01">XX-R-2010-01</a>, paragraph 5' in shown
    assert "UN-R-2010-77, paragraph 5" in shown
    assert sorted(FollowUp.objects.exclude(evidence="").values_list("evidence", flat=True)) == [
        "A/68/283, paragraph 73",
        "UN-R-2010-77, paragraph 5",
        "XX-R-2010-01, paragraph 5",
    ]
    assert sorted(Mandate.objects.exclude(paragraph="").values_list("act", flat=True)) == ["amended", "reaffirmed", "set"]


def test_evidence_of_a_review_names_a_document_or_a_paper_of_others(desk: Client, world: World) -> None:
    path, name = "/desk/reviews/XX-2009-01/", "OBJ-01-evidence"
    answers = {"aim": "OBJ-01", "OBJ-01-expected_version": 1, "OBJ-01-outcome": "not-stated"}
    refused = desk.post(path, answers | {name: "XX-R-2010-77, paragraph 5"})
    assert refused.status_code == 422
    error = refused.content.decode().split('id="id_OBJ-01-evidence_error"')[1].split("</div>")[0]
    assert "The record has no document XX-R-2010-77." in error
    lines = "XX-R-2010-01, paragraph 5\nUN-R-2010-77, paragraph 6\nA/68/283, paragraph 73"
    assert desk.post(path, answers | {name: lines}).status_code == 302
    assert [(row.document_symbol, row.paragraph, row.text) for row in Review.objects.get().evidence.all()] == [
        ("XX-R-2010-01", "paragraph 5", ""),
        ("", "", "UN-R-2010-77, paragraph 6"),
        ("", "", "A/68/283, paragraph 73"),
    ]


def test_pages_ask_as_often_with_one_citation_as_with_three(world: World) -> None:
    def add(number: int) -> None:
        earlier = Activity.objects.get(reference="XX-2009-01")
        Document.objects.update(activity=earlier)
        made = cite(reference=f"XX-REC-2010-1{number}", objective=Objective.objects.get(), activity=earlier)
        FollowUp.objects.create(
            recommendation=made, text="x", kind="taken-forward", activity=earlier, recorded_by=world.users["secretariat"]
        )
        Review.objects.get().evidence.create(document_symbol="XX-R-2010-01", paragraph=f"paragraph {number}")
        Mandate.objects.create(
            objective=Objective.objects.get(), decided=date(2010, 1, number), paragraph=f"XX-R-2010-01, paragraph {number}"
        )

    def asked() -> dict[str, int]:
        numbers = {}
        for path in (
            "/reports/XX-R-2010-01/",
            "/reports/XX-R-2010-01/thread/",
            "/activities/XX-2009-01/thread/",
            "/recommendations/XX-REC-2010-11/",
            "/objectives/OBJ-01/",
        ):
            with CaptureQueriesContext(connection) as found:
                assert Client().get(path).status_code == 200
            numbers[path] = len(found)
        return numbers

    add(1)
    asked()
    one = asked()
    add(2)
    add(3)
    assert asked() == one
    one.pop("/objectives/OBJ-01/")  # it reads acts, reviews and areas besides
    assert max(one.values()) <= 12


def test_thread_of_a_document_without_a_title_is_called_by_its_symbol(world: World) -> None:
    Document.objects.filter(symbol="XX-R-2010-01").update(title="")
    assert "<h1>XX-R-2010-01</h1>" in page(Client(), "/reports/XX-R-2010-01/thread/")


def test_thread_of_what_was_withdrawn_says_why(world: World) -> None:
    row = Document.objects.get(symbol="XX-R-2010-01")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = timezone.now(), world.users["secretariat"], "Wrong text"
    row.save()
    for path in ("/reports/XX-R-2010-01/thread/", f"/activities/{world.withdrawn_activity}/thread/"):
        assert Client().get(path).status_code == 410
        assert client_for(world, "secretariat").get(path).status_code == 200
    assert b"Wrong text" in Client().get("/reports/XX-R-2010-01/thread/").content
