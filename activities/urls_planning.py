"""Addresses of proposals, needs and the register of others' activities."""

from django.urls import path

from activities.views import contributions, foreign, needs, overlaps
from activities.views import desk_proposals as desk
from activities.views import room_proposals as room

one = "desk/proposals/<int:pk>/"
of_activity = "desk/activities/<str:reference>/contributions/"
urlpatterns = [
    path("desk/proposals/", desk.desk_proposal_list, name="desk_proposal_list"),
    path("desk/proposals/new/", desk.proposal_new, name="proposal_new"),
    path(one, desk.desk_proposal, name="desk_proposal"),
    path(f"{one}edit/", desk.proposal_edit, name="proposal_edit"),
    path(f"{one}move/", desk.proposal_move, name="proposal_move"),
    path(f"{one}ask/", desk.proposal_ask, name="proposal_ask"),
    path(f"{one}activity/", desk.proposal_activity, name="proposal_activity"),
    path(f"{one}contributions/new/", desk.contribution_new, name="contribution_new"),
    path(f"{one}contributions/<int:offer>/remove/", desk.contribution_remove, name="contribution_remove"),
    path(f"{one}overlaps/<slug:kind>/<int:other>/", overlaps.overlap_decide, name="overlap_decide"),
    path(f"{of_activity}new/", contributions.activity_contribution_new, name="activity_contribution_new"),
    path(f"{of_activity}<int:pk>/remove/", contributions.activity_contribution_remove, name="activity_contribution_remove"),
    path("desk/activities/<str:reference>/review-by/", desk.activity_review_by, name="activity_review_by"),
    path("desk/proposals/needs/", needs.need_list, name="need_list"),
    path("desk/proposals/needs/new/", needs.need_new, name="need_new"),
    path("desk/proposals/needs/<int:pk>/", needs.need_edit, name="need_edit"),
    path("desk/proposals/foreign/", foreign.foreign_list, name="foreign_list"),
    path("desk/proposals/foreign/new/", foreign.foreign_new, name="foreign_new"),
    path("desk/proposals/foreign/<int:pk>/", foreign.foreign_edit, name="foreign_edit"),
    path("desk/proposals/foreign/lists/<int:pk>/", foreign.foreign_preview, name="foreign_preview"),
    path("desk/proposals/foreign/lists/<int:pk>/confirm/", foreign.foreign_confirm, name="foreign_confirm"),
    path("desk/proposals/foreign/lists/<int:pk>/discard/", foreign.foreign_discard, name="foreign_discard"),
    path("steering-group/room/proposals/", room.room_proposals, name="room_proposals"),
    path("steering-group/room/proposals/new/", room.room_proposal_new, name="room_proposal_new"),
    path("steering-group/room/proposals/<int:pk>/", room.room_proposal, name="room_proposal"),
]
