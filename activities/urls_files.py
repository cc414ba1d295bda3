"""Signed pages carry no language in their address."""

from django.urls import path

from activities.views import reply_links

urlpatterns = [path("r/question/<str:token>/", reply_links.consultation_answer, name="consultation_answer")]
