"""For whoever watches the portal: does it live, is it ready."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
@login_not_required
def livez(_request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@login_not_required
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers and is migrated, else 503. Redis is reported; it only wakes."""
    found = {"database": _database(), "cache": _cache()}
    ready = found["database"] == "ok"
    return JsonResponse({"status": "ok" if ready else "unavailable", **found}, status=200 if ready else 503)


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        return "migrations missing" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"
    except DatabaseError:
        return "unavailable"


def _cache() -> str:
    try:
        caches["disposable"].get("readyz")
    except Exception:  # noqa: BLE001 - whatever the cache raises, it is only reported
        return "unavailable"
    return "ok"
