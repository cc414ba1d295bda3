"""The map of the portal. Pages carry a language; files, feeds, signed links and health do not."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

import members.converters  # noqa: F401 - registers "code"
from activities.views import exchanges, own_words
from activities.views.news import news_by_link
from baliportal.views import (
    about,
    activity,
    activity_files,
    agenda,
    aim_files,
    calendar,
    corrections,
    desk,
    document_files,
    errors,
    feeds,
    figures,
    forum,
    health,
    history,
    home,
    own_record,
    participant,
    participation,
    publish,
    reference,
    search,
    signed,
    start,
    thread,
)
from members.views import contact

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error

pages: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("activities/", activity.activity_list, name="activity_list"),
    path("activities/<str:reference>/", activity.activity_detail, name="activity_detail"),
    path("activities/<str:reference>/history/", activity.activity_history, name="activity_history"),
    path("desk/activities/<str:reference>/publish/", publish.activity_publish, name="activity_publish"),
    path("activities/<code:reference>/thread/", thread.activity_thread, name="activity_thread"),
    path("reports/<code:symbol>/thread/", thread.document_thread, name="document_thread"),
    path("objectives/<code:code>/thread/", thread.objective_thread, name="objective_thread"),
    path("programme-areas/<code:code>/thread/", thread.programme_area_thread, name="programme_area_thread"),
    path("recommendations/<code:code>/thread/", thread.recommendation_thread, name="recommendation_thread"),
    path("participants/", participant.participant_list, name="participant_list"),
    path("participants/<slug:slug>/", participant.participant_detail, name="participant_detail"),
    path("participants/<slug:slug>/history/", participant.participant_history, name="participant_history"),
    path("search/", search.search, name="search"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/<int:year>/", calendar.calendar_year, name="calendar_year"),
    path("data/", about.data, name="data"),
    path("data/participation/", participation.participation, name="participation"),
    path("data/participation/portfolios/", participation.portfolios, name="participation_portfolios"),
    path("about/", about.about, name="about"),
    path("about/<slug:page>/", about.about_page, name="about_page"),
    path("contact/", contact.contact, name="contact"),
    path("contact/sent/", contact.contact_done, name="contact_done"),
    path("start/", start.after_login, name="after_login"),
    path("desk/", desk.desk, name="desk"),
    path("desk/activities/figures/", figures.desk_figures, name="desk_figures"),
    path("desk/activities/figures/portfolios/", figures.desk_portfolios, name="desk_portfolios"),
    path("desk/corrections/", corrections.desk_correction_list, name="desk_correction_list"),
    path("desk/corrections/<int:pk>/", corrections.desk_correction, name="desk_correction"),
    path("desk/corrections/<int:pk>/accept/", corrections.desk_correction_accept, name="desk_correction_accept"),
    path("desk/corrections/<int:pk>/decline/", corrections.desk_correction_decline, name="desk_correction_decline"),
    path("national/<slug:slug>/record/", own_record.own_record, name="own_record"),
    path("national/<slug:slug>/record/export/", own_record.own_record_export, name="own_record_export"),
    path("national/<slug:slug>/record/messages/<int:pk>/", own_record.own_record_message, name="own_record_message"),
    path("national/<slug:slug>/record/<slug:record>/<str:reference>/correct/", corrections.correction_ask, name="correction_ask"),
    path("desk/reference/", reference.reference_index, name="reference_index"),
    path("desk/reference/process/", reference.reference_process, name="reference_process"),
    path("desk/reference/<slug:table>/", reference.reference_table, name="reference_table"),
    path("desk/reference/<slug:table>/new/", reference.reference_new, name="reference_new"),
    path("desk/reference/<slug:table>/<slug:key>/", reference.reference_row, name="reference_row"),
    path("desk/reference/<slug:table>/<slug:key>/retire/", reference.reference_retire, name="reference_retire"),
    path("desk/reference/<slug:table>/<slug:key>/offer/", reference.reference_offer, name="reference_offer"),
    path("desk/reference/<slug:table>/<slug:key>/delete/", reference.reference_delete, name="reference_delete"),
    path("desk/history/", history.history_list, name="history_list"),
    path("desk/history/<slug:kind>/<str:key>/", history.history_record, name="history_record"),
    path("national/<slug:slug>/agenda/", agenda.national_agenda, name="national_agenda"),
    path("accounts/", include("members.urls_accounts")),
    # before the addresses of one forum each
    path("desk/forums/outreach/", exchanges.outreach_list, name="outreach_list"),
    path("desk/forums/outreach/new/", exchanges.outreach_new, name="outreach_new"),
    path("desk/forums/outreach/<int:pk>/", exchanges.outreach_edit, name="outreach_edit"),
    path("desk/forums/references/", exchanges.desk_reference_list, name="desk_reference_list"),
    path("desk/forums/references/new/", exchanges.external_reference_new, name="external_reference_new"),
    path("desk/forums/references/<code:code>/", exchanges.external_reference_edit, name="external_reference_edit"),
    path("forums/exchanges/", own_words.exchange_list, name="exchange_list"),
    path("legislation/", own_words.legislation_public, name="legislation_public"),
    path("forums/references/", exchanges.external_reference_list, name="external_reference_list"),
    path("forums/references/<code:code>/", exchanges.external_reference_detail, name="external_reference"),
    path("", include("members.urls")),
    path("forums/<str:code>/", forum.forum_detail, name="forum_detail"),  # behind forums/membership/
    path("", include("activities.urls")),
    path("", include("reports.urls")),
]
urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("activities/<str:reference>.ics", activity_files.activity_ics, name="activity_ics"),
    path("activities/<str:reference>/cite.ris", activity_files.activity_ris, name="activity_ris"),
    path("activities/<str:reference>/cite.bib", activity_files.activity_bib, name="activity_bib"),
    *(
        path(f"{stem}/<code:code>/cite.{ending}", getattr(aim_files, f"{name}_{ending}"), name=f"{name}_{ending}")
        for stem, name in (("objectives", "objective"), ("programme-areas", "area"), ("recommendations", "recommendation"))
        for ending in ("ris", "bib")
    ),
    path("reports/<code:symbol>/cite.ris", document_files.document_ris, name="document_ris"),
    path("reports/<code:symbol>/cite.bib", document_files.document_bib, name="document_bib"),
    path("forums/references/<code:code>/cite.ris", aim_files.external_reference_ris, name="external_reference_ris"),
    path("forums/references/<code:code>/cite.bib", aim_files.external_reference_bib, name="external_reference_bib"),
    path("feeds/references.atom", feeds.references_feed, name="references_feed"),
    path("feeds/objectives.atom", feeds.objectives_feed, name="objectives_feed"),
    path("feeds/areas.atom", feeds.areas_feed, name="areas_feed"),
    path("feeds/recommendations.atom", feeds.recommendations_feed, name="recommendations_feed"),
    path("feeds/activities.atom", feeds.activities_feed, name="activities_feed"),
    path("feeds/reports.atom", feeds.reports_feed, name="reports_feed"),
    path("feeds/calendar.ics", feeds.calendar_feed, name="calendar_feed"),
    path("r/news/<str:token>/", news_by_link, name="news_by_link"),
    path("", include("members.urls_files")),
    path("", include("activities.urls_files")),
    path("r/<str:token>/", signed.signed_page, name="signed_page"),
    path("r/<str:token>/calendar.ics", signed.signed_calendar, name="signed_calendar"),
    path("", include("reports.urls_files")),
    *i18n_patterns(*pages, prefix_default_language=False),
]
