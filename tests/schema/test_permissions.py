"""Every field is guarded, and the page of permissions says by what."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import strawberry

from typer.testing import CliRunner

from models.policy import POLICY, AccessRole, Action
from schema.coverage import UnguardedCoordinate, object_types
from schema.documentation import permissions
from schema.fields import OPEN, action_of, guarded, object_type, open_field, plain
from schema.root import Graph, schema
from server import commands


PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "permissions.md"


def _answer() -> str:
    return "secret"


def test_the_page_of_permissions_is_what_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == permissions(schema), "run `make schema`"


def test_the_command_prints_the_page_and_compares_it() -> None:
    printed = CliRunner().invoke(commands, ["export-schema", "--permissions"])

    assert printed.stdout == permissions(schema)
    assert CliRunner().invoke(commands, ["export-schema", "--check"]).exit_code == 0


def test_the_page_has_a_row_for_every_action() -> None:
    rows = [line for line in permissions(schema).splitlines() if line.startswith("| [`")]

    assert len(rows) == len(Action)


@pytest.mark.parametrize(
    ("action", "cells"),
    [
        (Action.STRUCTURE_SEARCH, ["yes"] * 8),
        (Action.CARD_READ, ["public", *["yes"] * 7]),
        (Action.GENERAL_READ, [*["public"] * 4, "yes", "yes", "yes", "yes"]),
        (Action.USER_LIST, ["", "", "", "", "", "yes", "yes", "yes"]),
        (Action.PRIMARY_MANAGER_TRANSFER, ["", "", "", "", "", "", "yes", "yes"]),
        (Action.REQUEST_CANCEL, ["", "", "yes", "", "", "", "", ""]),
    ],
)
def test_the_matrix_says_which_role_passes(action: Action, cells: list[str]) -> None:
    row = next(line for line in permissions(schema).splitlines() if f"[`{action.written}`]" in line)

    assert [cell.strip() for cell in row.split("|")[2:-1]] == cells


def test_the_page_names_every_guarded_field() -> None:
    page = permissions(schema)

    for coordinates in schema.coordinates.values():
        for coordinate in coordinates:
            assert f"`{coordinate}`" in page


def test_every_action_has_a_rule_that_somebody_passes() -> None:
    assert set(POLICY) == set(Action)
    assert [action for action, rule in POLICY.items() if not rule.passing_roles] == []


def test_nobody_passes_but_the_rules_of_public_structures_without_signing_in() -> None:
    nobody = frozenset({AccessRole.ANYONE})
    passed = {action for action, rule in POLICY.items() if rule.passes(nobody)}
    public = {action for action, rule in POLICY.items() if rule.passes(nobody, published=True)}

    assert passed == {Action.STRUCTURE_SEARCH}
    assert public - passed == {Action.CARD_READ, Action.GENERAL_READ, Action.SERVICE_LIST}


@pytest.mark.parametrize("root", ["Query", "Mutation"])
def test_a_root_field_is_guarded_or_open_by_name(root: str) -> None:
    definition = next(one for one in object_types(schema) if one.name == root)
    open_fields = {field.name for field in definition.fields if OPEN in field.metadata}
    unguarded = {field.name for field in definition.fields if action_of(field) is None}

    assert unguarded == open_fields
    names = {"viewer", "node", "nodes", "areas", "access_matrix", "mandate_terms"}
    expected = names if root == "Query" else set()
    assert {field.python_name for field in definition.fields if OPEN in field.metadata} == expected


def test_a_field_without_a_rule_stops_the_start() -> None:
    @object_type(row=None)
    class Query:
        """A root with a field that nobody thought of."""

        secret: str = strawberry.field(resolver=_answer, description="What is it?")

    with pytest.raises(UnguardedCoordinate, match=r"Query\.secret"):
        Graph(query=Query)


def test_a_bare_attribute_without_a_rule_stops_the_start() -> None:
    @object_type(row=None)
    class Account:
        """A type with a field that was declared in passing."""

        number: str

    @object_type(row=None)
    class Query:
        """A root that leads to it."""

        account: Account = open_field(_answer, "The account.")

    with pytest.raises(UnguardedCoordinate, match=r"Account\.number"):
        Graph(query=Query)


def test_a_type_without_a_rule_stops_the_start() -> None:
    @strawberry.type
    class Account:
        """A type that says nothing of its rule."""

        number: str = plain("The number.")

    @object_type(row=None)
    class Query:
        """A root that leads to it."""

        account: Account = open_field(_answer, "The account.")

    with pytest.raises(UnguardedCoordinate, match="Account"):
        Graph(query=Query)


def test_a_rule_that_guards_nothing_stops_the_start() -> None:
    @object_type(row=None)
    class Query:
        """A root that uses one rule of all."""

        secret: str | None = guarded(_answer, "What is it?", allow=Action.CARD_READ)

    with pytest.raises(UnguardedCoordinate) as stopped:
        Graph(query=Query)
    assert set(str(stopped.value).removeprefix("No field needs ").rstrip(".").split(", ")) == {
        rule.action.value
        for rule in POLICY.values()
        if rule.guards and rule.action != Action.CARD_READ
    }


@pytest.mark.parametrize("resolver", [None, _answer])
def test_a_guarded_field_carries_a_class_that_needs_no_waiting(
    resolver: Callable[[], Any] | None,
) -> None:
    field = guarded(resolver, "What is it?", allow=Action.HISTORY_READ)

    assert [permission.guarded for permission in field.permission_classes] == [Action.HISTORY_READ]
    assert field.description.endswith(
        "\nRequires `history:read` (primary or secondary manager, support)."
    )
