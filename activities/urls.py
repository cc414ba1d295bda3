"""Addresses of activities."""

from django.urls import path

from activities.views import objectives

app_name = "activities"
urlpatterns = [
    path("objectives/", objectives.objective_list, name="objective_list"),
    path("objectives/<str:code>/", objectives.objective_detail, name="objective_detail"),
    path("programme-areas/", objectives.programme_area_list, name="programme_area_list"),
    path("programme-areas/<str:code>/", objectives.programme_area_detail, name="programme_area_detail"),
    path("recommendations/", objectives.recommendation_list, name="recommendation_list"),
    path("recommendations/<str:code>/", objectives.recommendation_detail, name="recommendation_detail"),
]
