"""Structures made inactive and active again by the support, and what an inactive one takes."""

from datetime import timedelta
from typing import Any

import pytest

from models.accounts import PlatformRole, User, UserStatus
from models.areas import AreaCode, AreaMode
from models.history import ManagerAction
from models.memberships import Membership, MembershipStatus
from models.outbox import Notification
from models.policy import Action
from models.requests import Request
from models.structures import Sector, Structure, StructureStatus
from tests.firm import Firm, code
from tests.world import iban, siret


DEACTIVATE = """
    mutation ($input: DeactivateStructuresInput!) { done: deactivateStructures(input: $input) {
        results { id structure { id status deactivatedAt } error { code field } }
        effects { kind count before after user { displayName } structure { id } }
        errors { code field } } }
"""
REACTIVATE = """
    mutation ($input: ReactivateStructuresInput!) { done: reactivateStructures(input: $input) {
        results { id structure { id status deactivatedAt } error { code message } }
        effects { kind before after user { displayName } } errors { code field } } }
"""
REASON = "The firm has closed."


async def support_of(firm: Firm) -> User:
    return await firm.world.user("Simon Support", platform_role=PlatformRole.SUPPORT)


async def act(firm: Firm, who: User, document: str, *cards: Structure, **more: Any) -> Any:
    given = {"structureIds": [firm.world.id(card) for card in cards], "reason": REASON} | more
    return (await firm.world.ask(who, document, input=given)).data["done"]


async def status(firm: Firm, card: Structure) -> str:
    return (await firm.world.reload(card)).status.value


async def test_the_support_makes_a_structure_inactive_and_all_who_are_connected_are_told(
    firm: Firm,
) -> None:
    support, clerk = await support_of(firm), await firm.clerk()
    await firm.clerk(status=MembershipStatus.INACTIVE)

    done = await act(firm, support, DEACTIVATE, firm.structure)

    [result] = done["results"]
    assert result["id"] == firm.world.id(firm.structure)
    assert (result["structure"]["status"], result["error"]) == ("INACTIVE", None)
    assert result["structure"]["deactivatedAt"] is not None
    messages = await firm.world.all(Notification)
    assert {(one.kind.value, one.user_id) for one in messages} == {
        ("STRUCTURE_DEACTIVATED", person.id) for person in (firm.primary, firm.secondary, clerk)
    }
    kinds = [one["kind"] for one in done["effects"]]
    assert kinds == ["STRUCTURE_DEACTIVATED", *["NOTIFICATION"] * 3]
    [entry] = await firm.world.all(ManagerAction)
    assert (entry.action, entry.actor_id) == (Action.STRUCTURE_DEACTIVATE, support.id)
    assert entry.reason == REASON
    assert entry.changes == [{"field": "status", "before": "ACTIVE", "after": "INACTIVE"}]


async def test_pending_requests_end_with_their_structure(firm: Firm) -> None:
    support, clerk = await support_of(firm), await firm.clerk()
    asking = await firm.world.connection_request(firm.structure, firm.outsider)
    wishing = await firm.world.subscription_request(await firm.membership_of(clerk))
    late = await firm.world.connection_request(
        firm.structure, await firm.world.user(), created_at=firm.world.now - timedelta(days=91)
    )

    done = await act(firm, support, DEACTIVATE, firm.structure)

    for request in (asking, wishing):
        ended = await firm.world.reload(request)
        assert (ended.status.value, ended.decided_by_id) == ("CANCELLED", None)
        assert ended.refusal_reason == "STRUCTURE_INACTIVE"
    assert (await firm.world.reload(late)).status.value == "EXPIRED"
    cancelled = [one for one in done["effects"] if one["kind"] == "REQUEST_CANCELLED"]
    assert [one["user"]["displayName"] for one in cancelled] == ["Olga Outside", "Carla Clerk"]
    told = {one.user_id for one in await firm.world.all(Notification)}
    assert told == {firm.primary.id, firm.secondary.id, clerk.id, firm.outsider.id}
    mine = "{ viewer { requests { nodes { ... on ConnectionRequest { status refusalReason } } } } }"
    answer = await firm.world.ask(firm.outsider, mine)
    assert answer.data["viewer"]["requests"]["nodes"] == [
        {"status": "CANCELLED", "refusalReason": "STRUCTURE_INACTIVE"}
    ]


