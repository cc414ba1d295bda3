"""An enclosure of a message as a file to take: for the desk, and for those the message was written to."""

from __future__ import annotations

import hashlib
import io

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest

from members.audit import record_access
from members.enums import AccessAction
from members.models import DeliveryAttachment


def enclosure_response(request: HttpRequest, attachment: DeliveryAttachment) -> FileResponse:
    """The very file that went with a copy, as long as it is what was queued; opening it is written down. Raises Http404."""
    if not default_storage.exists(attachment.storage_name):
        raise Http404
    with default_storage.open(attachment.storage_name) as stored:
        content = stored.read()
    if hashlib.sha256(content).hexdigest() != attachment.sha256:
        raise Http404
    record_access(
        by=request.user,
        action=AccessAction.DOWNLOADED,
        label="enclosure",
        ref=f"{attachment.delivery_id} {attachment.filename}",
        request=request,
    )
    response = FileResponse(
        io.BytesIO(content), as_attachment=True, filename=attachment.filename, content_type=attachment.media_type
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
