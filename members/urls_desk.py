"""The desk's addresses of members."""

from django.urls import URLPattern, path

from members.views import appointments, contact, coverage, desk_accounts, directory, imports, merging

contacts = "desk/contacts/"
accounts = "desk/accounts/"
lists = "desk/import/"
urlpatterns: list[URLPattern] = [
    path("desk/messages/", contact.message_list, name="message_list"),
    path("desk/messages/<int:pk>/settle/", contact.message_settle, name="message_settle"),
    path(accounts, desk_accounts.account_list, name="account_list"),
    path(f"{accounts}invite/", desk_accounts.account_invite, name="account_invite"),
    path(f"{accounts}invitations/<int:pk>/resend/", desk_accounts.invitation_resend, name="account_invitation_resend"),
    path(f"{accounts}invitations/<int:pk>/take-back/", desk_accounts.invitation_revoke, name="account_invitation_revoke"),
    path(f"{accounts}<int:pk>/", desk_accounts.account_detail, name="account_detail"),
    path(f"{accounts}<int:pk>/close/", desk_accounts.account_close, name="account_close"),
    path(f"{accounts}<int:pk>/reopen/", desk_accounts.account_reopen, name="account_reopen"),
    path(f"{accounts}<int:pk>/reset/", desk_accounts.reset_start, name="factor_reset_start"),
    path(contacts, directory.contact_list, name="contact_list"),
    path(f"{contacts}coverage/", coverage.coverage_matrix, name="coverage"),
    path(f"{contacts}coverage/ask/", coverage.ask_for_name, name="ask_for_name"),
    path(f"{contacts}remarks/<int:pk>/settle/", coverage.remark_settle, name="remark_settle"),
    path(f"{contacts}participants/new/", directory.participant_new, name="participant_new"),
    path(f"{contacts}participants/<slug:slug>/", directory.contact_participant, name="contact_participant"),
    path(f"{contacts}participants/<slug:slug>/edit/", directory.participant_edit, name="participant_edit"),
    path(f"{contacts}participants/<slug:slug>/rename/", directory.participant_rename, name="participant_rename"),
    path(f"{contacts}participants/<slug:slug>/appoint/", appointments.appoint, name="appoint"),
    path(f"{contacts}participants/<slug:slug>/<slug:kind>/new/", directory.record_new, name="record_new"),
    path(f"{contacts}appointments/<int:pk>/hand-over/", appointments.hand_over, name="hand_over"),
    path(f"{contacts}appointments/<int:pk>/term/", appointments.term, name="term"),
    path(f"{contacts}appointments/<int:pk>/confirm/", appointments.confirm, name="confirm"),
    path(f"{contacts}bodies/<slug:key>/", directory.seat_list, name="seat_list"),
    path(f"{contacts}bodies/<slug:key>/new/", directory.seat_new, name="seat_new"),
    path(f"{contacts}bodies/<slug:key>/<int:pk>/", directory.seat_edit, name="seat_edit"),
    path(f"{contacts}bodies/<slug:key>/<int:pk>/appoint/", appointments.appoint_to_seat, name="appoint_to_seat"),
    path(f"{contacts}records/ministry/<int:pk>/rename/", directory.ministry_rename, name="ministry_rename"),
    path(f"{contacts}records/<slug:kind>/<int:pk>/", directory.record_edit, name="record_edit"),
    path(f"{contacts}records/<slug:kind>/<int:pk>/remove/", directory.record_remove, name="record_remove"),
    path(f"{contacts}duplicates/", merging.duplicate_list, name="duplicate_list"),
    path(f"{contacts}officials/<int:pk>/merge/", merging.official_merge, name="official_merge"),
    path(f"{contacts}merges/<int:pk>/", merging.merge_detail, name="merge_detail"),
    path(f"{contacts}merges/<int:pk>/undo/", merging.merge_undo, name="merge_undo"),
    path(lists, imports.import_start, name="import_start"),
    path(f"{lists}<int:pk>/", imports.import_preview, name="import_preview"),
    path(f"{lists}<int:pk>/columns/", imports.import_columns, name="import_columns"),
    path(f"{lists}<int:pk>/names/", imports.import_names, name="import_names"),
    path(f"{lists}<int:pk>/choices/", imports.import_choices, name="import_choices"),
    path(f"{lists}<int:pk>/rows/<int:line>/", imports.import_row, name="import_row"),
    path(f"{lists}<int:pk>/confirm/", imports.import_confirm, name="import_confirm"),
    path(f"{lists}<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path(f"{lists}<int:pk>/discard/", imports.import_discard, name="import_discard"),
]
