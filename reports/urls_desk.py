"""Addresses of the desk, the steering group's room and its approvals."""

from django.urls import path

from reports.views import agenda, approvals, circulations, desk_documents, progress, room

_REPORT = "desk/progress-reports/<int:pk>/"
_AGENDA = "desk/activities/<str:reference>/agenda/"
_COPY = "desk/deliveries/<int:pk>/"
urlpatterns = [
    path("desk/documents/", desk_documents.desk_document_list, name="desk_document_list"),
    path("desk/documents/new/", desk_documents.desk_document_new, name="desk_document_new"),
    path("desk/documents/<str:symbol>/", desk_documents.desk_document, name="desk_document"),
    path("desk/documents/<str:symbol>/versions/", desk_documents.desk_document_version, name="desk_document_version"),
    path("desk/documents/<str:symbol>/publish/", desk_documents.desk_document_publish, name="desk_document_publish"),
    path("desk/documents/<str:symbol>/withdraw/", desk_documents.desk_document_withdraw, name="desk_document_withdraw"),
    path("desk/documents/<str:symbol>/reclassify/", desk_documents.desk_document_reclassify, name="desk_document_reclassify"),
    path("desk/activities/<str:reference>/documents/", desk_documents.activity_documents, name="activity_documents"),
    path("desk/progress-reports/", progress.progress_report_list, name="progress_report_list"),
    path(_REPORT, progress.progress_report_detail, name="progress_report_detail"),
    path(f"{_REPORT}sections/<str:key>/", progress.progress_report_section, name="progress_report_section"),
    path(f"{_REPORT}refresh/", progress.progress_report_refresh, name="progress_report_refresh"),
    path(f"{_REPORT}preview/", progress.progress_report_preview, name="progress_report_preview"),
    path(f"{_REPORT}freeze/", progress.progress_report_freeze, name="progress_report_freeze"),
    path(f"{_REPORT}render/", progress.progress_report_render, name="progress_report_render"),
    path(f"{_REPORT}files/", progress.progress_report_files, name="progress_report_files"),
    path(f"{_REPORT}ask/", progress.progress_report_ask, name="progress_report_ask"),
    path(f"{_REPORT}circulate/", circulations.circulation_new, name="circulation_new"),
    path("desk/renderings/<int:pk>.pdf", progress.rendering_file, name="rendering_file"),
    path("desk/circulations/", circulations.circulation_list, name="circulation_list"),
    path("desk/circulations/<int:pk>/", circulations.circulation_detail, name="circulation_detail"),
    path("desk/circulations/<int:pk>/start/", circulations.circulation_start, name="circulation_start"),
    path("desk/circulations/<int:pk>/recall/", circulations.circulation_recall, name="circulation_recall"),
    path("desk/circulations/<int:pk>/publish/", circulations.circulation_publish, name="circulation_publish"),
    path("desk/deliveries/", circulations.delivery_list, name="delivery_list"),
    path(_COPY, circulations.delivery_detail, name="delivery_detail"),
    path(f"{_COPY}files/<int:file>/", circulations.delivery_file, name="delivery_file"),
    path(f"{_COPY}settle/", circulations.delivery_settle, name="delivery_settle"),
    path(f"{_COPY}send-again/", circulations.delivery_send_again, name="delivery_send_again"),
    path(_AGENDA, agenda.agenda, name="agenda"),
    path(f"{_AGENDA}items/", agenda.agenda_item_new, name="agenda_item_new"),
    path(f"{_AGENDA}items/<int:pk>/", agenda.agenda_item_edit, name="agenda_item_edit"),
    path(f"{_AGENDA}items/<int:pk>/move/", agenda.agenda_item_move, name="agenda_item_move"),
    path(f"{_AGENDA}items/<int:pk>/remove/", agenda.agenda_item_remove, name="agenda_item_remove"),
    path(f"{_AGENDA}publish/", agenda.agenda_publish, name="agenda_publish"),
    path("steering-group/room/", room.steering_group_room, name="steering_group_room"),
    path("steering-group/room/agendas/<str:reference>/", room.agenda_detail, name="agenda_detail"),
    path("steering-group/room/approvals/", approvals.approval_list, name="approval_list"),
    path("steering-group/room/approvals/<str:symbol>/", approvals.approval_detail, name="approval_detail"),
    path("steering-group/room/approvals/<str:symbol>/withdraw/", approvals.approval_withdraw, name="approval_withdraw"),
]
