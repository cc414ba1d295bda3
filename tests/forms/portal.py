"""Who may change something, and all pages and forms that open to them: what hostile and forged input is sent to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.urls import resolve

from tests.cast import World, add_accounts, add_reports, client_for
from tests.open_states import open_states, variants
from tests.page_forms import PageForm, posting_forms
from tests.test_access_matrix import ROWS, expected

OURS = [row for row in ROWS if row.get("forms") != "allauth"]
PERSONS = ("administrator", "secretariat", "co_chair", "focal_point_a", "anonymous")
SHOWN_AS = {"activities:activity_attendance": "?as=table"}  # another form of the page, with a form that posts to itself


class Portal:
    """Clients of those who may change something, and what their pages are made of; read once, since each try is undone."""

    def __init__(self, world: World) -> None:
        add_reports(world)
        add_accounts(world)
        open_states(world)
        self.world, self.clients = world, {name: client_for(world, name) for name in PERSONS}
        for client in self.clients.values():
            client.raise_request_exception = False  # a failure is seen as an answer
        self.pages = list(self._pages())
        self.forms = list(self._forms())

    def addresses(self, row: dict[str, Any]) -> set[str]:
        """The address of a route, with each record that it could name here."""
        found = set()
        for names in variants(self.world):
            found.add(row["url"].format(**{**vars(self.world), **names}))
        return found | {f"{address}{SHOWN_AS[row['route']]}" for address in found if row["route"] in SHOWN_AS}

    def _pages(self) -> Iterator[tuple[str, str, bytes]]:
        """Each page for each person that it opens to: person, address, content."""
        for row in OURS:
            for address in sorted(self.addresses(row)):
                for person, client in self.clients.items():
                    if not _opens(row, person):
                        continue
                    response: Any = client.get(address)
                    content = b"".join(response) if response.streaming else response.content
                    if response.status_code == 200 and response.headers["Content-Type"].startswith("text/html"):
                        yield person, address, content

    def _forms(self) -> Iterator[tuple[str, str, PageForm]]:
        """Each form that posts, once a route and set of fields: person, route, form."""
        seen = set()
        for person, address, content in self.pages:
            for form in posting_forms(address, content):
                route = route_of(form.action)
                shape = (route, frozenset(form.names), frozenset(name for name, _value in form.values))
                if shape not in seen and not route.startswith("account_"):
                    seen.add(shape)
                    yield person, route, form


def route_of(address: str) -> str:
    return resolve(urlsplit(address).path).view_name


def _opens(row: dict[str, Any], person: str) -> bool:
    """Whether a page may open to the person; where the matrix names no record that opens to anybody, another one may."""
    cells = row.get("GET", {})
    return bool(cells) and (200 not in cells.values() or expected(cells, person) == 200)
