"""What an act does to users stands in their history too, whichever act it is."""

from collections.abc import Iterator
from typing import Any

import pytest

from models.accounts import User
from schema.root import schema
from tests.desk import ASKED, Desk
from tests.firm import Firm
from tests.world import siret


@pytest.fixture
async def desk(firm: Firm) -> Desk:
    desk = Desk(firm)
    await desk.set_up()
    return desk


def told(effect: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Say which changes an *effect* asks the history for."""
    kind, before, after = effect["kind"], effect["before"], effect["after"]
    service = effect["service"] and effect["service"]["code"]
    if effect["area"] is not None:
        sides = [side and effect["area"]["code"] for side in (before, after)]
        yield "area", *sides
        if service is not None:
            yield "service", *(side and service for side in (before, after))
        yield "mode", before, after
    elif service is not None:
        gained = after == "ACTIVE"
        yield "service", *((None, service) if gained else (service, None))
    elif kind == "MEMBERSHIP_CREATED":
        yield "status", None, "ACTIVE"
        yield "scope", None, after
    elif kind == "REQUEST_CANCELLED":
        yield "status", "PENDING", "CANCELLED"
    elif kind == "REQUEST_MOVED":
        yield "structure", effect["structure"]["identifier"], siret(900)
    else:
        scopes = {"ALL_SERVICES", "LISTED"}
        usual = "scope" if after in scopes else "status"
        yield "role" if kind == "ROLE_CHANGED" else usual, before, after


SILENT = frozenset(
    {
        "addBankAccount",
        "cancelRequests",
        "closeBankAccount",
        "createService",
        "reactivateStructures",
        "refuseConnectionRequests",
        "refuseSubscriptionRequests",
        "requestConnection",
        "revokeMandate",
        "setDefaultBankAccount",
        "subscribeMandate",
        "updateService",
        "updateStructure",
    }
)
"""Acts that have no effect on users but messages."""


def test_every_act_is_looked_at() -> None:
    offered = schema._schema.mutation_type
    assert offered is not None
    asked = {name.partition(",")[0] for name in ASKED}
    assert asked | SILENT == set(offered.fields)
    assert not asked & SILENT


async def check(desk: Desk, who: User, name: str, given: dict[str, Any]) -> None:
    effects = await desk.tell(who, name, given)

    assert effects
    for effect in effects:
        found = await desk.history(effect["structure"]["id"], effect["user"]["id"])
        wanted = list(told(effect))
        kept = [
            [(change["field"], change["before"], change["after"]) for change in changes]
            for changes in found
        ]
        assert any(all(one in changes for one in wanted) for changes in kept), (effect, kept)


@pytest.mark.parametrize("name", ASKED)
async def test_what_an_act_does_to_a_user_stands_in_his_history(desk: Desk, name: str) -> None:
    who, given = ASKED[name](desk)

    await check(desk, who, name.partition(",")[0], given)
