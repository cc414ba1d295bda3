"""Addresses of activities."""

from django.urls import path

from activities.urls_national import urlpatterns as in_national_space
from activities.urls_own_record import urlpatterns as own_record
from activities.views import calls, desk, handover, invitations, national, objectives

app_name = "activities"
at_desk = "desk/activities/<str:reference>/"
in_space = "national/<slug:slug>/invitations/<int:pk>/"
urlpatterns = [
    path("desk/activities/", desk.desk_activity_list, name="desk_activity_list"),
    path("desk/activities/new/", desk.activity_new, name="activity_new"),
    path(at_desk, desk.desk_activity, name="desk_activity"),
    path(f"{at_desk}edit/", desk.activity_edit, name="activity_edit"),
    path(f"{at_desk}publish/", desk.activity_publish, name="activity_publish"),
    path(f"{at_desk}unpublish/", desk.activity_unpublish, name="activity_unpublish"),
    path(f"{at_desk}withdraw/", desk.activity_withdraw, name="activity_withdraw"),
    path(f"{at_desk}status/", desk.activity_status, name="activity_status"),
    path(f"{at_desk}invitations/", invitations.activity_invitations, name="activity_invitations"),
    path(f"{at_desk}invitations/<int:pk>/withdraw/", invitations.invitation_withdraw, name="invitation_withdraw"),
    path(f"{at_desk}invitations/<int:pk>/remind/", invitations.invitation_remind, name="invitation_remind"),
    path(f"{at_desk}nominations/<int:pk>/confirm/", invitations.nomination_confirm, name="nomination_confirm"),
    path(f"{at_desk}attendance/", invitations.activity_attendance, name="activity_attendance"),
    path("steering-group/room/calls/", calls.call_list, name="call_list"),
    path("steering-group/room/calls/<int:pk>/", calls.call_detail, name="call_detail"),
    path("desk/steering-group/calls/", calls.desk_call_list, name="desk_call_list"),
    path("desk/steering-group/calls/new/", calls.call_new, name="call_new"),
    path("desk/steering-group/calls/<int:pk>/", calls.call_edit, name="call_edit"),
    path("desk/steering-group/calls/<int:pk>/withdraw/", calls.call_withdraw, name="call_withdraw"),
    path("national/", national.national_choice, name="national"),
    path("national/<slug:slug>/", national.national_space, name="national_space"),
    path("national/<slug:slug>/history/", national.national_history, name="national_history"),
    path(in_space, national.delegation, name="delegation"),
    path(f"{in_space}done/", national.delegation_done, name="delegation_done"),
    path(f"{in_space}attendance/", national.delegation_attendance, name="delegation_attendance"),
    *own_record,
    path("handovers/<int:pk>/", handover.handover, name="handover"),
    path("objectives/", objectives.objective_list, name="objective_list"),
    path("objectives/<str:code>/", objectives.objective_detail, name="objective_detail"),
    path("objectives/<str:code>/history/", objectives.objective_history, name="objective_history"),
    path("programme-areas/<str:code>/history/", objectives.programme_area_history, name="programme_area_history"),
    path("programme-areas/", objectives.programme_area_list, name="programme_area_list"),
    path("programme-areas/<str:code>/", objectives.programme_area_detail, name="programme_area_detail"),
    path("recommendations/", objectives.recommendation_list, name="recommendation_list"),
    path("recommendations/<str:code>/", objectives.recommendation_detail, name="recommendation_detail"),
    *in_national_space,
]
