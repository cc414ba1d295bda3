"""Files carry no language in their address."""

from django.urls import path

from reports.views import documents, room

urlpatterns = [
    path("steering-group/room/agendas/<str:reference>/<slug:language>.pdf", room.agenda_file, name="agenda_file"),
    path("reports/<str:symbol>/v<int:number>/<slug:language>.<slug:extension>", documents.document_file, name="document_file"),
]
