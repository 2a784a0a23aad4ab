"""The executor class that graphql-core and Strawberry are given."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from graphql import FieldNode, GraphQLField, GraphQLObjectType, GraphQLResolveInfo
from graphql.execution.collect_fields import DeferUsage, GroupedFieldSet
from graphql.execution.incremental import IncrementalExecutor
from graphql.pyutils import AwaitableOrValue, Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from typing_extensions import override

from executor.execution import Execution
from executor.memory import Memory, Statistics


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
