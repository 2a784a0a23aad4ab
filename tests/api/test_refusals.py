"""What a rule refuses to somebody is told in the history, and costs no more the oftener he tries."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.accounts import User
from models.history import ManagerAction, TargetType
from models.identifiers import IdentifierType
from models.memberships import Membership, MembershipStatus
from models.requests import Request, RequestStatus
from models.structures import Structure
from tests.area_acts import end, put, to_set
from tests.firm import Firm, code
from tests.membership_acts import attach, delete, second_manager
from tests.world import Answer, World, siret


Ask = Callable[..., Awaitable[Answer]]

CHANGE = """
    mutation ($input: ChangeIdentifierInput!) { changeIdentifier(input: $input) {
        errors { code } } }
"""
HISTORY = """
    query ($id: ID!) { structure(by: {id: $id}) { history(filter: {outcome: [REFUSED]}) { nodes {
        action outcome refusal count actor { displayName } target { __typename id }
        changes { field } } } } }
"""


async def rival_of(world: World) -> User:
    """Put in somebody who manages a structure of his own."""
    rival = await world.user("Rita Rival")
    await world.structure("Elsewhere", primary=rival)
    return rival


async def change(world: World, person: User, structure: Structure, **given: Any) -> list[str]:
    """Try to change an identifier; give the codes of the refusals."""
    given = {
        "structureId": world.id(structure),
        "version": 1,
        "identifier": {"value": siret(900)},
        "confirmDifferentSiren": True,
        **given,
    }
    payload = (await world.ask(person, CHANGE, input=given)).data["changeIdentifier"]
    codes: list[str] = code(payload)
    return codes


async def tallied(world: World) -> list[tuple[str, int]]:
    """Write what is due; give code and count of every entry of refusals."""
    await world.parts.refusals.write()
    found = await world.all(ManagerAction, ManagerAction.refusal.is_not(None))
    return [(act.refusal or "", act.count) for act in found]


def writes(world: World) -> int:
    """Count the statements that wrote into the history."""
    return sum("INSERT INTO manager_action" in statement for statement in world.statements)


async def test_managers_read_who_was_refused_what_on_which_object(firm: Firm, ask: Ask) -> None:
    world, rival = firm.world, await rival_of(firm.world)
    assert await change(world, rival, firm.structure) == ["FORBIDDEN"]
    assert await change(world, rival, firm.structure) == ["FORBIDDEN"]
    await world.parts.refusals.write()

    answer = await ask(firm.secondary, HISTORY, id=world.id(firm.structure))

    assert answer.data["structure"]["history"]["nodes"] == [
        {
            "action": "IDENTIFIER_CHANGE",
            "outcome": "REFUSED",
            "refusal": "FORBIDDEN",
            "count": 2,
            "actor": {"displayName": "Rita Rival"},
            "target": None,
            "changes": [],
        }
    ]


async def test_whoever_was_refused_reads_it_among_his_own_acts(firm: Firm, ask: Ask) -> None:
    rival = await rival_of(firm.world)
    await change(firm.world, rival, firm.structure)
    await firm.world.parts.refusals.write()

    answer = await ask(rival, "{ viewer { history { nodes { refusal structure { name } } } } }")

    assert answer.data["viewer"]["history"]["nodes"] == [
        {"refusal": "FORBIDDEN", "structure": {"name": "Atelier"}}
    ]


async def test_a_refused_act_is_taken_back_and_its_tally_stays(firm: Firm) -> None:
    world = firm.world
    request = await world.connection_request(firm.structure, firm.secondary)

    answer = await firm.validate(firm.secondary, request)

    assert code(answer) == ["SELF_DECISION"]
    assert (await world.reload(request)).status == RequestStatus.PENDING
    assert await tallied(world) == [("SELF_DECISION", 1)]
    (act,) = await world.all(ManagerAction)
    assert (act.target_type, act.target_id) == ("REQUEST", request.id)


async def test_what_is_refused_about_a_user_is_told_under_him(firm: Firm) -> None:
    world = firm.world
    peer = await second_manager(firm)
    right = await world.right(peer)
    request = await world.connection_request(firm.structure, firm.secondary)
    await world.opening(firm.structure)

    assert code(await firm.validate(firm.secondary, request)) == ["SELF_DECISION"]
    for refused in (
        await delete(firm, firm.secondary, peer),
        await put(firm, firm.secondary, to_set(firm, peer, "MODIFICATION")),
        await end(firm, firm.secondary, right),
    ):
        assert code(refused) == ["FORBIDDEN"]
    await world.parts.refusals.write()

    seen = {}
    for person in (peer.user_id, firm.secondary.id):
        acts = await world.all(ManagerAction, ManagerAction.user_id == person)
        seen[person] = {(act.action.value, act.target_type, act.target_id) for act in acts}
    kind = TargetType.MEMBERSHIP
    assert seen[peer.user_id] == {
        ("MEMBERSHIP_DELETE", kind, peer.id),
        ("SUBSCRIPTION_SET", kind, peer.id),
        ("SUBSCRIPTION_END", kind, peer.id),
    }
    decide = ("CONNECTION_REQUEST_DECIDE", TargetType.REQUEST, request.id)
    assert seen[firm.secondary.id] == {decide}


async def test_a_refused_connection_names_who_has_one_to_the_managers_only(firm: Firm) -> None:
    world = firm.world
    peer = await second_manager(firm, status=MembershipStatus.INACTIVE)
    [user] = await world.all(User, User.id == peer.user_id)
    # Somebody who manages another structure, and is a simple user of this one.
    clerk = await firm.clerk()
    await world.structure("Elsewhere", primary=clerk)

    for person in (firm.secondary, clerk):
        assert code(await attach(firm, person, user)) == ["FORBIDDEN"]
    await world.parts.refusals.write()

    acts = {act.actor_id: act for act in await world.all(ManagerAction)}
    assert acts[firm.secondary.id].user_id == user.id
    assert (acts[clerk.id].user_id, acts[clerk.id].target_id) == (None, None)


async def test_who_may_do_it_nowhere_leaves_no_trace(firm: Firm) -> None:
    world, clerk = firm.world, await firm.clerk()

    answer = await world.ask(
        clerk,
        """mutation ($ids: [ID!]!) { deleteMemberships(input: {membershipIds: $ids}) {
            errors { code } } }""",
        ids=[world.id(await firm.membership_of(firm.secondary))],
    )

    assert answer.codes == ["FORBIDDEN"]
    assert await tallied(world) == []


async def test_what_was_done_beside_it_stays_done(firm: Firm) -> None:
    world = firm.world
    own = await world.connection_request(firm.structure, firm.secondary)
    other = await world.connection_request(firm.structure, firm.outsider)

    answer = await firm.validate(firm.secondary, own, other, idempotencyKey="both")
    again = await firm.validate(firm.secondary, own, other, idempotencyKey="both")

    assert code(answer) == code(again) == ["SELF_DECISION", None]
    assert await tallied(world) == [("SELF_DECISION", 1)]
    assert len(await world.all(Membership, Membership.user_id == firm.outsider.id)) == 1


async def test_refusals_on_different_objects_are_told_apart(firm: Firm) -> None:
    world = firm.world
    first, second = [
        await world.connection_request(firm.structure, person)
        for person in (firm.outsider, await world.user())
    ]
    asker = await rival_of(world)
    await world.connection_request(firm.structure, asker)
    mine = (await world.all(Request))[-1]

    await firm.cancel(firm.secondary, first)
    await firm.cancel(firm.secondary, first, second, mine)

    assert await tallied(world) == [("FORBIDDEN", 2), ("FORBIDDEN", 1), ("FORBIDDEN", 1)]


async def test_neither_wrong_input_nor_a_dry_run_leaves_a_trace(firm: Firm) -> None:
    world, rival = firm.world, await rival_of(firm.world)

    assert await change(world, firm.primary, firm.structure, version=9) == ["STALE_VERSION"]
    assert await change(world, firm.primary, firm.structure, identifier={"value": "1"}) == [
        "INVALID"
    ]
    assert await change(world, rival, firm.structure, dryRun=True) == ["FORBIDDEN"]

    assert await tallied(world) == []


async def test_what_looks_like_a_missing_object_leaves_no_trace(firm: Firm) -> None:
    world, rival = firm.world, await rival_of(firm.world)
    person = await world.structure(
        "Somebody", identifier_type=IdentifierType.INDIVIDUAL, identifier="SOMEBODY1970"
    )
    request = await world.connection_request(firm.structure, firm.outsider)

    assert await change(world, rival, person) == ["NOT_FOUND"]
    assert code(await firm.validate(rival, request)) == ["NOT_FOUND"]

    assert await tallied(world) == []


async def test_a_burst_of_refusals_is_written_once(firm: Firm) -> None:
    world, rival = firm.world, await rival_of(firm.world)
    await world.token(rival)
    world.statements.clear()

    for _ in range(30):
        await change(world, rival, firm.structure)

    assert writes(world) == 0
    assert await tallied(world) == [("FORBIDDEN", 30)]
    assert writes(world) == 1


async def test_refusals_that_follow_are_one_entry_an_hour(firm: Firm) -> None:
    world, rival = firm.world, await rival_of(firm.world)
    await change(world, rival, firm.structure)
    assert await tallied(world) == [("FORBIDDEN", 1)]
    for _ in range(5):
        await change(world, rival, firm.structure)
        assert await tallied(world) == [("FORBIDDEN", 1)]

    world.now += timedelta(hours=1)
    world._tokens.clear()

    assert await tallied(world) == [("FORBIDDEN", 1), ("FORBIDDEN", 5)]
    (_, later) = await world.all(ManagerAction)
    assert later.at == world.now - timedelta(hours=1)


async def test_refusals_are_written_by_themselves(database_url: str, tmp_path: Path) -> None:
    world = World(database_url, tmp_path, refusal_seconds=0.05)
    rival = await rival_of(world)
    structure = await world.structure()
    await change(world, rival, structure)

    for _ in range(200):
        if await world.all(ManagerAction):
            break
    await world.close()

    assert writes(world) == 1


async def test_a_service_that_ends_writes_what_it_had_gathered(
    database_url: str, tmp_path: Path
) -> None:
    world = World(database_url, tmp_path)
    rival = await rival_of(world)
    structure = await world.structure()
    await change(world, rival, structure)
    await world.parts.refusals.write()
    await change(world, rival, structure)

    await world.close()

    assert writes(world) == 2


@pytest.mark.parametrize("failure", [TimeoutError(), ValueError()])
async def test_an_outage_loses_no_refusal(
    firm: Firm, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    world, rival = firm.world, await rival_of(firm.world)
    await change(world, rival, firm.structure)

    async def fail(_work: Any) -> None:
        raise failure

    with monkeypatch.context() as patched:
        patched.setattr(world.database, "write", fail)
        await world.parts.refusals.write()
    await change(world, rival, firm.structure)

    # What is no outage would fail again and again.
    kept = isinstance(failure, TimeoutError)
    assert await tallied(world) == ([("FORBIDDEN", 2)] if kept else [])


async def test_what_was_written_is_forgotten_after_its_hour(firm: Firm) -> None:
    world, rival = firm.world, await rival_of(firm.world)
    await change(world, rival, firm.structure)
    await world.parts.refusals.write()
    assert len(world.parts.refusals._tallies) == 1

    world.now += timedelta(hours=1)
    await world.parts.refusals.write()

    assert not world.parts.refusals._tallies
    assert not world.parts.refusals._kinds
