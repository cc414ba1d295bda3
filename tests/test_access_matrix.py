"""Every route of the resolver × fourteen kinds of person: the answer that tests/access.yaml says, written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.cast import (
    DESK,
    PERSONS,
    SIGNED_OUT,
    World,
    add_accounts,
    add_delegations,
    add_own_of_b,
    add_reports,
    client_for,
    make_world,
)

ROWS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "access.yaml").read_text())
GROUPS = {"signed_out": SIGNED_OUT, "desk": DESK}
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
# Methods that no cell names are tried for these; with --nightly for everybody.
FEW = frozenset({"administrator", "secretariat", "focal_point_a", "anonymous"})


def routes(resolver: Any, namespace: str = "") -> Iterator[str]:
    """Names of all routes, with their namespaces. A route without a name cannot have a row."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = ":".join(part for part in (namespace, entry.namespace or "") if part)
            yield from routes(entry, inner)
        elif isinstance(entry, URLPattern):
            assert entry.name, entry.pattern
            yield f"{namespace}:{entry.name}" if namespace else entry.name


def expected(cells: dict[str, Any], person: str) -> Any:
    """The answer for one person: by name, by group, or the default."""
    if person in cells:
        return cells[person]
    for group, members in GROUPS.items():
        if group in cells and person in members:
            return cells[group]
    return cells["default"]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    from django.core.management import call_command

    with django_db_blocker.unblock():
        made = make_world()
        add_reports(made)
        add_accounts(made)
        add_own_of_b(made)
        add_delegations(made)
    yield made
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def is_thorough(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--nightly"))


def _methods(person: str, *, is_thorough: bool) -> tuple[str, ...]:
    return ("GET", *UNSAFE) if is_thorough or person in FEW else ("GET", "POST")


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    known, said = set(routes(get_resolver())), [row["route"] for row in ROWS]
    assert sorted(known - set(said)) == []
    assert sorted(set(said) - known) == []
    assert len(said) == len(set(said))


def test_rows_name_only_persons_of_the_cast() -> None:
    every = [*ROWS, *(other for row in ROWS for other in row.get("other", []))]
    names = {name for row in every for method in ("GET", *UNSAFE) for name in row.get(method, {})}
    assert names <= {*PERSONS, *GROUPS, "default"}


def test_an_address_of_one_participant_has_the_other_s_beside_it() -> None:
    """Wherever a row's address is A's: the same of B with its own answers, and never one of A's within B's place for A."""
    for row in ROWS:
        if "{participant_a}" in row["url"] or "_a}" in row["url"]:
            assert all("_b}" in other["url"] for other in row["other"]), row["route"]
            assert row["other"][0]["url"] == row["url"].replace("_a}", "_b}"), row["route"]
            assert all(set(other) - {"url"} == set(row) & {"GET", "POST"} for other in row["other"]), row["route"]


@pytest.mark.django_db
@pytest.mark.parametrize("person", PERSONS)
def test_person_gets_what_the_matrix_says(world: World, person: str, is_thorough: bool) -> None:
    client, methods = client_for(world, person), _methods(person, is_thorough=is_thorough)
    wrong = []
    for row in ROWS:
        if person == "half_signed_in" and row["route"].startswith("mfa_"):
            client = client_for(world, person)  # other pages of the sign-in end what was half done
        url = row["url"].format(**vars(world))
        for method in methods:
            if method in row:
                wrong += _compare(client, method, url, expected(row[method], person))
            elif row.get("forms") == "allauth":
                wrong += _survives(client, method, url)
            elif method != "GET":
                wrong += _refused(client, method, url)
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
@pytest.mark.parametrize("person", PERSONS)
def test_person_gets_nothing_that_belongs_to_another_participant(world: World, person: str, is_thorough: bool) -> None:
    client, wrong, methods = client_for(world, person), [], _methods(person, is_thorough=is_thorough)
    for other in (other for row in ROWS for other in row.get("other", [])):
        url = other["url"].format(**vars(world))
        for method in methods:
            wrong += _compare(client, method, url, expected(other[method], person)) if method in other else []
            wrong += _refused(client, method, url) if method not in other and method != "GET" else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
@pytest.mark.parametrize("person", [name if name in FEW else pytest.param(name, marks=pytest.mark.nightly) for name in PERSONS])
def test_asking_about_an_address_tells_no_more_than_the_address(world: World, person: str) -> None:
    """HEAD is answered as GET and has no body; OPTIONS, like every other method, gives no page that GET refuses."""
    client, wrong = client_for(world, person), []
    for row in ROWS:
        url, cells = row["url"].format(**vars(world)), row.get("GET", {"default": 405})
        if person == "half_signed_in" and row["route"].startswith("mfa_"):
            client = client_for(world, person)
        wanted = expected(cells, person)
        for method in ("HEAD", "OPTIONS"):
            response = client.generic(method, url)
            status, body = response.status_code, b"".join(response) if response.streaming else response.content
            if status >= 500 or (method == "HEAD" and body):
                wrong.append(f"{method} {url}: {status}, {len(body)} bytes")
            if wanted == 404 and status < 400 and (body or row.get("forms") != "allauth"):
                wrong.append(f"{method} {url}: {status}, where GET answers 404")
            if method == "HEAD" and row.get("forms") != "allauth" and wanted in {200, 404} and status != wanted:
                wrong.append(f"HEAD {url}: {status}, where GET answers {wanted}")
    assert not wrong, "\n".join(wrong)


def _answer(client: Client, method: str, url: str) -> tuple[int, str]:
    response = client.generic(method, url)
    if response.streaming:
        b"".join(response)  # read to its end, so that the file behind it is closed
    return response.status_code, response.headers.get("Location", "")


def _compare(client: Client, method: str, url: str, wanted: Any) -> list[str]:
    status, location = _answer(client, method, url)
    got: Any = "login" if status == 302 and location.startswith("/accounts/login/") else status
    return [] if got == wanted else [f"{method} {url}: {got} {location}, not {wanted}"]


def _refused(client: Client, method: str, url: str) -> list[str]:
    """A method without a cell changes nothing for anybody."""
    status, location = _answer(client, method, url)
    fine = status in {403, 404, 405, 410} or (status == 302 and location.startswith("/accounts/"))
    return [] if fine else [f"{method} {url}: {status} {location}, but no cell allows it"]


def _survives(client: Client, method: str, url: str) -> list[str]:
    """Forms that are not ours: whatever they answer to an empty request, they do not fail and lead nobody in."""
    if "logout" in url:
        return []
    status, location = _answer(client, method, url)
    fine = status < 500 and not (status == 302 and location.startswith("/desk/"))
    return [] if fine else [f"{method} {url}: {status} {location}"]


@pytest.mark.django_db
def test_restricted_and_missing_records_are_answered_alike(world: World) -> None:
    client = client_for(world, "anonymous")
    for there, nowhere in (
        (f"/activities/{world.draft_activity}/", "/activities/XX-2010-99/"),
        (f"/activities/{world.restricted_activity}/", "/activities/XX-2010-99/"),
        (f"/reports/{world.restricted_document}/", "/reports/XX-R-2010-99/"),
    ):
        hidden, missing = client.get(there), client.get(nowhere)
        assert (hidden.status_code, missing.status_code) == (404, 404)
        same = (
            hidden.content.decode().replace(there.split("/")[2], "…"),
            missing.content.decode().replace(nowhere.split("/")[2], "…"),
        )
        assert same[0] == same[1]
    assert client.get(f"/activities/{world.withdrawn_activity}/").status_code == 410
