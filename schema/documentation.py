"""The page that tells who may do what, written from the policy table and from the schema."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from models.access import ANYONE, SIGNED_IN
from models.policy import POLICY, AccessRole, Action, Rule
from resolvers.node_ids import NodeKind
from resolvers.subjects import ASKED_OF
from schema.coverage import object_types
from schema.fields import OPEN
from schema.root import Graph


INTRODUCTION = """\
# Who may read and do what

`make schema` writes this page from the policy table in `models/policy.py` and from the fields of
the schema; a test fails when they differ. The same table makes the permission class of every
field, the last line of its description and the answers of `accessMatrix`, `Structure.viewerCan`
and `viewer.can`.

What no rule names is denied: a field without a rule stops the start. A refused field is `null`,
with an error at its path whose `extensions` hold the code `FORBIDDEN`, the action, and the roles
that would pass. An object that you may not know of looks exactly like one that does not exist.
Rights are worked out anew for every operation: a change counts at once, without signing in again.
"""

ROLES = """\
## Roles

A role is what you are towards one object. A person may have several: a manager is also a
signed-in user, and himself.
"""

MATRIX = """\
## The matrix

**yes**: passes, if the condition of the rule holds too. **public**: passes on public, active
structures only. *Anyone* is without signing in.
"""

RULES = """\
## The rules

*Asked of* are the objects that `viewer.can` and `explainAccess` answer for. *Source* cites where the
rule comes from, by the numbers and letters of [domain.md](domain.md).
"""

OPEN_FIELDS = """\
## Without signing in

These fields of `Query` need no rule of their own. What `viewer`, `node` and `nodes` lead to asks
its own rules: without signing in, `viewer` is `null`, and `node` gives public structures and their
active services only.
"""


def permissions(graph: Graph) -> str:
    """Write the page of all rules in Markdown."""
    roles = [f"- `{role.value}`: {meaning}\n" for role, meaning in _meanings(AccessRole)]
    fields = [f"- `{name}`\n" for name in _open_queries(graph)]
    sections = [
        "".join(_section(POLICY[action], meaning, _guarded(graph, action)))
        for action, meaning in _meanings(Action)
    ]
    blocks = (INTRODUCTION, ROLES, roles, MATRIX, _matrix(), OPEN_FIELDS, fields, RULES, *sections)
    return "\n".join("".join(block) for block in blocks)


def _meanings(words: type[StrEnum]) -> list[tuple[Any, str]]:
    definition: Any = words.__strawberry_definition__  # type: ignore[attr-defined]
    return [(words(value.name), value.description) for value in definition.values]


def _matrix() -> Iterator[str]:
    yield f"| | {' | '.join(map(_words, AccessRole))} |\n"
    yield f"|---|{'---|' * len(AccessRole)}\n"
    for rule in POLICY.values():
        cells = " | ".join(_cell(rule, role) for role in AccessRole)
        yield f"| [`{rule.action.written}`](#{_anchor(rule)}) | {cells} |\n"


def _cell(rule: Rule, role: AccessRole) -> str:
    # Whoever has any other role is signed in, and everybody is somebody.
    signed_in = frozenset() if role == AccessRole.ANYONE else SIGNED_IN
    roles = ANYONE | signed_in | {role}
    if rule.passes(roles):
        return "yes"
    if rule.passes(roles, subscribed=True):
        return "with Issued invoices"
    return "public" if rule.passes(roles, published=True) else ""


def _words(role: AccessRole) -> str:
    return role.value.lower().replace("_", " ")


def _anchor(rule: Rule) -> str:
    return rule.action.written.replace(":", "")


def _open_queries(graph: Graph) -> list[str]:
    root = next(one for one in object_types(graph) if one.name == "Query")
    name_of = graph.config.name_converter.from_field
    return sorted(f"Query.{name_of(field)}" for field in root.fields if OPEN in field.metadata)


def _guarded(graph: Graph, action: Action) -> str:
    fields = [f"`{coordinate}`" for coordinate in sorted(graph.coordinates[action])]
    types = sorted(
        f"`{definition.name}`"
        for definition in object_types(graph)
        if getattr(definition.origin, "__policy_row__", None) == action
    )
    if types:
        fields.append(f"the fields without a rule of their own of {', '.join(types)}")
    return "; ".join(fields) or "nothing in this schema yet; `viewer.can` answers it"


def _asked_of(action: Action) -> str:
    if ASKED_OF[action] == frozenset(NodeKind):
        return "any object"
    types = [f"`{kind.type_name}`" for kind in NodeKind if kind in ASKED_OF[action]]
    return ", ".join(types) or "no object: it is asked without one"


def _section(rule: Rule, meaning: str, guarded: str) -> Iterator[str]:
    yield f"### {rule.action.written}\n\n"
    yield f"{meaning} In the schema: `{rule.action.value}`.\n\n"
    yield f"- Who: {rule.who}\n"
    if rule.condition is not None:
        yield f"- Condition: {rule.condition}\n"
    yield f"- Asked of: {_asked_of(rule.action)}\n"
    yield f"- Source: {rule.source}\n"
    yield f"- Guards: {guarded}\n"
