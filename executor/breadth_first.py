"""The executor class that graphql-core and Strawberry are given."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, ClassVar

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLResolveInfoHelpers,
    GraphQLSchema,
    default_field_resolver,
    default_type_resolver,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import DeferUsage, GroupedFieldSet
from graphql.execution.incremental import IncrementalExecutor
from graphql.pyutils import AwaitableOrValue, Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from typing_extensions import override

from executor.coercion import NotPlainError
from executor.execution import Execution
from executor.memory import Memory, Statistics


# What `build` takes after the operation's name, in its order.
_OPTIONS = (
    "field_resolver",
    "type_resolver",
    "subscribe_field_resolver",
    "max_coercion_errors",
    "enable_early_execution",
    "middleware",
    "is_awaitable",
    "is_async_iterable",
)


class BreadthFirstExecutor(StrawberryGraphQLCoreExecutionContext):
    """
    Execute operations level by level: each field once for all the objects that have it.

    Give it to graphql-core as `executor_class`, to Strawberry as `execution_context_class`.
    Operations that it does not serve are executed by graphql-core; `statistics` counts them by
    reason, and `on_fallback`, if it is set, is called with the reason.
    """

    statistics: ClassVar[Statistics] = Statistics()
    memory: ClassVar[Memory] = Memory(10_000, statistics)
    on_fallback: ClassVar[Callable[[str], None] | None] = None

    @classmethod
    @override
    def build(
        cls,
        schema: GraphQLSchema,
        document: DocumentNode,
        root_value: Any = None,
        context_value: Any = None,
        raw_variable_values: dict[str, Any] | None = None,
        operation_name: str | None = None,
        *others: Any,
        **named: Any,
    ) -> list[GraphQLError] | Executor[Any]:
        """Build an executor; an operation that was built before needs its variables only."""
        key = (id(schema), id(document), operation_name)
        options = {**dict(zip(_OPTIONS, others, strict=False)), **named}
        prepared = None if options.get("middleware") else cls.memory.prepared.get(key)
        if prepared is not None:
            with suppress(NotPlainError):
                values = prepared.coerce(raw_variable_values or {})
                return cls(
                    *(schema, prepared.fragment_definitions, prepared.fragments),
                    *(root_value, context_value, prepared.operation, values),
                    **_with_defaults(options),
                )
        built = super().build(
            *(schema, document, root_value, context_value, raw_variable_values, operation_name),
            **options,
        )
        if prepared is None and not isinstance(built, list):
            cls.memory.prepare(key, document, built)
        return built

    @property  # type: ignore[explicit-override]
    @override
    def async_helpers(self) -> GraphQLResolveInfoHelpers:
        """Made when asked for: kept, it would tie every executor to itself for the collector."""
        return GraphQLResolveInfoHelpers(gather=self.gather_async_work, track=self.track_async_work)

    @async_helpers.setter
    def async_helpers(self, made: GraphQLResolveInfoHelpers) -> None:
        del made

    @override
    def build_resolve_info(
        self,
        field_def: GraphQLField,
        field_nodes: list[FieldNode],
        parent_type: GraphQLObjectType,
        path: Path,
    ) -> GraphQLResolveInfo[Any]:
        # Strawberry's resolvers expect Strawberry's info, those of other schemas graphql-core's.
        build = (
            super().build_resolve_info
            if hasattr(self.schema, "_strawberry_schema")
            else IncrementalExecutor.build_resolve_info.__get__(self)
        )
        info: GraphQLResolveInfo[Any] = build(field_def, field_nodes, parent_type, path)
        return info

    @override
    def execute_collected_root_fields(
        self,
        root_type: GraphQLObjectType,
        root_value: Any,
        grouped_field_set: GroupedFieldSet,
        serially: bool,
        new_defer_usages: Sequence[DeferUsage],
    ) -> AwaitableOrValue[dict[str, Any]]:
        """Execute the operation, or hand it to graphql-core."""
        known = self.memory.operation(self)
        reason = "abort_signal" if self.abort_signal is not None else known.unserved
        if reason is not None:
            self.statistics.fallbacks[reason] += 1
            tell = type(self).on_fallback
            if tell is not None:
                tell(reason)
            return super().execute_collected_root_fields(
                root_type, root_value, grouped_field_set, serially, new_defer_usages
            )
        self.statistics.executions += 1
        plan = self.memory.plan(self, known, root_type, grouped_field_set)
        data: AwaitableOrValue[dict[str, Any]] = Execution(self, plan).run(
            root_value, serially=serially
        )
        return data


def _with_defaults(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options of `build` as the class itself takes them."""
    unused = {"max_coercion_errors", "middleware"}
    given = {name: value for name, value in options.items() if name not in unused}
    given["field_resolver"] = given.get("field_resolver") or default_field_resolver
    given["type_resolver"] = given.get("type_resolver") or default_type_resolver
    subscribe = given.get("subscribe_field_resolver") or default_field_resolver
    given["subscribe_field_resolver"] = subscribe
    return given
