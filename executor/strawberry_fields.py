"""
Resolutions of Strawberry fields: the resolver itself is called, after its permissions.

Strawberry wraps a resolver in functions that convert arguments, run field extensions and handle
exceptions, for every object anew. Here a loop is generated for each field that does what those
wrappers do for it, and only that. A batched resolver is called once, and a permission that answers
for a whole batch is asked once.
"""

import inspect

from collections.abc import Callable, Iterable
from typing import Any

from graphql.execution import Executor
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from executor.arguments import Arguments, can_be_shared, coerced_arguments
from executor.batching import Later, batch_of
from executor.calls import Call, call_of, compile_loop
from executor.conversion import UnknownTypeError, compile_conversion
from executor.guards import Guard, guards_of, offer_whole_answers, permit_all
from executor.information import Information, info_class_of
from executor.places import Place
from executor.plans import FieldPlan, Resolution
from executor.readers import attribute_reader
from executor.resolving import resolve_by_reading


Convert = Callable[[Executor[Any], FieldPlan, Information, int], Arguments]

PERMITTED = object()


def resolution_of(executor: Executor[Any], field: StrawberryField) -> "FieldResolution | None":
    """Return the resolution of a field, or None where only Strawberry's own wrappers will do."""
    converter: Any = executor.schema._strawberry_schema.schema_converter  # type: ignore[attr-defined]  # noqa: SLF001 - Strawberry's own way back
    guards = guards_of(field)
    call = call_of(field)
    if guards is None or call is None or not _is_plain(converter, field, guards):
        return None
    return FieldResolution(converter, field, guards, call)


def _is_plain(converter: Any, field: StrawberryField, guards: list[Guard]) -> bool:
    # Strawberry awaits what permissions of an async resolver answer; those that answer for a whole
    # batch are known to answer at once.
    if field.is_subscription or (field.is_async and guards and not offer_whole_answers(guards)):
        return False
    # The handlers of a schema concern the fields whose type has their error.
    handlers = converter.exception_handlers and converter._get_field_exception_handlers(field)  # noqa: SLF001
    return not handlers


class FieldResolution:
    """Resolves one field for all objects of a batch."""

    def __init__(
        self, converter: Any, field: StrawberryField, guards: list[Guard], call: Call
    ) -> None:
        self._field = field
        self._guards = guards
        self._asked_at_once = offer_whole_answers(guards)
        self._make_info = info_class_of(converter.config.info_class)
        self._convert = _conversion(converter, field, self._make_info)
        self._batch = batch_of(call.function)
        self._call = call
        if self._batch is not None:
            call = call._replace(expression="permitted", names={"permitted": PERMITTED})
        has_arguments = bool(field.arguments)
        self._guarded = compile_loop(call, guards, has_arguments=has_arguments)
        self._open = compile_loop(call, [], has_arguments=has_arguments)
        self._read: Resolution | None = None
        if call.function is None:
            self._read = resolve_by_reading(attribute_reader(field, "value"))

    def __call__(
        self, executor: Executor[Any], plan: FieldPlan, sources: list[Any], place: Place
    ) -> list[Any] | Later:
        """Return a value for each object, or what gives them when it is awaited."""
        information = Information(executor, plan, place)
        try:
            arguments = self._arguments(executor, plan, information, len(sources))
        except Exception as error:  # noqa: BLE001 - every error of a field is the answer's
            return [error] * len(sources)
        permitted = not self._guards or self._permits(information, sources)
        if permitted and self._batch is not None:
            return self._resolved(sources, arguments, information)
        if permitted and self._read is not None:
            return self._read(executor, plan, sources, place)
        loop = self._open if permitted else self._guarded
        values = loop(sources, arguments, information, self._make_info, self._field)
        if self._batch is None:
            return values
        return self._resolved(sources, arguments, information, values)

    @property
    def reads_permitted(self) -> bool:
        """Tell whether the field is an attribute whose permissions answer for whole batches."""
        return self._read is not None and self._asked_at_once and not self._field.arguments

    def permits(
        self, executor: Executor[Any], plan: FieldPlan, sources: list[Any], place: Place
    ) -> bool:
        """Tell whether the permissions permit all objects of a batch at once."""
        return self._permits(Information(executor, plan, place), sources)

    def _permits(self, information: Information, sources: list[Any]) -> bool:
        if not self._asked_at_once:
            return False
        return permit_all(self._guards, sources, self._make_info(information, 0, self._field))

    def _arguments(
        self, executor: Executor[Any], plan: FieldPlan, information: Information, count: int
    ) -> Iterable[Arguments]:
        """Return the arguments for each object of a batch, the same ones where that is safe."""
        if not self._field.arguments:
            return ()
        first = self._convert(executor, plan, information, 0)
        if self._batch is not None or count == 1 or can_be_shared(first):
            return [first] * count
        rest = (self._convert(executor, plan, information, index) for index in range(1, count))
        return [first, *rest]

    def _resolved(
        self,
        sources: list[Any],
        arguments: Iterable[Arguments],
        information: Information,
        values: list[Any] | None = None,
    ) -> list[Any] | Later:
        """Call the batched resolver for all objects, or for those that *values* permit."""
        indexes = list(range(len(sources)))
        if values is not None:
            indexes = [index for index in indexes if values[index] is PERMITTED]
            sources = [sources[index] for index in indexes]
        if not sources:
            return values or []
        info = self._make_info(information, indexes[0], self._field)
        keywords = self._call.batch_keywords(sources, info)
        try:
            outcome = self._batch(**keywords, **next(iter(arguments), {}))  # type: ignore[misc]
        except Exception as error:  # noqa: BLE001 - as above
            outcome = error
        later = Later(outcome, values or sources, indexes)
        return later if inspect.isawaitable(outcome) else later.fill(outcome)


def _conversion(converter: Any, field: StrawberryField, make_info: Any) -> Convert:
    """Return a function that gives the arguments for one object of a batch."""
    try:
        convert = compile_conversion(converter, field.arguments)
    except UnknownTypeError:

        def convert_slowly(
            executor: Executor[Any], plan: FieldPlan, information: Information, index: int
        ) -> Arguments:
            return convert_arguments(
                coerced_arguments(executor, plan),
                field.arguments,
                scalar_registry=converter.scalar_registry,
                config=converter.config,
                info=make_info(information, index, field),
            )

        return convert_slowly
    return lambda executor, plan, _information, _index: convert(coerced_arguments(executor, plan))
