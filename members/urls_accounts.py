"""Sign-in: allauth's pages in the site's dress, and the picture for the authenticator app."""

from django.urls import include, path

from members.views.accounts import totp_qr
from members.views.own_account import session_list

urlpatterns = [
    path("2fa/totp/qr.svg", totp_qr, name="mfa_totp_qr"),
    # In the place of allauth's list, which deletes rows when it is read and asks the database once a session.
    path("sessions/", session_list, name="usersessions_list"),
    path("", include("allauth.urls")),
]
