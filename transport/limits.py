"""
How large a document is, found before graphql-core compares its fields with each other.

A first pass walks every definition once and adds fragments up by their totals, so that a fan-out
of fragments takes no longer than its text. Only a document that stays small when its fragments
are written out is then walked written out, merged as execution merges it.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from settings import Settings
from transport.errors import Code, Refusal


INTROSPECTION = ("__schema", "__type")

Definition = OperationDefinitionNode | FragmentDefinitionNode


@dataclass(slots=True)
class Size:
    """What a definition holds with its fragments written out; repeats are counted."""

    fields: int = 0
    aliases: int = 0
    directives: int = 0
    depth: int = 0
    introspection_depth: int = 0
    spreads: list[tuple[str, int, bool]] = field(default_factory=list)

    def add(self, other: "Size", depth: int, *, introspecting: bool) -> None:
        """Add a fragment that is spread below *depth* levels."""
        self.fields += other.fields
        self.aliases += other.aliases
        self.directives += other.directives
        if introspecting:
            self.introspection_depth = max(self.introspection_depth, depth + other.depth)
        else:
            self.depth = max(self.depth, depth + other.depth)
            self.introspection_depth = max(self.introspection_depth, other.introspection_depth)


def check_size(document: DocumentNode, settings: Settings) -> None:
    """
    Refuse a document whose definitions are too large when written out.

    Raises:
        Refusal: LIMIT, or VALIDATION_FAILED where fragments form a circle.
    """
    operations, sizes = measure(document)
    for size in (*operations, *sizes.values()):
        _check(size, settings)
    written_out = sum(size.fields for size in operations) + sum(
        sizes[fragment.name.value].fields for fragment in unused_fragments(document)
    )
    # Without fragments a document cannot hold more fields than tokens; nor may it with them.
    _limit("fields", written_out, settings.maximum_tokens)


def measure(document: DocumentNode) -> tuple[list[Size], dict[str, Size]]:
    """
    Return the size of each operation, and of each fragment, with the fragments written out.

    Raises:
        Refusal: VALIDATION_FAILED, fragments form a circle.
    """
    own = {
        definition.name.value: _own_size(definition)
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    sizes: dict[str, Size] = {}
    for name in _innermost_first(own):
        sizes[name] = _total(own[name], sizes)
    operations = [
        _total(_own_size(definition), sizes)
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    ]
    return operations, sizes


def _check(size: Size, settings: Settings) -> None:
    _limit("depth", size.depth, settings.maximum_depth)
    _limit("introspection depth", size.introspection_depth, settings.maximum_introspection_depth)
    _limit("aliases", size.aliases, settings.maximum_aliases)
    _limit("directives", size.directives, settings.maximum_directives)


def _limit(what: str, found: int, maximum: int) -> None:
    if found > maximum:
        raise limit_refusal(what, maximum)


def limit_refusal(what: str, maximum: int) -> Refusal:
    """Return the refusal of a document that has more than *maximum* of something."""
    return Refusal(
        Code.LIMIT,
        f"The document exceeds the limit of {what}: {maximum}.",
        limit=what,
        maximum=maximum,
    )


def _own_size(definition: Definition) -> Size:
    size = Size(directives=len(definition.directives or ()))
    for variable in definition.variable_definitions or ():
        size.directives += len(variable.directives or ())
    waiting = [(definition.selection_set, 0, False)]
    while waiting:
        selections, depth, introspecting = waiting.pop()
        for selection in selections.selections:
            size.directives += len(selection.directives or ())
            if isinstance(selection, FragmentSpreadNode):
                size.spreads.append((selection.name.value, depth, introspecting))
            elif isinstance(selection, InlineFragmentNode):
                waiting.append((selection.selection_set, depth, introspecting))
            elif isinstance(selection, FieldNode):
                waiting.extend(_entered(size, selection, depth, introspecting=introspecting))
    return size


def _entered(
    size: Size, node: FieldNode, depth: int, *, introspecting: bool
) -> Iterator[tuple[SelectionSetNode, int, bool]]:
    name = node.name.value
    size.fields += 1
    size.aliases += node.alias is not None and name != "__typename"
    if not introspecting and name in INTROSPECTION:
        depth, introspecting = 0, True
    depth += 1
    if introspecting:
        size.introspection_depth = max(size.introspection_depth, depth)
    else:
        size.depth = max(size.depth, depth)
    if node.selection_set is not None:
        yield node.selection_set, depth, introspecting


def _innermost_first(own: dict[str, Size]) -> list[str]:
    order: list[str] = []
    state: dict[str, bool] = {}
    for root in list(own):
        if root in state:
            continue
        path = [(root, iter(own[root].spreads))]
        state[root] = False
        while path:
            name, spreads = path[-1]
            inner = next(
                (spread for spread, _, _ in spreads if state.get(spread) is not True), None
            )
            if inner is None:
                path.pop()
                state[name] = True
                order.append(name)
            elif inner in state:
                raise Refusal(Code.VALIDATION_FAILED, "Fragments may not form a circle.")
            elif inner in own:
                path.append((inner, iter(own[inner].spreads)))
                state[inner] = False
    return order


def _total(own: Size, sizes: dict[str, Size]) -> Size:
    spreads = own.spreads
    for (name, depth, introspecting), times in Counter(spreads).items():
        if (other := sizes.get(name)) is None:
            continue
        own.add(other, depth, introspecting=introspecting)
        own.fields += other.fields * (times - 1)
        own.aliases += other.aliases * (times - 1)
        own.directives += other.directives * (times - 1)
    return own


def unused_fragments(document: DocumentNode) -> list[FragmentDefinitionNode]:
    """Return the fragments that no operation reaches."""
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    waiting: list[Definition] = [
        definition
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    ]
    unused = dict(fragments)
    while waiting:
        for name, _, _ in _own_size(waiting.pop()).spreads:
            if unused.pop(name, None) is not None:
                waiting.append(fragments[name])
    return list(unused.values())
