"""Texts that people write: one form, no hidden characters, a length."""

import re
import unicodedata

from datetime import UTC, datetime

from models.errors import Invalid


_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Co"})
_LINES = frozenset("\n\t\u200c\u200d")
"""What texts of several lines may hold besides: breaks, and the joiners of scripts and emoji."""

_ENDS = re.compile(r"^[\s\u200c\u200d]+|[\s\u200c\u200d]+$")


def clean_text(
    text: str, *, minimum: int = 0, maximum: int, lines: bool = False, opaque: bool = False
) -> str:
    """
    Give *text* composed (NFC) and trimmed, with *minimum* to *maximum* characters.

    *lines* allows line breaks, tabs and joiners; a carriage return is written as a line break.
    *opaque* allows every character without a form as well, in what is only compared: a search,
    or a caller's own key.

    Raises:
        Invalid: a character without a form of its own, by which two texts would look the same;
            half of a surrogate pair, too short or too long.
    """
    written = text.replace("\r\n", "\n").replace("\r", "\n") if lines else text
    allowed = _LINES if lines else frozenset()
    hidden = _HIDDEN - {"Cf"} if opaque else _HIDDEN
    if any(unicodedata.category(c) in hidden and c not in allowed for c in written):
        message = "The text holds characters that cannot be shown."
        raise Invalid(message, expected="Letters, digits, signs and spaces.")
    cleaned = _ENDS.sub("", unicodedata.normalize("NFC", written))
    if not minimum <= len(cleaned) <= maximum:
        message = "The text is too short or too long."
        raise Invalid(message, expected=f"{minimum} to {maximum} characters.")
    return cleaned


def optional_text(text: str | None, *, maximum: int, lines: bool = False) -> str | None:
    """
    Give *text* cleaned, or nothing where it says nothing.

    Raises:
        Invalid: as `clean_text`.
    """
    return None if text is None else clean_text(text, maximum=maximum, lines=lines) or None


def write_instant(value: datetime) -> str:
    """Write an instant in UTC, with `Z`."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
