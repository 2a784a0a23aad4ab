"""
From resolved values to results: the specification's value completion, for a batch at a time.

Values are a list with one entry for each place. Completing a type gives a list of the same length:
serialized leaves, lists, or objects of the answer whose own fields are batches still to resolve.
"""

from collections.abc import Generator
from itertools import accumulate, chain, pairwise
from types import NoneType
from typing import TYPE_CHECKING, Any, NamedTuple

from graphql import GraphQLError, Undefined
from graphql.pyutils import is_awaitable as default_is_awaitable
from graphql.pyutils import is_iterable
from strawberry.execution import optimized_is_awaitable

from executor.batching import Later
from executor.concrete import FEWEST, concrete_objects, shared_objects
from executor.iteration import Partial, collected, listed
from executor.kinds import AWAITABLE, ERROR, IS_LIST, KINDS, PLAIN, STREAM, kinds_of
from executor.objects import Target
from executor.places import FieldPlace, ItemPlace, Place
from executor.plans import FieldPlan
from executor.shapes import Shape


if TYPE_CHECKING:
    from executor.execution import Execution


# Yields awaitables, is sent one outcome for each: a value, or the exception it raised.
Work = Generator[list[Any], list[Any], None]
Results = Generator[list[Any], list[Any], list[Any]]


# Predicates that say of a value what its class says.
_BY_CLASS: tuple[Any, ...] = (default_is_awaitable, optimized_is_awaitable)


class Batch(NamedTuple):
    """One field to resolve for some objects, and the objects of the answer that get the results."""

    field: FieldPlan
    sources: list[Any]
    targets: list[Target]
    place: Place


class Completion:
    """The work on one batch."""

    __slots__ = ("_batch", "execution", "field", "place")

    def __init__(self, execution: "Execution", batch: Batch) -> None:
        self._batch = batch
        self.execution = execution
        self.field = batch.field
        self.place = FieldPlace(batch.place, batch.field.step)

    def work(self) -> Work:
        """Resolve the field for all objects and put the results into their targets."""
        field, place = self.field, self.place
        values = field.resolve(self.execution.executor, field, self._batch.sources, place)
        if isinstance(values, Later):
            (outcome,) = yield [values.awaitable]
            values = values.fill(outcome)
        results = yield from self.complete(values, field.shape, place)
        key = field.key
        for target, result in zip(self._batch.targets, results, strict=True):
            target[key] = result

    def fail(self, place: Place, index: int, error: Exception, *, late: bool = False) -> None:
        """Record that a value failed; the caller leaves null in its place."""
        self.execution.failures.record(place, index, error, self.field.nodes, late=late)

    def complete(self, values: list[Any], shape: Shape, place: Place) -> Results:
        """Complete values of one type, waiting for those that must be awaited."""
        if shape.concrete and len(values) >= FEWEST:
            shared = shared_objects(self, values, shape, place)
            if shared is not None:
                return shared
        kinds = kinds_of(values)
        if kinds & AWAITABLE:
            values = yield from self.settled(values)
            kinds = kinds_of(values) & ~AWAITABLE | PLAIN
        if kinds & STREAM and shape.item is not None:
            values = yield from self._iterated(values)
            kinds = kinds_of(values)
        if kinds & ~(PLAIN | STREAM):
            values = self._without_failures(values, shape, place)
        if shape.leaf:
            return self._leaves(values, shape, place)
        if shape.item is not None:
            return (yield from self._lists(values, shape.item, place))
        return (yield from concrete_objects(self, values, shape, place))

    def settled(self, values: list[Any]) -> Results:
        """Return the values with each awaitable replaced by its outcome."""
        is_awaitable = self.execution.executor.is_awaitable
        if is_awaitable in _BY_CLASS and kinds_of(values) == AWAITABLE:
            return (yield values)
        indexes = [
            index
            for index, value in enumerate(values)
            if KINDS[type(value)] & AWAITABLE and is_awaitable(value)
        ]
        if not indexes:
            return values
        outcomes = yield [values[index] for index in indexes]
        values = list(values)
        for index, outcome in zip(indexes, outcomes, strict=True):
            values[index] = outcome
        return values

    def _iterated(self, values: list[Any]) -> Results:
        """Return the values with each asynchronous iterable replaced by the list of its items."""
        is_async_iterable = self.execution.executor.is_async_iterable
        indexes = [index for index, value in enumerate(values) if is_async_iterable(value)]
        if not indexes:
            return values
        outcomes = yield [collected(values[index]) for index in indexes]
        values = list(values)
        for index, outcome in zip(indexes, outcomes, strict=True):
            values[index] = outcome
        return values

    def _without_failures(self, values: list[Any], shape: Shape, place: Place) -> list[Any]:
        """Return the values with null for exceptions; record these, and nulls that must not be."""
        values = list(values)
        for index, value in enumerate(values):
            if value is None or value is Undefined:
                values[index] = None
                if shape.required:
                    name = f"{self.field.parent}.{self.field.name}"
                    self.fail(
                        place,
                        index,
                        TypeError(f"Cannot return null for non-nullable field {name}."),
                    )
            elif KINDS[type(value)] == ERROR:
                values[index] = None
                self.fail(place, index, value)
        return values

    def _leaves(self, values: list[Any], shape: Shape, place: Place) -> list[Any]:
        try:
            results: list[Any] = self.field.serialize_all(values)
        except Exception:  # noqa: BLE001 - one by one, they are recorded
            return [
                None if value is None else self._leaf(value, shape, place, index)
                for index, value in enumerate(values)
            ]
        return results

    def _leaf(self, value: Any, shape: Shape, place: Place, index: int) -> Any:
        complete: Any = self.execution.executor.complete_leaf_value
        try:
            return complete(shape.named, value)
        except Exception as error:  # noqa: BLE001 - every error of a field is one of the answer
            self.fail(place, index, error)
            return None

    def _lists(self, values: list[Any], item: Shape, place: Place) -> Results:
        if not all(map(IS_LIST.__getitem__, map(type, values))):
            values = [
                value if IS_LIST[type(value)] else self._items(value, place, index)
                for index, value in enumerate(values)
            ]
        nulls = NoneType in set(map(type, values))
        sizes = (
            [0 if value is None else len(value) for value in values]
            if nulls
            else list(map(len, values))
        )
        items = list(chain.from_iterable(value for value in values if value is not None))
        item_place = ItemPlace(place, sizes, nullable=item.nullable)
        results = (yield from self.complete(items, item, item_place)) if items else []
        ends = list(accumulate(sizes, initial=0))
        lists: list[Any] = [results[start:end] for start, end in pairwise(ends)]
        if nulls:
            return [None if value is None else lists[index] for index, value in enumerate(values)]
        return lists

    def _items(self, value: Any, place: Place, index: int) -> list[Any] | None:
        """Return the items of what is not a list; None for null and what cannot be iterated."""
        if value is None:
            return None
        if value.__class__ is not Partial:
            if not is_iterable(value):
                name = f"{self.field.parent}.{self.field.name}"
                error = GraphQLError(f"Expected Iterable, but did not find one for field '{name}'.")
                self.fail(place, index, error)
                return None
            value = listed(value, self.execution.executor)
        if value.error is not None:
            self.fail(place, index, value.error, late=True)
        found: list[Any] = value.items
        return found
