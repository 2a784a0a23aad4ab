"""Exports as tests take them."""

import csv
import io

from typing import Any

import httpx

from models.accounts import User
from models.history import ManagerAction, ManagerActionOutcome
from models.policy import Action
from tests.firm import Firm
from tests.world import World


MARK = "\ufeff"


async def take(world: World, person: User | None, path: str, **asked: Any) -> httpx.Response:
    headers = {}
    if person is not None:
        headers["Authorization"] = f"Bearer {await world.token(person)}"
    return await world.client.get(f"/exports/{path}", params=asked, headers=headers)


def users_of(firm: Firm) -> str:
    return f"structures/{firm.world.id(firm.structure)}/users.csv"


def history_of(firm: Firm) -> str:
    return f"structures/{firm.world.id(firm.structure)}/history.csv"


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    assert answer.text.startswith(MARK)
    return list(csv.DictReader(io.StringIO(answer.text[1:], newline=""), delimiter=";"))


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


async def act(firm: Firm, **values: Any) -> None:
    usual: dict[str, Any] = {
        "structure_id": firm.structure.id,
        "at": firm.world.now,
        "action": Action.SUBSCRIPTION_SET,
        "outcome": ManagerActionOutcome.DONE,
        "actor_id": firm.secondary.id,
        "changes": [{"field": "mode", "before": None, "after": "CONSULTATION"}],
    }
    await firm.world.add(ManagerAction(**(usual | values)))
