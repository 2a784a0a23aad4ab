"""Acts on memberships at the same moment: whichever comes first, the other sees what it did."""

import asyncio

import pytest

from models.accounts import User
from models.memberships import Membership, MembershipStatus, Role
from models.requests import RequestStatus
from tests.firm import Firm, code
from tests.membership_acts import (
    appoint,
    attach,
    deactivate,
    delete,
    leave,
    reactivate,
    second_manager,
    state,
)


pytestmark = pytest.mark.race


async def test_of_two_managers_who_delete_each_other_only_the_secondary_one_goes(
    firm: Firm, rounds: int
) -> None:
    primary = await firm.membership_of(firm.primary)
    await firm.world.structure("Elsewhere", primary=firm.secondary)
    own = Membership.user_id == firm.secondary.id, Membership.structure_id == firm.structure.id
    [held] = await firm.world.all(Membership, *own)
    for person in (firm.primary, firm.secondary):
        await firm.world.token(person)
    for _ in range(rounds):
        ended, tried = await asyncio.gather(
            delete(firm, firm.primary, held), delete(firm, firm.secondary, primary)
        )

        assert code(ended) == [None]
        # Once deleted, he may not even know of the other's membership.
        assert code(tried)[0] in {"PRIMARY_MUST_TRANSFER", "NOT_FOUND"}
        assert await state(firm, held) == (Role.SIMPLE_USER, MembershipStatus.DELETED)
        assert await state(firm, primary) == (Role.PRIMARY_MANAGER, MembershipStatus.ACTIVE)
        held = await firm.world.member(firm.structure, firm.secondary, role=Role.SECONDARY_MANAGER)


async def test_a_manager_who_is_deleted_while_he_deletes_another_user_does_it_before_or_not_at_all(
    firm: Firm, rounds: int
) -> None:
    await firm.world.structure("Elsewhere", primary=firm.secondary)
    for _ in range(rounds):
        manager = await second_manager(firm)
        [person] = await firm.world.all(User, User.id == manager.user_id)
        await firm.world.structure("Elsewhere", primary=person)
        await firm.world.token(person)
        clerk = await firm.membership_of(await firm.clerk())

        ended, tried = await asyncio.gather(
            delete(firm, firm.primary, manager), delete(firm, person, clerk)
        )

        assert code(ended) == [None]
        gone = (await state(firm, clerk))[1] == MembershipStatus.DELETED
        assert code(tried) == ([None] if gone else ["NOT_FOUND"])


async def test_a_membership_deleted_while_others_change_it_ends_deleted(
    firm: Firm, rounds: int
) -> None:
    for _ in range(rounds):
        member = await firm.membership_of(await firm.clerk())

        answers = await asyncio.gather(
            deactivate(firm, firm.secondary, member),
            delete(firm, firm.primary, member),
            reactivate(firm, firm.secondary, member),
        )

        assert code(answers[1]) == [None]
        assert {code(answer)[0] for answer in answers} <= {None, "CONFLICT"}
        assert await state(firm, member) == (Role.SIMPLE_USER, MembershipStatus.DELETED)


async def test_who_is_appointed_while_he_is_deleted_never_manages_afterwards(
    firm: Firm, rounds: int
) -> None:
    for _ in range(rounds):
        member = await firm.membership_of(await firm.clerk())

        ended, appointed = await asyncio.gather(
            delete(firm, firm.secondary, member), appoint(firm, firm.primary, member)
        )

        role, status = await state(firm, member)
        if code(ended) == [None]:
            # He was deleted first: there was nobody left to appoint.
            assert code(appointed) == ["CONFLICT"]
            assert (role, status) == (Role.SIMPLE_USER, MembershipStatus.DELETED)
        else:
            # He was appointed first: a peer does not evict him any more.
            assert (code(ended), code(appointed)) == (["FORBIDDEN"], [])
            assert (role, status) == (Role.SECONDARY_MANAGER, MembershipStatus.ACTIVE)


TRANSFER = """mutation ($input: TransferPrimaryManagerInput!) {
    transferPrimaryManager(input: $input) { results { error { code } } errors { code } } }"""


async def test_who_leaves_while_he_is_made_primary_manager_holds_the_role_in_the_end(
    firm: Firm, rounds: int
) -> None:
    structures = [
        await firm.world.structure(f"Place {number}", primary=firm.primary)
        for number in range(rounds)
    ]
    for structure in structures:
        before = await firm.world.member(structure, firm.outsider)
        ids = {"structureIds": [firm.world.id(structure)]}

        left, passed = await asyncio.gather(
            leave(firm, firm.outsider, structure),
            firm.world.ask(
                firm.primary,
                TRANSFER,
                input=ids | {"successor": {"login": firm.outsider.login}},
            ),
        )

        assert code(passed.data["transferPrimaryManager"]) == [None]
        [primary] = await firm.world.all(
            Membership,
            Membership.structure_id == structure.id,
            Membership.role == Role.PRIMARY_MANAGER,
        )
        assert primary.user_id == firm.outsider.id
        if code(left) == [None]:
            # He left first, and was connected anew by the transfer.
            assert (await state(firm, before))[1] == MembershipStatus.DELETED
        else:
            assert (code(left), primary.id) == (["PRIMARY_MUST_TRANSFER"], before.id)


async def test_a_user_connected_by_two_managers_at_once_is_connected_once(
    firm: Firm, rounds: int
) -> None:
    for _ in range(rounds):
        person = await firm.world.user()
        request = await firm.world.connection_request(firm.structure, person)
        await firm.world.token(firm.primary)
        await firm.world.token(firm.secondary)

        answers = await asyncio.gather(
            attach(firm, firm.primary, person),
            attach(firm, firm.secondary, person),
            firm.validate(firm.secondary, request),
        )

        members = await firm.world.all(Membership, Membership.user_id == person.id)
        assert [member.status for member in members] == [MembershipStatus.ACTIVE]
        connected, again, validated = (code(answer)[0] for answer in answers)
        assert {connected, again} <= {None, "ALREADY_CONNECTED"}
        # Whoever came first settled the request; the others are told so.
        assert [connected, again, validated].count(None) >= 1
        assert (await firm.world.reload(request)).status == RequestStatus.VALIDATED
