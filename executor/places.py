"""
Where the values of a batch stand in the answer.

A batch resolves one field of many objects, so its values stand at as many paths. A place knows all
of them without writing down any: a path is worked out when an error or a resolver asks for it.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from graphql.pyutils import Path
from typing_extensions import override


class Step(NamedTuple):
    """One key of a path: its rank among its siblings, and whether a null may stand there."""

    rank: int
    key: str | int
    type_name: str | None
    nullable: bool


class Place:
    """The place of the root, and what all places share."""

    __slots__ = ("_paths", "base")

    def __init__(self, base: "Place | None" = None) -> None:
        self.base = base
        self._paths: dict[int, Path] | None = None

    def parent(self, index: int) -> int:
        """Return which value of the base holds this one."""
        return index

    def step(self, index: int) -> Step | None:  # noqa: ARG002 - the steps of other places have one
        """Return the key that leads from the base to this value, if there is one."""
        return None

    def steps(self, index: int) -> Iterator[Step]:
        """Yield the steps from this value up to the root."""
        place: Place | None = self
        while place is not None:
            step = place.step(index)
            if step is not None:
                yield step
            index, place = place.parent(index), place.base

    def path(self, index: int) -> Path:
        """Return the path of a value as resolvers see it."""
        if self._paths is None:
            self._paths = {}
        found = self._paths.get(index)
        if found is None:
            path: Any = None
            for _, key, type_name, _ in reversed(list(self.steps(index))):
                path = Path(path, key, type_name)
            found = self._paths[index] = path
        return found

    def field(self, index: int) -> "tuple[Place, int]":
        """Return the place and index of the field that gave this value, itself or a list."""
        place: Place = self
        while place.base is not None and not isinstance(place, FieldPlace):
            index, place = place.parent(index), place.base
        return place, index


class FieldPlace(Place):
    """The values of one field, one for each object of the base."""

    __slots__ = ("_step",)

    def __init__(self, base: Place, step: Step) -> None:
        super().__init__(base)
        self._step = step

    @override
    def step(self, index: int) -> Step:
        """Return the field's key."""
        return self._step


class ItemPlace(Place):
    """The items of lists, laid end to end."""

    __slots__ = ("_nullable", "_starts")

    def __init__(self, base: Place, sizes: list[int], *, nullable: bool) -> None:
        super().__init__(base)
        self._starts = [0, *accumulate(sizes)]
        self._nullable = nullable

    @override
    def parent(self, index: int) -> int:
        """Return which list holds this item."""
        return bisect_right(self._starts, index) - 1

    @override
    def step(self, index: int) -> Step:
        """Return the item's index in its list."""
        at = index - self._starts[self.parent(index)]
        return Step(at, at, None, self._nullable)


class PartPlace(Place):
    """Some values of the base."""

    __slots__ = ("_indexes",)

    def __init__(self, base: Place, indexes: Sequence[int]) -> None:
        super().__init__(base)
        self._indexes = indexes

    @override
    def parent(self, index: int) -> int:
        """Return the index of the same value in the base."""
        return self._indexes[index]
