"""The whole cycle on the real record: from a workshop that is recorded to a report that arrives and is read."""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Callable
from datetime import date
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pikepdf

from tests.browser.conftest import Person, Portal

TODAY = date.today()
TITLE = "Workshop on checking travel documents"
DELEGATES = (
    "Laksmi Pratiwi",
    "Bayu Saputra",
    "Intan Permata",
)  # of this journey alone: a name known with another address is asked about
MAKING = 180  # seconds for two PDF files on a busy machine


def wait_for(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(1)
    raise AssertionError(what)


def report_file(folder: Path) -> Path:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    path = folder / "report.pdf"
    pdf.save(path)
    return path


def record(desk: Person, title: str, kind: str, objective: str = "") -> str:
    """Record and publish an activity of today; returns its reference."""
    desk.go("/desk/activities/new/")
    desk.page.fill("#id_title", title)
    desk.page.select_option("#id_kind", label=kind)
    desk.page.fill("#id_start", TODAY.isoformat())
    desk.page.fill("#id_city", "Jakarta")
    desk.page.fill("#id_country", "Indonesia")
    if objective:
        desk.page.get_by_label(objective).check()
    desk.press("Save draft")
    reference = desk.page.url.rstrip("/").rsplit("/", 1)[1]
    desk.follow("Look at its page and publish it")
    desk.press("Publish")
    return reference


def mails(portal: Portal) -> list[EmailMessage]:
    parse = BytesParser(policy=policy.default).parsebytes
    return [
        message for path in sorted(portal.mail.glob("*.eml")) if isinstance(message := parse(path.read_bytes()), EmailMessage)
    ]


def enclosed(message: EmailMessage) -> list[bytes]:
    return [payload for part in message.iter_attachments() if isinstance(payload := part.get_payload(decode=True), bytes)]


def test_from_a_recorded_workshop_to_a_report_that_is_read(portal: Portal, people: Any, tmp_path: Path) -> None:
    desk = people("Secretariat")
    workshop = record(desk, TITLE, "Workshop", "OBJ-03: Border and visa cooperation")
    desk.go(f"/desk/activities/{workshop}/invitations/")
    desk.page.get_by_label("Indonesia", exact=True).check()
    desk.press("Issue the invitations")
    assert "1 invitation is issued." in desk.text

    indonesia = people("Focal point of Indonesia, people smuggling", width=360)
    indonesia.follow(f"Answer: {TITLE}")
    for number, name in enumerate(DELEGATES):
        if number:
            indonesia.press("Add another delegate")
        indonesia.page.fill(f"#id_form-{number}-name", name)
        indonesia.page.fill(f"#id_form-{number}-position", "Director, Example Ministry")
        indonesia.page.fill(f"#id_form-{number}-email", f"delegate{number}@ministry.example")
    indonesia.press("Register 3 delegates")
    assert "The delegation is registered" in indonesia.text

    desk.go(f"/desk/activities/{workshop}/attendance/")
    desk.press("Everybody not recorded was present")
    assert "3 records changed." in desk.text
    desk.go(f"/desk/activities/{workshop}/")
    desk.page.select_option("#id_status", value="held")
    desk.press("Change")

    desk.go(f"/desk/activities/{workshop}/documents/")
    desk.page.fill("#id_title", f"Report of the {TITLE.lower()}")
    desk.page.set_input_files("#id_file", report_file(tmp_path))
    desk.press("Publish the report")
    assert "Published as" in desk.text

    approved = compile_and_approve(desk, people, workshop)
    circulate_and_receive(desk, portal, approved)

    visitor = people(width=360)
    visitor.go("/search/?q=checking+travel+documents")
    visitor.follow(TITLE)
    assert "3 delegates took part." in visitor.text
    assert DELEGATES[0] not in visitor.page.content()
    visitor.follow(f"Report of the {TITLE.lower()}")
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name="PDF").first.click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def compile_and_approve(desk: Person, people: Any, workshop: str) -> set[str]:
    """The progress report of this year, frozen, made, approved by both; returns the hashes that were approved."""
    meeting = record(desk, "Senior officials' meeting of this year", "Senior officials' meeting")
    desk.go("/desk/progress-reports/")
    desk.page.fill("#id_meeting", meeting)
    desk.page.fill("#id_period_from", str(TODAY.year))
    desk.page.fill("#id_period_to", str(TODAY.year))
    desk.press("Compile the report")
    report = desk.page.url
    assert workshop in desk.page.content() or "Activities held" in desk.text
    desk.follow("Freeze the report")
    desk.page.check("#id_confirm")
    desk.press("Freeze the report")

    def made() -> bool:
        desk.page.goto(report)
        return desk.text.count("SHA-256") >= 2

    wait_for(made, MAKING, "the files were not made")
    desk.look()
    desk.press("Ask for approval by mail")
    for role in ("Co-chair, Australia", "Co-chair, Indonesia"):
        chair = people(role)
        chair.go("/steering-group/room/approvals/")
        chair.page.locator("main a[href*='/approvals/BP-']").first.click()
        chair.page.wait_for_load_state()
        shown = {text.removeprefix("SHA-256 ").strip() for text in chair.page.locator(".mono").all_inner_texts()}
        chair.page.check("#id_confirm")
        chair.press("Approve these files")
    desk.page.goto(report)
    return shown


def circulate_and_receive(desk: Person, portal: Portal, approved: set[str]) -> None:
    """To everybody with standing; each copy is the approved file, byte for byte, and each has one recipient."""
    desk.page.locator("main a[href$='/circulate/']").first.click()
    desk.page.wait_for_load_state()
    desk.look()
    desk.press("Show the recipients")
    desk.page.locator("main form[action$='/start/'] button").click()
    desk.page.wait_for_load_state()
    desk.look()
    participants = json.loads(desk.page.request.get(f"{portal.url}/participants/?format=json").body())["count"]

    def arrived() -> list[EmailMessage]:
        found = [
            message for message in mails(portal) if len(enclosed(message)) and "acknowledge" in str(message["Subject"]).lower()
        ]
        return found if len({str(message["X-Envelope-To"]) for message in found}) >= participants - 1 else []

    copies = wait_for(arrived, 240, "the copies did not arrive")
    addresses = [str(message["X-Envelope-To"]) for message in copies]
    assert len(addresses) == len(set(addresses))
    assert all("," not in address for address in addresses)
    assert {hashlib.sha256(content).hexdigest() for message in copies for content in enclosed(message)} <= approved
    assert len({str(message["Message-ID"]) for message in copies}) == len(copies)
    check_pdf(enclosed(copies[0])[0])


def check_pdf(content: bytes) -> None:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) in {"en", "id"}
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"]
