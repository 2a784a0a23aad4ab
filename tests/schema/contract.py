"""What a change of the schema means for those who use it."""

import re

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from graphql import (
    BreakingChangeType,
    DangerousChangeType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    find_schema_changes,
)


VERSION = re.compile(r"\d+\.\d+\.\d+")
COORDINATE = re.compile(r"@?\w+(?:\.\w+)?")


class Verdict(StrEnum):
    """How much a change asks of existing clients."""

    BREAKING = "breaking"
    DANGEROUS = "dangerous"
    SAFE = "safe"


@dataclass(frozen=True, slots=True)
class Change:
    """One change, in words, with the type or field that it concerns."""

    verdict: Verdict
    coordinate: str
    description: str


def changes(old: GraphQLSchema, new: GraphQLSchema) -> list[Change]:
    """Classify what became of *old* in *new*."""
    found = [
        (_verdict(change.type), change.description) for change in find_schema_changes(old, new)
    ]
    found.extend((Verdict.BREAKING, words) for words in _narrowed_inputs(old, new))
    found.extend((Verdict.DANGEROUS, words) for words in _changed_requirements(old, new))
    names = old.type_map.keys() | new.type_map.keys()
    return [Change(verdict, _coordinate(words, names), words) for verdict, words in found]


def unannounced(found: list[Change], changelog: str) -> list[str]:
    """Give the breaking changes that no line under "Breaking" of the next release names."""
    section = breaking_section(changelog)
    return [
        change.description
        for change in found
        if change.verdict == Verdict.BREAKING and f"`{change.coordinate}`" not in section
    ]


def breaking_section(changelog: str) -> str:
    """Give the lines under "Breaking" of what is not released yet."""
    _, _, rest = changelog.partition("\n## [Unreleased]\n")
    unreleased, _, _ = rest.partition("\n## ")
    _, _, section = unreleased.partition("### Breaking\n")
    return section.partition("\n### ")[0]


def last_release(folder: Path) -> Path:
    """Give the contract of the newest release in *folder*."""
    files = (path for path in folder.glob("*.graphql") if VERSION.fullmatch(path.stem))
    return max(files, key=lambda path: [int(number) for number in path.stem.split(".")])


def _verdict(kind: object) -> Verdict:
    if isinstance(kind, BreakingChangeType):
        return Verdict.BREAKING
    return Verdict.DANGEROUS if isinstance(kind, DangerousChangeType) else Verdict.SAFE


def _coordinate(words: str, names: set[str]) -> str:
    found = COORDINATE.findall(words)
    named = (word for word in found if word.startswith("@") or word.partition(".")[0] in names)
    return next(named, words)


def _narrowed_inputs(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[str]:
    yield from (
        f"{name} takes exactly one of its fields now."
        for name in _one_of_inputs(new) - _one_of_inputs(old)
        if name in old.type_map
    )


def _one_of_inputs(schema: GraphQLSchema) -> set[str]:
    return {
        name
        for name, type_ in schema.type_map.items()
        if isinstance(type_, GraphQLInputObjectType) and type_.is_one_of
    }


def _changed_requirements(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[str]:
    before, after = requirements(old), requirements(new)
    for coordinate in before.keys() & after.keys():
        if before[coordinate] != after[coordinate]:
            yield f"{coordinate} has another requirement: {after[coordinate] or 'none'}"


def requirements(schema: GraphQLSchema) -> Mapping[str, str]:
    """Give the last line of each field's description where it tells who may read the field."""
    found = {}
    for coordinate, field in output_fields(schema):
        _, _, last = f"\n{field.description or ''}".rpartition("\n")
        found[coordinate] = last if last.startswith("Requires ") else ""
    return found


def output_fields(schema: GraphQLSchema) -> Iterator[tuple[str, GraphQLField]]:
    """Give the fields of objects and interfaces with their coordinates."""
    for name, type_ in schema.type_map.items():
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and name[:2] != "__":
            for field_name, field in type_.fields.items():
                yield f"{name}.{field_name}", field
