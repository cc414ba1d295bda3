"""Addresses of consultations, of a participant's own space, and of the room's questions."""

from django.urls import URLPattern, path

from activities.views import comments, coordination, desk_consultations, feedback, news, replies, room_consultations

desk = "desk/consultations/"
space = "national/<slug:slug>/"
room = "steering-group/room/consultations/"
urlpatterns: list[URLPattern] = [
    path(desk, desk_consultations.consultation_list, name="consultation_list"),
    path(f"{desk}new/", desk_consultations.consultation_new, name="consultation_new"),
    path(f"{desk}<int:pk>/", desk_consultations.consultation_detail, name="consultation"),
    path(f"{desk}<int:pk>/edit/", desk_consultations.consultation_edit, name="consultation_edit"),
    path(f"{desk}<int:pk>/open/", desk_consultations.consultation_open, name="consultation_open"),
    path(f"{desk}<int:pk>/remind/", desk_consultations.consultation_remind, name="consultation_remind"),
    path(f"{desk}<int:pk>/close/", desk_consultations.consultation_close, name="consultation_close"),
    path(f"{space}replies/", replies.reply_list, name="reply_list"),
    path(f"{space}replies/<int:pk>/", replies.reply, name="reply"),
    path(f"{space}replies/<int:pk>/submit/", replies.reply_submit, name="reply_submit"),
    path(f"{space}replies/<int:pk>/versions/", replies.reply_versions, name="reply_versions"),
    path(f"{space}replies/<int:pk>/comments/", comments.reply_comment, name="reply_comment"),
    path(f"{space}invitations/<int:pk>/comments/", comments.invitation_comment, name="invitation_comment"),
    path(f"{space}comments/<int:pk>/", comments.comment_edit, name="comment_edit"),
    path(f"{space}comments/<int:pk>/withdraw/", comments.comment_withdraw, name="comment_withdraw"),
    path(f"{space}mechanism/", coordination.mechanism, name="mechanism"),
    path(f"{space}mechanism/edit/", coordination.mechanism_edit, name="mechanism_edit"),
    path(f"{space}agenda/items/", coordination.agenda_item_add, name="agenda_item_add"),
    path(f"{space}agenda/items/<int:pk>/done/", coordination.agenda_item_done, name="agenda_item_done"),
    path(f"{space}agenda/meetings/new/", coordination.meeting_new, name="meeting_new"),
    path(f"{space}agenda/meetings/<int:pk>/", coordination.meeting, name="meeting"),
    path(f"{space}recommendations/", news.news_list, name="news_list"),
    path(f"{space}recommendations/<code:code>/", news.news_report, name="news_report"),
    path(f"{space}recommendations/<code:code>/news/<int:pk>/withdraw/", news.news_withdraw, name="news_withdraw"),
    path(f"{space}feedback/", feedback.feedback_list, name="feedback_list"),
    path(f"{space}feedback/<str:reference>/", feedback.feedback, name="feedback"),
    path(f"{space}feedback/<str:reference>/submit/", feedback.feedback_submit, name="feedback_submit"),
    path(room, room_consultations.room_consultations, name="room_consultations"),
    path(f"{room}<int:pk>/", room_consultations.room_consultation, name="room_consultation"),
    path(f"{room}<int:pk>/submit/", room_consultations.room_consultation_submit, name="room_consultation_submit"),
    path(f"{room}<int:pk>/versions/", room_consultations.room_consultation_versions, name="room_consultation_versions"),
]
