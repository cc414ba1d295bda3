"""The agenda as a PDF: what is in the file, who gets it, and what is said where none can be made."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
from django.test import Client

from activities.models import Activity, Agenda, AgendaItem
from members.models import AccessRecord, Process
from members.rendering import RenderingError
from reports import rendering_agenda
from reports.rendering_agenda import agenda_html
from tests.cast import World, client_for, make_world

FILE = "/steering-group/room/agendas/XX-2010-01/{}.pdf"


@pytest.fixture
def world(db: None) -> World:
    world = make_world()
    agenda = Agenda.objects.get()
    AgendaItem.objects.filter(agenda=agenda).update(title_id="Rencana")
    rows = [
        ("document", "Report", world.document),
        ("objective", "Borders", world.objective),
        ("other", "<script>x</script>", ""),
    ]
    for order, (kind, title, reference) in enumerate(rows, start=2):
        AgendaItem.objects.create(
            agenda=agenda, order=order, kind=kind, title_en=title, reference=reference, note="One.\n\n- <b>first</b>\n- second"
        )
    Activity.objects.filter(reference=world.activity).update(title="Meeting กระทรวง", title_id="Pertemuan")
    return world


def pdf_of(client: Client, language: str = "en") -> pikepdf.Pdf:
    response = client.get(FILE.format(language))
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    return pikepdf.open(io.BytesIO(response.content))


def bookmarks(document: pikepdf.Pdf) -> list[str]:
    with document.open_outline() as outline:
        return [item.title for top in outline.root for item in (top, *top.children)]


def test_file_is_tagged_titled_and_has_a_bookmark_for_each_item(world: World) -> None:
    document = pdf_of(client_for(world, "co_chair"))
    assert bool(document.Root.MarkInfo.Marked)
    assert (str(document.Root.Lang), str(document.docinfo.Title)) == ("en", "Agenda: Meeting กระทรวง")
    found = [title.replace("\u200b", "") for title in bookmarks(document)]
    assert found == ["Meeting กระทรวง", "1. Plan", "2. Report", "3. Borders", "4. <script>x</script>"]
    links = {str(a.A.URI) for page in document.pages for a in page.get("/Annots", []) if "/A" in a and "/URI" in a.A}
    ends = sorted(link.partition("localhost")[2].partition("/")[2] for link in links)
    assert ends == [
        f"objectives/{world.objective}/",
        f"reports/{world.document}/",
        f"steering-group/room/agendas/{world.activity}/",
    ]


def test_file_in_the_other_language(world: World) -> None:
    document = pdf_of(client_for(world, "steering_group_member"), "id")
    assert (str(document.Root.Lang), str(document.docinfo.Title)) == ("id", "Agenda: Pertemuan")
    assert bookmarks(document)[:3] == ["Pertemuan", "1. Rencana", "2. Report"]


def test_the_same_agenda_gives_the_same_bytes_and_is_written_down(world: World) -> None:
    client = client_for(world, "co_chair")
    first = client.get(FILE.format("en"))
    rendering_agenda._laid_out.cache_clear()
    second = client.get(FILE.format("en"))
    assert first.content == second.content
    assert first["Content-Disposition"] == 'attachment; filename="XX-2010-01-agenda-en.pdf"'
    rows = AccessRecord.objects.filter(object_label="agenda", actor_id=world.users["co_chair"].pk)
    assert list(rows.values_list("action", "object_ref")) == [("downloaded", "XX-2010-01 en")] * 2


def test_what_is_written_is_text_and_never_markup(world: World) -> None:
    agenda = Agenda.objects.select_related("activity", "body").get()
    html = agenda_html(agenda, list(agenda.items.all()), Process.objects.get(), language="en")
    assert ("<script>" in html, "<b>first</b>" in html, "<li>&lt;b&gt;first" in html) == (False, False, True)


def test_draft_is_for_the_desk_alone_and_says_so(world: World) -> None:
    Agenda.objects.update(published_at=None, published_by=None)
    assert client_for(world, "co_chair").get(FILE.format("en")).status_code == 404
    assert client_for(world, "secretariat").get(FILE.format("en")).status_code == 200
    agenda = Agenda.objects.select_related("activity", "body").get()
    html = agenda_html(agenda, [], Process.objects.get(), language="en")
    assert ("Agenda (Draft)" in html, "There is no item yet." in html) == (True, True)


@pytest.mark.parametrize("language", ["xx", "de", "EN", "en-au"])
def test_language_that_the_process_does_not_work_in_is_missing(world: World, language: str) -> None:
    assert client_for(world, "co_chair").get(FILE.format(language)).status_code == 404


def test_language_is_one_of_the_process(world: World) -> None:
    Process.objects.update(languages="en")
    client = client_for(world, "co_chair")
    assert client.get(FILE.format("id")).status_code == 404
    page = client.get("/steering-group/room/agendas/XX-2010-01/").content.decode()
    assert ('agendas/XX-2010-01/en.pdf"' in page, 'agendas/XX-2010-01/id.pdf"' in page) == (True, False)


def test_where_no_file_can_be_made_the_page_says_so(world: World, monkeypatch: Any) -> None:
    def fail(*_arguments: Any, **_options: Any) -> bytes:
        raise RenderingError("too much")

    rendering_agenda._laid_out.cache_clear()
    monkeypatch.setattr(rendering_agenda, "render_pdf", fail)
    response = client_for(world, "co_chair").get(FILE.format("en"), follow=True)
    assert response.redirect_chain == [("/steering-group/room/agendas/XX-2010-01/", 302)]
    assert "The PDF could not be made. Print this page instead." in response.content.decode()


def test_links_stand_on_the_page_and_at_the_desk(world: World) -> None:
    for address in ("/steering-group/room/agendas/XX-2010-01/", "/desk/activities/XX-2010-01/agenda/"):
        page = client_for(world, "secretariat").get(address).content.decode()
        assert [f'href="{FILE.format(language)}"' in page for language in ("en", "id")] == [True, True]
