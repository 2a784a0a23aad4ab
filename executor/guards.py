"""Permissions of Strawberry's fields: asked for each object, or once for a whole batch."""

import inspect

from collections.abc import Sequence
from typing import Any, NamedTuple

from graphql import GraphQLError
from strawberry.exceptions import (
    PermissionReturnedAwaitableInSyncContextError,
    PermissionReturnedNonBooleanError,
)
from strawberry.permission import PermissionExtension
from strawberry.types.field import StrawberryField


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


def guards_of(field: StrawberryField) -> list[Guard] | None:
    """Return the permissions of a field in the order of their checks; None if it has more."""
    guards: list[Guard] = []
    # The last extension is the outermost.
    for extension in reversed(field.extensions):
        if type(extension) is not PermissionExtension or not extension.supports_sync:
            return None
        guards += [Guard(extension, permission) for permission in extension.permissions]
    return guards


def offer_whole_answers(guards: Sequence[Guard]) -> bool:
    """Tell whether all permissions have a method `permits_all(sources, info)`."""
    return bool(guards) and all(hasattr(guard.permission, "permits_all") for guard in guards)


def permit_all(guards: Sequence[Guard], sources: list[Any], info: Any) -> bool:
    """
    Tell whether every permission says at once that it permits all objects of a batch.

    One that does not, or that raises, is asked about each object by itself.
    """
    try:
        return all(guard.permission.permits_all(sources, info) is True for guard in guards)
    except Exception:  # noqa: BLE001 - each object is told of the error that it causes
        return False
