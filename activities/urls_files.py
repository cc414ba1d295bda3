"""Signed pages carry no language in their address."""

from django.urls import path

from activities.views import attendance, attended, reply_links

urlpatterns = [
    path("r/question/<str:token>/", reply_links.consultation_answer, name="consultation_answer"),
    path("r/badge/<str:token>/", attendance.badge, name="badge"),
    path("r/attended/<str:token>/", attended.attended, name="attended"),
    path("r/attended/<str:token>/certificate/", attended.attended_certificate, name="attended_certificate"),
]
