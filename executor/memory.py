"""What is remembered between executions: what documents ask for, and the plans made for them."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Generic, TypeVar

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import GroupedFieldSet
from graphql.execution.values import VariableValues

from executor.coercion import NotPlainError, VariableCoercion, refuse_all
from executor.planning import select
from executor.plans import Plan


Value = TypeVar("Value")


@dataclass(slots=True)
class Statistics:
    """Counts since the process began."""

    executions: int = 0
    plans_found: int = 0
    plans_made: int = 0
    fallbacks: Counter[str] = field(default_factory=Counter)


class Recent(Generic[Value]):
    """The values used last, as many as do not weigh too much together."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._weight = 0
        self._values: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Hashable) -> Value | None:
        """Return the value of a key, if it is still known."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: Value, weight: int) -> None:
        """Remember a value, and forget those unused for longest if it is too much."""
        with self._lock:
            self._weight += weight - self._values.get(key, (None, 0))[1]
            self._values[key] = value, weight
            while self._weight > self._most:
                _, (_, gone) = self._values.popitem(last=False)
                self._weight -= gone


class KnownOperation:
    """What of an operation decides how it is executed and how often it must be planned."""

    __slots__ = ("fragments", "lasting", "operation", "steering", "unserved", "weight")

    def __init__(self, executor: Executor[Any]) -> None:
        self.operation: OperationDefinitionNode = executor.operation
        self.fragments: list[FragmentDefinitionNode] = list(executor.fragment_definitions.values())
        self.unserved: str | None = None
        # Fragments with variables of their own are planned anew each time.
        self.lasting = not any(
            details.variable_signatures for details in executor.fragments.values()
        )
        steering: set[str] = set()
        selections = list(_selections([self.operation, *self.fragments]))
        self.weight = len(selections)
        for directive in (each for one in selections for each in one.directives or ()):
            if directive.name.value in {"defer", "stream"}:
                self.unserved = "incremental_delivery"
            elif directive.name.value in {"skip", "include"}:
                values = [argument.value for argument in directive.arguments or ()]
                steering |= {
                    value.name.value for value in values if isinstance(value, VariableNode)
                }
        self.steering = sorted(steering)


def _selections(
    definitions: list[OperationDefinitionNode | FragmentDefinitionNode],
) -> Iterator[SelectionNode]:
    """Yield all selections."""
    waiting: list[SelectionSetNode] = [definition.selection_set for definition in definitions]
    while waiting:
        for selection in waiting.pop().selections:
            yield selection
            inner = getattr(selection, "selection_set", None)
            if inner is not None:
                waiting.append(inner)


class Prepared:
    """An operation that was chosen from a document, to be built again for other variables."""

    __slots__ = ("coerce", "document", "fragment_definitions", "fragments", "operation", "schema")

    def __init__(self, document: DocumentNode, executor: Any) -> None:
        """Take the operation and the fragments from an executor that was built for them."""
        self.schema: GraphQLSchema = executor.schema
        self.document = document  # Its identity is the key, so it must live as long.
        self.fragment_definitions = executor.fragment_definitions
        self.fragments = executor.fragments
        self.operation: OperationDefinitionNode = executor.operation
        self.coerce: Callable[[Mapping[str, Any]], VariableValues] = refuse_all
        with suppress(NotPlainError):
            self.coerce = VariableCoercion(self.schema, self.operation)


class Memory:
    """
    Bounded memories of documents, operations and plans.

    An operation is known by its node, so whoever keeps parsed documents has plans kept for them.
    All are bounded by the number of selections in the documents, which is what they grow with.
    """

    def __init__(self, most_selections: int, statistics: Statistics) -> None:
        self.operations: Recent[KnownOperation] = Recent(most_selections)
        self.plans: Recent[Plan] = Recent(most_selections)
        self.prepared: Recent[Prepared] = Recent(most_selections)
        self.statistics = statistics

    def prepare(self, key: Hashable, document: DocumentNode, executor: Executor[Any]) -> None:
        """Remember what an executor was built from, so that it is built again faster."""
        self.prepared.put(key, Prepared(document, executor), self.operation(executor).weight)

    def operation(self, executor: Executor[Any]) -> KnownOperation:
        """Return what is known of an operation."""
        key = (id(executor.operation), *map(id, executor.fragment_definitions.values()))
        known = self.operations.get(key)
        if known is None:
            known = KnownOperation(executor)
            self.operations.put(key, known, known.weight)
        return known

    def plan(
        self,
        executor: Executor[Any],
        known: KnownOperation,
        root_type: GraphQLObjectType,
        grouped_field_set: GroupedFieldSet,
    ) -> Plan:
        """Return the plan of an operation for the variables of this execution."""
        wrapped = _is_wrapped(executor)
        answers = [executor.variable_values.coerced.get(name) for name in known.steering]
        lasting = known.lasting and all(isinstance(answer, bool) for answer in answers)
        key = (
            *(id(executor.schema), wrapped, executor.field_resolver, id(known.operation)),
            *map(id, known.fragments),
            *(answers if lasting else ()),
        )
        plan = self.plans.get(key) if lasting else None
        if plan is not None:
            self.statistics.plans_found += 1
            return plan
        self.statistics.plans_made += 1
        root = select(executor, root_type, grouped_field_set, wrapped=wrapped)
        plan = Plan(root, (executor.schema, known), wrapped=wrapped)
        if lasting:
            self.plans.put(key, plan, known.weight)
        return plan


def _is_wrapped(executor: Executor[Any]) -> bool:
    """Tell whether middleware wraps the resolvers of this execution."""
    manager = executor.middleware_manager
    return manager is not None and manager.get_field_resolver(_untouched) is not _untouched


def _untouched(*_: Any, **__: Any) -> None:
    """Stand for any resolver."""
