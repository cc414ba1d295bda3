"""What every page needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject

from baliportal import nav
from members.models import Process
from members.models.visibility import rights_of


def portal(request: HttpRequest) -> dict[str, Any]:
    """Process, navigation, the same page in the other language. At most one query, when a template asks for it."""
    user = getattr(request, "user", None)
    process = SimpleLazyObject(lambda: getattr(request, "kept_by", None) or _process())
    parts = [part for part in request.path.split("/") if part and part not in dict(settings.LANGUAGES)]
    return {
        "process": process,
        "origin": settings.ORIGIN,
        "trial": settings.TRIAL,
        "main_nav": nav.built(nav.MAIN),
        "desk_nav": nav.desk_entries(rights_of(user)) if user is not None and user.is_authenticated else [],
        "rights": rights_of(user) if user is not None else None,
        "section": parts[0] if parts else "",
        "desk_section": nav.desk_key(parts[1] if len(parts) > 1 else "desk"),
        "languages": SimpleLazyObject(lambda: _languages(request, process.language_codes)),
    }


def _languages(request: HttpRequest, codes: list[str]) -> list[dict[str, str]]:
    """The languages that the process works in and the portal speaks, each with the address of this page in it."""
    spoken = [code for code, _name in settings.LANGUAGES if code in codes]
    return [{"code": code, "name": _own_name(code), "url": translate_url(request.get_full_path(), code)} for code in spoken]


def _process() -> Process:
    return Process.objects.first() or Process(name_en="Portal", full_name_en="Portal", prefix="XX")


def _own_name(code: str) -> str:
    return {"en": "English", "id": "Bahasa Indonesia"}.get(code, code)