async def test_the_support_deactivates_many_and_one_bad_item_stops_no_other(firm: Firm) -> None:
    support = await support_of(firm)
    town = await firm.world.structure(sector=Sector.PUBLIC)
    ids = [firm.world.id(town), "st_nothing", firm.world.id(firm.structure), firm.world.id(town)]

    done = await act(firm, support, DEACTIVATE, structureIds=ids)

    assert code(done) == [None, "NOT_FOUND", None, None]
    assert [one["id"] for one in done["results"]] == [ids[0], None, ids[2], ids[3]]
    assert [await status(firm, card) for card in (town, firm.structure)] == ["INACTIVE"] * 2
    assert len(await firm.world.all(ManagerAction)) == 2


async def test_a_structure_that_is_inactive_already_stays_so_without_a_trace(firm: Firm) -> None:
    support = await support_of(firm)
    await firm.world.retire(firm.structure)

    done = await act(firm, support, DEACTIVATE, firm.structure)

    assert (code(done), done["effects"]) == ([None], [])
    assert await firm.world.all(ManagerAction) == []


@pytest.mark.parametrize("document", [DEACTIVATE, REACTIVATE])
@pytest.mark.parametrize("reason", ["", "ab", "a" * 501])
async def test_the_support_says_why(firm: Firm, document: str, reason: str) -> None:
    support = await support_of(firm)

    done = await act(firm, support, document, firm.structure, reason=reason)

    assert done["errors"] == [{"code": "INVALID", "field": ["input", "reason"]}]
    assert await status(firm, firm.structure) == "ACTIVE"


async def test_a_dry_run_foresees_the_deactivation_and_leaves_nothing(firm: Firm) -> None:
    support = await support_of(firm)
    await firm.world.connection_request(firm.structure, firm.outsider)

    done = await act(firm, support, DEACTIVATE, firm.structure, dryRun=True)

    assert "REQUEST_CANCELLED" in [one["kind"] for one in done["effects"]]
    assert await status(firm, firm.structure) == "ACTIVE"
    [request] = await firm.world.all(Request)
    assert request.status.value == "PENDING"
    assert await firm.world.all(ManagerAction) == []
    assert await firm.world.all(Notification) == []


async def test_a_repeated_call_with_its_key_is_done_once(firm: Firm) -> None:
    support = await support_of(firm)

    first = await act(firm, support, DEACTIVATE, firm.structure, idempotencyKey="one")
    again = await act(firm, support, DEACTIVATE, firm.structure, idempotencyKey="one")

    assert again == first
    assert len(await firm.world.all(ManagerAction)) == 1


async def test_the_support_makes_a_structure_active_again_with_all_it_had(firm: Firm) -> None:
    support, clerk = await support_of(firm), await firm.clerk()
    await act(firm, support, DEACTIVATE, firm.structure)

    done = await act(firm, support, REACTIVATE, firm.structure)

    [result] = done["results"]
    assert (result["structure"]["status"], result["structure"]["deactivatedAt"]) == ("ACTIVE", None)
    assert [one["kind"] for one in done["effects"]] == [
        "STRUCTURE_REACTIVATED",
        *["NOTIFICATION"] * 3,
    ]
    members = await firm.world.all(Membership)
    assert {one.user_id for one in members} == {firm.primary.id, firm.secondary.id, clerk.id}
    assert (await firm.validate(firm.secondary, {"id": "no"}))["errors"] == []
    card = await firm.world.reload(firm.structure)
    assert card.version == 3


async def change_identifier(firm: Firm, card: Structure, identifier: str) -> Structure:
    """Let *card* be replaced; give the card that replaces it."""
    document = """
        mutation ($input: ChangeIdentifierInput!) { changeIdentifier(input: $input) {
            errors { code } } }
    """
    given = {
        "structureId": firm.world.id(card),
        "version": (await firm.world.reload(card)).version,
        "identifier": {"value": identifier},
        "confirmDifferentSiren": True,
    }
    await firm.world.ask(firm.primary, document, input=given)
    return (await firm.world.all(Structure))[-1]


