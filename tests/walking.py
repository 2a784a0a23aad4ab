"""Connections read page by page, the way a client does."""

from collections.abc import Awaitable, Callable
from typing import Any

from models.accounts import User
from tests.world import Answer


Ask = Callable[..., Awaitable[Answer]]

PAGE = """
  totalCount
  nodes { %(fields)s }
  edges { cursor node { id } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
"""
SPAN = "first: $first, after: $after, last: $last, before: $before"


class Route:
    """
    A way to a connection: *text* with `@` where the connection stands.

    *field* is the connection's own name, *fixed* its other arguments.
    """

    def __init__(self, text: str, field: str, fixed: str = "", fields: str = "id") -> None:
        self.field = field
        page = PAGE % {"fields": fields}
        connection = f"{field}({SPAN}{', ' + fixed if fixed else ''}) {{ {page} }}"
        self.document = (
            "query ($first: Int, $after: String, $last: Int, $before: String) {"
            f" {text.replace('@', connection)} }}"
        )

    async def page(self, ask: Ask, person: User, **span: Any) -> dict[str, Any]:
        """Read one page."""
        answer = await ask(person, self.document, **span)
        found: dict[str, Any] = self.found(answer.data)
        return found

    def found(self, data: Any) -> Any:
        """Give the connection in *data*, wherever it stands."""
        if isinstance(data, list):
            return next(filter(None, map(self.found, data)), None)
        if not isinstance(data, dict):
            return None
        return data.get(self.field) or self.found(list(data.values()))

    async def forwards(self, ask: Ask, person: User, size: int) -> list[Any]:
        """Read every entry from the start, *size* at a time, and check what pages tell."""
        entries: list[Any] = []
        after: str | None = None
        while True:
            page = await self.page(ask, person, first=size, after=after)
            check(page)
            entries += page["nodes"]
            information = page["pageInfo"]
            assert information["hasPreviousPage"] is (after is not None)
            if not information["hasNextPage"]:
                assert page["totalCount"] == len(entries)
                return entries
            assert len(page["nodes"]) == size
            after = information["endCursor"]

    async def backwards(self, ask: Ask, person: User, size: int) -> list[Any]:
        """Read every entry from the end, *size* at a time, and check what pages tell."""
        entries: list[Any] = []
        before: str | None = None
        while True:
            page = await self.page(ask, person, last=size, before=before)
            check(page)
            entries = page["nodes"] + entries
            information = page["pageInfo"]
            assert information["hasNextPage"] is (before is not None)
            if not information["hasPreviousPage"]:
                assert page["totalCount"] == len(entries)
                return entries
            assert len(page["nodes"]) == size
            before = information["startCursor"]


def check(page: dict[str, Any]) -> None:
    """Check that the edges of *page* are its nodes, and that its cursors are theirs."""
    edges = page["edges"]
    assert [edge["node"]["id"] for edge in edges] == [node["id"] for node in page["nodes"]]
    ends = (edges[0]["cursor"], edges[-1]["cursor"]) if edges else (None, None)
    assert (page["pageInfo"]["startCursor"], page["pageInfo"]["endCursor"]) == ends
