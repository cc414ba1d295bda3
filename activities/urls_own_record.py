"""Addresses of what a participant says of itself."""

from django.urls import URLPattern, path

from activities.views import own_space

urlpatterns: list[URLPattern] = [
    path("national/<slug:slug>/interests/", own_space.interests, name="interests"),
    path("national/<slug:slug>/profile/", own_space.profile, name="profile"),
]
