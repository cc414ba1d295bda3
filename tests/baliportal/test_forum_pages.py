"""Forums and bodies of the founding record: only what its files state."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from django.test import Client

from activities.models import Activity, Review
from baliportal.record.loading import load_record
from members.models import Body, Forum, ForumContact, ForumMembership, StandingItem

pytestmark = pytest.mark.django_db


def test_pages_of_all_forums_show_their_relation(client: Client, founding_record: Path) -> None:
    with (founding_record / "forums.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        page = client.get(f"/forums/{row['code']}/")
        assert page.status_code == 200
        assert page.context["forum"].full_name == row["full_name"]
        assert page.context["forum"].relationship == row["relationship"]
        if len(row["notes"]) > 24:
            assert row["notes"] not in page.content.decode()


def test_objectives_moved_and_activities_joined_stand_on_the_forums_page(client: Client, founding_record: Path) -> None:
    moved = Review.objects.filter(moved_to_forum__isnull=False)
    assert moved.exists()
    for review in moved:
        page = client.get(f"/forums/{review.moved_to_forum.code}/")
        assert review in page.context["moved"]
        assert review.status_qualifier in page.content.decode() or not review.status_qualifier
    joint = Activity.objects.filter(joint_with__isnull=False)
    assert joint.exists()
    for activity in joint:
        assert activity in client.get(f"/forums/{activity.joint_with.code}/").context["joint"]
    references = client.get("/forums/F-ASEAN/").context["references"]
    assert [row.code for row in references] == ["XR-2004-01"]


def test_no_membership_and_no_contact_is_made_up(client: Client, founding_record: Path) -> None:
    assert (ForumMembership.objects.count(), ForumContact.objects.count()) == (0, 0)
    assert "has been recorded yet" in client.get("/forums/membership/").content.decode()
    assert Forum.objects.count() == 24


def test_cadence_and_standing_items_are_those_of_the_paper(founding_record: Path) -> None:
    assert dict(Body.objects.values_list("key", "cadence_months")) == {
        "ministerial-conference": None,
        "senior-officials-meeting": None,
        "steering-group": 6,
    }
    items = StandingItem.objects.values_list("body__key", "order", "title_en")
    assert list(items) == [
        ("steering-group", 1, "Plan activities"),
        ("steering-group", 2, "Review progress"),
        ("steering-group", 3, "Exchange information"),
    ]


def test_file_of_standing_items_may_be_absent_but_not_broken(founding_record: Path, tmp_path: Path) -> None:
    folder = tmp_path / "record"
    shutil.copytree(founding_record, folder)
    (folder / "agenda_items.csv").unlink()
    assert load_record(folder, dry_run=True).problems == []
    (folder / "agenda_items.csv").write_text("body,order,title_en,title_id,note\nsong,1,A,,\nsteering-group,0,B,,\n")
    said = [str(problem) for problem in load_record(folder, dry_run=True).problems]
    assert said == [
        "agenda_items.csv, line 2: body names “song”, which the record does not have.",
        "agenda_items.csv, line 3: order is “0”, not a whole number from 1 to 1000.",
    ]
