"""Documents that were read are kept, within bounds."""

from schema.root import schema
from settings import Settings
from transport.documents import MOST_CHARACTERS, Documents


GRAPH = schema._schema


def test_a_document_is_read_once() -> None:
    documents = Documents(GRAPH, Settings())

    assert documents.read("{ areas { code } }") is documents.read("{ areas { code } }")


def test_the_longest_unused_is_given_up_first() -> None:
    documents = Documents(GRAPH, Settings(document_cache=2))
    first, second = documents.read("{ a: __typename }"), documents.read("{ b: __typename }")
    assert documents.read("{ a: __typename }") is first

    documents.read("{ c: __typename }")

    assert len(documents) == 2
    assert documents.read("{ a: __typename }") is first
    assert documents.read("{ b: __typename }") is not second


def test_long_documents_are_kept_in_smaller_number() -> None:
    documents = Documents(GRAPH, Settings(), characters=10_000)

    for number in range(20):
        documents.read("{ __typename } #" + str(number).ljust(3_000))

    assert len(documents) == 3


def test_a_document_longer_than_all_room_is_read_and_not_kept() -> None:
    documents = Documents(GRAPH, Settings(), characters=10)

    assert documents.read("{ __typename }").refusals == []
    assert len(documents) == 0


def test_a_refused_document_is_refused_again() -> None:
    documents = Documents(GRAPH, Settings())

    assert documents.read("{ a }").refusals == documents.read("{ a }").refusals != []


def test_what_is_kept_at_the_most_has_room_in_memory() -> None:
    # The costliest documents that were found take about 165 times their length.
    assert MOST_CHARACTERS * 165 < 100 * 1024 * 1024
