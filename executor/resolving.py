"""Resolutions: functions that give one value for each object of a batch."""

from typing import Any

from graphql.execution import Executor

from executor.arguments import arguments_of_each
from executor.information import Information
from executor.places import Place
from executor.plans import FieldPlan, Resolution
from executor.readers import Reader


def resolve_each(
    executor: Executor[Any], field: FieldPlan, sources: list[Any], place: Place
) -> list[Any]:
    """Call the field's resolver as graphql-core does, with the middleware if there is one."""
    resolve = field.definition.resolve or executor.field_resolver
    if executor.middleware_manager is not None:
        resolve = executor.middleware_manager.get_field_resolver(resolve)
    try:
        arguments = arguments_of_each(executor, field, len(sources))
    except Exception as error:  # noqa: BLE001 - every error of a field is an error of the answer
        return [error] * len(sources)
    information = Information(executor, field, place)
    values: list[Any] = []
    for index, (source, its_arguments) in enumerate(zip(sources, arguments, strict=True)):
        try:
            values.append(resolve(source, information.of(index), **its_arguments))
        except Exception as error:  # noqa: BLE001 - as above
            values.append(error)
    return values


def resolve_by_reading(reader: Reader) -> Resolution:
    """Return a resolution that reads an attribute of all objects."""
    read = reader.compile()

    def read_one(source: Any) -> Any:
        try:
            return read([source])[0]
        except Exception as error:  # noqa: BLE001 - as above
            return error

    def resolve(
        executor: Executor[Any],  # noqa: ARG001 - a resolution's signature
        field: FieldPlan,  # noqa: ARG001
        sources: list[Any],
        place: Place,  # noqa: ARG001
    ) -> list[Any]:
        try:
            return read(sources)
        except Exception:  # noqa: BLE001 - as above
            return [read_one(source) for source in sources]

    return resolve
