"""A Strawberry schema with every way a field can be declared; its values are drawn by path."""

import enum

from datetime import date
from random import Random
from types import MappingProxyType
from typing import Annotated, Any, Union

import strawberry

from graphql import GraphQLObjectType
from strawberry import Info, Parent
from strawberry.extensions import FieldExtension
from strawberry.permission import BasePermission, PermissionExtension
from typing_extensions import override

from executor import batched
from tests.executor import generated_values
from tests.executor.generated_values import Values


@strawberry.enum
class Tone(enum.Enum):
    DARK = "dark"
    LIGHT = 2


@strawberry.enum
class Colour(enum.Enum):
    RED = "red"
    BLUE = "b"


generated_values.RIGHT.update(
    {"Tone": [*Tone, "dark", 2], "Date": [date(2026, 1, 2)], "Colour": [*Colour, "red"]}
)


class LazyThing:
    """An object whose attributes are drawn when they are read."""

    def __init__(self, values: "StrawberryValues", kind: GraphQLObjectType, key: Any) -> None:
        self.values = values
        self.kind = kind
        self.key = key

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self.kind.fields:
            raise AttributeError(name)
        found = self.__dict__[name] = self.values.attribute(self.kind, name, self.key)
        if isinstance(found, Exception):
            raise found
        return found

    def __inspect__(self) -> str:
        return f"<{self.kind}>"


class StrawberryValues(Values):
    """Values whose objects are no mappings, and what permissions answer."""

    repeated = 0.4

    @override
    def _object(self, random: Random, declared: Any, key: list[Any], depth: int) -> Any:
        drawn = super()._object(random, declared, key, depth)
        kind = generated_values.kind_of(drawn)
        return LazyThing(self, self.schema.type_map[kind], [*key, depth])  # type: ignore[arg-type]

    def attribute(self, kind: GraphQLObjectType, name: str, key: list[Any]) -> Any:
        """Return the value of an attribute, which is the same each time it is read."""
        random = Random(repr((self.seed, key, name)))
        drawn = self._drawn(random, kind.fields[name].type, [*key, name], len(key))
        return self._given(random, drawn, may_raise=False)

    def permits(self, key: list[Any]) -> Any:
        drawn = Random(repr((self.seed, key))).random()
        return "perhaps" if drawn < self.rates.wrong / 4 else drawn > self.rates.error

    def asked(self, info: Info, arguments: dict[str, Any]) -> Any:
        """Return the value at the path of an info for these arguments."""
        key = [*info.path.as_list(), *sorted((name, repr(arguments[name])) for name in arguments)]
        found = self.value(info._raw_info.return_type, key)
        # An exception that is returned is none to Strawberry's handlers; an awaited one is raised.
        if isinstance(found, Exception):
            raise found
        return found


class May(BasePermission):
    message = "refused"
    error_extensions = MappingProxyType({"code": "FORBIDDEN"})  # type: ignore[assignment]

    @override
    def has_permission(self, source: Any, info: Info, **arguments: Any) -> Any:
        assert arguments.pop("root", source) is source
        assert arguments.pop("it", source) is source
        assert arguments.pop("_info", info) is info
        key = [type(self).__name__, *info.path.as_list(), *map(repr, sorted(arguments.items()))]
        return info.context.permits(key)


class MayToo(May):
    message = "refused too"


class MayAll(May):
    """A permission that answers for a whole batch, where nothing is refused in any case."""

    def permits_all(self, _sources: list[Any], info: Info) -> bool:
        rates = info.context.rates
        return not rates.error and not rates.wrong


class Shout(FieldExtension):
    """An extension that is no permission, for sync and async resolvers."""

    @override
    def resolve(self, next_: Any, source: Any, info: Info, **arguments: Any) -> Any:
        value = next_(source, info, **arguments)
        if hasattr(value, "__await__"):
            return self.resolve_async(lambda *_, **__: value, source, info)
        return value.upper() if isinstance(value, str) else value

    @override
    async def resolve_async(self, next_: Any, source: Any, info: Info, **arguments: Any) -> Any:
        value = await next_(source, info, **arguments)
        return value.upper() if isinstance(value, str) else value


@strawberry.input
class Filter:
    a: int | None = 1
    b: str | None = None


def by_path(root: Parent[Any], info: Info) -> Any:
    return info.context.asked(info, {})


def by_arguments(
    root: Parent[Any],
    info: Info,
    n: int = 2,
    colour: Colour | None = None,
    numbers: list[int] | None = None,
    filter: Filter | None = None,
) -> Any:
    arguments = {"n": n, "colour": colour, "numbers": numbers, "filter": filter}
    if numbers is not None:
        numbers.append(n)  # Seen by no other object.
    return info.context.asked(info, arguments)


