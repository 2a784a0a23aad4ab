"""How an act ended, as data: what is answered, and kept for a repeated call."""

import dataclasses

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple, Self

from models.errors import ErrorCode, Refused
from models.succession import FollowUpKind
from resolvers.effects import Effect
from resolvers.node_ids import NodeKind
from resolvers.refusals import Refusal


_COMMON = frozenset({"message", "field", "code"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """
    Why a call, or one of its items, was not done.

    *kind* is the name of the refusal's class, *details* what that class tells besides, as JSON
    data: objects by their numbers, words by their values, instants in ISO 8601.
    """

    kind: str
    code: ErrorCode
    message: str
    field: tuple[str, ...] | None = None
    details: dict[str, Any] = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, refused: Refused, path: tuple[str, ...] = ()) -> Self:
        """Tell of *refused*, whose field lies below *path* unless it begins with the input."""
        told = {name: value for name, value in vars(refused).items() if name not in _COMMON}
        return cls(
            kind=type(refused).__name__,
            code=refused.code,
            message=refused.message,
            field=_whole_path(refused.field, path),
            details={name: _plain(value) for name, value in told.items()},
        )

    def dump(self) -> dict[str, Any]:
        """Write it as JSON data."""
        return {
            "kind": self.kind,
            "code": self.code.value,
            "message": self.message,
            "field": self.field,
            "details": self.details,
        }

    @classmethod
    def load(cls, data: dict[str, Any]) -> Self:
        """Read what `dump` wrote."""
        path = data["field"]
        typed = {
            "code": ErrorCode(data["code"]),
            "field": None if path is None else tuple(path),
        }
        return cls(**{**data, **typed})


class Target(NamedTuple):
    """The object that an item was about: its kind and number, or two where two make it."""

    kind: NodeKind
    number: int
    second: int | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """What its id is made of."""
        return (self.number,) if self.second is None else (self.number, self.second)


@dataclass(frozen=True, slots=True)
class Result:
    """How one item ended; *target* is null where the input names nothing the caller may know."""

    target: Target | None
    problem: Problem | None = None

    def dump(self) -> dict[str, Any]:
        """Write it as JSON data."""
        problem = self.problem
        return {
            "target": None if self.target is None else [self.target.kind, *self.target.numbers],
            "problem": None if problem is None else problem.dump(),
        }

    @classmethod
    def load(cls, data: dict[str, Any]) -> Self:
        """Read what `dump` wrote."""
        target, problem = data["target"], data["problem"]
        return cls(
            None if target is None else Target(NodeKind(target[0]), *target[1:]),
            None if problem is None else Problem.load(problem),
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    How a call ended: *results* item by item, *problems* of the call as a whole.

    *refused* is what the history shall tell of it, and is told once: it is not kept for a repeated
    call. *follow_ups* is what the caller must do next.
    """

    results: list[Result] = dataclasses.field(default_factory=list)
    effects: list[Effect] = dataclasses.field(default_factory=list)
    problems: list[Problem] = dataclasses.field(default_factory=list)
    refused: list[Refusal] = dataclasses.field(default_factory=list)
    follow_ups: list[FollowUpKind] = dataclasses.field(default_factory=list)

    @property
    def target(self) -> Target | None:
        """The object of a call with a single item."""
        return self.results[0].target if self.results else None

    @property
    def all_problems(self) -> list[Problem]:
        """What a call with a single item tells: problems of the call and of its item."""
        return self.problems + [result.problem for result in self.results if result.problem]

    def dump(self) -> dict[str, Any]:
        """Write it as JSON data."""
        return {
            "results": [result.dump() for result in self.results],
            "effects": [effect.dump() for effect in self.effects],
            "follow_ups": [kind.value for kind in self.follow_ups],
        }

    @classmethod
    def load(cls, data: dict[str, Any]) -> Self:
        """Read what `dump` wrote."""
        return cls(
            [Result.load(result) for result in data["results"]],
            [Effect.load(effect) for effect in data["effects"]],
            # What an earlier release recorded tells of none.
            follow_ups=[FollowUpKind(kind) for kind in data.get("follow_ups", ())],
        )


def _whole_path(field: tuple[str, ...] | None, path: tuple[str, ...]) -> tuple[str, ...] | None:
    return field if field is None or field[:1] == path[:1] else (*path, *field)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    return value


def camel(name: str) -> str:
    """Write the *name* of a field or column as the API does."""
    first, *others = name.split("_")
    return first + "".join(word.title() for word in others)
