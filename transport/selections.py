"""What one operation selects, walked once as execution will merge it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLCompositeType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
    is_composite_type,
)

from settings import Settings
from transport.costs import Cost, Factor, PageSize, factor_of
from transport.limits import INTROSPECTION, limit_refusal


Factors = tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A selection set, the type it is applied to, and the factors on its way."""

    selections: SelectionSetNode
    type: GraphQLCompositeType | None
    factors: Factors


@dataclass(frozen=True, slots=True)
class Selected:
    """A field node as one branch selects it."""

    node: FieldNode
    type: GraphQLCompositeType | None
    factors: Factors


@dataclass(slots=True)
class Selection:
    """The findings of one walk over an operation."""

    cost: Cost = field(default_factory=Cost)
    coordinates: set[str] = field(default_factory=set)
    declared: dict[int, str] = field(default_factory=dict)
    introspects: bool = False


class Walk:
    """
    A walk over the operations of a document that is small when written out.

    The document may be invalid: unknown names are passed over, validation names them later.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, settings: Settings) -> None:
        self._schema = schema
        self._settings = settings
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }

    def operation(self, definition: OperationDefinitionNode) -> Selection:
        """
        Return what an operation selects.

        Raises:
            Refusal: LIMIT, for repeats of a response name or root fields of a mutation.
        """
        found = Selection()
        root = Branch(
            definition.selection_set, self._schema.get_root_type(definition.operation), ()
        )
        groups = self._merged(root)
        if definition.operation is OperationType.MUTATION:
            maximum = self._settings.maximum_mutation_fields
            if len(groups) > maximum:
                raise limit_refusal("fields of a mutation", maximum)
        self._enter(found, groups)
        return found

    def fragment(self, definition: FragmentDefinitionNode) -> None:
        """Check a fragment that no operation spreads; validation would compare it too."""
        self._enter(Selection(), self._merged(Branch(definition.selection_set, None, ())))

    def _enter(self, found: Selection, groups: dict[str, list[Selected]]) -> None:
        waiting = [groups]
        while waiting:
            for group in waiting.pop().values():
                branches = list(self._note(found, group))
                if branches:
                    waiting.append(self._merged(*branches))

    def _merged(self, *branches: Branch) -> dict[str, list[Selected]]:
        groups: dict[str, list[Selected]] = {}
        seen: set[tuple[str, Factors]] = set()
        waiting = list(reversed(branches))
        while waiting:
            branch = waiting.pop()
            for selection in branch.selections.selections:
                if isinstance(selection, FieldNode):
                    name = (selection.alias or selection.name).value
                    group = groups.setdefault(name, [])
                    group.append(Selected(selection, branch.type, branch.factors))
                    if len(group) > self._settings.maximum_repeats:
                        raise limit_refusal(
                            "repeats of one response name", self._settings.maximum_repeats
                        )
                elif isinstance(selection, InlineFragmentNode):
                    waiting.append(self._narrowed(branch, selection))
                elif isinstance(selection, FragmentSpreadNode):
                    fragment = self._fragments.get(selection.name.value)
                    key = (selection.name.value, branch.factors)
                    if fragment is not None and key not in seen:
                        seen.add(key)
                        waiting.append(self._narrowed(branch, fragment))
        return groups

    def _narrowed(
        self, branch: Branch, fragment: InlineFragmentNode | FragmentDefinitionNode
    ) -> Branch:
        condition = fragment.type_condition
        if condition is None:
            return Branch(fragment.selection_set, branch.type, branch.factors)
        named = self._schema.get_type(condition.name.value)
        return Branch(
            fragment.selection_set, named if is_composite_type(named) else None, branch.factors
        )

    def _note(self, found: Selection, group: list[Selected]) -> Iterator[Branch]:
        below: dict[tuple[str, Factors], Factors] = {}
        for selected in group:
            node, parent = selected.node, selected.type
            name = node.name.value
            found.introspects |= name in INTROSPECTION
            definition = None if parent is None else self._schema.get_field(parent, name)
            if definition is None or parent is None:
                if node.selection_set is not None:
                    yield Branch(node.selection_set, None, selected.factors)
                continue
            coordinate = f"{parent.name}.{name}"
            found.declared[id(node)] = coordinate
            key = (coordinate, selected.factors)
            if key not in below:
                found.coordinates.update(self._coordinates(parent, name))
                factor = factor_of(definition, node)
                below[key] = selected.factors if factor is None else (*selected.factors, factor)
                if isinstance(factor, PageSize):
                    found.cost.terms.append((coordinate, below[key]))
            if node.selection_set is not None:
                named = get_named_type(definition.type)
                yield Branch(
                    node.selection_set, named if is_composite_type(named) else None, below[key]
                )

    def _coordinates(self, parent: GraphQLCompositeType, name: str) -> Iterator[str]:
        yield f"{parent.name}.{name}"
        if is_abstract_type(parent):
            yield from self._concrete(parent, name)

    def _concrete(self, parent: GraphQLAbstractType, name: str) -> Iterator[str]:
        for possible in self._schema.get_possible_types(parent):
            if name in possible.fields:
                yield f"{possible.name}.{name}"
