"""Addresses of activities."""

from django.urls import path

import members.converters  # noqa: F401 - registers "code"
from activities.urls_attendance import urlpatterns as attendance
from activities.urls_national import urlpatterns as in_national_space
from activities.urls_own_record import urlpatterns as own_record
from activities.views import (
    calls,
    desk,
    desk_aims,
    desk_recommendations,
    desk_reviews,
    handover,
    invitations,
    national,
    objectives,
    recommendations,
)

app_name = "activities"
at_desk = "desk/activities/<str:reference>/"
aim = "desk/objectives/<code:code>/"
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
    path("steering-group/room/calls/", calls.call_list, name="call_list"),
    path("steering-group/room/calls/<int:pk>/", calls.call_detail, name="call_detail"),
    path("desk/steering-group/calls/", calls.desk_call_list, name="desk_call_list"),
    path("desk/steering-group/calls/new/", calls.call_new, name="call_new"),
    path("desk/steering-group/calls/<int:pk>/", calls.call_edit, name="call_edit"),
    path("desk/steering-group/calls/<int:pk>/withdraw/", calls.call_withdraw, name="call_withdraw"),
    path("desk/objectives/", desk_aims.aim_list, name="aim_list"),
    path("desk/objectives/new/<slug:kind>/", desk_aims.aim_new, name="aim_new"),
    path(aim, desk_aims.aim_edit, name="aim_edit"),
    path(f"{aim}mandates/new/", desk_aims.mandate_new, name="mandate_new"),
    path(f"{aim}mandates/<int:pk>/", desk_aims.mandate_edit, name="mandate_edit"),
    path(f"{aim}mandates/<int:pk>/remove/", desk_aims.mandate_remove, name="mandate_remove"),
    path("desk/reviews/", desk_reviews.review_meetings_list, name="review_meetings"),
    path("desk/reviews/<code:reference>/", desk_reviews.review_meeting, name="review_meeting"),
    path("desk/reviews/<code:reference>/challenges/<int:pk>/settle/", desk_reviews.challenge_settle, name="challenge_settle"),
    path("desk/recommendations/", desk_recommendations.desk_recommendation_list, name="desk_recommendation_list"),
    path("desk/recommendations/new/", desk_recommendations.recommendation_new, name="recommendation_new"),
    path("desk/recommendations/<code:reference>/", desk_recommendations.recommendation_edit, name="recommendation_edit"),
    path("desk/recommendations/<code:reference>/follow-up/", desk_recommendations.follow_up_new, name="follow_up_new"),
    path("national/", national.national_choice, name="national"),
    path("national/<slug:slug>/", national.national_space, name="national_space"),
    path("national/<slug:slug>/history/", national.national_history, name="national_history"),
    path(in_space, national.delegation, name="delegation"),
    path(f"{in_space}done/", national.delegation_done, name="delegation_done"),
    *own_record,
    path("handovers/<int:pk>/", handover.handover, name="handover"),
    path("objectives/", objectives.objective_list, name="objective_list"),
    path("objectives/<code:code>/", objectives.objective_detail, name="objective_detail"),
    path("objectives/<code:code>/history/", objectives.objective_history, name="objective_history"),
    path("programme-areas/<code:code>/history/", objectives.programme_area_history, name="programme_area_history"),
    path("programme-areas/", objectives.programme_area_list, name="programme_area_list"),
    path("programme-areas/<code:code>/", objectives.programme_area_detail, name="programme_area_detail"),
    path("recommendations/", recommendations.recommendation_list, name="recommendation_list"),
    path("recommendations/<code:code>/", recommendations.recommendation_detail, name="recommendation_detail"),
    *in_national_space,
    *attendance,
]
