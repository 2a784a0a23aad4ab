"""What the pages say is so."""

import re

from collections.abc import Iterator
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

import pytest
import typer

from graphql import build_schema, parse, validate

from schema.coverage import written
from schema.root import schema
from server import commands
from settings import Settings
from transport.errors import Code


PROJECT = Path(__file__).resolve().parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")
PAGES = [PROJECT / "README.md", PROJECT / "CHANGELOG.md", *sorted((PROJECT / "docs").rglob("*.md"))]
CONTRACT = build_schema(written(schema))

LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
GRAPHQL = re.compile(
    r"^(?:```graphql|cat > \S+\.graphql.+?)\n(.*?)^(?:```|EOF)$", re.MULTILINE | re.DOTALL
)
COMMAND = re.compile(r"python -m server ([a-z][a-z-]+)")
TARGET = re.compile(r"(?:^|`)make ([a-z]+)", re.MULTILINE)


def documents() -> Iterator[tuple[str, str]]:
    """Give each GraphQL document of the pages with the page's name."""
    for page in PAGES:
        for text in GRAPHQL.findall(page.read_text(encoding="utf-8")):
            yield page.name, text


def row(setting: Field[Any]) -> str:
    """Write the line of the table of settings."""
    default = f"`{shown(setting.default)}`" if shown(setting.default) else ""
    expected = setting.metadata["expected"].replace("|", "\\|")
    return f"| `{setting.name.upper()}` | {default} | {expected} | {setting.metadata['meaning']} |"


def shown(value: object) -> str:
    """Write a default as an operator would set it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, bytes):
        return value.hex()
    return f"{value:g}" if isinstance(value, float) else str(value)


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda setting: setting.name)
def test_every_setting_stands_in_the_table_with_its_default(setting: Field[Any]) -> None:
    assert row(setting) in README.splitlines()


def test_the_table_names_no_setting_that_does_not_exist() -> None:
    section = README.partition("\n### Settings\n")[2].partition("\n## ")[0]
    names = set(re.findall(r"^\| `([A-Z_]+)`", section, re.MULTILINE))

    assert names == {setting.name.upper() for setting in fields(Settings)}


@pytest.mark.parametrize(("page", "text"), list(documents()))
def test_every_graphql_document_of_the_pages_is_valid(page: str, text: str) -> None:
    assert validate(CONTRACT, parse(text)) == [], page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    for target, section in LINK.findall(page.read_text(encoding="utf-8")):
        found = (page.parent / target).resolve() if target else page
        assert found.exists(), target
        if section:
            headings = HEADING.findall(found.read_text(encoding="utf-8"))
            assert section in {anchor(heading) for heading in headings}, section


def anchor(heading: str) -> str:
    """Give the anchor that Markdown viewers make of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_the_pages_name_exists(page: Path) -> None:
    group = typer.main.get_group(commands)
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    text = page.read_text(encoding="utf-8")

    assert set(COMMAND.findall(text)) <= group.commands.keys()
    for target in TARGET.findall(text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_command_stands_in_the_table() -> None:
    for name in typer.main.get_group(commands).commands:
        assert re.search(rf"^\| `{name}` \|", README, re.MULTILINE), name


def test_every_code_of_the_transport_stands_in_the_table_of_errors() -> None:
    section = README.partition("\n## How errors look\n")[2].partition("\n## ")[0]

    assert [code.value for code in Code if f"`{code.value}`" not in section] == []
