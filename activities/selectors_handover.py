"""What a participant has open when one of its people hands over, as far as the reader may see it [16]."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse

from activities.enums import ConsultationAudience, CorrectionState
from activities.models import Activity, Consultation, CorrectionRequest, ReplyVersion
from members.models.base import today
from members.models.visibility import rights_of
from members.roles import Rights

if TYPE_CHECKING:
    from members.models import AnyUser, Participant


@dataclass(frozen=True)
class OpenQuestion:
    """A consultation that waits for the participant: unanswered, or answered with a newer draft behind it.

    `draft` is the number of its latest text, where that is not submitted and the reader drafts it too, saved on `draft_day`;
    its words stand on the page of `url` only.
    """

    consultation: Consultation
    url: str
    is_answered: bool = False
    draft: int = 0
    draft_day: date | None = None


def _audiences(rights: Rights, participant: Participant) -> list[str]:
    """Calls for whoever enters the national space, questions for whoever holds the seat; both for the secretariat."""
    found: list[str] = []
    if rights.is_secretariat or participant.pk in rights.belongs_to:
        found.append(ConsultationAudience.PARTICIPANTS)
    if rights.is_secretariat or participant.pk in rights.sits_for:
        found.append(ConsultationAudience.STEERING_GROUP)
    return found


def open_questions(participant: Participant, user: AnyUser) -> list[OpenQuestion]:
    """Open calls for views and questions to the steering group that went to `participant`, by their deadline."""
    rights = rights_of(user)
    texts = ReplyVersion.objects.visible_to(user).filter(reply__participant=participant, reply__consultation=OuterRef("pk"))
    last = JSONObject(number="number", at="saved_at", is_submitted="is_submitted", answered="reply__submitted_at")
    asked = (
        Consultation.objects.visible_to(user)
        .filter(audience__in=_audiences(rights, participant), addressees__participant=participant)
        .filter(opened_at__isnull=False, closed_at__isnull=True)
        .annotate(last_text=Subquery(texts.order_by("-number").values(said=last)[:1]))
        .order_by(F("deadline").asc(nulls_last=True), "-opened_at", "pk")
    )
    waiting = [call for call in asked if call.is_open and not (call.last_text and call.last_text["is_submitted"])]
    return [_question(call, call.last_text, _address(call, participant, rights)) for call in waiting]


def _question(call: Consultation, text: dict[str, Any] | None, url: str) -> OpenQuestion:
    if text is None:
        return OpenQuestion(call, url)
    saved = datetime.fromisoformat(text["at"]).date()
    return OpenQuestion(call, url, is_answered=bool(text["answered"]), draft=text["number"], draft_day=saved)


def _address(call: Consultation, participant: Participant, rights: Rights) -> str:
    """Where the reader goes on with it: the one page of the answer, or the page at the desk."""
    if call.audience == ConsultationAudience.PARTICIPANTS and participant.pk in rights.belongs_to:
        return reverse("activities:reply", args=[participant.slug, call.pk])
    if call.audience == ConsultationAudience.STEERING_GROUP and participant.pk in rights.sits_for:
        return f"{reverse('activities:room_consultation', args=[call.pk])}?for={participant.slug}"
    return reverse("activities:consultation", args=[call.pk])


def open_corrections(participant: Participant, user: AnyUser) -> QuerySet[CorrectionRequest]:
    """Corrections that `participant` asked for and that nobody has answered, the oldest first."""
    rows = CorrectionRequest.objects.visible_to(user).filter(participant=participant, state=CorrectionState.ASKED)
    return rows.order_by("asked_at", "pk")


def activities_ahead(participant: Participant, user: AnyUser) -> QuerySet[Activity]:
    """Activities that are not over and for which `participant` has named delegates."""
    rows = Activity.objects.visible_to(user).filter(
        delegate_rows__participant=participant, delegate_rows__withdrawn_at__isnull=True, last_day__gte=today()
    )
    return rows.distinct().order_by("start", "pk")
