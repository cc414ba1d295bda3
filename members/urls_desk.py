"""The desk's addresses of members."""

from django.urls import URLPattern, path

from members.views import appointments, bodies, coverage, directory, forums_desk

contacts = "desk/contacts/"
forums = "desk/forums/"
urlpatterns: list[URLPattern] = [
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
    path(f"{contacts}bodies/<slug:key>/edit/", bodies.body_edit, name="body_edit"),
    path(f"{contacts}bodies/<slug:key>/agenda/", bodies.standing_item_list, name="standing_item_list"),
    path(f"{contacts}bodies/<slug:key>/agenda/new/", bodies.standing_item_new, name="standing_item_new"),
    path(f"{contacts}bodies/<slug:key>/agenda/<int:pk>/", bodies.standing_item_edit, name="standing_item_edit"),
    path(f"{contacts}bodies/<slug:key>/agenda/<int:pk>/move/", bodies.standing_item_move, name="standing_item_move"),
    path(f"{contacts}bodies/<slug:key>/agenda/<int:pk>/remove/", bodies.standing_item_remove, name="standing_item_remove"),
    path(f"{contacts}bodies/<slug:key>/new/", directory.seat_new, name="seat_new"),
    path(f"{contacts}bodies/<slug:key>/<int:pk>/", directory.seat_edit, name="seat_edit"),
    path(f"{contacts}bodies/<slug:key>/<int:pk>/appoint/", appointments.appoint_to_seat, name="appoint_to_seat"),
    path(f"{contacts}records/ministry/<int:pk>/rename/", directory.ministry_rename, name="ministry_rename"),
    path(f"{contacts}records/<slug:kind>/<int:pk>/", directory.record_edit, name="record_edit"),
    path(f"{contacts}records/<slug:kind>/<int:pk>/remove/", directory.record_remove, name="record_remove"),
    path(forums, forums_desk.forum_desk_list, name="forum_desk_list"),
    path(f"{forums}new/", forums_desk.forum_new, name="forum_new"),
    path(f"{forums}membership/", forums_desk.membership_edit, name="membership_edit"),
    path(f"{forums}<str:code>/", forums_desk.forum_desk, name="forum_desk"),
    path(f"{forums}<str:code>/edit/", forums_desk.forum_edit, name="forum_edit"),
    path(f"{forums}<str:code>/contacts/new/", forums_desk.forum_contact_new, name="forum_contact_new"),
    path(f"{forums}<str:code>/contacts/<int:pk>/", forums_desk.forum_contact_edit, name="forum_contact_edit"),
    path(f"{forums}<str:code>/contacts/<int:pk>/remove/", forums_desk.forum_contact_remove, name="forum_contact_remove"),
]
