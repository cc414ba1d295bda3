"""What belongs to an invitation for those who answer it: its letters as files, and what its pages show of the rest."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from activities.models import Invitation
from activities.permissions import get_invitation_for
from activities.selectors_invited import letter_files, letters_of, practical_of
from members.views.enclosures import enclosure_response


@require_safe
def invitation_letter(request: HttpRequest, slug: str, pk: int, file: int) -> FileResponse:
    """The letter or note verbale of an invitation to one's own participant, as it was enclosed in the mail. Raises Http404."""
    invitation = get_invitation_for(request.user, slug, pk)
    rows = letter_files(request.user).filter(delivery__invitation_copy__invitation=invitation)
    return enclosure_response(request, get_object_or_404(rows, pk=file))


def about(invitation: Invitation) -> dict[str, Any]:
    """What the pages show beside the delegation, of an invitation of `with_surroundings`."""
    opens: bool = invitation.opens  # type: ignore[attr-defined] # annotated
    return {"opens": opens, "practical": practical_of(invitation), "letters": letters_of(invitation)}
