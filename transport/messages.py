"""
The words of graphql-core's refusals, without what the caller wrote as a value.

A misspelt field beside a password would otherwise bring the password back, and
suggestions would spell out a schema that may not be explored.
"""

import re

from graphql import GraphQLError, GraphQLSyntaxError

from transport.errors import Code, Refusal


LONGEST = 300

_NAME = r"'[^']{1,128}'"
_VARIABLE = re.compile(
    rf"(?P<place>(?:Variable|Argument) {_NAME}(?: has invalid (?:default )?value)?"
    r"(?: at [^:]{1,128})?): (?P<rest>.*)",
    re.DOTALL,
)
_SAFE = re.compile(
    r"Expected (?:a )?value of (?:non-null )?type '[^']{1,128}'"
    r"(?: to be provided| not to be None| to be an object"
    rf"| to include required field {_NAME}| not to include unknown field {_NAME})?"
)
_MISSING = re.compile(
    rf"Argument {_NAME} of required type '[^']{{1,128}}' was not provided\.?"
    rf"|Expected variable {_NAME} provided to (?:non-null )?type '[^']{{1,128}}'"
    r" (?:to provide a runtime value|not to be None)\.?"
    r"|OneOf Input Object '[^']{1,128}' must specify exactly one non-null key\.?"
    r"|Variable values are nested too deeply\.?"
)
_LEAF = re.compile(r"(?P<type>\w{1,128}|Enum '\w{1,128}') cannot represent ")
_ENUM = re.compile(r"Value .* does not exist in (?P<enum>'\w{1,128}') enum", re.DOTALL)
_TOKEN = re.compile(
    r"Syntax Error: (?P<words>(?:Expected .{1,40}, found|Unexpected)"
    r" (?:Name|String|BlockString|Int|Float|Comment|<EOF>|'[^']{1,3}'))"
)


def without_values(message: str) -> str:
    """Return a refusal of an input value in words that do not repeat the value."""
    if (placed := _VARIABLE.match(message)) is not None:
        return f"{placed['place']}: {without_values(placed['rest'])}"
    if (missing := _MISSING.fullmatch(message)) is not None:
        return missing[0]
    if (safe := _SAFE.match(message)) is not None:
        return f"{safe[0]}."
    if (leaf := _LEAF.match(message)) is not None:
        return f"{leaf['type']} cannot represent this value."
    if (enum := _ENUM.match(message)) is not None:
        return f"This value does not exist in {enum['enum']} enum."
    return "This value is not valid."


def without_suggestions(message: str) -> str:
    """Return a refusal of a name without the names that do exist."""
    return message.split(" Did you mean", maxsplit=1)[0][:LONGEST]


def syntax_refusal(error: GraphQLSyntaxError) -> Refusal:
    """Return a parser's complaint with its place, without the text found there."""
    message = error.message
    if "tokens" in message or "nested too deeply" in message or "comments" in message:
        return Refusal(Code.LIMIT, message.removeprefix("Syntax Error: "))
    token = _TOKEN.match(message)
    words = f"Syntax Error: {token['words']}." if token else "Syntax Error: Invalid token."
    return _placed(Refusal(Code.PARSE_FAILED, words), error)


def validation_refusal(error: GraphQLError) -> Refusal:
    """Return a refusal of graphql-core's validation under our code."""
    return _placed(Refusal(Code.VALIDATION_FAILED, without_suggestions(error.message)), error)


def value_refusal(error: GraphQLError) -> Refusal:
    """Return a refusal of a variable's or an argument's value under our code."""
    return _placed(Refusal(Code.VALIDATION_FAILED, without_values(error.message)), error)


def _placed(refusal: Refusal, error: GraphQLError) -> Refusal:
    refusal.nodes, refusal.source = error.nodes, error.source
    refusal.positions, refusal.locations = error.positions, error.locations
    refusal.path = error.path
    return refusal
