"""A member proposes, the desk asks the group, an answer comes through a link, the proposal is endorsed and recorded."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.browser.conftest import Portal, mailed

TITLE = "Workshop on detecting forged passports"
LIST = "title,from,to,country,topics\nTraining on passport fraud,{start},{end},ID,document security\n"


def test_from_the_idea_to_the_activity(portal: Portal, people: Any) -> None:
    soon = date.today() + timedelta(days=90)
    member = people("Co-chair, Australia", width=360)
    member.go("/steering-group/room/proposals/")
    member.look_everywhere()
    member.follow("Propose an activity")
    member.look_everywhere()
    member.page.fill("#id_title", TITLE)
    member.page.fill("#id_added_value", "Nobody trains the small border posts.")
    member.page.get_by_label("Document security").check()
    member.page.fill("#id_earliest", soon.isoformat())
    member.page.select_option("#id_country", value="ID")
    member.press("Propose it")
    assert "The idea is recorded." in member.text
    member.look_everywhere()

    desk = people("Secretariat")
    desk.go("/desk/proposals/foreign/")
    desk.look_everywhere()
    desk.page.fill("#id_text", LIST.format(start=soon, end=soon + timedelta(days=2)))
    desk.press("Show the preview")
    desk.look_everywhere()
    desk.press("Confirm: add 1 activity")
    desk.go("/desk/proposals/")
    desk.look_everywhere()
    desk.follow(TITLE)
    assert "Training on passport fraud" in desk.text
    desk.look_everywhere()
    proposal = desk.page.url.removeprefix(portal.url)

    desk.follow("Ask the steering group")
    desk.page.fill("#id_questions", "Is this useful?")
    desk.page.fill("#id_deadline", (date.today() + timedelta(days=20)).isoformat())
    desk.look_everywhere()
    desk.press("Ask now")
    assert "have answered" in desk.text
    answer = mailed(portal, portal.accounts["Co-chair, Australia"]["email"], r"/r/question/\S+")
    visitor = people(width=360)
    visitor.go(answer)
    visitor.look_everywhere()
    visitor.page.fill("#id_q1", "Yes, very much.")
    visitor.page.fill("#id_name", "Siti Rahma")
    visitor.page.get_by_role("button", name="Give the answer").click()
    visitor.page.wait_for_load_state()
    assert "Yes, very much." in visitor.text
    visitor.look_everywhere()

    _move(desk, proposal, "considered")
    desk.follow("Record the next step")
    desk.page.check("input[value=endorsed]")
    desk.look_everywhere()
    desk.press("Record the step")
    assert "1 likely overlap is undecided" in desk.text
    desk.go(proposal)
    desk.follow("Training on passport fraud")
    desk.page.check("input[value=keep]")
    desk.page.fill("#id_reason", "It is for airports only.")
    desk.look_everywhere()
    desk.press("Record the decision")
    _move(desk, proposal, "endorsed")
    desk.follow("Record it as an activity")
    assert desk.page.input_value("#id_title") == TITLE
    desk.page.select_option("#id_kind", label="Workshop")
    desk.press("Save draft")
    assert "From the proposal:" in desk.text
    desk.go(proposal)
    assert "Recorded as an activity:" in desk.text


def _move(desk: Any, proposal: str, state: str) -> None:
    desk.go(f"{proposal}move/")
    desk.page.check(f"input[value={state}]")
    desk.press("Record the step")
    assert "The step is recorded." in desk.text
