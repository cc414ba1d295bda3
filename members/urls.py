"""Addresses of members."""

from django.urls import path

from members.urls_desk import urlpatterns as at_desk
from members.views import accounts, steering_group

app_name = "members"
urlpatterns = [
    path("accounts/invitation/<str:token>/", accounts.accept, name="accept_invitation"),
    path("steering-group/", steering_group.steering_group, name="steering_group"),
    path("steering-group/history/", steering_group.steering_group_history, name="steering_group_history"),
    path("forums/history/", steering_group.forum_history, name="forum_history"),
    path("forums/", steering_group.forum_list, name="forum_list"),
    *at_desk,
]
