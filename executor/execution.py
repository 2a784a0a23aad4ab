"""
One execution: batches are resolved level by level until none is left and none is waited for.

A batch is a generator that runs without a task of its own. Where values must be awaited it yields
them and goes on when all have an outcome; other batches do not wait for it.
"""

from asyncio import Task
from collections import deque
from collections.abc import Iterator
from typing import Any

from graphql import GraphQLObjectType
from graphql.execution import Executor

from executor.completion import Batch, Completion, Work
from executor.failures import Failures
from executor.objects import Target
from executor.places import PartPlace, Place
from executor.planning import select
from executor.plans import FieldPlan, Plan, Selection
from executor.waiting import Wait, ended, outcomes_of_first, release


class Execution:
    """The state of one execution; nothing of it outlives the answer."""

    def __init__(self, executor: Executor[Any], plan: Plan) -> None:
        self.executor = executor
        self.plan = plan
        self.failures = Failures()
        self.waits: list[Wait] = []
        self._batches: deque[Batch] = deque()

    def run(self, value: Any, *, serially: bool) -> Any:
        """
        Execute the operation on its root value.

        Return the data, or a coroutine that returns it if something must be awaited. Errors are
        put where the executor collects them.
        """
        root = Place()
        phases: Iterator[list[Batch]] = iter([[]])
        if serially:
            data: Target = dict.fromkeys(self.plan.root.keys)
            fields = self.plan.root.fields
            phases = iter([[Batch(field, [value], [data], root)] for field in fields])
        else:
            (data,) = self.build(self.plan.root, [value], root)
        for phase in phases:
            self._resolve(phase)
            if self.failures.reach_the_root:
                self._give_up()
                break
            if self.waits:
                return self._run_on(data, phases)
        return self._answer(data)

    async def _run_on(self, data: Target, phases: Iterator[list[Batch]]) -> Target | None:
        await self._settle()
        for phase in phases:
            if self.failures.reach_the_root:
                break
            self._resolve(phase)
            await self._settle()
        return self._answer(data)

    def _answer(self, data: Target) -> Target | None:
        answer, errors = self.failures.carry(data)
        self.executor.collected_errors.errors.extend(errors)
        return answer

    def build(self, selection: Selection, sources: list[Any], place: Place) -> list[Target]:
        """Return an object of the answer for each source; its other fields are still to resolve."""
        broken: list[int] = []

        def repair(index: int) -> Target:
            broken.append(index)
            return dict.fromkeys(selection.keys)

        inlining = selection.inlining(self.executor, sources, place)
        targets = inlining.build(sources, repair)
        for field in inlining.batched:
            self._batches.append(Batch(field, sources, targets, place))
        if broken:
            some = [sources[index] for index in broken]
            theirs = [targets[index] for index in broken]
            part = PartPlace(place, broken)
            for field in inlining.inlined:
                self._batches.append(Batch(field, some, theirs, part))
        return targets

    def selection_of(self, field: FieldPlan, parent: GraphQLObjectType) -> Selection:
        """Return what is asked of the objects of a type that a field gave."""
        found = field.selections.get(parent.name)
        if found is None:
            collected = self.executor.collect_subfields(parent, field.details)
            found = field.selections[parent.name] = select(
                self.executor, parent, collected.grouped_field_set, wrapped=self.plan.wrapped
            )
        return found

    def _resolve(self, batches: list[Batch]) -> None:
        self._batches.extend(batches)
        while self._batches:
            batch = self._batches.popleft()
            self._go_on(Completion(self, batch).work(), None)

    def _go_on(self, work: Work, outcomes: list[Any] | None) -> None:
        try:
            awaitables = work.send(outcomes)  # type: ignore[arg-type]  # None starts a generator
        except StopIteration:
            return
        self.waits.append(Wait(work, awaitables))

    async def _settle(self) -> None:
        """
        Wait for all that is waited for, and for all that follows from it.

        Once the whole answer is null nothing more is begun or waited for.
        """
        try:
            while self.waits and not self.failures.reach_the_root:
                for wait, outcomes in await outcomes_of_first(self.waits):
                    self._go_on(wait.work, outcomes)
                self._resolve([])
        finally:
            await ended(self._give_up())

    def _give_up(self) -> list[Task[Any]]:
        """Wait for nothing more; return the tasks that were cancelled."""
        released = release(self.waits)
        if released.unbegun:
            # A coroutine may hold others, which would never be awaited if it were closed.
            self.executor.settle_in_background(released.unbegun)
        return released.tasks
