"""Addresses of members."""

from django.urls import path

from members.urls_desk import urlpatterns as at_desk
from members.views import accounts, forums, steering_group

app_name = "members"
urlpatterns = [
    path("accounts/invitation/<str:token>/", accounts.accept, name="accept_invitation"),
    path("steering-group/", steering_group.steering_group, name="steering_group"),
    path("forums/", forums.forum_list, name="forum_list"),
    path("forums/membership/", forums.forum_membership, name="forum_membership"),
    *at_desk,
]
