"""Objects of the answer: which concrete type a value has, and whether the type agrees."""

from collections.abc import Generator, Sequence
from types import NoneType
from typing import TYPE_CHECKING, Any

from graphql import GraphQLObjectType
from graphql.execution import Executor
from graphql.execution.executor import invalid_return_type_error

from executor.information import Information
from executor.kinds import AWAITABLE, KINDS, PLAIN, kinds_of
from executor.objects import Target
from executor.places import FieldPlace, PartPlace, Place
from executor.plans import FieldPlan, Selection
from executor.shapes import Shape


if TYPE_CHECKING:
    from executor.completion import Completion, Results


FEWEST = 32
"""How many values a batch has at least for it to be asked whether they are the same few objects."""

SAMPLED = 4
"""Of how many values one is looked at for that."""

FEWEST_SHARED = 2
"""How many times each of them must come up there."""

# The indexes of the values that have a type, by type.
Groups = dict[str, tuple[GraphQLObjectType, Sequence[int]]]


def concrete_objects(
    completion: "Completion", values: list[Any], shape: Shape, place: Place
) -> "Results":
    """Return the object of the answer for each value, null for null and for what failed."""
    classes = set(map(type, values))
    indexes: Sequence[int] = range(len(values))
    if NoneType in classes:
        indexes = [index for index in indexes if values[index] is not None]
    if not indexes:
        return values
    named: Any = shape.named
    part = Part(completion, values, place)
    if shape.abstract:
        groups = yield from part.by_type(named, indexes)
    else:
        groups = {named.name: (named, indexes)}
    results: list[Any] = [None] * len(values)
    for object_type, its_indexes in groups.values():
        checked = its_indexes
        if object_type.is_type_of is not None:
            checked = yield from part.checked(object_type, its_indexes, classes)
        if len(checked) == len(values):
            return part.objects(object_type, checked)
        for index, result in zip(checked, part.objects(object_type, checked), strict=True):
            results[index] = result
    return results


