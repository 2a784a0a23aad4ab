import json

from pathlib import Path

import pytest

from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse, validate


ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "web" / "examples").glob("*.graphql"))


def _variables(example: Path) -> dict[str, object]:
    path = example.with_suffix(".json")
    variables: dict[str, object] = json.loads(path.read_text()) if path.is_file() else {}
    return variables


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_an_example_is_valid(example: Path, schema: GraphQLSchema) -> None:
    assert validate(schema, parse(example.read_text())) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_an_example_begins_with_its_title(example: Path) -> None:
    title = example.read_text().splitlines()[0]
    assert title.startswith("# ")
    assert len(title) <= 30


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_an_example_brings_the_variables_that_it_uses(example: Path) -> None:
    declared = [
        variable
        for definition in parse(example.read_text()).definitions
        if isinstance(definition, OperationDefinitionNode)
        for variable in definition.variable_definitions or ()
    ]
    known = {variable.variable.name.value for variable in declared}
    required = {
        variable.variable.name.value for variable in declared if variable.default_value is None
    }
    assert required <= set(_variables(example)) <= known


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_an_example_that_changes_something_only_foresees_it(example: Path) -> None:
    if "mutation" in example.read_text():
        assert _variables(example)["dryRun"] is True