async def test_no_two_cards_of_one_succession_are_active(firm: Firm) -> None:
    support = await support_of(firm)
    successor = await change_identifier(firm, firm.structure, siret(700))

    assert code(await act(firm, support, REACTIVATE, firm.structure)) == ["CONFLICT"]
    await act(firm, support, DEACTIVATE, successor)
    # Which of the two comes back, the order of the call tells.
    both = await act(firm, support, REACTIVATE, firm.structure, successor)
    assert code(both) == [None, "CONFLICT"]
    assert [await status(firm, one) for one in (firm.structure, successor)] == [
        "ACTIVE",
        "INACTIVE",
    ]
    assert code(await act(firm, support, REACTIVATE, successor)) == ["CONFLICT"]


async def test_no_card_of_a_succession_is_active_beside_a_distant_one(firm: Firm) -> None:
    support, first = await support_of(firm), firm.structure
    second = await change_identifier(firm, first, siret(700))
    third = await change_identifier(firm, second, siret(701))

    assert code(await act(firm, support, REACTIVATE, first)) == ["CONFLICT"]

    await act(firm, support, DEACTIVATE, third)
    assert code(await act(firm, support, REACTIVATE, first, third)) == [None, "CONFLICT"]
    found = [await status(firm, card) for card in (first, second, third)]
    assert found == ["ACTIVE", "INACTIVE", "INACTIVE"]


async def test_a_card_that_was_replaced_before_is_not_replaced_again(firm: Firm) -> None:
    support, first = await support_of(firm), firm.structure
    second = await change_identifier(firm, first, siret(700))
    await act(firm, support, DEACTIVATE, second)
    await act(firm, support, REACTIVATE, first)
    given = {
        "structureId": firm.world.id(first),
        "version": (await firm.world.reload(first)).version,
        "identifier": {"value": siret(701)},
        "confirmDifferentSiren": True,
    }

    answer = await firm.world.ask(
        firm.primary,
        """mutation ($input: ChangeIdentifierInput!) { changeIdentifier(input: $input) {
            errors { code message field } } }""",
        input=given,
    )

    assert answer.data["changeIdentifier"]["errors"] == [
        {
            "code": "CONFLICT",
            "message": "The structure was replaced before: the support reactivates its successor.",
            "field": ["input", "structureId"],
        }
    ]


async def test_a_structure_without_a_usable_primary_manager_stays_inactive(firm: Firm) -> None:
    support = await support_of(firm)
    await act(firm, support, DEACTIVATE, firm.structure)

    async def leave(session: Any) -> None:
        account = await session.get_one(User, firm.primary.id)
        account.status = UserStatus.DEACTIVATED

    await firm.world.database.write(leave)

    assert code(await act(firm, support, REACTIVATE, firm.structure)) == ["USER_INACTIVE"]
    transfer = """
        mutation ($input: TransferPrimaryManagerInput!) { transferPrimaryManager(input: $input) {
            results { error { code } } errors { code } } }
    """
    named = {"structureIds": [firm.world.id(firm.structure)], "reason": REASON}
    successor = {"successor": {"login": firm.secondary.login}}
    answer = await firm.world.ask(support, transfer, input=named | successor)
    assert answer.data["transferPrimaryManager"]["results"] == [{"error": None}]
    assert code(await act(firm, support, REACTIVATE, firm.structure)) == [None]


READ = """
    query ($id: ID!) { structure(by: {id: $id}) { name general { label } users { totalCount }
        services { totalCount } history { totalCount } openedAreas { mode }
        bankAccounts { totalCount } connectionRequests { totalCount } } }
"""


async def test_managers_read_all_of_an_inactive_structure_and_outsiders_its_card(
    firm: Firm,
) -> None:
    town = await firm.world.structure("Town", primary=firm.primary, sector=Sector.PUBLIC)
    await act(firm, await support_of(firm), DEACTIVATE, firm.structure, town)

    for card in (firm.structure, town):
        inside = await firm.world.ask(firm.primary, READ, id=firm.world.id(card))
        outside = await firm.world.ask(firm.outsider, READ, id=firm.world.id(card))

        assert inside.data["structure"]["history"] == {"totalCount": 1}
        assert outside.body["data"]["structure"]["name"] == card.name
        assert len(outside.errors) == 7
        assert set(outside.codes) == {"FORBIDDEN"}


