"""Addresses of what a participant says of itself."""

from django.urls import URLPattern, path

from activities.views import legislation, own_space

urlpatterns: list[URLPattern] = [
    path("national/<slug:slug>/interests/", own_space.interests, name="interests"),
    path("national/<slug:slug>/profile/", own_space.profile, name="profile"),
    path("national/<slug:slug>/legislation/", legislation.legislation_list, name="legislation_list"),
    path("national/<slug:slug>/legislation/new/", legislation.legislation_new, name="legislation_new"),
    path("national/<slug:slug>/legislation/<int:pk>/", legislation.legislation_edit, name="legislation_edit"),
    path("national/<slug:slug>/legislation/<int:pk>/withdraw/", legislation.legislation_withdraw, name="legislation_withdraw"),
]
