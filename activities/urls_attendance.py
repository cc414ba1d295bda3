"""Addresses of attendance, its papers and its certificates."""

from django.urls import path

from activities.views import attendance, attendance_papers, certificates, costs, walk_ins

at_desk = "desk/activities/<str:reference>/attendance/"
in_space = "national/<slug:slug>/invitations/<int:pk>/attendance/"
urlpatterns = [
    path(at_desk, attendance.activity_attendance, name="activity_attendance"),
    path(f"{at_desk}mark/", attendance.attendance_mark, name="attendance_mark"),
    path(f"{at_desk}undo/", attendance.attendance_undo, name="attendance_undo"),
    path(f"{at_desk}add/", walk_ins.walk_in, name="walk_in"),
    path(f"{at_desk}remove/", walk_ins.walk_in_remove, name="walk_in_remove"),
    path(f"{at_desk}import/", attendance.attendance_import, name="attendance_import"),
    path(f"{at_desk}papers/", attendance_papers.attendance_papers, name="attendance_papers"),
    path(f"{at_desk}papers/list/", attendance_papers.attendance_list, name="attendance_list"),
    path(f"{at_desk}papers/sheet/<slug:place>/", attendance_papers.attendance_sheet, name="attendance_sheet"),
    path(f"{at_desk}papers/badges/", attendance_papers.attendance_badges, name="attendance_badges"),
    path(f"{at_desk}ask/", attendance_papers.attendance_ask, name="attendance_ask"),
    path(f"{at_desk}certificates/", certificates.certificates_issue, name="certificates_issue"),
    path(f"{at_desk}certificates/<int:pk>/", certificates.certificate_file, name="certificate_file"),
    path(f"{at_desk}certificates/<int:pk>/withdraw/", certificates.certificate_withdraw, name="certificate_withdraw"),
    path("desk/activities/<str:reference>/cost/", costs.activity_cost, name="activity_cost"),
    path(in_space, attendance.delegation_attendance, name="delegation_attendance"),
    path(f"{in_space}certificates/<int:delegate>/", certificates.own_certificate, name="own_certificate"),
    path("certificates/<str:code>/", certificates.certificate_check, name="certificate_check"),
]
