"""Files carry no language in their address."""

from django.urls import path

from reports.views import documents

urlpatterns = [
    path("reports/<str:symbol>/v<int:number>/<slug:language>.<slug:extension>", documents.document_file, name="document_file"),
]
