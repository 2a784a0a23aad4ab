"""Documents written to be costly are answered quickly; no document makes the service fail."""

import time

from collections.abc import Callable

import pytest

from tests.world import World


CPU_SECONDS = 0.25


def fan(number: int) -> str:
    """Each fragment spreads the next twice."""
    fragments = "\n".join(
        f"fragment F{index} on Query {{ ...F{index + 1} ...F{index + 1} }}"
        for index in range(number)
    )
    return f"{{ ...F0 }} {fragments} fragment F{number} on Query {{ __typename }}"


def fields_fan(number: int) -> str:
    """Each fragment enters two fields, which spread the next."""
    fragments = "\n".join(
        f"fragment F{index} on Structure {{"
        f" predecessor {{ ...F{index + 1} }} successor {{ ...F{index + 1} }} }}"
        for index in range(number)
    )
    return (
        '{ structure(by: { siret: "73282932000074" }) { ...F0 } }'
        f"{fragments} fragment F{number} on Structure {{ id }}"
    )


def aliased_fan(number: int) -> str:
    """Each fragment enters one field twice, under aliases."""
    fragments = "\n".join(
        f"fragment F{index} on Structure {{"
        f" a: predecessor {{ ...F{index + 1} }} b: predecessor {{ ...F{index + 1} }} }}"
        for index in range(number)
    )
    return (
        '{ structure(by: { siret: "73282932000074" }) { ...F0 } }'
        f"{fragments} fragment F{number} on Structure {{ id }}"
    )


def complete(number: int) -> str:
    """Each fragment spreads all that follow."""
    fragments = "\n".join(
        f"fragment F{index} on Query {{"
        f" {' '.join(f'...F{later}' for later in range(index + 1, number + 1))} }}"
        for index in range(number)
    )
    return f"{{ ...F0 }} {fragments} fragment F{number} on Query {{ __typename }}"


def unused(number: int) -> str:
    return f"{{ __typename }} {fan(number).partition('}')[2]}"


def circle(number: int) -> str:
    fragments = " ".join(
        f"fragment F{index} on Query {{ ...F{(index + 1) % number} }}" for index in range(number)
    )
    return f"{{ ...F0 }} {fragments}"


def circle_of_fields(number: int) -> str:
    fragments = " ".join(
        f"fragment F{index} on Structure {{ predecessor {{ ...F{(index + 1) % number} }} }}"
        for index in range(number)
    )
    return f'{{ structure(by: {{ siret: "" }}) {{ ...F0 }} }} {fragments}'


def unknown(number: int) -> str:
    return f"{{ {' '.join(f'...U{index}' for index in range(number))} }}"


def repeated(number: int) -> str:
    return f"{{ areas {{ {'code ' * (number * 15)} }} }}"


def repeated_branches(number: int) -> str:
    return "{ " + "viewer { memberships { nodes { role } } } " * number + "}"


def overlapping(number: int) -> str:
    """Many fields that must be compared with each other, with different arguments."""
    return "{ " + " ".join(f"node(id: {index}) {{ id }}" for index in range(number)) + " }"


def overlapping_fragments(number: int) -> str:
    spreads = " ".join(f"...F{index}" for index in range(number))
    fragments = " ".join(
        f"fragment F{index} on Query {{ areas {{ code position }} }}" for index in range(number)
    )
    return f"{{ {spreads} }} {fragments}"


def nested_inline(number: int) -> str:
    return "{ " + "... { " * number + "__typename" + " }" * number + " }"


def introspecting(number: int) -> str:
    """Introspection that fans out over all types again and again."""
    levels = min(number, 60) // 10
    inner = "fields { type { " * levels + "name" + " } }" * levels
    return f"{{ __schema {{ types {{ {inner} }} }} }}"


def many_operations(number: int) -> str:
    return " ".join(f"query Q{index} {{ areas {{ code }} }}" for index in range(number))


def many_variables(number: int) -> str:
    defined = " ".join(f"$v{index}: Int" for index in range(number))
    return f"query ({defined}) {{ __typename }}"


SHAPES: list[Callable[[int], str]] = [
    fan,
    fields_fan,
    aliased_fan,
    complete,
    unused,
    circle,
    circle_of_fields,
    unknown,
    repeated,
    repeated_branches,
    overlapping,
    overlapping_fragments,
    nested_inline,
    introspecting,
    many_operations,
    many_variables,
]


@pytest.mark.parametrize("number", [2, 5, 20, 50, 100])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
async def test_a_costly_document_is_answered_quickly(
    service: World, shape: Callable[[int], str], number: int
) -> None:
    person = await service.user()
    spent = []
    for attempt in range(3):
        # A comment, or the document would be known; the least, or other work would count.
        document = f"{shape(number)} # {attempt}"
        begun = time.process_time()
        answer = await service.ask(person, document)
        spent.append(time.process_time() - begun)

        assert answer.status == 200
        assert "INTERNAL" not in answer.codes

    assert min(spent) < CPU_SECONDS
