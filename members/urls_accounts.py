"""Sign-in: allauth's pages in the site's dress, and the picture for the authenticator app."""

from django.urls import include, path

from members.views.accounts import totp_qr

urlpatterns = [
    path("2fa/totp/qr.svg", totp_qr, name="mfa_totp_qr"),
    path("", include("allauth.urls")),
]
