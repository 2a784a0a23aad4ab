"""What the query string of an export asks for."""

from collections.abc import Callable, Collection
from enum import StrEnum
from http import HTTPStatus
from typing import Any, TypeVar

import strawberry

from starlette.datastructures import QueryParams

from models.areas import AreaCode
from models.history import ManagerActionOutcome
from models.memberships import MembershipStatus, Role
from models.policy import Action
from resolvers.inputs import DateTimeRange, HistoryFilter, UserFilter
from schema.scalars import read_instant
from transport.errors import RequestRefused


Value = TypeVar("Value")
Word = TypeVar("Word", bound=StrEnum)


def user_filter(asked: QueryParams) -> UserFilter:
    """
    Read `role`, `status` and `area`, which may be repeated, `serviceId` and `notSeenSince`.

    Raises:
        RequestRefused: another parameter, or a value that it does not take.
    """
    _require_known(asked, {"role", "status", "area", "serviceId", "notSeenSince"})
    return UserFilter(
        role=_words(asked, "role", Role),
        status=_words(asked, "status", MembershipStatus),
        area=_words(asked, "area", AreaCode),
        service_id=_single(asked, "serviceId", strawberry.ID),
        not_seen_since=_single(asked, "notSeenSince", read_instant),
    )


def history_filter(asked: QueryParams) -> HistoryFilter:
    """
    Read `action` and `outcome`, which may be repeated, `actorId`, `userId`, `from` and `to`.

    Raises:
        RequestRefused: another parameter, or a value that it does not take.
    """
    _require_known(asked, {"action", "outcome", "actorId", "userId", "from", "to"})
    span: Any = DateTimeRange(
        from_=_single(asked, "from", read_instant), to=_single(asked, "to", read_instant)
    )
    return HistoryFilter(
        action=_words(asked, "action", Action),
        outcome=_words(asked, "outcome", ManagerActionOutcome),
        actor_id=_single(asked, "actorId", strawberry.ID),
        user_id=_single(asked, "userId", strawberry.ID),
        at=span,
    )


def _require_known(asked: QueryParams, known: Collection[str]) -> None:
    for name in asked:
        if name not in known:
            raise _refused(f"The parameters are {', '.join(sorted(known))}.")


def _words(asked: QueryParams, name: str, words: type[Word]) -> list[Word] | None:
    texts = asked.getlist(name)
    try:
        return [words(text) for text in texts] if texts else None
    except ValueError:
        raise _refused(f"`{name}` takes {', '.join(words)}.") from None


def _single(asked: QueryParams, name: str, read: Callable[[str], Value]) -> Value | None:
    texts = asked.getlist(name)
    if len(texts) > 1:
        raise _refused(f"`{name}` may stand once.")
    try:
        return read(texts[0]) if texts else None
    except ValueError:
        raise _refused(f"`{name}` is not readable.") from None


def _refused(message: str) -> RequestRefused:
    return RequestRefused(HTTPStatus.BAD_REQUEST, message)
