"""Documents that were parsed, measured and validated once, kept by their text."""

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    StringValueNode,
    ValuesOfCorrectTypeRule,
    Visitor,
    VisitorAction,
    parse,
    specified_rules,
    validate,
    visit,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from typing_extensions import override

from settings import Settings
from transport.costs import Variables
from transport.errors import Code, Refusal
from transport.limits import check_size, unused_fragments
from transport.messages import syntax_refusal, validation_refusal, value_refusal
from transport.selections import Selection, Walk


MOST_CHARACTERS = 500_000
"""A document takes up to 165 times its length in memory, so this is 80 MiB at the most."""


class ValuesRule(ValuesOfCorrectTypeRule):
    """graphql-core's check of literals, in words that do not repeat them."""

    @override
    def report_error(self, error: GraphQLError) -> None:
        super().report_error(value_refusal(error))


RULES = (
    *(ValuesRule if rule is ValuesOfCorrectTypeRule else rule for rule in specified_rules),
    MaybeNullValidationRule,
    OneOfInputValidationRule,
)


class NulVisitor(Visitor):
    """Refuses text with the character NUL, which not every database can hold."""

    def enter_string_value(self, node: StringValueNode, *_: Any) -> VisitorAction:
        """Look at one literal."""
        if "\0" in node.value:
            raise Refusal(Code.BAD_REQUEST, "Text may not hold the character NUL.")
        return None


@dataclass(frozen=True, slots=True)
class SelectedOperation:
    """One operation of a document: its name, its kind, what it selects and what that may cost."""

    name: str | None
    kind: str
    coordinates: frozenset[str]
    introspects: bool
    selection: Selection
    defaults: Mapping[str, Any]

    def coordinate_of(self, error: GraphQLError) -> str | None:
        """Return the coordinate of the field at which an error arose."""
        nodes = error.nodes or ()
        return self.selection.declared.get(id(nodes[0])) if nodes else None

    def cost(self, variables: Mapping[str, Any] | None) -> Counter[str]:
        """Return how many objects each connection may give with these variables."""
        return self.selection.cost.by_coordinate(Variables(self.defaults, variables or {}))


class Document:
    """A text that was read: either its node and operations, or why it is refused."""

    __slots__ = ("node", "operations", "refusals")

    def __init__(self, schema: GraphQLSchema, text: str, settings: Settings) -> None:
        self.node: DocumentNode | None = None
        self.operations: dict[str | None, SelectedOperation] = {}
        self.refusals: list[GraphQLError] = []
        try:
            node = parse(text, max_tokens=settings.maximum_tokens)
            if "\\u" in text:
                visit(node, NulVisitor())
            check_size(node, settings)
            self._read(schema, node, settings)
        except GraphQLSyntaxError as error:
            self.refusals = [syntax_refusal(error)]
        except Refusal as refusal:
            # The cache must not keep the frames of the reading alive.
            self.refusals = [refusal.with_traceback(None)]

    def _read(self, schema: GraphQLSchema, node: DocumentNode, settings: Settings) -> None:
        walk = Walk(schema, node, settings)
        for fragment in unused_fragments(node):
            walk.fragment(fragment)
        found = [
            _operation(definition, walk.operation(definition))
            for definition in node.definitions
            if isinstance(definition, OperationDefinitionNode)
        ]
        errors = validate(schema, node, RULES, hide_suggestions=True)
        self.refusals = [
            error if isinstance(error, Refusal) else validation_refusal(error) for error in errors
        ]
        for operation in found:
            # Validation asks only for the fields of a root type, not for the type itself.
            if schema.get_root_type(OperationType(operation.kind)) is None:
                message = f"The schema has no {operation.kind}."
                self.refusals.append(Refusal(Code.VALIDATION_FAILED, message))
        self.operations = {operation.name: operation for operation in found}
        self.node = node

    def choose(self, name: str | None) -> SelectedOperation:
        """
        Return the operation of this name, or the only one.

        Raises:
            Refusal: there is none, or a name must be given.
        """
        if name is not None:
            if name not in self.operations:
                raise Refusal(Code.BAD_REQUEST, "The document has no operation of that name.")
            return self.operations[name]
        if len(self.operations) > 1:
            raise Refusal(
                Code.BAD_REQUEST, "The document has several operations: give `operationName`."
            )
        if not self.operations:
            raise Refusal(Code.BAD_REQUEST, "The document has no operation.")
        return next(iter(self.operations.values()))


def _operation(definition: OperationDefinitionNode, found: Selection) -> SelectedOperation:
    return SelectedOperation(
        name=definition.name.value if definition.name else None,
        kind=definition.operation.value,
        coordinates=frozenset(found.coordinates),
        introspects=found.introspects,
        selection=found,
        defaults={
            variable.variable.name.value: variable.default_value
            for variable in definition.variable_definitions or ()
            if variable.default_value is not None
        },
    )


class Documents:
    """The last documents that were read, bounded by their number and their characters."""

    def __init__(
        self, schema: GraphQLSchema, settings: Settings, characters: int = MOST_CHARACTERS
    ) -> None:
        self.schema = schema
        self._settings = settings
        self._most_characters = characters
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._characters = 0
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        return len(self._kept)

    def read(self, text: str) -> Document:
        """Return the document of a text, read now or before."""
        if (document := self._kept.get(text)) is not None:
            self._kept.move_to_end(text)
            self.hits += 1
            return document
        self.misses += 1
        document = self._kept[text] = Document(self.schema, text, self._settings)
        self._characters += len(text)
        while (
            len(self._kept) > self._settings.document_cache
            or self._characters > self._most_characters
        ):
            oldest, _ = self._kept.popitem(last=False)
            self._characters -= len(oldest)
        return document
