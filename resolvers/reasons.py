"""The reason that whoever acts gives for the history."""

from dataclasses import replace
from typing import Any, TypeVar

from models.errors import Invalid
from models.texts import clean_text
from models.transfers import LONGEST_REASON, SHORTEST_REASON


Given = TypeVar("Given", bound=Any)


def with_clean_reason(given: Given) -> Given:
    """
    Give the input *given* with its reason, if it has one, as it is stored.

    Raises:
        Invalid: the reason is too short or too long.
    """
    if given.reason is None:
        return given
    try:
        reason = clean_text(
            given.reason, minimum=SHORTEST_REASON, maximum=LONGEST_REASON, lines=True
        )
    except Invalid as refused:
        raise refused.at("input", "reason") from None
    return replace(given, reason=reason)
