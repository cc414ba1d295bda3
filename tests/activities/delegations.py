"""What tests of delegations share: people, sheets as a browser sends them, and the world they are sent in."""

from __future__ import annotations

from typing import Any

from django.test import Client

from activities.models import Activity, Invitation, Nomination
from activities.services.nominations import Nominee, submit_delegation
from tests.cast import World, client_for

PEOPLE = [
    Nominee("Dewi Lestari", "Director, Ministry", "dewi@ministry.example"),
    Nominee("Budi Santoso", "Adviser, Ministry", "budi@ministry.example"),
    Nominee("Sri Wahyuni", "Head of unit, Police", "sri@police.example"),
]


def invitation_of(world: World, side: str = "a") -> Invitation:
    return Invitation.objects.select_related("activity", "participant").get(pk=getattr(world, f"invitation_{side}"))


def activity_of(world: World) -> Activity:
    return Activity.objects.get(reference=world.activity)


def submit(world: World, people: list[Nominee], *, token: str = "", side: str = "a", **more: Any) -> list[Nomination]:
    by = world.users[f"focal_point_{side}"]
    return submit_delegation(invitation=invitation_of(world, side), nominees=people, token=token, by=by, **more)


def states(world: World, side: str = "a") -> dict[str, str]:
    """Name and state of everybody ever on the delegation."""
    return {row.official.name: row.state for row in invitation_of(world, side).nominations.select_related("official")}


def sheet(*people: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A sheet as it is sent; each person says what differs from an ordinary one."""
    data: dict[str, Any] = {"form-TOTAL_FORMS": len(people), "form-INITIAL_FORMS": 0, "register": "1"}
    for number, person in enumerate(people):
        words = {"name": "Dewi Lestari", "position": "Director", "email": f"p{number}@x.example"}
        for key, value in (words | {"mode": "in-person", "part": "delegate"} | person).items():
            data[f"form-{number}-{key}"] = value
    return data | more


def page(world: World, side: str = "a") -> tuple[Client, str]:
    participant, invitation = getattr(world, f"participant_{side}"), getattr(world, f"invitation_{side}")
    return client_for(world, f"focal_point_{side}"), f"/national/{participant}/invitations/{invitation}/"


def edited(pressed: dict[str, Any], *people: dict[str, Any]) -> dict[str, Any]:
    """A sheet with another button pressed than the one that registers."""
    data = sheet(*people) | pressed
    del data["register"]
    return data
