"""Addresses of members."""

from django.urls import path

from members.views import steering_group

app_name = "members"
urlpatterns = [
    path("steering-group/", steering_group.steering_group, name="steering_group"),
    path("forums/", steering_group.forum_list, name="forum_list"),
]
