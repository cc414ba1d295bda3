"""Sign-in: allauth's pages in the site's dress."""

from django.urls import include, path

urlpatterns = [path("", include("allauth.urls"))]
