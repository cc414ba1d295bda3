"""Health, headers, and error pages in the site's dress."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.core.cache import caches
from django.db import DatabaseError
from django.test import Client, RequestFactory

from baliportal.logs import json_formatter
from baliportal.views import errors


@pytest.mark.django_db
def test_alive_and_ready() -> None:
    client = Client()
    assert client.get("/livez").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok", "database": "ok", "cache": "ok"}


@pytest.mark.django_db
def test_ready_without_the_cache_but_not_without_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_args: Any, **_kwargs: Any) -> Any:
        raise ConnectionError

    def down(*_args: Any, **_kwargs: Any) -> Any:
        raise DatabaseError

    monkeypatch.setattr(caches["disposable"], "get", gone)
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["cache"]) == (200, "unavailable")
    monkeypatch.setattr("baliportal.views.health.MigrationExecutor", down)
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, "unavailable")
    assert Client().get("/livez").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/about/", "/nowhere/", "/accounts/login/", "/activities/?format=json"])
def test_headers_hold_for_every_answer(path: str) -> None:
    response = Client().get(path)
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert not [word for word in ("unsafe", "data:", "nonce", "*") if word in policy]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert len(response["X-Request-ID"]) == 32


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", ["", "/id"])
def test_missing_page_is_in_the_sites_dress_and_offers_the_reference(prefix: str) -> None:
    response = Client().get(f"{prefix}/activities/BP-1999-01/")
    text = response.content.decode()
    assert response.status_code == 404
    assert 'value="BP-1999-01"' in text
    assert 'class="foot"' in text
    assert ("Halaman itu tidak ada" in text) == (prefix == "/id")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("view", "status"),
    [
        (errors.bad_request, 400),
        (errors.permission_denied, 403),
        (errors.page_not_found, 404),
        (errors.server_error, 500),
        (errors.csrf_failure, 403),
    ],
)
def test_error_pages_need_no_user(view: Any, status: int) -> None:
    response = view(RequestFactory().get("/somewhere/"))
    assert response.status_code == status
    assert b"<h1>" in response.content


@pytest.mark.django_db
def test_form_without_its_token_says_what_to_do() -> None:
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@b.example", "password": "x"})
    assert response.status_code == 403
    assert "reload the page" in response.content.decode()


def test_log_line_is_one_line_of_json_whatever_comes_in() -> None:
    record = logging.LogRecord("x", logging.INFO, "f", 1, "path\r\n\x1b[31m%s", ("a\nb\x00",), None)
    line = json_formatter().format(record)
    assert "\n" not in line
    assert "\x1b" not in json.loads(line)["event"]
