"""What belongs to an invitation for those who answer it: the activity's page, what delegates need to know, the letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from activities.models import Activity, Invitation, PracticalText
from activities.models.visibility import InvitationQuerySet
from activities.selectors_content import in_language
from members.enums import DeliveryState
from members.models import Delivery, DeliveryAttachment

if TYPE_CHECKING:
    from members.models import AnyUser

PDF = "application/pdf"


def with_surroundings(user: AnyUser) -> InvitationQuerySet[Invitation]:
    """Invitations with what belongs to each, so that a page asks for them no more often than for the bare rows.

    `opens` says whether the activity's page opens to `user`; `practical_texts` and `letter_files` are lists of mappings, to
    be read by `practical_of` and `letters_of`.
    """
    page = Activity.objects.filter(pk__in=Activity.objects.visible_to(user).order_by().values("pk"))
    told = PracticalText.objects.filter(pk__in=PracticalText.objects.visible_to(user).order_by().values("pk"))
    texts = told.filter(activity=OuterRef("activity")).order_by("language")
    files = letter_files(user).filter(delivery__invitation_copy__invitation=OuterRef("pk"))
    names = {"number": F("delivery__invitation_copy__number"), "is_note": F("delivery__invitation_copy__is_note_verbale")}
    rows = Invitation.objects.annotate(
        opens=Exists(page.filter(pk=OuterRef("activity"), withdrawn_at__isnull=True)),
        practical_texts=ArraySubquery(texts.values(said=JSONObject(language="language", text="text"))),
        letter_files=ArraySubquery(files.values(said=JSONObject(pk="pk", sha256="sha256", filename="filename", **names))),
    )
    return cast("InvitationQuerySet[Invitation]", rows)


def letter_files(user: AnyUser) -> QuerySet[DeliveryAttachment]:
    """The letters enclosed in messages about invitations, as far as `user` may read the message; the oldest first.

    A message that was held back was sent to nobody, so its letter is nobody's.
    """
    read = Delivery.objects.visible_to(user).exclude(state=DeliveryState.WITHHELD).order_by()
    rows = DeliveryAttachment.objects.filter(delivery__in=read.values("pk"), media_type=PDF)
    return rows.filter(delivery__invitation_copy__isnull=False).order_by("delivery__queued_at", "delivery", "order", "pk")


def practical_of(invitation: Any) -> str:
    """What delegates need to know in the language in force, of an invitation of `with_surroundings`; "" where nothing is said."""
    return in_language(invitation.practical_texts or [])


def letters_of(invitation: Any) -> list[dict[str, Any]]:
    """The letters of an invitation of `with_surroundings` (pk, number, is_note, filename): each file once, however many got it."""
    found: dict[str, dict[str, Any]] = {}
    for row in invitation.letter_files or []:
        found.setdefault(row["sha256"], row)
    return list(found.values())
