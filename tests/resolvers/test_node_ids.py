"""Global ids: typed, opaque, with one spelling each."""

import string

from base64 import urlsafe_b64encode

import pytest

from hypothesis import given
from hypothesis import strategies as st

from resolvers.node_ids import NodeIds, NodeKind
from tests.world import World


IDS = NodeIds(b"a secret of the tests")
LETTERS = string.ascii_letters + string.digits + "-_=+/. "

kinds = st.sampled_from(NodeKind)
numbers = st.integers(min_value=0, max_value=2**63 - 1)


@given(kinds, numbers, numbers)
def test_an_id_is_read_as_it_was_written(kind: NodeKind, first: int, second: int) -> None:
    assert IDS.decode(IDS.encode(kind, first)) == (kind, (first,))
    assert IDS.decode(IDS.encode(kind, first, second)) == (kind, (first, second))


@given(kinds, numbers)
def test_an_id_of_another_secret_is_not_read(kind: NodeKind, number: int) -> None:
    assert IDS.decode(NodeIds(b"another secret").encode(kind, number)) is None


@pytest.mark.parametrize("kind", NodeKind)
def test_a_change_of_any_character_makes_no_other_id(kind: NodeKind) -> None:
    written = IDS.encode(kind, 300, 7)
    changed = {
        written[:place] + letter + written[place + 1 :]
        for place in range(len(written))
        for letter in LETTERS
    }
    assert {IDS.decode(text) for text in changed - {written}} == {None}


@pytest.mark.parametrize("kind", NodeKind)
def test_an_id_has_one_spelling(kind: NodeKind) -> None:
    written = IDS.encode(kind, 300)
    others = [
        written[:-1],
        written[1:],
        written.upper(),
        written.replace("_", "-"),
        *(written + tail for tail in ("=", "==", "A", " ", "\n", "\0", "é")),
        *(head + written for head in (" ", "\ufeff", "s", "_")),
        urlsafe_b64encode(written.encode()).decode(),
        written + "A" * 10_000,
    ]
    assert {IDS.decode(text) for text in others} == {None}


@pytest.mark.parametrize("kind", NodeKind)
def test_the_number_of_an_id_is_not_that_of_another_type(kind: NodeKind) -> None:
    for other in NodeKind:
        written = IDS.encode(kind, 5)
        assert IDS.number(written, other) == (5 if other == kind else None)
        moved = f"{other.value}{written[2:]}"
        assert other == kind or IDS.decode(moved) is None


@given(st.text(max_size=40))
def test_no_text_is_an_error(text: str) -> None:
    assert IDS.decode(text) is None
    assert IDS.decode(f"st_{text}") is None
    assert IDS.unseal("cursor", text) is None


@given(st.binary(max_size=2_000))
def test_what_was_sealed_is_read_for_its_purpose_only(text: bytes) -> None:
    sealed = IDS.seal("one", text)
    assert IDS.unseal("one", sealed) == (text or None)
    assert IDS.unseal("two", sealed) is None


async def test_a_wrong_id_is_a_missing_object(world: World) -> None:
    person = await world.user()
    own = world.id(person)
    wrong = [
        "",
        "st_",
        "_",
        "5",
        own[:-1],
        own + "=",
        own.swapcase(),
        "st" + own[2:],
        own * 50,
        "é" * 30,
        "A" * 10_000,
        "VXNlcjox",
        world.parts.node_ids.encode(NodeKind.USER, 2**63 - 1),
    ]
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } node(id: $id) { id } }".replace(
        "$ids: [ID!]!", "$ids: [ID!]!, $id: ID!"
    )
    for text in wrong:
        answer = await world.ask(person, document, ids=[text, own, text], id=text)
        assert answer.data == {"nodes": [None, {"id": own}, None], "node": None}
