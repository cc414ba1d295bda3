"""The record of an invented process, in the form of baliportal/founding, sharing no name or key with the first one."""

from __future__ import annotations

import csv
from pathlib import Path

FOUNDING = Path(__file__).resolve().parent.parent / "baliportal" / "founding"
BASE = {"source": "Q1", "confidence": "public"}
KINDS = ("summit", "officials-round", "council-sitting", "drill")

TABLES: dict[str, list[dict[str, str]]] = {
    "process": [
        {
            "name_en": "Tarn Dialogue",
            "full_name_en": "Tarn Dialogue on Mountain Rescue and Weather Warnings",
            "prefix": "TD",
            "languages": "en",
            "since": "2011",
        }
    ],
    "sources": [{"key": "Q1", "title": "Founding note of the Tarn Dialogue", "kind": "paper"}],
    "portfolios": [
        {"key": "external-relations", "name_en": "External relations", "order": "1", "is_channel": "yes"},
        {"key": "meteorology", "name_en": "Meteorology", "order": "2", "is_channel": "no"},
    ],
    "topics": [
        {"key": "avalanches", "name_en": "Avalanches", "order": "1"},
        {"key": "storm-warnings", "name_en": "Storm warnings", "order": "2"},
    ],
    "regions": [{"key": "highlands", "name_en": "Highlands", "order": "1"}],
    "forum_kinds": [{"key": "alpine-body", "name_en": "Alpine body", "order": "1"}],
    "activity_kinds": [
        {"key": key, "name_en": key.replace("-", " ").capitalize(), "order": str(order)} for order, key in enumerate(KINDS, 1)
    ],
    "seat_roles": [
        {"key": "chair-nation", "name_en": "Chair nation", "is_member": "yes", "permission_set": "co-chair", "approves": "yes"},
        {"key": "steward", "name_en": "Steward", "is_member": "yes", "permission_set": "steering-group", "approves": "no"},
        {"key": "onlooker", "name_en": "Onlooker", "is_member": "no", "permission_set": "", "approves": "no"},
    ],
    "bodies": [
        {"key": "summit-body", "name_en": "Summit", "activity_kind": "summit", "order": "1", **BASE},
        {"key": "round", "name_en": "Officials' round", "activity_kind": "officials-round", "order": "2", **BASE},
        {"key": "council", "name_en": "Tarn Council", "activity_kind": "council-sitting", "order": "3", **BASE},
    ],
    "forums": [
        {
            "code": "F-TOR",
            "short_name": "TOR",
            "full_name": "Torrent Forum",
            "kind": "alpine-body",
            "region": "highlands",
            "founded": "1999",
            "relationship": "Exchanges warnings",
            **BASE,
        }
    ],
    "participants": [
        {
            "name": name,
            "iso2": iso3[:2],
            "iso3": iso3,
            "kind": "state",
            "region": "highlands",
            "role": "member",
            "joined": "2011",
            "documented_from": "2011",
            "joined_basis": "founding note",
            **BASE,
        }
        for name, iso3 in (("Andorra", "AND"), ("Liechtenstein", "LIE"), ("San Marino", "SMR"))
    ],
    "ministries": [
        {
            "code": "AND-EXT",
            "country": "Andorra",
            "iso3": "AND",
            "name": "Office of External Relations",
            "name_in_source": "Office of External Relations",
            "kind": "external-relations",
            **BASE,
        },
        {
            "code": "AND-MET",
            "country": "Andorra",
            "iso3": "AND",
            "name": "Weather Office",
            "name_in_source": "Weather Office",
            "kind": "meteorology",
            "focal_topic": "storm-warnings",
            "appointed_focal_point": "yes",
            **BASE,
        },
    ],
    "steering_group": [
        {
            "body": "council",
            "member": member,
            "iso3": iso3,
            "kind": "state",
            "role": role,
            "remit": "the whole",
            "period_from": "2011",
            **BASE,
        }
        for member, iso3, role in (("Andorra", "AND", "chair-nation"), ("Liechtenstein", "LIE", "steward"))
    ],
    "national_mechanisms": [],
    "goals": [],
    "objectives": [
        {
            "code": "OBJ-01",
            "order": "1",
            "short_title": "Quicker warnings",
            "summary": "Warnings reach valleys in time.",
            "theme": "storm-warnings",
            "mandate": "TD-2011-01",
            "mandate_paragraph": "1",
            "review_outcome": "not stated",
            **BASE,
        }
    ],
    "programme_areas": [],
    "activities": [
        {
            "code": code,
            "title": title,
            "kind": kind,
            "status": "held",
            "start_date": day,
            "end_date": day,
            "date_precision": "day",
            "city": "Vaduz",
            "country": "Liechtenstein",
            "hosts": "Liechtenstein",
            "host_basis": "stated",
            "objectives": "OBJ-01",
            "mapping_basis": "editorial",
            **BASE,
        }
        for code, title, kind, day in (
            ("TD-2011-01", "First Summit", "summit", "2011-05-02"),
            ("TD-2012-01", "Officials' round of 2012", "officials-round", "2012-06-11"),
            ("TD-2012-02", "Night drill", "drill", "2012-09-01"),
            ("TD-2012-03", "Council sitting", "council-sitting", "2012-10-01"),
        )
    ],
    "documents": [
        {
            "symbol": "TD-S-2011-01",
            "title": "Summit statement",
            "kind": "outcome",
            "form": "statement",
            "date": "2011-05-02",
            "date_precision": "day",
            "authors": "Andorra",
            "activity": "TD-2011-01",
            "held": "not held",
            **BASE,
        }
    ],
    "external_references": [],
}


def write_record(folder: Path) -> Path:
    """Write the tables as files with the columns of the founding record."""
    for name, rows in TABLES.items():
        with (FOUNDING / f"{name}.csv").open(encoding="utf-8-sig", newline="") as known:
            columns = next(csv.reader(known))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows({"order": str(number), **row} if "order" in columns else row for number, row in enumerate(rows, 1))
    return folder
