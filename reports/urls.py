"""Addresses of reports."""

from django.urls import path

from reports.views import documents

app_name = "reports"
urlpatterns = [
    path("reports/", documents.document_list, name="document_list"),
    path("reports/<str:symbol>/", documents.document_detail, name="document_detail"),
]
