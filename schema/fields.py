"""The ways a type and a field are declared, each with the row of the policy that guards it."""

import inspect

from collections.abc import Callable
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, Never, TypeVar

import strawberry

from graphql import GraphQLError
from strawberry import Parent
from strawberry.permission import BasePermission
from strawberry.types.field import StrawberryField
from typing_extensions import override

from executor import batched
from models.access import ANYONE
from models.policy import POLICY, AccessRole, Action
from resolvers.acts import may_repeat
from resolvers.operation import Info, Operation
from resolvers.rights import allows, suffices_for_all


Declared = TypeVar("Declared", bound=type)

INHERITED = "inherited"
"""A field guarded by the row of its type, or by the field that leads to its type."""

OWNER = "owner"
"""A reference to what is visible with the object itself: its user, its structure."""

OPEN = "open"
"""A field for everyone: what it leads to asks its own rules."""


@cache
def can(action: Action, *, repeats: bool = False) -> type[BasePermission]:
    """
    Make the permission class of *action*: synchronous, without I/O.

    With *repeats* a call that may repeat an earlier one passes too: its act asks the same.
    """
    rule = POLICY[action]

    class Can(BasePermission):
        """Whether the viewer's roles towards the object pass the rule."""

        guarded: ClassVar[Action] = action
        message = rule.requirement
        error_extensions = {  # noqa: RUF012 - declared by the library
            "code": "FORBIDDEN",
            "action": action.value,
            # Where a structure is public, whom that lets pass has passed already.
            "roles": [role.value for role in AccessRole if role in rule.roles | rule.subscribed],
        }

        @override
        def has_permission(self, source: Any, info: Info, **arguments: Any) -> bool:
            """Answer for *source*, or for any object where there is none."""
            viewer = info.context.viewer
            if source is None:
                if viewer is None:
                    return rule.passes(ANYONE)
                repeated = repeats and may_repeat(arguments["input"])
                return repeated or viewer.passes_anywhere(action)
            return allows(viewer, rule, source)

        def permits_all(self, sources: list[Any], info: Info) -> bool:
            """Say whether all of *sources* are permitted; if not, each is asked about."""
            viewer = info.context.viewer
            return viewer is not None and suffices_for_all(viewer, rule, sources)

        @override
        def on_unauthorized(self) -> Never:
            """Refuse with the action and the roles that would pass."""
            raise GraphQLError(self.message, extensions=dict(self.error_extensions))

    Can.__name__ = Can.__qualname__ = f"Can{action.value.title().replace('_', '')}"
    return Can


def plain(description: str, **options: Any) -> Any:
    """Declare a field that is an attribute of the record, guarded as its type is."""
    return strawberry.field(description=description, metadata={INHERITED: True}, **options)


def computed(resolver: Callable[..., Any], description: str, **options: Any) -> Any:
    """Declare a field that is worked out by *resolver*, guarded as its type is."""
    return strawberry.field(
        resolver=resolver, description=description, metadata={INHERITED: True}, **options
    )


def owner(resolver: Any, description: str) -> Any:
    """Declare a reference that is visible with the object itself."""
    return strawberry.field(resolver=resolver, description=description, metadata={OWNER: True})


def reference(
    load: Callable[[Operation, list[int | None]], Any], attribute: str, *, joined: str | None = None
) -> Any:
    """
    Make the resolver of what records name by the number in *attribute*, read for all at once.

    Nothing is read if all of them hold it already, in the attribute *joined*.
    """
    number = attrgetter(attribute)
    held = None if joined is None else attrgetter(joined)

    @batched
    def resolve(roots: Parent[list[Any]], info: Info) -> Any:
        if held is not None:
            found = list(map(held, roots))
            if all(found):
                return found
        return load(info.context, list(map(number, roots)))

    return resolve


def open_field(resolver: Callable[..., Any], description: str) -> Any:
    """Declare a field that anyone may ask; what it leads to asks its own rules."""
    return strawberry.field(resolver=resolver, description=description, metadata={OPEN: True})


def guarded(resolver: Any, description: str, *, allow: Action, **options: Any) -> Any:
    """Declare a field that only holders of *allow* may read."""
    return strawberry.field(
        resolver=resolver,
        description=f"{description}\n{POLICY[allow].requirement}",
        permission_classes=[can(allow)],
        **options,
    )


def mutation(resolver: Callable[..., Any], description: str, *, allow: Action) -> Any:
    """Declare an act that only those who hold *allow* somewhere may try, or who did it before."""
    return strawberry.mutation(
        resolver=resolver,
        description=f"{description}\n{POLICY[allow].requirement}",
        permission_classes=[can(allow, repeats=True)],
    )


def object_type(
    *,
    row: Action | None,
    records: type | Callable[[Any], bool] | None = None,
    interface: bool = False,
    name: str | None = None,
) -> Callable[[Declared], Declared]:
    """
    Declare an object type: its docstring is its description, *row* guards its plain fields.

    Without a *row* it is part of the field that leads to it. *records* is the class of the
    records of this type, or tells them, for interfaces and unions.
    """

    def declare(cls: Declared) -> Declared:
        if records is not None:
            cls.is_type_of = classmethod(_test_of(records))  # type: ignore[attr-defined]
        make = strawberry.interface if interface else strawberry.type
        declared = make(cls, name=name, description=inspect.getdoc(cls))
        declared.__policy_row__ = row  # type: ignore[attr-defined]
        return declared

    return declare


def _test_of(records: type | Callable[[Any], bool]) -> Callable[..., bool]:
    if isinstance(records, type):

        def is_of_class(own: type, value: object, _info: object) -> bool:
            return isinstance(value, (own, records))

        # The executor then asks once for all objects of a class.
        is_of_class.by_class = True  # type: ignore[attr-defined]
        return is_of_class

    def is_of_kind(own: type, value: object, _info: object) -> bool:
        return isinstance(value, own) or records(value)

    return is_of_kind


def described(words: type[StrEnum], **meanings: str) -> None:
    """
    Publish the vocabulary *words* of a model as a GraphQL enum, with what each word means.

    Raises:
        ValueError: a word has no meaning, or a meaning has no word.
    """
    if set(meanings) != set(words.__members__):
        raise ValueError(words.__name__)
    # An annotation that was read before has published the enum already, without its meanings.
    if not hasattr(words, "__strawberry_definition__"):
        strawberry.enum(words)
    definition: Any = words.__strawberry_definition__  # type: ignore[attr-defined]
    definition.description = inspect.getdoc(words)
    for value in definition.values:
        value.description = meanings[value.name]


def action_of(field: StrawberryField) -> Action | None:
    """Give the action that guards *field*, if it has a guard of its own."""
    for permission in field.permission_classes:
        guard: Action | None = getattr(permission, "guarded", None)
        if guard is not None:
            return guard
    return None
