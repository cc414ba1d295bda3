"""What may be published of a split whose total is public, so that no small number can be worked out. Pure: no query.

The rule knows no labels, only counts: whatever can be said of one hidden number by somebody who knows the rule can be
said of another, and since the hidden ones are not all the same, none is certain.
"""

from __future__ import annotations

from collections.abc import Mapping

SMALLEST = 5  # a smaller number is not published


def publishable[K](counts: Mapping[K, int]) -> dict[K, int | None]:
    """`counts` with None for what stays hidden: numbers below five, and as many next larger ones as protect them.

    Hidden are at least two cells with five in all between them that are not all equal; cells of the same count are hidden
    together. A split of fewer than two cells cannot be protected. Raises ValueError for one.
    """
    if len(counts) < 2:  # noqa: PLR2004 - its one number is the total
        raise ValueError("a split has two cells at least")
    hidden = {key for key, count in counts.items() if count < SMALLEST}
    if not hidden:
        return dict(counts)
    while len(hidden) < len(counts) and not _is_safe([counts[key] for key in hidden]):
        following = min(count for key, count in counts.items() if key not in hidden)
        hidden |= {key for key, count in counts.items() if count == following}
    return {key: None if key in hidden else count for key, count in counts.items()}


def _is_safe(hidden: list[int]) -> bool:
    return len(hidden) > 1 and sum(hidden) >= SMALLEST and len(set(hidden)) > 1
