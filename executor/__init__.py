"""A breadth-first executor for graphql-core and Strawberry."""

from executor.batching import batched
from executor.breadth_first import BreadthFirstExecutor


__all__ = ["BreadthFirstExecutor", "batched"]
