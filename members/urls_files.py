"""Addresses of members without a language: signed links."""

from django.urls import path

from members.views.coverage import still_right

urlpatterns = [path("r/still-right/<str:token>/", still_right, name="still_right")]
