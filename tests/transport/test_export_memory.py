"""However long a list is, its export is written in the same memory."""

import gc
import os
import re
import sys

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sqlalchemy import ColumnElement, String, cast, insert, literal, select, text

from models.accounts import User
from models.areas import AreaCode, AreaMode, AreaSubscription
from models.history import ManagerAction
from models.memberships import Membership, MembershipOrigin, MembershipScope
from models.policy import Action
from tests.firm import Firm
from tests.transport.exporting import history_of, users_of
from tests.world import World


FIRST = 1_000
"""Beyond the ids that the firm itself takes."""

MEBIBYTE = 2**20


@pytest.fixture
async def crowd(database_url: str, tmp_path: Path) -> AsyncIterator[Firm]:
    """A firm that will have many users; what so many rows keep to is not checked one by one."""
    world = World(database_url, tmp_path, statement_seconds=300.0, export_seconds=900.0)
    yield await Firm.found(world)
    await world.close()


@pytest.fixture
def rows(database_url: str) -> int:
    """How long the list becomes: on PostgreSQL, which takes a minute for as many, as one asks."""
    usual = 100_000 if database_url.startswith("sqlite") else 10_000
    return int(os.environ.get("EXPORT_ROWS", usual))


class Written(NamedTuple):
    """An export: its lines, and what it held at most beyond what was there before."""

    lines: int
    blocks: int
    resident: int


@pytest.mark.parametrize("path_of", [users_of, history_of])
async def test_a_list_ten_times_longer_is_written_in_the_same_memory(
    crowd: Firm, rows: int, path_of: Callable[[Firm], str]
) -> None:
    kind = User if path_of is users_of else ManagerAction
    await _fill(crowd, kind, 0, rows // 10)
    await _written(crowd, path_of(crowd))
    short = await _written(crowd, path_of(crowd))
    await _fill(crowd, kind, rows // 10, rows)
    long = await _written(crowd, path_of(crowd))

    more = long.lines - short.lines
    assert more == rows - rows // 10
    # Whoever held the rows would hold some objects for each.
    assert long.blocks - short.blocks < more / 2
    # Whoever held the text would hold its bytes: 13 mebibytes of 100,000 rows.
    assert long.resident - short.resident < 5 * MEBIBYTE


async def _written(firm: Firm, path: str) -> Written:
    """Take an export as a server does, throwing away what is sent."""
    path, token = f"/exports/{path}", await firm.world.token(firm.primary)
    lines, blocks = 0, 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal lines, blocks
        lines += message.get("body", b"").count(b"\r\n")
        blocks = max(blocks, sys.getallocatedblocks())

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"testserver"), (b"authorization", f"Bearer {token}".encode())],
    }
    app = firm.world.client._transport.app  # type: ignore[attr-defined]
    gc.collect()
    before, resident = sys.getallocatedblocks(), _most_resident(forget=True)
    await app(scope, receive, send)
    return Written(lines, blocks - before, _most_resident() - resident)


def _most_resident(*, forget: bool = False) -> int:
    """Give the most memory that the process had, since it was told to *forget*; 0 where unknown."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    if forget:
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    [found] = re.findall(r"VmHWM:\s*(\d+) kB", status.read_text(encoding="ascii"))
    return int(found) * 1024


async def _fill(firm: Firm, kind: type, start: int, end: int) -> None:
    """Put the users or the acts from *start* to *end* in by one statement for each table."""
    numbers = select(literal(FIRST + start).label("number")).cte(recursive=True)
    more = select(numbers.c.number + 1).where(numbers.c.number < FIRST + end - 1)
    numbers = numbers.union_all(more)
    number = numbers.c.number

    async def put(session: Any, entity: Any, **values: Any) -> None:
        columns = entity.__table__.c
        chosen = [
            value if isinstance(value, ColumnElement) else literal(value, columns[name].type)
            for name, value in values.items()
        ]
        selected = select(*chosen).select_from(numbers)
        await session.execute(insert(entity).from_select(list(values), selected))

    async def work(session: Any) -> None:
        if kind is User:
            await _put_users(firm, put, session, number)
        else:
            await put(
                session,
                ManagerAction,
                structure_id=firm.structure.id,
                at=firm.world.now,
                action=Action.SUBSCRIPTION_SET,
                actor_id=firm.secondary.id,
                reason="Asked for it by letter " + cast(number, String(20)),
                changes=[{"field": "mode", "before": None, "after": "CONSULTATION"}],
            )
        await session.execute(text("ANALYZE"))

    await firm.world.database.write(work)


async def _put_users(firm: Firm, put: Any, session: Any, number: ColumnElement[int]) -> None:
    made = {"created_at": firm.world.now, "updated_at": firm.world.now}
    name = "user" + cast(number, String(20))
    login = name + "@example.test"
    person = {"login": login, "email": login, "first_name": "Carla", "last_name": name}
    await put(session, User, id=number, name_key=name, **person, **made)
    await put(
        session,
        Membership,
        id=number,
        structure_id=firm.structure.id,
        user_id=number,
        scope=MembershipScope.ALL_SERVICES,
        origin=MembershipOrigin.REQUEST,
        **made,
    )
    await put(
        session,
        AreaSubscription,
        structure_id=firm.structure.id,
        membership_id=number,
        area=AreaCode.ISSUED_INVOICES,
        mode=AreaMode.MODIFICATION,
        **made,
    )
