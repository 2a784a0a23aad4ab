"""Opaque global ids: typed, and tagged so that they cannot be guessed."""

import hmac

from base64 import urlsafe_b64decode, urlsafe_b64encode
from enum import StrEnum
from hashlib import blake2b


TAG_BYTES = 6
LONGEST_ID = 100
LONGEST_SEALED = 4_000
"""Holds the longest name that a list is sorted by, in any script."""


class NodeKind(StrEnum):
    """The types of objects that have an id, by the letters that their ids begin with."""

    STRUCTURE = "st"
    SERVICE = "sv"
    SERVICE_USER = "su"
    MEMBERSHIP = "mb"
    USER = "us"
    STRUCTURE_AREA = "sa"
    AREA_SUBSCRIPTION = "as"
    CONNECTION_REQUEST = "cr"
    SUBSCRIPTION_REQUEST = "sr"
    MANAGER_ACTION = "ma"
    BANK_ACCOUNT = "ba"
    INVOICING_MANDATE = "im"

    @property
    def type_name(self) -> str:
        """The name of the GraphQL type."""
        return self.name.title().replace("_", "")


PREFIXES = frozenset(kind.value for kind in NodeKind)


class NodeIds:
    """Makes and reads ids with a secret of the service."""

    def __init__(self, secret: bytes) -> None:
        """Tag with *secret*, 16 bytes or more."""
        self._secret = secret[:64]

    def encode(self, kind: NodeKind, *numbers: int) -> str:
        """Write the id of an object of *kind* from its one or two *numbers*."""
        packed = b"".join(_packed(number) for number in numbers)
        return f"{kind.value}_{_text(self._tag(kind.value.encode() + packed) + packed)}"

    def decode(self, text: str) -> tuple[NodeKind, tuple[int, ...]] | None:
        """Read an id; nothing if it was not written here."""
        prefix, _, body = text.partition("_")
        raw = _raw(body, LONGEST_ID)
        if raw is None or prefix not in PREFIXES:
            return None
        tag, packed = raw[:TAG_BYTES], raw[TAG_BYTES:]
        if not hmac.compare_digest(tag, self._tag(prefix.encode() + packed)):
            return None
        return NodeKind(prefix), _numbers(packed)

    def number(self, text: str, *kinds: NodeKind) -> int | None:
        """Read the number of an id of one of *kinds*; a wrong type is a missing object."""
        decoded = self.decode(text)
        return decoded[1][0] if decoded is not None and decoded[0] in kinds else None

    def seal(self, purpose: str, text: bytes) -> str:
        """Write *text* so that only this service can have written it for *purpose*."""
        return _text(self._tag(purpose.encode() + b"\0" + text) + text)

    def unseal(self, purpose: str, sealed: str) -> bytes | None:
        """Read what `seal` wrote for *purpose*; nothing if it was not written here."""
        raw = _raw(sealed, LONGEST_SEALED)
        if raw is None:
            return None
        tag, text = raw[:TAG_BYTES], raw[TAG_BYTES:]
        expected = self._tag(purpose.encode() + b"\0" + text)
        return text if hmac.compare_digest(tag, expected) else None

    def _tag(self, content: bytes) -> bytes:
        return blake2b(content, digest_size=TAG_BYTES, key=self._secret).digest()


def _packed(number: int) -> bytes:
    body = number.to_bytes((number.bit_length() + 7) // 8 or 1, "big")
    return bytes((len(body),)) + body


def _numbers(packed: bytes) -> tuple[int, ...]:
    numbers = []
    while packed:
        length = packed[0]
        numbers.append(int.from_bytes(packed[1 : length + 1], "big"))
        packed = packed[length + 1 :]
    return tuple(numbers)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _raw(text: str, longest: int) -> bytes | None:
    if not text.isascii() or len(text) > longest:
        return None
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    # One id has one spelling: padding bits that differ would make a second one.
    return raw if len(raw) > TAG_BYTES and _text(raw) == text else None
