"""
How the tables of this folder are read.

A table names places of the schema that take an id, and below them, line by line, whose id is given
there and what becomes of it, for each of the viewers in their order. A word for several of them in
a row is written once, with their number after a star.
"""

from collections.abc import Iterator

from tests.rights.expected import (
    ANONYMOUS,
    INACTIVE,
    PRIMARY,
    REQUESTER,
    SECONDARY,
    SIMPLE,
    STRANGER,
    SUPPORT,
)
from tests.rights.states.scene import FORMER, NEWCOMER


VIEWERS = (
    ANONYMOUS,
    NEWCOMER,
    STRANGER,
    REQUESTER,
    FORMER,
    INACTIVE,
    SIMPLE,
    SECONDARY,
    PRIMARY,
    SUPPORT,
)

NOWHERE, HERE, UNKNOWN, DONE, SEEN = "-", "x", "?", "ok", "yes"
"""
Forbidden whatever is named; forbidden on this object; just as for an id of nothing; done; told.

Any other word is the code of a refusal, the reason of a decision, or how many entries are listed.
"""

Table = dict[str, dict[str, tuple[str, ...]]]
"""What each viewer is told, by the place of the id and by whose id it is."""


def read(text: str) -> Table:
    """Read the table that *text* writes; a line that begins with `#` repeats who the viewers are."""
    found: Table = {}
    rows: dict[str, tuple[str, ...]] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, words = line.partition(" | ")
        if line.startswith("#"):
            assert tuple(line.split()[1:]) == VIEWERS
        elif not words:
            # Places that follow one another have their rows in common.
            rows = {} if rows else rows
            found[name] = rows
        else:
            told = tuple(_words(words))
            assert len(told) == len(VIEWERS), line
            assert name.strip() not in rows, line
            rows[name.strip()] = told
    return found


def _words(text: str) -> Iterator[str]:
    for word in text.split():
        told, _, times = word.partition("*")
        yield from [told] * int(times or 1)
