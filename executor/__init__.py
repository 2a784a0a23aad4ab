"""A breadth-first executor for graphql-core and Strawberry."""

from executor.breadth_first import BreadthFirstExecutor


__all__ = ["BreadthFirstExecutor"]
