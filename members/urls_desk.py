"""The desk's addresses of members."""

from django.urls import URLPattern, path

from members.views import appointments, contact, coverage, desk_accounts, directory

contacts = "desk/contacts/"
accounts = "desk/accounts/"
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
]
