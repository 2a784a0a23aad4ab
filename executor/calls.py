"""How the resolver of a Strawberry field is called, and the loop that calls it for each object."""

from collections.abc import Callable
from typing import Any, NamedTuple

from strawberry.types.field import StrawberryField

from executor.generated import generate
from executor.guards import Guard
from executor.readers import attribute_reader


Loop = Callable[..., list[Any]]


class Call(NamedTuple):
    """
    How a resolver is called: as text, and by the names of its parameters.

    `keywords` are those that its permissions get with the object and the info.
    """

    function: Any
    expression: str
    keywords: str
    names: dict[str, Any]
    parents: list[str]
    info: str | None

    def batch_keywords(self, sources: list[Any], info: Any) -> dict[str, Any]:
        """Return what a batched resolver is called with, apart from the field's arguments."""
        keywords: dict[str, Any] = dict.fromkeys(self.parents, sources)
        if self.info is not None:
            keywords[self.info] = info
        return keywords


def call_of(field: StrawberryField) -> Call | None:
    """Return how the resolver of a field is called; None if it is called in an unknown way."""
    resolver = field.base_resolver
    if resolver is None:
        reader = attribute_reader(field, "value")
        return Call(None, reader.expression, "", reader.names, [], None)
    function = resolver.wrapped_func
    info = resolver.info_parameter.name if resolver.info_parameter else None
    if not callable(function) or (
        info is None and any(argument.python_name == "info" for argument in field.arguments)
    ):
        return None
    parents = sorted(
        {
            parameter.name
            for parameter in (resolver.parent_parameter, resolver.root_parameter)
            if parameter is not None
        }
    )
    arguments = ["**arguments"] if field.arguments else []
    keywords = [*(f"{name}=source" for name in parents), *arguments]
    given = [f"{info}=info", *keywords] if info else keywords
    if resolver.self_parameter:
        given = ["source", *given]
    if info and info != "info":
        keywords = [f"{info}=info", *keywords]
    expression = f"call({', '.join(given)})"
    return Call(function, expression, ", ".join(keywords), {"call": function}, parents, info)


def compile_loop(call: Call, guards: list[Guard], *, has_arguments: bool) -> Loop:
    """Return a function that asks the permissions and calls the resolver for each object."""
    names = dict(call.names)
    each = "source, arguments" if has_arguments else "source"
    among = "zip(sources, all_arguments)" if has_arguments else "sources"
    body: list[str] = []
    if guards or call.info is not None:
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
    loop: Loop = generate("\n".join(lines), "loop", names)
    return loop
