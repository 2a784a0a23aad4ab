"""The `info` that resolvers get: right for each object, its path worked out when it is read."""

from functools import lru_cache
from typing import Any

from graphql.execution import Executor
from strawberry import Info

from executor.places import Place
from executor.plans import FieldPlan


class Information:
    """What the infos of one batch share."""

    __slots__ = ("_executor", "_lazy", "_shared", "context", "field", "place")

    def __init__(self, executor: Executor[Any], field: FieldPlan, place: Place) -> None:
        self.context = executor.context_value
        self.field = field
        self.place = place
        self._executor = executor
        self._shared: Any = None
        self._lazy: Any = None

    def of(self, index: int) -> Any:
        """Return graphql-core's info for one object."""
        return self._made(self.place, index)

    def of_value(self, place: Place, index: int) -> Any:
        """Return the info of the field that gave a value or the list that holds it."""
        return self._made(*place.field(index))

    def _made(self, place: Place, index: int) -> Any:
        if self._shared is None:
            field, unplaced = self.field, None
            self._shared = self._executor.build_resolve_info(
                field.definition,
                field.nodes,
                field.parent,
                unplaced,  # type: ignore[arg-type]  # The path is worked out when it is read.
            )
            raw_class: Any = type(self._shared)
            self._lazy = _lazy_class(raw_class)
        info = tuple.__new__(self._lazy, self._shared)
        info.place = place
        info.index = index
        return info


@lru_cache(maxsize=16)
def _lazy_class(raw: Any) -> Any:
    """Return a class of graphql-core's named tuple whose path is worked out when it is read."""
    at = raw._fields.index("path")

    def path(self: Any) -> Any:
        return self.place.path(self.index)

    def whole(self: Any) -> Any:
        items = list(tuple.__iter__(self))
        items[at] = self.path
        return raw._make(items)

    body: dict[str, Any] = {"path": property(path)}
    for name in ("__eq__", "__getitem__", "__iter__", "__ne__", "_asdict", "_replace"):
        body[name] = _through(whole, name)
    return type(raw.__name__, (raw,), {**body, "__module__": __name__, "__doc__": raw.__doc__})


def _through(whole: Any, name: str) -> Any:
    """Return a method that asks the tuple with the path in it."""

    def method(self: Any, *arguments: Any, **keywords: Any) -> Any:
        return getattr(whole(self), name)(*arguments, **keywords)

    return method


@lru_cache(maxsize=64)
def info_class_of(info_class: type[Info]) -> Any:
    """
    Return a class of Strawberry's info that makes the rest of itself when it is read.

    A class that is made in another way than Strawberry's is made at once.
    """
    if info_class.__init__ is not Info.__init__:

        def make(information: Information, index: int, strawberry_field: Any) -> Info:
            return info_class(_raw_info=information.of(index), _field=strawberry_field)

        return make
    body = {name: value for name, value in vars(_ObjectInfo).items() if name in _OVERRIDDEN}
    if info_class.context is not Info.context:
        del body["context"]
    return type(info_class.__name__, (info_class,), {**body, "__module__": __name__})


class _ObjectInfo:
    def __init__(self, information: Information, index: int, strawberry_field: Any) -> None:
        self.information = information
        self.index = index
        self._field = strawberry_field

    @property
    def _raw_info(self) -> Any:
        raw = self.__dict__.get("raw")
        if raw is None:
            raw = self.__dict__["raw"] = self.information.of(self.index)
        return raw

    @property
    def context(self) -> Any:
        return self.information.context


_OVERRIDDEN = ("__init__", "_raw_info", "context")
