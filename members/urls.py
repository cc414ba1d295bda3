"""Addresses of members."""

from django.urls import path

from members.urls_desk import urlpatterns as at_desk
from members.views import accounts, forums, own_account, steering_group

app_name = "members"
urlpatterns = [
    path("accounts/invitation/<str:token>/", accounts.accept, name="accept_invitation"),
    path("accounts/", own_account.your_account, name="your_account"),
    path("accounts/language/", own_account.your_language, name="your_language"),
    path("accounts/sessions/<int:pk>/end/", own_account.session_end, name="session_end"),
    path("accounts/sessions/end-others/", own_account.sessions_end_others, name="sessions_end_others"),
    path("accounts/history/", own_account.account_history, name="account_history"),
    path("accounts/resets/<int:pk>/", own_account.factor_reset, name="factor_reset"),
    path("accounts/resets/<int:pk>/confirm/", own_account.factor_reset_confirm, name="factor_reset_confirm"),
    path("accounts/resets/<int:pk>/stop/", own_account.factor_reset_stop, name="factor_reset_stop"),
    path("accounts/kept/", own_account.kept_form, name="kept_form"),
    path("accounts/kept/discard/", own_account.kept_form_discard, name="kept_form_discard"),
    path("steering-group/", steering_group.steering_group, name="steering_group"),
    path("steering-group/history/", steering_group.steering_group_history, name="steering_group_history"),
    path("forums/history/", steering_group.forum_history, name="forum_history"),
    path("forums/", forums.forum_list, name="forum_list"),
    path("forums/membership/", forums.forum_membership, name="forum_membership"),
    *at_desk,
]
