"""Functions made of text: the one place where text becomes code."""

from functools import lru_cache
from types import CodeType
from typing import Any


@lru_cache(maxsize=1024)
def _code(text: str) -> CodeType:
    return compile(text, "<executor>", "exec")


def generate(text: str, name: str, names: dict[str, Any]) -> Any:
    """
    Return the function `name` that a text defines, with `names` as its globals.

    The text holds names of the schema, constants of the types and response keys, which GraphQL
    limits to letters, digits and underscores: never a value that a request sends.
    """
    scope = dict(names)
    exec(_code(text), scope)  # noqa: S102
    return scope[name]
