"""Loaders of who takes part: forums, participants, ministries, seats, national mechanisms."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.text import slugify

from baliportal.record.lookups import Lookups
from baliportal.record.reference_tables import CONFIDENCE
from baliportal.record.rows import Row, RowError
from baliportal.record.store import Loader, Written
from members.enums import AppointmentRole, Channel, Confidence, DatePrecision, ParticipantKind, Standing
from members.models import (
    Appointment,
    Forum,
    Ministry,
    NationalMechanism,
    Office,
    Participant,
    Seat,
    StandingPeriod,
)

KINDS = {
    "state": ParticipantKind.GOVERNMENT,
    "special administrative region": ParticipantKind.GOVERNMENT,
    "international organisation": ParticipantKind.INTERNATIONAL_ORGANISATION,
    "other process": ParticipantKind.REGIONAL_PROCESS,
    "ngo": ParticipantKind.CIVIL_SOCIETY,
}
STANDINGS = {
    "member": Standing.MEMBER,
    "observer": Standing.OBSERVER,
    "other participating": Standing.OTHER,
}
FIRST_YEAR = 2002  # standing of that year is documented in a column of its own
FOCAL_POINT_FROM = date(2005, 1, 1)  # the paper names the appointments, "documented 2005"
PROVENANCE = ("source", "confidence", "notes")


def provenance(row: Row) -> dict[str, Any]:
    """Confidence and staff notes of a row."""
    return {"confidence": row.choice("confidence", CONFIDENCE), "notes": row.text("notes", most=4000)}


class DirectoryLoaders:
    """The loaders share the lookups of one loading."""

    def __init__(self, lookups: Lookups) -> None:
        self.lookups = lookups

    def forum(self, row: Row) -> Written:
        return Written(
            fields=provenance(row)
            | {
                "code": row.text("code", required=True, most=24),
                "short_name": row.text("short_name", required=True, most=60),
                "full_name": row.text("full_name", required=True, most=250),
                "kind": row.required_reference("kind", self.lookups.forum_kinds),
                "region": row.reference("region", self.lookups.regions),
                "founded": row.year("founded"),
                "relationship": row.text("relationship"),
            },
            links={"source": [*row.references("source", self.lookups.sources)]},
        )

    def participant(self, row: Row) -> Written:
        kind, joined, since = row.choice("kind", KINDS), row.year("joined"), row.year("documented_from")
        if joined and since and joined != since:
            raise RowError("documented_from differs from joined.")
        for column, length in (("iso2", 2), ("iso3", 3)):
            code = row.text(column)
            if code and not (len(code) == length and code.isascii() and code.isalpha() and code.isupper()):
                raise RowError(f"{column} is “{code}”, not {length} capital letters.")
        words = ("joined_basis", "alt_names", "role_2002", "role_2005", "ad_hoc_group_2009_on", "iso2", "iso3")
        return Written(
            fields=provenance(row)
            | {name: row.text(name, most=1000) for name in words}
            | {
                "name": row.text("name", required=True, most=160),
                "kind": kind,
                "is_special_administrative_region": row.text("kind") == "special administrative region",
                "region": row.reference("region", self.lookups.regions),
                "forum": row.reference("forum_code", self.lookups.forums),
                "joined": joined,
                "documented_from": since,
            },
            initial={"slug": slugify(row.text("name"))},
            links={"source": [*row.references("source", self.lookups.sources)]},
            children=lambda participant: self._standing(row, participant, joined, since),
        )

    def _standing(self, row: Row, participant: Participant, joined: int | None, since: int | None) -> None:
        standing = row.choice("role", STANDINGS)
        participant.standings.all().delete()
        if standing == Standing.MEMBER and row.text("role_2002").startswith("observer"):
            until = (since or FIRST_YEAR + 1) - 1
            self._period(participant, Standing.OBSERVER, FIRST_YEAR, until, basis=row.text("role_2002"), known=True)
        self._period(participant, standing, since, None, basis=row.text("joined_basis"), known=joined is not None)

    def _period(  # noqa: PLR0913 - one row of the standing
        self, participant: Participant, standing: str, first: int | None, last: int | None, *, basis: str, known: bool
    ) -> None:
        period = StandingPeriod(
            participant=participant,
            standing=standing,
            period_from=date(first, 1, 1) if first else None,
            period_from_precision=DatePrecision.YEAR if first else DatePrecision.UNKNOWN,
            period_to=date(last, 12, 31) if last else None,
            period_to_precision=DatePrecision.YEAR if last else DatePrecision.UNKNOWN,
            basis=basis,
            start_known=known,
        )
        period.full_clean(validate_constraints=False)
        period.save()

    def ministry(self, row: Row) -> Written:
        participant = row.required_reference("country", self.lookups.participants)
        if row.text("iso3") != participant.iso3:
            raise RowError(f"iso3 is “{row.text('iso3')}”; {participant.name} has “{participant.iso3}”.")
        topics = row.references("focal_topic", self.lookups.topics)
        focal_point = row.flag("appointed_focal_point")
        if focal_point and not topics:
            raise RowError("appointed_focal_point is yes but focal_topic is empty.")
        return Written(
            fields=provenance(row)
            | {name: row.text(name, most=400) for name in ("name_in_source", "role", "period")}
            | {
                "code": row.text("code", required=True, most=24),
                "participant": participant,
                "name": row.text("name", required=True, most=250),
            },
            links={
                "source": [*row.references("source", self.lookups.sources)],
                "portfolios": [*row.references("kind", self.lookups.portfolios)],
                "focal_topic": [*topics],
            },
            children=lambda ministry: self._focal_points(ministry, [topic.pk for topic in topics] if focal_point else []),
        )

    def _focal_points(self, ministry: Ministry, topics: list[int]) -> None:
        """An office, not a person, for each topic the source names the ministry for."""
        if not topics:
            return
        office, _made = Office.objects.get_or_create(
            participant=ministry.participant,
            ministry=ministry,
            title=f"Focal point, {ministry.name}",
            defaults={"channel": Channel.FOREIGN_MINISTRY},  # contact runs mainly through the foreign ministries [18]
        )
        for topic in topics:
            Appointment.objects.get_or_create(
                role=AppointmentRole.FOCAL_POINT,
                office=office,
                participant=ministry.participant,
                topic_id=topic,
                defaults={
                    "period_from": FOCAL_POINT_FROM,
                    "period_from_precision": DatePrecision.YEAR,
                    "basis": "documented 2005",
                    "confidence": Confidence.PAPER,
                },
            )

    def find_seat(self, row: Row) -> Seat | None:
        party = self.lookups.parties.get(row.text("member"))
        seats = Seat.objects.filter(body__key=row.text("body"), role__key=row.text("role"))
        seats = seats.filter(period_from=row.partial("period_from").first)
        return seats.filter(forum=party).first() if isinstance(party, Forum) else seats.filter(participant=party).first()

    def seat(self, row: Row) -> Written:
        party = row.required_reference("member", self.lookups.parties)
        start, end = row.partial("period_from"), row.partial("period_to")
        return Written(
            fields=provenance(row)
            | {
                "body": row.required_reference("body", self.lookups.bodies),
                "role": row.required_reference("role", self.lookups.seat_roles),
                "participant": party if isinstance(party, Participant) else None,
                "forum": party if isinstance(party, Forum) else None,
                "remit": row.text("remit", most=400),
                "represents": row.text("represents", most=160),
                "period_from": start.first,
                "period_from_precision": start.precision,
                "period_to": end.last,
                "period_to_precision": end.precision,
            },
            links={
                "source": [*row.references("source", self.lookups.sources)],
                "topics": [*row.references("topics", self.lookups.topics)],
                "portfolios": [*row.references("portfolios", self.lookups.portfolios)],
            },
        )

    def mechanism(self, row: Row) -> Written:
        participant = row.required_reference("country", self.lookups.participants)
        members = row.references("members", self.lookups.ministries)
        lead = row.reference("lead", self.lookups.ministries)
        for ministry in [*members, *([lead] if lead else [])]:
            if ministry.participant_id != participant.pk:
                raise RowError(f"{ministry.code} is no ministry of {participant.name}.")
        return Written(
            fields=provenance(row)
            | {name: row.text(name, most=400) for name in ("chair", "other_members", "cadence")}
            | {
                "code": row.text("code", required=True, most=24),
                "participant": participant,
                "name": row.text("name", required=True, most=250),
                "lead": lead,
            },
            links={
                "source": [*row.references("source", self.lookups.sources)],
                "members": [*members],
                "topic": [*row.references("topic", self.lookups.topics)],
            },
        )


def _seat_key(row: Row) -> str:
    return "/".join(row.text(column) for column in ("body", "member", "role", "period_from"))


def loaders(lookups: Lookups) -> list[Loader]:
    """In the order in which files build on one another."""
    of = DirectoryLoaders(lookups)
    return [
        Loader(
            "forums.csv",
            Forum,
            ("code", "short_name", "full_name", "kind", "region", "founded", "relationship", *PROVENANCE),
            lambda row: row.text("code"),
            lambda row: Forum.objects.filter(code=row.text("code")).first(),
            of.forum,
        ),
        Loader(
            "participants.csv",
            Participant,
            (
                *("name", "iso2", "iso3", "kind", "region", "role", "joined", "documented_from", "alt_names", "role_2002"),
                *("role_2005", "ad_hoc_group_2009_on", "joined_basis", "forum_code", *PROVENANCE),
            ),
            lambda row: row.text("name"),
            lambda row: Participant.objects.filter(name=row.text("name")).first(),
            of.participant,
            children=("standings",),
        ),
        Loader(
            "ministries.csv",
            Ministry,
            (
                *("code", "country", "iso3", "name", "name_in_source", "kind", "role", "focal_topic"),
                *("appointed_focal_point", "period", *PROVENANCE),
            ),
            lambda row: row.text("code"),
            lambda row: Ministry.objects.filter(code=row.text("code")).first(),
            of.ministry,
        ),
        Loader(
            "steering_group.csv",
            Seat,
            ("body", "member", "iso3", "kind", "role", "remit", "period_from", "period_to", *PROVENANCE),
            _seat_key,
            of.find_seat,
            of.seat,
            optional=("represents", "topics", "portfolios"),
        ),
        Loader(
            "national_mechanisms.csv",
            NationalMechanism,
            ("code", "country", "name", "chair", "lead", "members", "other_members", "topic", "cadence", *PROVENANCE),
            lambda row: row.text("code"),
            lambda row: NationalMechanism.objects.filter(code=row.text("code")).first(),
            of.mechanism,
        ),
    ]


__all__ = ["PROVENANCE", "loaders", "provenance"]