def refused(firm: Firm) -> dict[str, tuple[User, dict[str, Any]]]:
    """What an inactive structure does not take, each from somebody who otherwise may."""
    world, structure = firm.world, firm.world.id(firm.structure)
    whole = {"scope": {"wholeStructure": True}}
    right = {"area": "WORK_INVOICES", "mode": "CONSULTATION"}
    return {
        "requestConnection": (firm.outsider, {"structureId": structure}),
        "requestSubscription": (firm.secondary, {"structureId": structure} | right | whole),
        "openAreas": (firm.primary, {"areas": [{"structureId": structure} | right | whole]}),
        "addBankAccount": (
            firm.primary,
            {"structureId": structure, "label": "New", "iban": iban(3)}
            | {"bic": "AGRIFRPP", "holderName": "Us"},
        ),
        "updateStructure": (firm.primary, {"structureId": structure, "version": 2, "name": "New"}),
        "changeIdentifier": (
            firm.primary,
            {"structureId": structure, "version": 2, "identifier": {"value": siret(701)}}
            | {"confirmDifferentSiren": True},
        ),
        "transferPrimaryManager": (
            firm.primary,
            {"structureIds": [structure], "successor": {"userId": world.id(firm.secondary)}},
        ),
    }


@pytest.mark.parametrize(
    "name",
    [
        *("requestConnection", "requestSubscription", "openAreas", "addBankAccount"),
        *("updateStructure", "changeIdentifier", "transferPrimaryManager"),
    ],
)
async def test_an_inactive_structure_does_not_take_what_begins_something(
    firm: Firm, name: str
) -> None:
    who, given = refused(firm)[name]
    kind = name[0].upper() + name[1:]
    listed = isinstance(next(iter(given.values())), list)
    items = "results { error { code } }" if listed else ""
    document = (
        f"mutation ($input: {kind}Input!) {{ done: {name}(input: $input)"
        f" {{ {items} errors {{ code }} }} }}"
    )
    before = await firm.world.ask(who, document, input=given | {"dryRun": True, "version": 1})
    if before.errors:
        before = await firm.world.ask(who, document, input=given | {"dryRun": True})
    assert "STRUCTURE_INACTIVE" not in code(before.data["done"])
    await act(firm, await support_of(firm), DEACTIVATE, firm.structure)

    answer = await firm.world.ask(who, document, input=given)

    assert code(answer.data["done"]) == ["STRUCTURE_INACTIVE"]


async def test_an_inactive_structure_takes_what_ends_something(firm: Firm) -> None:
    clerk = await firm.clerk()
    opening = await firm.world.opening(firm.structure, AreaCode.WORK_INVOICES)
    held = await firm.membership_of(clerk)
    right = await firm.world.right(held, AreaCode.WORK_INVOICES, AreaMode.CONSULTATION)
    account = await firm.world.bank_account(firm.structure)
    await act(firm, await support_of(firm), DEACTIVATE, firm.structure)
    document = """
        mutation ($right: ID!, $opening: ID!, $account: ID!) {
            endSubscriptions(input: {subscriptionIds: [$right]}) { results { error { code } } }
            closeAreas(input: {structureAreaIds: [$opening]}) { results { error { code } } }
            closeBankAccount(input: {bankAccountId: $account, version: 1}) { errors { code } } }
    """

    done = (
        await firm.world.ask(
            firm.primary,
            document,
            right=firm.world.id(right),
            opening=firm.world.id(opening),
            account=firm.world.id(account),
        )
    ).data

    assert done["endSubscriptions"]["results"] == [{"error": None}]
    assert done["closeAreas"]["results"] == [{"error": None}]
    assert done["closeBankAccount"]["errors"] == []


async def test_what_one_can_do_follows_the_status(firm: Firm) -> None:
    support = await support_of(firm)
    await act(firm, support, DEACTIVATE, firm.structure)
    document = """
        query ($id: ID!) { structure(by: {id: $id}) {
            viewerCan(actions: [STRUCTURE_UPDATE, STRUCTURE_DEACTIVATE]) { allowed reason } } }
    """

    manager = await firm.world.ask(firm.primary, document, id=firm.world.id(firm.structure))
    staff = await firm.world.ask(support, document, id=firm.world.id(firm.structure))

    assert manager.data["structure"]["viewerCan"] == [
        {"allowed": False, "reason": "STRUCTURE_INACTIVE"},
        {"allowed": False, "reason": "ROLE_TOO_LOW"},
    ]
    assert staff.data["structure"]["viewerCan"] == [
        {"allowed": False, "reason": "STRUCTURE_INACTIVE"},
        {"allowed": True, "reason": None},
    ]
    assert await status(firm, firm.structure) == StructureStatus.INACTIVE
