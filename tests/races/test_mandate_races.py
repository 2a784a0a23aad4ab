"""Acts on the mandate of one structure at the same moment: one active mandate."""

import asyncio

from typing import Any

import pytest

from models.accounts import User
from models.history import ManagerAction
from models.mandates import InvoicingMandate
from models.structures import Structure
from tests.firm import Firm, code


pytestmark = pytest.mark.race

SUBSCRIBE = """
    mutation ($input: SubscribeMandateInput!) { done: subscribeMandate(input: $input) {
        invoicingMandate { id } errors { code } } }
"""
REVOKE = """
    mutation ($input: RevokeMandateInput!) { done: revokeMandate(input: $input) {
        invoicingMandate { id } errors { code } } }
"""


async def subscribe(firm: Firm, person: User, structure: Structure) -> Any:
    given = {"structureId": firm.world.id(structure), "acceptTerms": True, "termsVersion": "1"}
    return (await firm.world.ask(person, SUBSCRIBE, input=given)).data["done"]


async def revoke(firm: Firm, structure: Structure) -> Any:
    given = {"structureId": firm.world.id(structure)}
    return (await firm.world.ask(firm.primary, REVOKE, input=given)).data["done"]


async def test_two_managers_subscribe_at_once_to_one_mandate(firm: Firm, rounds: int) -> None:
    for _ in range(rounds):
        structure = await firm.world.structure(primary=firm.primary)

        answers = await asyncio.gather(
            *(subscribe(firm, firm.primary, structure) for _ in range(3))
        )

        assert answers[0] == answers[1] == answers[2]
        assert code(answers[0]) == []
        here = InvoicingMandate.structure_id == structure.id
        assert len(await firm.world.all(InvoicingMandate, here)) == 1


async def test_a_subscription_and_a_revocation_at_once_happen_in_some_order(
    firm: Firm, rounds: int
) -> None:
    for _ in range(rounds):
        structure = await firm.world.structure(primary=firm.primary)
        await firm.world.mandate(structure, firm.primary)

        subscribed, revoked = await asyncio.gather(
            subscribe(firm, firm.primary, structure), revoke(firm, structure)
        )

        assert code(subscribed) == code(revoked) == []
        here = InvoicingMandate.structure_id == structure.id
        status = [one.status for one in await firm.world.all(InvoicingMandate, here)]
        # Subscribed first: it was active already, then revoked. Revoked first: there is a new one.
        assert status in (["REVOKED"], ["REVOKED", "ACTIVE"])
        acts = await firm.world.all(ManagerAction, ManagerAction.structure_id == structure.id)
        assert len(acts) == 1 + len(status)
