"""
Resolutions of Strawberry fields: the resolver itself is called, after its permissions.

Strawberry wraps a resolver in functions that convert arguments, run field extensions and handle
exceptions, for every object anew. Here a loop is generated for each field that does what those
wrappers do for it, and only that.
"""

import inspect

from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any, NamedTuple

from graphql import GraphQLError
from graphql.execution import Executor
from strawberry.exceptions import (
    PermissionReturnedAwaitableInSyncContextError,
    PermissionReturnedNonBooleanError,
)
from strawberry.permission import PermissionExtension
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from executor.arguments import Arguments, can_be_shared, coerced_arguments
from executor.generated import generate
from executor.information import Information, info_class_of
from executor.places import Place
from executor.plans import FieldPlan, Resolution


class Guard(NamedTuple):
    """One permission of a field, with the extension that knows what a refusal gives."""

    extension: PermissionExtension
    permission: Any

    def refuse(self, answer: Any) -> Any:
        """Return what stands for the field: the answer was not True."""
        if inspect.isawaitable(answer):
            if inspect.iscoroutine(answer):
                answer.close()
            raise PermissionReturnedAwaitableInSyncContextError(self.permission)
        if answer is not False:
            raise PermissionReturnedNonBooleanError(self.permission, answer)
        try:
            return self.extension._on_unauthorized(self.permission)  # noqa: SLF001 - fail_silently
        except GraphQLError as error:
            # Thousands of refusals would each keep frames that only say where they are raised.
            return error.with_traceback(None)


class Call(NamedTuple):
    """How a resolver is called, as text, and the keywords that its permissions get with it."""

    expression: str
    keywords: str
    names: dict[str, Any]
    needs_info: bool


def resolution_of(executor: Executor[Any], field: StrawberryField) -> Resolution | None:
    """Return the resolution of a field, or None where only Strawberry's own wrappers will do."""
    converter: Any = executor.schema._strawberry_schema.schema_converter  # type: ignore[attr-defined]  # noqa: SLF001 - Strawberry's own way back
    guards = _guards(field)
    call = _call(field)
    if guards is None or call is None or not _is_plain(converter, field, guards):
        return None
    loop = _loop(call, guards, has_arguments=bool(field.arguments))
    make_info = info_class_of(converter.config.info_class)

    convert = _conversion(converter, field, make_info)

    def resolve(
        executor: Executor[Any], plan: FieldPlan, sources: list[Any], place: Place
    ) -> list[Any]:
        information = Information(executor, plan, place)
        arguments: Iterable[Arguments] = ()
        if field.arguments:
            try:
                arguments = convert(executor, plan, information, len(sources))
            except Exception as error:  # noqa: BLE001 - every error of a field is one of the answer
                return [error] * len(sources)
        values: list[Any] = loop(sources, arguments, information, make_info, field)
        return values

    return resolve


def _conversion(
    converter: Any, field: StrawberryField, make_info: Any
) -> Callable[[Executor[Any], FieldPlan, Information, int], Iterable[Arguments]]:
    """Return a function that gives the arguments for each object of a batch."""

    def convert(
        executor: Executor[Any], plan: FieldPlan, information: Information, count: int
    ) -> Iterable[Arguments]:
        def convert_one(index: int) -> Arguments:
            return convert_arguments(
                coerced_arguments(executor, plan),
                field.arguments,
                scalar_registry=converter.scalar_registry,
                config=converter.config,
                info=make_info(information, index, field),
            )

        first = convert_one(0)
        if can_be_shared(first):
            return repeat(first, count)
        return [first, *map(convert_one, range(1, count))]

    return convert


def _is_plain(converter: Any, field: StrawberryField, guards: list[Guard]) -> bool:
    if field.is_subscription or (field.is_async and guards):
        return False
    # The handlers of a schema concern the fields whose type has their error.
    handlers = converter.exception_handlers and converter._get_field_exception_handlers(field)  # noqa: SLF001
    return not handlers


def _guards(field: StrawberryField) -> list[Guard] | None:
    """Return the permissions of a field in the order of their checks; None if it has more."""
    guards: list[Guard] = []
    # The last extension is the outermost.
    for extension in reversed(field.extensions):
        if type(extension) is not PermissionExtension or not extension.supports_sync:
            return None
        guards += [Guard(extension, permission) for permission in extension.permissions]
    return guards


def _call(field: StrawberryField) -> Call | None:
    """Return how the resolver of a field is called; None if it is called in an unknown way."""
    resolver = field.base_resolver
    if resolver is None:
        names = {"read": field.default_resolver}
        return Call(f"read(source, {field.python_name!r})", "", names, needs_info=False)
    function = resolver.wrapped_func
    info = resolver.info_parameter.name if resolver.info_parameter else None
    if not callable(function) or (
        info is None and any(argument.python_name == "info" for argument in field.arguments)
    ):
        return None
    parents = {
        parameter.name
        for parameter in (resolver.parent_parameter, resolver.root_parameter)
        if parameter is not None
    }
    arguments = ["**arguments"] if field.arguments else []
    keywords = [*(f"{name}=source" for name in sorted(parents)), *arguments]
    given = [f"{info}=info", *keywords] if info else keywords
    if resolver.self_parameter:
        given = ["source", *given]
    if info and info != "info":
        keywords = [f"{info}=info", *keywords]
    return Call(
        f"call({', '.join(given)})", ", ".join(keywords), {"call": function}, info is not None
    )


def _loop(call: Call, guards: list[Guard], *, has_arguments: bool) -> Callable[..., list[Any]]:
    names = dict(call.names)
    each = "source, arguments" if has_arguments else "source"
    among = "zip(sources, all_arguments)" if has_arguments else "sources"
    body: list[str] = []
    if guards or call.needs_info:
        each, among = f"index, ({each})", f"enumerate({among})"
        body.append("info = make_info(information, index, field)")
    for number, guard in enumerate(guards):
        names[f"permission_{number}"] = guard.permission
        names[f"refuse_{number}"] = guard.refuse
        body += [
            f"answer = permission_{number}.has_permission(source, info, {call.keywords})",
            "if answer is not True:",
            f"    add(refuse_{number}(answer))",
            "    continue",
        ]
    lines = [
        "def loop(sources, all_arguments, information, make_info, field):",
        "    values = []",
        "    add = values.append",
        f"    for {each} in {among}:",
        "        try:",
        *(f"            {line}" for line in body),
        f"            add({call.expression})",
        "        except Exception as error:",
        "            add(error)",
        "    return values",
    ]
    loop: Callable[..., list[Any]] = generate("\n".join(lines), "loop", names)
    return loop
