"""Closed vocabularies of invitations that go out by a rule."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class LetterForm(TextChoices):
    """What each recipient is sent [20, 22]."""

    AS_ROUTED = "as-routed", _("A note verbale through foreign ministries and missions, a letter to all others")
    LETTER = "letter", _("A letter to everybody")
    NOTE_VERBALE = "note-verbale", _("A note verbale to everybody")


class SignedBy(TextChoices):
    """In whose name a letter goes out; the offices stand under it, never persons."""

    SECRETARIAT = "secretariat", _("The secretariat")
    CO_CHAIRS = "co-chairs", _("The secretariat, on behalf of the co-chairs")


class IssueState(TextChoices):
    """Where the letters to one participant stand while invitations are issued."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being written")
    DONE = "done", _("Issued")
    SKIPPED = "skipped", _("Left out")
    FAILED = "failed", _("Not issued")
