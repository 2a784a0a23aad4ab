"""Errors of one execution, and the nulls they leave in the answer."""

from typing import Any, NamedTuple

from graphql import FieldNode, GraphQLError, located_error

from executor.places import Place


AFTER_ALL_ITEMS = float("inf")


class Failure(NamedTuple):
    """An error and the value it stands for; a late one comes after the items of its list."""

    place: Place
    at: int
    error: GraphQLError
    late: bool

    def order(self) -> tuple[float, ...]:
        """Return a key that sorts failures as a depth-first execution meets them."""
        ranks = [float(step.rank) for step in self.place.steps(self.at)]
        return (*reversed(ranks), *((AFTER_ALL_ITEMS,) if self.late else ()))

    def nulled(self) -> tuple[str | int, ...] | None:
        """Return the keys that lead to the value that becomes null; None for the whole answer."""
        steps = list(self.place.steps(self.at))
        while steps and not steps[0].nullable:
            del steps[0]
        return tuple(step.key for step in reversed(steps)) or None


class Failures:
    """The errors of one execution, recorded as they are met and put in order at the end."""

    __slots__ = ("_met", "reach_the_root")

    def __init__(self) -> None:
        self._met: list[Failure] = []
        self.reach_the_root = False  # Whether an error makes the whole answer null.

    def record(
        self,
        place: Place,
        index: int,
        error: Exception,
        nodes: list[FieldNode],
        *,
        late: bool = False,
    ) -> None:
        """Record that a value failed; it is null from now on."""
        keys = [step.key for step in place.steps(index)]
        self._met.append(Failure(place, index, located_error(error, nodes, keys[::-1]), late))
        if place.failed is None:
            place.failed = set()
        place.failed.add(index)
        if not any(step.nullable for step in place.steps(index)):
            self.reach_the_root = True

    def carry(self, data: dict[str, Any]) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
        """Put the nulls in place; return the answer with the errors that remain, in order."""
        kept: list[GraphQLError] = []
        nulled: set[tuple[str | int, ...]] = set()
        for failure in sorted(self._met, key=Failure.order):
            keys = [step.key for step in failure.place.steps(failure.at)][::-1]
            if any(tuple(keys[:length]) in nulled for length in range(1, len(keys) + 1)):
                continue  # An ancestor, or the value itself, is null because of an earlier error.
            kept.append(failure.error)
            target = failure.nulled()
            if target is None:
                return None, kept
            nulled.add(target)
            if not self.reach_the_root:  # Else parts of the answer may never have been made.
                _put_null(data, target)
        return data, kept


def _put_null(data: dict[str, Any], keys: tuple[str | int, ...]) -> None:
    holder: Any = data
    for key in keys[:-1]:
        holder = holder[key]
    holder[keys[-1]] = None