def shared_objects(
    completion: "Completion", values: list[Any], shape: Shape, place: Place
) -> list[Any] | None:
    """
    Return the objects of the answer where many values are the same few objects, else None.

    If all their fields are leaves, or attributes of which that is true, each has one object of the
    answer, which stands wherever it is asked for. What needs a closer look, or comes up for the
    first time, is not for here.
    """
    sample = values[: max(FEWEST, len(values) // SAMPLED)]
    if len(set(map(id, sample))) * FEWEST_SHARED > len(sample):
        return None
    return _shared(completion.execution.executor, completion.field, values, shape, place)


def _shared(
    executor: Executor[Any], field: FieldPlan, values: list[Any], shape: Shape, place: Place
) -> list[Any] | None:
    selection = field.selections.get(shape.named.name)
    if selection is None:
        return None
    identities = list(map(id, values))
    unique = dict(zip(identities, values, strict=True))
    sources = list(unique.values())
    classes = set(map(type, sources))
    predicate = getattr(shape.named, "is_type_of", None)
    if any(KINDS[one] != PLAIN for one in classes) or (
        predicate is not None and not classes <= selection.accepted
    ):
        return None
    made = _built(executor, selection, sources, place)
    if made is None:
        return None
    shared = dict(zip(unique, made, strict=True))
    return list(map(shared.__getitem__, identities))


def _built(
    executor: Executor[Any], selection: Selection, sources: list[Any], place: Place
) -> list[Target] | None:
    """Return a whole object of the answer for each source, or None where one needs more."""
    inlining = selection.inlining(executor, sources, place)
    if not all(field.reads and field.shape.concrete for field in inlining.batched):
        return None
    broken: list[int] = []

    def repair(index: int) -> Target:
        broken.append(index)
        return {}

    targets = inlining.build(sources, repair)
    if broken:
        return None
    for field in inlining.batched:
        its_place = FieldPlace(place, field.step)
        values: Any = field.resolve(executor, field, sources, its_place)
        results = _shared(executor, field, values, field.shape, its_place)
        if results is None:
            return None
        for target, result in zip(targets, results, strict=True):
            target[field.key] = result
    return targets


class Part:
    """The values of one batch and place while their types are looked for."""

    __slots__ = ("_completion", "_information", "_place", "_values")

    def __init__(self, completion: "Completion", values: list[Any], place: Place) -> None:
        self._completion = completion
        self._values = values
        self._place = place
        self._information: Information | None = None

    def objects(self, object_type: GraphQLObjectType, indexes: Sequence[int]) -> list[Any]:
        """Return the objects of the answer for the values of one concrete type."""
        if not indexes:
            return []
        execution, values, place = self._completion.execution, self._values, self._place
        try:
            selection = execution.selection_of(self._completion.field, object_type)
        except Exception as error:  # noqa: BLE001 - an impossible @include fails each object
            for index in indexes:
                self._completion.fail(place, index, error)
            return [None] * len(indexes)
        if len(indexes) == len(values):
            return execution.build(selection, values, place)
        sources = [values[index] for index in indexes]
        return execution.build(selection, sources, PartPlace(place, indexes))

    def by_type(
        self, abstract: Any, indexes: Sequence[int]
    ) -> Generator[list[Any], list[Any], Groups]:
        """Group values by the concrete type that the abstract one resolves them to."""
        executor, field = self._completion.execution.executor, self._completion.field
        resolve = abstract.resolve_type or executor.type_resolver
        names = yield from self._answers(
            indexes, lambda value, info: resolve(value, info, abstract)
        )
        groups: dict[str, tuple[GraphQLObjectType, list[int]]] = {}
        for index, name in zip(indexes, names, strict=True):
            group = groups.get(name) if type(name) is str else None
            if group is None:
                try:
                    if isinstance(name, Exception):
                        raise name  # noqa: TRY301
                    found = executor.ensure_valid_runtime_type(
                        name, abstract, field.details, self._info(index), self._values[index]
                    )
                except Exception as error:  # noqa: BLE001 - every error of a field is the answer's
                    self._completion.fail(self._place, index, error)
                    continue
                group = groups.setdefault(found.name, (found, []))
            group[1].append(index)
        return dict(groups)

    def checked(
        self, object_type: GraphQLObjectType, indexes: Sequence[int], classes: set[type]
    ) -> Generator[list[Any], list[Any], Sequence[int]]:
        """
        Return the indexes of the values that the type's predicate accepts.

        A predicate with a true attribute `by_class` looks at the class of a value only: it is
        asked about one value of each class, and the plan remembers those that it accepted.
        """
        predicate: Any = object_type.is_type_of
        if getattr(predicate, "by_class", False):
            selection = self._completion.field.selections.get(object_type.name)
            accepted = set() if selection is None else selection.accepted
            if classes <= accepted:
                return indexes
            one_of_each = {type(self._values[index]): index for index in indexes}
            answers = yield from self._answers(list(one_of_each.values()), predicate)
            if all(answer is True for answer in answers):
                accepted.update(one_of_each)
                return indexes
        answers = yield from self._answers(indexes, predicate)
        if all(answer is True for answer in answers):
            return indexes
        passed: list[int] = []
        for index, answer in zip(indexes, answers, strict=True):
            if isinstance(answer, Exception):
                self._completion.fail(self._place, index, answer)
            elif answer:
                passed.append(index)
            else:
                details = self._completion.field.details
                error = invalid_return_type_error(object_type, self._values[index], details)
                self._completion.fail(self._place, index, error)
        return passed

    def _answers(self, indexes: Sequence[int], ask: Any) -> "Results":
        """Return what a function says of each value; an exception where it raised one."""
        answers: list[Any] = []
        for index in indexes:
            try:
                answers.append(ask(self._values[index], self._info(index)))
            except Exception as error:  # noqa: BLE001 - as above
                answers.append(error)
        if kinds_of(answers) & AWAITABLE:
            answers = yield from self._completion.settled(answers)
        return answers

    def _info(self, index: int) -> Any:
        if self._information is None:
            completion = self._completion
            self._information = Information(
                completion.execution.executor, completion.field, completion.place
            )
        return self._information.of_value(self._place, index)
