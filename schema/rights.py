"""The published rules, and their answers."""

from collections.abc import Mapping
from typing import Annotated

from strawberry import Parent

from models.policy import POLICY, AccessRole, Action, DenyReason, Rule
from resolvers.inputs import about
from resolvers.operation import Info
from schema.fields import computed, object_type, plain


def _name(root: Parent[Rule]) -> str:
    return root.action.written


def _roles(root: Parent[Rule]) -> list[AccessRole]:
    return list(root.passing_roles)


def _coordinates(root: Parent[Rule], info: Info) -> list[str]:
    guards: Mapping[Action, list[str]] = info.schema.coordinates  # type: ignore[attr-defined]
    return guards.get(root.action, [])


@object_type(row=None)
class AccessMatrixRow:
    """One rule of the published table."""

    action: Action = plain("The action.")
    name: str = computed(_name, "The action as written in descriptions, `resource:verb`.")
    roles: list[AccessRole] = computed(_roles, "Who may.")
    condition: str | None = plain("What must hold besides.")
    source: str = plain("Where the rule comes from.")
    coordinates: list[str] = computed(_coordinates, "Fields of this schema that it guards.")


@object_type(row=None)
class Decision:
    """The answer of a rule: whether an act would be refused, and why."""

    action: Action = plain("The action asked about.")
    allowed: bool = plain(
        "Whether you, or the user asked about, may; to do again what is so already may be done."
    )
    reason: DenyReason | None = plain("Why not.")
    message: str | None = plain("The same in a sentence.")
    passing_roles: list[AccessRole] = plain("Who may.")
    rule: AccessMatrixRow = plain("The published rule that decided.")


def access_matrix(
    info: Info,
    action: Annotated[Action | None, about("The action.")] = None,
    coordinate: Annotated[
        str | None, about("Only the rule that guards this field, written Type.field.")
    ] = None,
) -> list[Rule]:
    """Give the published rules."""
    rows = list(POLICY.values()) if action is None else [POLICY[action]]
    if coordinate is not None:
        guards: Mapping[Action, list[str]] = info.schema.coordinates  # type: ignore[attr-defined]
        rows = [row for row in rows if coordinate in guards.get(row.action, [])]
    return rows
