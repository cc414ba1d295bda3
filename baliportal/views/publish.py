"""Publishing an activity: its page exactly as others will see it, what is missing, and who is told."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from activities.forms import missing_of
from activities.models import Activity
from activities.permissions import get_activity_at_desk
from activities.services.activities import publish_activity
from baliportal.views.activity import record_of, record_rows
from members.enums import AccessClass
from members.errors import DomainError
from members.models import AnyUser
from members.views.shared import me


@require_http_methods(["GET", "HEAD", "POST"])
def activity_publish(request: HttpRequest, reference: str) -> HttpResponse:
    """The preview, framed by a bar; a POST publishes. Publishing writes to nobody: invitations do."""
    activity = get_activity_at_desk(request.user, reference)
    if request.method == "POST":
        try:
            publish_activity(activity=activity, by=me(request))
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("Published."))
        return redirect("activities:desk_activity", reference)
    reader: AnyUser = AnonymousUser() if activity.access_class == AccessClass.PUBLIC else me(request)
    shown = record_rows(Activity.objects.filter(pk=activity.pk), reader).get()
    context = record_of(request, shown, reader) | {
        "missing": missing_of(activity),
        "is_preview": True,
        "as_public": not reader.pk,
    }
    return render(request, "portal/activity_publish.html", context)
