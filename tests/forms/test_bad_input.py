"""Whatever is sent to a form or asked of a list, the portal answers: never a failure, and never an answer lost."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client

from tests.forms.portal import OURS, Portal, route_of
from tests.page_forms import PageForm, asked_for, posting_forms, tree_of

SEED = 2002

# Lone surrogates and broken UTF-8 can only be sent as bytes that are already escaped.
RAW = ("%ED%A0%80", "%ff%fe", "%00", "%F0%9F")
HOSTILE: tuple[Any, ...] = (
    "",
    None,
    " ",
    "\x00",
    "a\x00b",
    "x" * 100_000,
    "9" * 30,
    "-1",
    "0",
    "1e999",
    "NaN",
    "999999999999",
    "no-such-key",
    "official-9" + "9" * 30,
    "office-x",
    "30.02.2010",
    "2010-02-30",
    "0000-00-00",
    "9999-12-31",
    "0001-01-01",
    "13 Foobar 2010",
    "<script>alert(1)</script>",
    "'; DROP TABLE members_user; --",
    "=1+1",
    "😀 \u202emalik\u202c שלום \u200f",
    "line\r\nBcc: x@x.example\u2028",
    "a@b",
    "\u0661\u0662",
    "²",
    ["1", "1", "2"],
    ["", "\x00"],
)
FILES = (
    ("empty.pdf", b""),
    ("x.pdf", b"not a PDF"),
    ("a\x00b.pdf", b"%PDF-1.7 "),
    ("../../etc/passwd", b"root"),
    ("x" * 300 + ".docx", b"PK\x03\x04"),
    ("evil.svg", b"<svg onload=alert(1)>"),
    ("=1+1.xlsx", b"PK\x05\x06" + b"\x00" * 18),
    ("\u202efdp.exe", b"MZ"),
)
# A page posts here, but only from a state of things that these pages are not in; each has tests of its own.
NOT_ON_A_PAGE = {
    "members:accept_invitation": "a single-use token: tests/members/test_accounts.py",
    "consultation_answer": "a signed link: tests/activities/test_reply_links.py",
    "members:factor_reset_start": "an account with a factor: tests/members/test_factor_reset.py",
    "members:factor_reset_confirm": "another administrator: tests/members/test_factor_reset.py",
    "members:kept_form_discard": "a browser's own cookie: tests/members/test_kept_forms.py",
    "members:session_end": "a second session: tests/members/test_own_account.py",
    "members:import_names": "a list without known headings: tests/members/test_import.py",
    "members:import_undo": "a list just confirmed: tests/members/test_import.py",
    "activities:attendance_undo": "a press just made: tests/activities/test_attendance.py",
    "activities:walk_in_remove": "somebody who was not named: tests/activities/test_walk_ins.py",
    "activities:own_certificate": "a delegate of one's own: tests/activities/test_certificates.py",
    "attended": "a signed link: tests/activities/test_attendance.py",
    "members:official_merge": "another entry chosen: tests/activities/test_merging.py",
}


def _send(client: Client, address: str, data: dict[str, list[Any]]) -> tuple[Any, str]:
    """Post and undo. Returns the answer, and why it is a failure, if it is one."""
    failure = ""
    with transaction.atomic():
        try:
            response: Any = client.post(address, data)
            if response.status_code < 500:
                with connection.cursor() as cursor:  # rules that speak at the end of a transaction speak now
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except Exception as error:  # noqa: BLE001 - whatever it is, it would be the failure of a page
            response, failure = None, f"{type(error).__name__}: {error}"
        transaction.set_rollback(True)
    if response is not None and response.status_code >= 500:
        failure = f"{response.status_code} {response.exc_info and response.exc_info[1]!r}"
    return response, failure


def _files(form: PageForm, data: dict[str, list[Any]], turn: int) -> dict[str, list[Any]]:
    name, content = FILES[turn % len(FILES)]
    return {**data, **{field: [SimpleUploadedFile(name, content)] for field in form.files}}


def _some(chance: random.Random, names: Collection[str]) -> list[str]:
    """A few of the fields: each run of the long tests takes them all."""
    return chance.sample(sorted(names), min(3, len(names)))


def _short(value: Any) -> str:
    return ascii(value)[:40]


@pytest.mark.django_db
def test_every_address_that_takes_a_form_has_one_on_some_page(portal: Portal) -> None:
    takes = {row["route"] for row in OURS if any(answer != 405 for answer in row.get("POST", {}).values() if answer != "login")}
    on_pages = {route for _person, route, _form in portal.forms}
    assert " ".join(sorted(takes - on_pages - set(NOT_ON_A_PAGE))) == ""
    assert " ".join(sorted(on_pages - takes)) == ""


@pytest.mark.django_db
def test_no_form_fails_whatever_is_sent(portal: Portal, request: pytest.FixtureRequest) -> None:
    """Each hostile value in all fields at once, then in one field among good answers."""
    chance, every = random.Random(SEED), request.config.getoption("--nightly")
    wrong, sent = [], 0
    for person, route, form in portal.forms:
        client = portal.clients[person]
        together = HOSTILE if every else chance.sample(HOSTILE, 3)
        tries: list[dict[str, Any]] = [dict.fromkeys(form.names, value) for value in together]
        for name in form.names if every else _some(chance, form.names):
            tries += [{name: value} for value in (HOSTILE if every else chance.sample(HOSTILE, 1))]
        for turn, answers in enumerate(tries):
            _answer, failure = _send(client, form.action, _files(form, form.changed(answers), turn))
            sent += 1
            if failure:
                wrong.append(f"{route} {[(name, _short(value)) for name, value in answers.items()][:2]}: {failure[:160]}")
    assert not wrong, "\n".join(wrong)
    assert sent > 400


@pytest.mark.django_db
def test_bytes_that_are_no_text_are_answered(portal: Portal) -> None:
    wrong = []
    for person, route, form in portal.forms:
        body = "&".join(f"{name}={raw}" for name in form.names for raw in RAW)
        with transaction.atomic():
            response = portal.clients[person].post(form.action, body, content_type="application/x-www-form-urlencoded")
            transaction.set_rollback(True)
        if response.status_code >= 500:
            wrong.append(f"{route}: {response.status_code} {response.exc_info and response.exc_info[1]!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
def test_a_refused_form_keeps_the_answers_and_says_what_is_wrong(portal: Portal, request: pytest.FixtureRequest) -> None:
    """At 422: a summary, a message at a field that it is tied to, and all else as it was typed."""
    chance, every = random.Random(SEED), request.config.getoption("--nightly")
    wrong: list[str] = []
    refused = set()
    for person, route, form in portal.forms:
        for name in sorted(form.typed) if every else _some(chance, form.typed):
            good = {other: f"kept {number}" for number, other in enumerate(sorted(form.typed - {name}))}
            for bad in ("a\x00b", "x" * 100_000) if every else ("a\x00b",):
                response, _failure = _send(
                    portal.clients[person], form.action, _files(form, form.changed({**good, name: bad}), 1)
                )
                if response is not None and response.status_code == 422:
                    refused.add(route)
                    wrong += [f"{route} {name}={_short(bad)}: {said}" for said in _judged(response.content, form, good)]
    assert not wrong, "\n".join(sorted(set(wrong)))
    assert len(refused) > 15


def _judged(content: bytes, form: PageForm, good: dict[str, str]) -> Iterator[str]:
    tree = tree_of(content)
    if not tree.xpath("//*[@role='alert']//li"):
        yield "no summary"
    ids = set(tree.xpath("//@id"))
    for control in tree.xpath("//*[@aria-invalid='true']"):
        told = (control.get("aria-describedby") or "").split()
        group = control.xpath("ancestor::fieldset[1]/@aria-describedby")
        told += group[0].split() if group else []
        if not told or not set(told) <= ids:
            yield f"{control.get('name')} is wrong, but no message is tied to it ({told})"
    for link in tree.xpath("//*[@role='alert']//a/@href"):
        if link.removeprefix("#") not in ids:
            yield f"the summary leads to {link}, which is not there"
    again = [one for one in posting_forms(form.action, content) if set(good) <= set(one.names)]
    if not again:
        yield f"the form is not shown again ({sorted(good)})"
    elif not any(set(good.items()) <= set(one.values) for one in again):
        lost = [set(good.items()) - set(one.values) for one in again]
        yield f"lost: {sorted(name for name, _value in min(lost, key=len))}"


@pytest.mark.django_db
def test_no_list_fails_whatever_is_asked(portal: Portal, request: pytest.FixtureRequest) -> None:
    """Hostile query strings on every page that can be read, for every name that its forms ask for."""
    chance, every = random.Random(SEED), request.config.getoption("--nightly")
    wrong, asked = [], 0
    first = {route_of(address): (person, address, content) for person, address, content in reversed(portal.pages)}
    for person, address, content in first.values():
        names = sorted(asked_for(content) | {"page", "format", "as_of", "q", "sort", "next", "topic"})
        together = _spoken() if every else chance.sample(_spoken(), 2)
        queries = [urlencode(dict.fromkeys(names, value), doseq=True) for value in together]
        queries += ["&".join(f"{name}={raw}" for name in names) for raw in (RAW if every else chance.sample(RAW, 1))]
        for name in names if every else _some(chance, names):
            queries += [urlencode({name: value}, doseq=True) for value in (_spoken() if every else chance.sample(_spoken(), 1))]
        for query in queries:
            response = portal.clients[person].get(f"{address}?{query}")
            asked += 1
            if response.streaming:
                b"".join(response)
            if response.status_code >= 500:
                wrong.append(f"{address}?{query[:80]}: {response.exc_info and response.exc_info[1]!r}"[:300])
    assert not wrong, "\n".join(wrong)
    assert asked > 300


def _spoken() -> list[Any]:
    """Values that fit an address line: a server refuses longer ones before the portal sees them."""
    return [value[:2000] if isinstance(value, str) else value for value in HOSTILE if value is not None]
