"""A call for views, from the desk's question to the compilation: the draft stays at home until it is submitted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

TITLE = "Views on the next steps"
TEXT = "More workshops on travel documents."


def test_from_a_question_to_a_national_position(people: Any) -> None:
    desk = people("Secretariat")
    desk.go("/desk/consultations/new/")
    desk.page.fill("#id_title", TITLE)
    desk.page.fill("#id_question", "The senior officials asked for the views of all.")
    desk.page.fill("#id_questions", "What was useful?\nWhat should be done next?")
    desk.page.fill("#id_deadline", f"{date.today() + timedelta(days=20)}")
    desk.page.fill("#id_time_zone", "Asia/Bangkok")
    desk.look_everywhere()
    desk.press("Save draft")
    desk.look_everywhere()
    desk.press("Open it and write to the recipients")
    assert "It is open." in desk.page.inner_text("body")
    compilation = desk.page.url

    ministry = people("Ministry official of Indonesia")
    ministry.go("/national/indonesia/replies/")
    ministry.look_everywhere()
    ministry.follow(TITLE)
    ministry.page.fill("#id_q2", TEXT)
    ministry.press("Save the draft")
    assert "The focal point submits the national position." in ministry.text
    assert "Check and submit" not in ministry.text

    focal = people("Focal point of Indonesia, people smuggling", width=360)
    focal.go("/national/indonesia/")
    focal.look_everywhere()
    focal.follow(TITLE)
    assert focal.page.input_value("#id_q2") == TEXT
    focal.page.get_by_label("The draft answer").check()
    focal.page.fill("#comment_text", "Agreed, with thanks.")
    focal.press("Add the comment")
    assert "Agreed, with thanks." in focal.text
    focal.look_everywhere()

    desk.page.goto(compilation)
    assert TEXT not in desk.page.content()
    assert "No answer yet" in desk.text

    focal.follow("Check and submit")
    focal.look_everywhere()
    focal.press("Submit the position")
    assert "The position is submitted." in focal.page.inner_text("body")
    assert "The position you submitted" in focal.text

    desk.page.goto(compilation)
    desk.look_everywhere()
    assert TEXT in desk.text
    assert "Agreed, with thanks." not in desk.page.content()
    for page in ("agenda/", "mechanism/", "mechanism/edit/", "feedback/", "agenda/meetings/new/"):
        focal.go(f"/national/indonesia/{page}")
        focal.look_everywhere()
