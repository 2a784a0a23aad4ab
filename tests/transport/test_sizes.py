"""The sizes of the one linear pass are those of the document written out."""

from typing import NamedTuple

import pytest

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from transport.limits import measure


class Counted(NamedTuple):
    """What was met while writing a definition out."""

    fields: int = 0
    aliases: int = 0
    directives: int = 0
    depth: int = 0
    introspection_depth: int = 0

    def with_(self, other: "Counted") -> "Counted":
        return Counted(
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
            max(self.depth, other.depth),
            max(self.introspection_depth, other.introspection_depth),
        )


class Writer:
    """Writes each spread out where it stands, again and again."""

    def __init__(self, document: DocumentNode) -> None:
        self.fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }

    def operation(self, definition: OperationDefinitionNode) -> Counted:
        own = Counted(directives=len(definition.directives or ()))
        return own.with_(self.set(definition.selection_set, 0, None))

    def set(self, selections: SelectionSetNode, depth: int, below: int | None) -> Counted:
        """Count *selections* under *depth* fields, *below* levels under an introspecting one."""
        found = Counted()
        for selection in selections.selections:
            found = found.with_(Counted(directives=len(selection.directives or ())))
            if isinstance(selection, FragmentSpreadNode):
                fragment = self.fragments[selection.name.value]
                found = found.with_(Counted(directives=len(fragment.directives or ())))
                found = found.with_(self.set(fragment.selection_set, depth, below))
            elif isinstance(selection, InlineFragmentNode):
                found = found.with_(self.set(selection.selection_set, depth, below))
            elif isinstance(selection, FieldNode):
                found = found.with_(self.field(selection, depth, below))
        return found

    def field(self, node: FieldNode, depth: int, below: int | None) -> Counted:
        name = node.name.value
        if below is None and name in {"__schema", "__type"}:
            below = 0
        if below is None:
            depth += 1
        else:
            below += 1
        found = Counted(
            fields=1,
            aliases=int(node.alias is not None and name != "__typename"),
            depth=depth if below is None else 0,
            introspection_depth=below or 0,
        )
        if node.selection_set is None:
            return found
        return found.with_(self.set(node.selection_set, depth, below))


LEAVES = ["a", "x: a", "__typename", "y: __typename", "a @skip(if: false)"]
HEADS = ["b", "z: b", "b @d @d", "...", "... @d"]
INTROSPECTION = ["__type", "t: __schema"]


@st.composite
def documents(draw: st.DrawFn) -> str:
    """
    A document of a few fragments, each spreading only later ones.

    The last two are for what introspection gives, where no field introspects again.
    """
    number = draw(st.integers(2, 6))

    def selections(first: int, depth: int, *, below: bool = False) -> str:
        introspection = [] if below else INTROSPECTION
        heads = [*HEADS, *introspection] if depth < 3 else []
        spreads = [f"...F{index}" for index in range(first, number)]
        choices = st.sampled_from([*LEAVES, *heads, *spreads])
        written = []
        for choice in draw(st.lists(choices, min_size=1, max_size=4)):
            inside = below or choice in introspection
            later = max(first, number - 2) if inside else first
            text = selections(later, depth + 1, below=inside) if choice in heads else None
            written.append(choice if text is None else f"{choice} {{ {text} }}")
        return " ".join(written)

    fragments = [
        f"fragment F{index} on Q @d {{ {selections(index + 1, 0, below=index >= number - 2)} }}"
        for index in range(number)
    ]
    return " ".join([f"query @d {{ {selections(0, 0)} }}", *fragments])


@pytest.mark.fuzz
@settings(max_examples=300)
@given(text=documents())
def test_a_document_measures_what_it_would_written_out(text: str) -> None:
    document = parse(text)
    (operation,) = (
        definition
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    )

    ((size,), _) = measure(document)

    assert Writer(document).operation(operation) == Counted(
        size.fields, size.aliases, size.directives, size.depth, size.introspection_depth
    )
