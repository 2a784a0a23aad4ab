"""Errors of one execution, and the nulls they leave in the answer."""

from typing import Any, NamedTuple

from graphql import FieldNode, GraphQLError, located_error

from executor.places import Place, Step


AFTER_ALL_ITEMS = float("inf")


class Failure(NamedTuple):
    """
    An error and the steps from the root to the value it stands for.

    A late one comes after the items of its list.
    """

    steps: tuple[Step, ...]
    error: GraphQLError
    late: bool

    def order(self) -> tuple[float, ...]:
        """Return a key that sorts failures as a depth-first execution meets them."""
        ranks = [step.rank for step in self.steps]
        return (*ranks, AFTER_ALL_ITEMS) if self.late else tuple(ranks)

    def nulled(self) -> int:
        """Return how many steps lead to the value that becomes null; 0 for the whole answer."""
        length = len(self.steps)
        while length and not self.steps[length - 1].nullable:
            length -= 1
        return length


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
        steps = tuple(place.steps(index))[::-1]
        located = located_error(error, nodes, [step.key for step in steps])
        failure = Failure(steps, located, late)
        self._met.append(failure)
        if not failure.nulled():
            self.reach_the_root = True

    def carry(self, data: dict[str, Any]) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
        """Put the nulls in place; return the answer with the errors that remain, in order."""
        kept: list[GraphQLError] = []
        nulled: set[tuple[str | int, ...]] = set()
        for failure in sorted(self._met, key=Failure.order):
            keys = tuple(step.key for step in failure.steps)
            if any(keys[:length] in nulled for length in range(1, len(keys) + 1)):
                continue  # An ancestor, or the value itself, is null because of an earlier error.
            kept.append(failure.error)
            length = failure.nulled()
            if not length:
                return None, kept
            nulled.add(keys[:length])
            if not self.reach_the_root:  # Else parts of the answer may never have been made.
                _put_null(data, keys[:length])
        return data, kept


def _put_null(data: dict[str, Any], keys: tuple[str | int, ...]) -> None:
    holder: Any = data
    for key in keys[:-1]:
        holder = holder[key]
    holder[keys[-1]] = None
