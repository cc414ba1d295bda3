"""Addresses of activities without a language: signed links."""

from django.urls import path

from activities.views import attendance, attended

urlpatterns = [
    path("r/badge/<str:token>/", attendance.badge, name="badge"),
    path("r/attended/<str:token>/", attended.attended, name="attended"),
    path("r/attended/<str:token>/certificate/", attended.attended_certificate, name="attended_certificate"),
]
