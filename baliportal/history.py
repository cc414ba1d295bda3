"""All recorded models of the portal, for pages that read the history of several apps."""

from activities.tracked import TRACKED as OF_ACTIVITIES
from members.tracked import TRACKED as OF_MEMBERS
from members.tracked import Tracked, of_kinds
from reports.tracked import TRACKED as OF_REPORTS

KINDS: tuple[Tracked, ...] = (*OF_MEMBERS, *OF_ACTIVITIES, *OF_REPORTS)
BY_KIND: dict[str, Tracked] = of_kinds(KINDS)
