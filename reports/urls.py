"""Addresses of reports."""

from django.urls import path

from reports.urls_desk import urlpatterns as desk
from reports.views import documents, verify

app_name = "reports"
urlpatterns = [
    *desk,
    path("verify/", verify.verify, name="verify"),
    path("reports/", documents.document_list, name="document_list"),
    path("reports/<str:symbol>/history/", documents.document_history, name="document_history"),
    path("reports/<str:symbol>/", documents.document_detail, name="document_detail"),
]
