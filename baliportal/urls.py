"""The map of the portal. Pages carry a language; files, feeds, signed links and health do not."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

import members.converters  # noqa: F401 - registers "code"
from baliportal.views import (
    about,
    activity,
    activity_files,
    aim_files,
    calendar,
    desk,
    errors,
    feeds,
    health,
    home,
    participant,
    search,
    start,
    thread,
)

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error

pages: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("activities/", activity.activity_list, name="activity_list"),
    path("activities/<str:reference>/", activity.activity_detail, name="activity_detail"),
    path("activities/<str:reference>/history/", activity.activity_history, name="activity_history"),
    path("objectives/<code:code>/thread/", thread.objective_thread, name="objective_thread"),
    path("programme-areas/<code:code>/thread/", thread.programme_area_thread, name="programme_area_thread"),
    path("recommendations/<code:code>/thread/", thread.recommendation_thread, name="recommendation_thread"),
    path("participants/", participant.participant_list, name="participant_list"),
    path("participants/<slug:slug>/", participant.participant_detail, name="participant_detail"),
    path("search/", search.search, name="search"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/<int:year>/", calendar.calendar_year, name="calendar_year"),
    path("data/", about.data, name="data"),
    path("about/", about.about, name="about"),
    path("about/<slug:page>/", about.about_page, name="about_page"),
    path("contact/", about.contact, name="contact"),
    path("start/", start.after_login, name="after_login"),
    path("desk/", desk.desk, name="desk"),
    path("accounts/", include("members.urls_accounts")),
    path("", include("members.urls")),
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
    path("feeds/objectives.atom", feeds.objectives_feed, name="objectives_feed"),
    path("feeds/recommendations.atom", feeds.recommendations_feed, name="recommendations_feed"),
    path("feeds/activities.atom", feeds.activities_feed, name="activities_feed"),
    path("feeds/calendar.ics", feeds.calendar_feed, name="calendar_feed"),
    path("", include("members.urls_files")),
    path("", include("reports.urls_files")),
    *i18n_patterns(*pages, prefix_default_language=False),
]
