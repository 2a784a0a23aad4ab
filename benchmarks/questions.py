"""The four reference queries: what is asked, of which structures, and how much must come back."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.invention import siret


TEXTS = Path(__file__).resolve().parent / "peers"

PAGE = 50
LOOKUPS = 100
POINTS = 64
SETS = 8
SERVICES, USERS_OF_SERVICE, AREAS_OF_USER = 40, 10, 3
"""What a large structure of the dataset has."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query, the variables to ask it with in turn, and the count that tells a right answer."""

    name: str
    meaning: str
    variables: list[dict[str, Any]]
    expected: dict[str, int]

    @property
    def text(self) -> str:
        """The document, on one line."""
        return " ".join((TEXTS / f"{self.name}.graphql").read_text(encoding="utf-8").split())


def queries(structures: int) -> list[Query]:
    """Give the four queries to a dataset of so many *structures*, at least 100."""
    spread = range(1, structures + 1, max(1, structures // POINTS))
    sets = [
        [
            1 + (13 * number + place * (structures // LOOKUPS)) % structures
            for place in range(LOOKUPS)
        ]
        for number in range(SETS)
    ]
    users = SERVICES * USERS_OF_SERVICE
    return [
        Query("Q1", "point", [{"siret": siret(one)} for one in spread], {"identifier": 1}),
        Query(
            "Q2",
            "nested",
            [{"siret": siret(1)}],
            {"identifier": 1, "users": SERVICES, "login": users, "mode": users * AREAS_OF_USER},
        ),
        Query("Q3", "list", [{}], {"identifier": PAGE, "services": PAGE}),
        Query(
            "Q4",
            "selective",
            [{"identifiers": [{"value": siret(one)} for one in chosen]} for chosen in sets],
            {"identifier": LOOKUPS, "services": LOOKUPS},
        ),
    ]


def occurrences(data: Any, name: str) -> int:
    """Count the objects of *data* in which *name* is not null."""
    return sum(one.get(name) is not None for one in objects(data))


def objects(data: Any) -> Iterator[dict[str, Any]]:
    """Give every object of *data*."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