def by_need(it: Parent[Any], _info: Info, needed: int, n: int | None = strawberry.UNSET) -> Any:
    return _info.context.asked(_info, {"needed": needed, "n": n})


@batched
def in_batches(it: Parent[list[Any]], n: int = 2) -> list[Any]:
    return [root.values.attribute(root.kind, "batch", [root.key, n]) for root in it]


@batched
async def slowly_in_batches(it: Parent[list[Any]]) -> list[Any]:
    found = [root.values.attribute(root.kind, "later", root.key) for root in it]
    return [await outcome(value) for value in found]


async def outcome(value: Any) -> Any:
    """Return a value that may have to be awaited, or the exception that fails its object."""
    try:
        return await value if hasattr(value, "__await__") else value
    except Exception as error:  # noqa: BLE001 - it is of one object of the batch
        return error


def by_attribute(root: Parent[Any]) -> Any:
    return root.tone


async def slowly(root: Parent[Any], info: Info, n: int = 2) -> Any:
    value = info.context.asked(info, {"n": n})
    return await value if hasattr(value, "__await__") else value


def guarded(*permissions: type[BasePermission], silent: bool = False) -> list[FieldExtension]:
    return [PermissionExtension([each() for each in permissions], fail_silently=silent)]


@strawberry.interface
class Node:
    id: strawberry.ID
    name: str | None
    near: list["Node"] | None = strawberry.field(resolver=by_path)
    owner: Union["Person", "Company", None] = strawberry.field(
        resolver=by_path, permission_classes=[May]
    )


@strawberry.type
class Person(Node):
    tone: Tone | None
    age: int
    secret: str | None = strawberry.field(permission_classes=[May, MayToo])
    shade: Tone | None = strawberry.field(resolver=by_attribute)
    hidden: str | None = strawberry.field(permission_classes=[MayAll])
    batch: list["Person | None"] | None = strawberry.field(
        resolver=in_batches, permission_classes=[MayAll]
    )
    later: str | None = strawberry.field(resolver=slowly_in_batches, permission_classes=[MayAll])
    friends: list["Person | None"] | None = strawberry.field(
        resolver=by_arguments, permission_classes=[May]
    )
    boss: Node | None = strawberry.field(resolver=slowly)
    silent: list[str] | None = strawberry.field(
        resolver=by_path, extensions=guarded(May, MayToo, silent=True)
    )

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        return isinstance(value, LazyThing) and value.kind.name == "Person"

    @strawberry.field
    def loud(self) -> str | None:
        return self.name


@strawberry.type
class Drawer:
    label: str
    tone: Tone | None
    key: str | None = strawberry.field(permission_classes=[MayAll])


@strawberry.type
class Desk:
    size: int | None
    drawer: Drawer
    other: Drawer | None
    desk: Union["Desk", None]
    kept: Drawer | None = strawberry.field(resolver=by_path)


@strawberry.type
class Company(Node):
    founded: date | None
    ratio: float | None
    open: bool
    head: Person | None
    staff: list[Person | None] | None
    desks: list[Desk]
    matrix: list[list[Tone]] | None = strawberry.field(resolver=by_path)
    shouted: str | None = strawberry.field(
        resolver=by_path, extensions=[Shout(), *guarded(May), Shout()]
    )
    asked: list[Node | None] | None = strawberry.field(
        resolver=by_need, extensions=[*guarded(May), *guarded(MayToo)]
    )
    slow: str | None = strawberry.field(resolver=slowly, permission_classes=[May])

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        return isinstance(value, LazyThing) and value.kind.name == "Company"


@strawberry.type
class Failed:
    message: str


class Handler(strawberry.ExceptionHandler[ValueError, Failed]):
    @override
    def handle(self, exception: ValueError, *, field: Any, info: Info) -> Failed | None:
        del field, info
        return Failed(message=str(exception)) if len(str(exception)) % 2 else None


Outcome = Annotated[Company | Failed, strawberry.union("Outcome")]


@strawberry.type
class Query:
    nodes: list[Node | None] | None = strawberry.field(resolver=by_arguments)
    people: list[Person] | None = strawberry.field(resolver=by_need, permission_classes=[May])
    company: Company | None = strawberry.field(resolver=by_path)
    desks: list[Desk | None] | None = strawberry.field(resolver=by_path)
    outcome: Outcome | None = strawberry.field(resolver=by_arguments, permission_classes=[May])


@strawberry.type
class Mutation:
    hire: Person = strawberry.field(resolver=slowly, permission_classes=[May])
    fire: Company | None = strawberry.field(resolver=slowly)
    move: Node | None = strawberry.field(resolver=by_need)


schema = strawberry.Schema(Query, Mutation, types=[Person, Company], exception_handlers=[Handler()])
