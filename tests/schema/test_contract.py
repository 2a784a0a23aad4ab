"""What was published stays usable, or the CHANGELOG says what breaks."""

from pathlib import Path

import pytest

from graphql import GraphQLSchema, build_schema

from schema.coverage import written
from schema.root import schema
from tests.schema.contract import Change, Verdict, changes, last_release, unannounced


PROJECT = Path(__file__).resolve().parent.parent.parent
BASE = """
type Query {
  "A word."
  greeting(name: String = "you"): String
  mood: Mood
  found(by: Lookup): [Thing!]
}
enum Mood { GOOD BAD }
input Lookup { id: ID name: String }
interface Node { id: ID! }
type Thing implements Node { id: ID! label: String }
"""


@pytest.fixture
def base() -> GraphQLSchema:
    """A small contract that was published."""
    return build_schema(BASE)


def test_no_change_breaks_what_was_published_without_saying_so() -> None:
    published = build_schema(last_release(PROJECT / "docs" / "schema").read_text(encoding="utf-8"))
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert unannounced(changes(published, build_schema(written(schema))), changelog) == []


def test_the_file_of_the_contract_is_what_the_code_says() -> None:
    text = (PROJECT / "schema.graphql").read_text(encoding="utf-8")

    assert text == written(schema), "run `make schema`"


def test_the_same_contract_has_no_changes(base: GraphQLSchema) -> None:
    assert changes(base, build_schema(BASE)) == []


@pytest.mark.parametrize(
    ("before", "after", "coordinate"),
    [
        ("mood: Mood", "", "Query.mood"),
        ("label: String", "label: Int", "Thing.label"),
        ("label: String", "label: [String]", "Thing.label"),
        ("implements Node { id: ID!", "implements Node { id: ID", "Thing.id"),
        ('name: String = "you"', "name: String!", "Query.greeting"),
        ('name: String = "you"', "title: String", "Query.greeting"),
        ('name: String = "you"', 'name: String = "you", at: Int!', "Query.greeting"),
        ("GOOD BAD", "GOOD", "Mood.BAD"),
        ("id: ID name: String", "id: ID", "Lookup.name"),
        ("id: ID name: String", "id: ID name: String!", "Lookup.name"),
        ("id: ID name: String", "id: ID name: String day: Int!", "Lookup.day"),
        ("input Lookup", "input Lookup @oneOf", "Lookup"),
        ("type Thing implements Node", "type Thing", "Thing"),
        ("Thing", "Item", "Thing"),
    ],
)
def test_what_makes_a_written_query_fail_is_breaking(
    base: GraphQLSchema, before: str, after: str, coordinate: str
) -> None:
    found = changed(base, before, after)

    assert (Verdict.BREAKING, coordinate) in verdicts(found)
    assert unannounced(found, "\n## [Unreleased]\n\n### Breaking\n\n- `Something.else` is gone.\n")


@pytest.mark.parametrize(
    ("before", "after", "coordinate"),
    [
        ("GOOD BAD", "GOOD BAD TIRED", "Mood.TIRED"),
        ('name: String = "you"', 'name: String = "all"', "Query.greeting"),
        ("id: ID name: String", "id: ID name: String day: Int", "Lookup.day"),
        ("mood: Mood", "mood(at: Int): Mood", "Query.mood"),
        ('"A word."', '"""\nA word.\nRequires `word:read` (support).\n"""', "Query.greeting"),
    ],
)
def test_what_can_surprise_a_client_is_dangerous(
    base: GraphQLSchema, before: str, after: str, coordinate: str
) -> None:
    found = changed(base, before, after)

    assert (Verdict.DANGEROUS, coordinate) in verdicts(found)
    assert unannounced(found, "") == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("label: String", "label: String size: Int"),
        ("label: String", "label: String!"),
        ('"A word."', '"A kind word."'),
        ("enum Mood", "type Other { id: ID! } enum Mood"),
    ],
)
def test_what_no_client_can_notice_is_safe(base: GraphQLSchema, before: str, after: str) -> None:
    found = changed(base, before, after)

    assert {change.verdict for change in found} == {Verdict.SAFE}


def test_a_breaking_change_is_announced_by_its_coordinate(base: GraphQLSchema) -> None:
    found = changed(base, "mood: Mood", "")
    line = "- `Query.mood` is gone: ask `greeting`."

    assert unannounced(found, f"\n## [Unreleased]\n\n### Breaking\n\n{line}\n\n## [1.0.0]\n") == []
    assert unannounced(found, f"\n## [Unreleased]\n\n### Changed\n\n{line}\n") != []
    assert unannounced(found, f"\n## [Unreleased]\n\n## [1.0.0]\n\n### Breaking\n\n{line}\n") != []


def test_the_last_release_is_found_by_its_number(tmp_path: Path) -> None:
    for name in ("0.9.0", "0.10.0", "0.2.11", "draft"):
        (tmp_path / f"{name}.graphql").touch()

    assert last_release(tmp_path).stem == "0.10.0"


def changed(base: GraphQLSchema, before: str, after: str) -> list[Change]:
    """Publish the small contract with one place written otherwise."""
    assert before in BASE
    return changes(base, build_schema(BASE.replace(before, after)))


def verdicts(found: list[Change]) -> set[tuple[Verdict, str]]:
    """Give what was judged, and how."""
    return {(change.verdict, change.coordinate) for change in found}
