"""The page for managers: every sentence of the sheets has its row, and every operation is run."""

import ast
import json
import re

from collections.abc import Awaitable, Callable, Iterator
from functools import reduce
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    OperationDefinitionNode,
    parse,
)

from models.accounts import User
from schema.root import schema
from tests.firm import Firm
from tests.world import Answer, siret


Ask = Callable[..., Awaitable[Answer]]

TESTS = Path(__file__).resolve().parent
PAGE = (TESTS.parent / "docs" / "managers.md").read_text(encoding="utf-8")

SENTENCES = {
    "roles": 7,
    "A": 1,
    "B": 14,
    "C": 1,
    "D": 3,
    "E": 3,
    "F": 5,
    "G": 3,
    "areas 1": 11,
    "areas A": 3,
    "areas B": 2,
    "areas C": 2,
    "areas D": 2,
    "areas E": 2,
    "areas F": 2,
    "areas G": 2,
    "areas H": 1,
    "areas I": 1,
    "areas J": 1,
}
"""How many things each section of both sheets says."""

ROW = re.compile(
    r"^\| ((?:areas )?\w+)[ .](\d+) \| ([^|]+) \| ([^|]*) \| ([^|]*) ?\|$", re.MULTILINE
)
COORDINATE = re.compile(r"`([A-Z]\w+)\.(\w+)`")
EXAMPLE = re.compile(
    r"^```graphql\n(.*?)^```\n(?:\n```json\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL
)


def rows() -> list[tuple[str, int, str, str, str]]:
    """Give the rows of both tables."""
    return [
        (section, int(number), says, fields, test.strip("` "))
        for section, number, says, fields, test in ROW.findall(PAGE)
    ]


def operations() -> Iterator[tuple[str, str, str]]:
    """Give name, document and variables of each operation of the page."""
    for document, variables in EXAMPLE.findall(PAGE):
        (definition,) = parse(document).definitions
        assert isinstance(definition, OperationDefinitionNode)
        assert definition.name is not None
        yield definition.name.value, document, variables or "{}"


def test_every_sentence_of_the_sheets_has_its_row() -> None:
    found = {
        section: [number for _, number, *_ in its]
        for section, its in groupby(rows(), key=lambda row: row[0])
    }

    assert found == {section: list(range(1, most + 1)) for section, most in SENTENCES.items()}


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row[0]} {row[1]}")
def test_a_row_names_fields_and_a_test_that_exist(row: tuple[str, int, str, str, str]) -> None:
    *_, fields, test = row
    named = COORDINATE.findall(fields)
    for owner, member in named:
        kind = schema._schema.type_map[owner]
        members = kind.values if isinstance(kind, GraphQLEnumType) else fields_of(kind)
        assert member in members, f"{owner}.{member}"
    # What is there has a test; what is not says so.
    assert bool(test) == bool(named)
    if named:
        path, _, name = test.partition("::")
        assert name in names_in(TESTS / path), test
    else:
        assert re.search(r"^later: |\]\(", fields)


def fields_of(kind: Any) -> Any:
    """Give the fields of a type that has some."""
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType)
    return kind.fields


def names_in(path: Path) -> set[str]:
    """Give the names of the functions of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in tree.body if isinstance(node, functions)}


LEARNED: dict[str, tuple[str, tuple[Any, ...]]] = {
    "AskToBeConnected": ("connection request", ("requestConnection", "request", "id")),
    "CreateService": ("service", ("createService", "service", "id")),
    "AskForAnArea": ("subscription request", ("requestSubscription", "request", "id")),
    "AttachUsers": ("colleague", ("attachUsers", "results", 0, "id")),
    "MandateTerms": ("version of the terms", ("mandateTerms", "version")),
    "ChangeIdentifier": ("new structure", ("changeIdentifier", "structure", "id")),
}
"""What later operations need of the answers of some, and where it stands there."""


class Day:
    """A firm on the day that the page tells of: who asks what, and what earlier answers told."""

    def __init__(self, firm: Firm, clerk: User) -> None:
        world = firm.world
        self.askers = {
            "AskToBeConnected": clerk,
            "AskForAnArea": clerk,
            "LeaveStructures": firm.outsider,
        }
        self.firm = firm
        self.told = {
            "structure": world.id(firm.structure),
            "user": world.id(clerk),
            "new SIRET": siret(900),
            "service": world.id(firm.sales),
            "login": firm.secondary.login,
            "colleague login": firm.outsider.login,
        }
        self.clerk = clerk

    async def learn(self, name: str, data: Any) -> None:
        """Keep what later operations need of an answer."""
        if name in LEARNED:
            key, path = LEARNED[name]
            self.told[key] = reduce(lambda part, step: part[step], path, data)
        elif name == "ValidateConnections":
            membership = await self.firm.membership_of(self.clerk)
            self.told["membership"] = self.firm.world.id(membership)
        elif name == "History":
            done = {act["action"] for act in data["structure"]["history"]["nodes"]}
            assert {"CONNECTION_REQUEST_DECIDE", "SUBSCRIPTION_SET"} <= done
        elif name == "Why":
            assert data["explainAccess"]["reason"] == "ROLE_TOO_LOW"

    def filled(self, variables: str) -> dict[str, Any]:
        """Put what was told into the variables of the page."""
        text = re.sub(r"<([^>]+)>", lambda found: self.told[found[1]], variables)
        filled: dict[str, Any] = json.loads(text)
        return filled


def problems(data: dict[str, Any]) -> list[Any]:
    """Give everything that was not done."""
    found: list[Any] = []
    for payload in data.values():
        assert payload is not None
        found += payload.get("errors", [])
        found += [one["error"] for one in payload.get("results", []) if one["error"]]
    return found


async def test_every_operation_of_the_page_is_run_in_its_order(firm: Firm, ask: Ask) -> None:
    clerk = await firm.world.user("Carla Clerk")
    day = Day(firm, clerk)
    other = await firm.world.connection_request(firm.structure, firm.outsider)
    day.told["another request"] = firm.world.id(other)
    names = []
    for name, document, variables in operations():
        asker = day.askers.get(name, firm.primary)
        answer = await ask(asker, document, **day.filled(variables))
        assert (name, problems(answer.data)) == (name, [])
        await day.learn(name, answer.data)
        names.append(name)

    assert len(names) == len(set(names)) >= 16


async def test_the_page_uses_everything_that_it_was_told(firm: Firm) -> None:
    day = Day(firm, await firm.world.user())
    named = set(re.findall(r"<([^>]+)>", "".join(variables for *_, variables in operations())))

    assert day.told.keys() <= named
