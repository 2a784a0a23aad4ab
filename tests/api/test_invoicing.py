"""Whether somebody may issue invoices, or enter them on line, and who picks a bank account."""

from datetime import timedelta
from typing import Any

import pytest

from models.accounts import User
from models.areas import AreaCode, AreaMode
from models.memberships import Membership, MembershipStatus, Role, ServiceMembership
from models.policy import POLICY
from models.structures import Structure
from resolvers.invoicing import GUARDED
from schema.root import schema
from tests.firm import Firm
from tests.world import World


CONSULTATION, MODIFICATION = AreaMode.CONSULTATION, AreaMode.MODIFICATION
ACTIONS = ("INVOICE_ISSUE", "INVOICE_INPUT")
CAN = """query ($action: Action!, $target: ID) { viewer { can(action: $action, target: $target) {
    allowed reason message passingRoles } } }"""
LIST = """query ($id: ID!) { structure(by: {id: $id}) { bankAccounts { nodes { id label maskedIban
    notice } } } }"""
NODE = """query ($id: ID!) { node(id: $id) { id ... on BankAccount { label maskedIban } } }"""


async def can(world: World, person: User, action: str, target: Any = None) -> Any:
    named = {} if target is None else {"target": world.id(target)}
    return (await world.ask(person, CAN, action=action, **named)).data["viewer"]["can"]


async def reasons(world: World, person: User, target: Any = None) -> list[str | None]:
    return [(await can(world, person, action, target))["reason"] for action in ACTIONS]


async def member(firm: Firm, mode: AreaMode | None, role: Role = Role.SIMPLE_USER) -> User:
    person = await firm.world.user()
    held = await firm.world.member(firm.structure, person, role=role)
    if mode is not None:
        await firm.world.right(held, mode=mode)
    return person


@pytest.fixture
async def firm(world: World) -> Firm:
    """A structure where issued invoices are opened, and which has a mandate."""
    firm = await Firm.found(world)
    await world.opening(firm.structure)
    await world.mandate(firm.structure, firm.primary)
    return firm


@pytest.mark.parametrize("role", [Role.SIMPLE_USER, Role.SECONDARY_MANAGER])
@pytest.mark.parametrize(
    ("mode", "reason"),
    [(None, "AREA_NOT_GRANTED"), (CONSULTATION, "MODIFICATION_REQUIRED"), (MODIFICATION, None)],
)
async def test_a_member_issues_invoices_with_the_right_in_modification(
    firm: Firm, role: Role, mode: AreaMode | None, reason: str | None
) -> None:
    person = await member(firm, mode, role)

    assert await reasons(firm.world, person, firm.structure) == [reason, reason]
    assert await reasons(firm.world, person) == [reason, reason]


async def test_the_primary_manager_needs_the_right_like_everybody(firm: Firm) -> None:
    decision = await can(firm.world, firm.primary, "INVOICE_ISSUE", firm.structure)

    assert decision == {
        "allowed": False,
        "reason": "AREA_NOT_GRANTED",
        "message": "You have no right on the area.",
        "passingRoles": ["SIMPLE_USER", "SECONDARY_MANAGER", "PRIMARY_MANAGER"],
    }


async def test_without_a_mandate_invoices_are_issued_but_not_entered(world: World) -> None:
    firm = await Firm.found(world)
    await world.opening(firm.structure)
    person = await member(firm, MODIFICATION)

    for target in (firm.structure, None):
        assert await reasons(world, person, target) == [None, "MANDATE_REQUIRED"]
    mandate = await world.mandate(firm.structure, firm.primary)
    assert await reasons(world, person, firm.structure) == [None, None]
    assert mandate.active


async def test_a_mandate_that_was_revoked_counts_no_more(world: World) -> None:
    firm = await Firm.found(world)
    await world.opening(firm.structure)
    await world.mandate(firm.structure, firm.primary, revoked=True)
    person = await member(firm, MODIFICATION)

    assert await reasons(world, person, firm.structure) == [None, "MANDATE_REQUIRED"]


async def test_the_mandate_of_another_structure_counts_for_nothing(firm: Firm) -> None:
    world, person = firm.world, await member(firm, None)
    other = await world.structure("Other", primary=person)
    await world.opening(other)
    [held] = await world.all(Membership, Membership.structure_id == other.id)
    await world.right(held, mode=MODIFICATION)

    assert await reasons(world, person, other) == [None, "MANDATE_REQUIRED"]
    assert await reasons(world, person) == [None, "MANDATE_REQUIRED"]


async def test_what_is_missing_is_told_of_the_right_before_the_mandate(world: World) -> None:
    firm = await Firm.found(world)

    # Whether there is a mandate is for managers, and for those whom it keeps from their work.
    assert (await reasons(world, await member(firm, None), firm.structure))[1] == "AREA_NOT_GRANTED"


async def test_a_right_on_one_service_counts_there_and_somewhere_on_the_structure(
    firm: Firm,
) -> None:
    world, person = firm.world, await firm.world.user()
    held = await world.member(firm.structure, person, services=[firm.sales, firm.stock])
    await world.right(held, mode=MODIFICATION, service=firm.sales)
    await world.right(held, mode=CONSULTATION, service=firm.stock)

    assert await reasons(world, person, firm.structure) == [None, None]
    assert await reasons(world, person, firm.sales) == [None, None]
    assert await reasons(world, person, firm.stock) == ["MODIFICATION_REQUIRED"] * 2


async def test_a_right_on_a_service_that_is_no_longer_reached_counts_for_nothing(
    firm: Firm,
) -> None:
    world, person = firm.world, await firm.world.user()
    held = await world.member(firm.structure, person, services=[firm.sales])
    await world.right(held, mode=MODIFICATION, service=firm.sales)

    async def unlist(session: Any) -> None:
        row = await session.get_one(ServiceMembership, (held.id, firm.sales.id))
        row.status = MembershipStatus.INACTIVE

    await world.database.write(unlist)

    assert await reasons(world, person, firm.structure) == ["AREA_NOT_GRANTED"] * 2


async def test_a_right_on_a_service_out_of_its_dates_lets_nobody_issue_invoices(
    firm: Firm,
) -> None:
    world, day = firm.world, timedelta(days=1)
    over = await world.service(firm.structure, "OVER", valid_to=world.now.date() - day)
    later = await world.service(firm.structure, "LATER", valid_from=world.now.date() + day)
    people = await world.user("Lea Listed"), await world.user("Adam All")
    off = await world.service(firm.structure, "OFF", enabled=False)
    for person, services in zip(people, ([over, later], None), strict=True):
        held = await world.member(firm.structure, person, services=services)
        for service in (over, later, off):
            await world.right(held, mode=MODIFICATION, service=service)

    found = [await reasons(world, person, firm.structure) for person in people]

    assert found == [["AREA_NOT_GRANTED"] * 2] * 2


async def test_other_areas_and_ended_rights_count_for_nothing(firm: Firm) -> None:
    world, person = firm.world, await firm.world.user()
    held = await world.member(firm.structure, person)
    await world.opening(firm.structure, AreaCode.WORK_INVOICES)
    await world.right(held, AreaCode.WORK_INVOICES, MODIFICATION)
    ended = await world.right(held, mode=MODIFICATION)

    async def end(session: Any) -> None:
        (await session.get_one(type(ended), ended.id)).ended_at = world.now

    await world.database.write(end)

    assert await reasons(world, person, firm.structure) == ["AREA_NOT_GRANTED"] * 2


async def test_an_inactive_structure_issues_no_invoice(firm: Firm) -> None:
    person = await member(firm, MODIFICATION)
    await firm.world.retire(firm.structure)

    assert await reasons(firm.world, person, firm.structure) == ["STRUCTURE_INACTIVE"] * 2
    assert await reasons(firm.world, person, firm.sales) == ["STRUCTURE_INACTIVE"] * 2


async def test_outsiders_and_inactive_members_are_told_what_they_are(firm: Firm) -> None:
    world = firm.world
    inactive = await world.user()
    held = await world.member(firm.structure, inactive, status=MembershipStatus.INACTIVE)
    await world.right(held, mode=MODIFICATION)

    assert await reasons(world, inactive, firm.structure) == ["MEMBERSHIP_INACTIVE"] * 2
    assert await reasons(world, firm.outsider, firm.structure) == ["NOT_A_MEMBER"] * 2
    assert await reasons(world, firm.outsider) == ["NOT_A_MEMBER"] * 2
    assert await reasons(world, firm.outsider, firm.sales) == ["NOT_FOUND"] * 2


async def test_a_manager_asks_it_for_his_users(firm: Firm) -> None:
    clerk = await member(firm, CONSULTATION)
    document = """query ($id: ID!, $user: ID!) { explainAccess(
        action: INVOICE_ISSUE, target: $id, userId: $user) { allowed reason message } }"""
    given = {"id": firm.world.id(firm.structure), "user": firm.world.id(clerk)}

    answer = await firm.world.ask(firm.primary, document, **given)

    assert answer.data["explainAccess"] == {
        "allowed": False,
        "reason": "MODIFICATION_REQUIRED",
        "message": "The user's right on the area is consultation; modification is needed.",
    }


async def accounts_seen(firm: Firm, person: User) -> list[str] | None:
    answer = await firm.world.ask(person, LIST, id=firm.world.id(firm.structure))
    found = answer.body["data"]["structure"]["bankAccounts"]
    assert (found is None) == (answer.codes == ["FORBIDDEN"])
    return None if found is None else [one["maskedIban"] for one in found["nodes"]]


@pytest.mark.parametrize("mode", [CONSULTATION, MODIFICATION])
async def test_a_simple_user_who_sees_issued_invoices_picks_an_account(
    firm: Firm, mode: AreaMode
) -> None:
    account = await firm.world.bank_account(firm.structure)
    person = await member(firm, mode)

    assert await accounts_seen(firm, person) == [account.masked_iban]
    answer = await firm.world.ask(person, NODE, id=firm.world.id(account))
    assert answer.data["node"]["maskedIban"] == account.masked_iban


async def test_a_simple_user_without_the_right_knows_of_no_account(firm: Firm) -> None:
    account = await firm.world.bank_account(firm.structure)
    person = await member(firm, None)

    assert await accounts_seen(firm, person) is None
    answer = await firm.world.ask(person, NODE, id=firm.world.id(account))
    assert answer.data == {"node": None}


async def test_the_right_on_another_structure_shows_no_account_here(firm: Firm) -> None:
    world, person = firm.world, await member(firm, None)
    account = await world.bank_account(firm.structure)
    other: Structure = await world.structure("Other")
    await world.opening(other)
    await world.right(await world.member(other, person), mode=MODIFICATION)

    assert await accounts_seen(firm, person) is None
    assert (await world.ask(person, NODE, id=world.id(account))).data == {"node": None}


@pytest.mark.parametrize("field", ["iban", "bic", "holderName", "factorName", "factorIdentifier"])
async def test_a_simple_user_reads_no_detail_by_any_route(firm: Firm, field: str) -> None:
    account = await firm.world.bank_account(firm.structure)
    person = await member(firm, MODIFICATION)
    routes = {
        f"structure(by: {{id: $structure}}) {{ bankAccounts {{ nodes {{ {field} }} }} }}",
        f"node(id: $account) {{ ... on BankAccount {{ {field} }} }}",
        f"viewer {{ memberships {{ nodes {{ structure {{ bankAccounts {{ nodes {{ {field} }} }} }} }} }} }}",
    }
    where = {"structure": firm.world.id(firm.structure), "account": firm.world.id(account)}

    for route in routes:
        variables = "".join(f"${name}: ID! " for name in where if f"${name}" in route)
        head = f"query ({variables}) " if variables else ""
        given = {name: text for name, text in where.items() if f"${name}" in route}
        answer = await firm.world.ask(person, f"{head}{{ {route} }}", **given)
        assert answer.codes == ["FORBIDDEN"]
        assert account.iban not in str(answer.body)


@pytest.mark.parametrize("act", ["closeBankAccount", "setDefaultBankAccount"])
async def test_a_simple_user_changes_no_account_that_he_sees(firm: Firm, act: str) -> None:
    world = firm.world
    account = await world.bank_account(firm.structure)
    sees, blind = await member(firm, CONSULTATION), await member(firm, None)
    document = f"""mutation ($input: {act[0].upper()}{act[1:]}Input!) {{ {act}(input: $input) {{
        bankAccount {{ label }} errors {{ code }} }} }}"""
    given = {"bankAccountId": world.id(account), "version": 1}
    for person in (sees, blind):
        # Elsewhere both are managers: here they are told what they may know.
        await world.structure("Elsewhere", primary=person)

    told = [(await world.ask(person, document, input=given)).data[act] for person in (sees, blind)]

    forbidden, missing = [{"code": "FORBIDDEN"}], [{"code": "NOT_FOUND"}]
    assert told[0] == {"bankAccount": {"label": "Main account"}, "errors": forbidden}
    assert told[1] == {"bankAccount": None, "errors": missing}


def test_the_right_is_read_before_every_field_that_asks_for_it() -> None:
    asking = [
        coordinate
        for action, coordinates in schema.coordinates.items()
        for coordinate in coordinates
        if POLICY[action].subscribed
    ]

    assert set(asking) == GUARDED


async def test_a_right_that_was_just_given_shows_in_the_answer(firm: Firm) -> None:
    world, person = firm.world, await member(firm, None)
    await world.bank_account(firm.structure)
    [held] = await world.all(Membership, Membership.user_id == person.id)
    own = await world.structure("Own", primary=person)
    document = """mutation ($input: AddBankAccountInput!) { addBankAccount(input: $input) {
        bankAccount { structure { bankAccounts { totalCount } } } errors { code } } }"""
    given = {
        "structureId": world.id(own),
        "label": "Own",
        "holderName": "Own",
        "bic": "AGRIFRPP",
        "iban": "FR1420041010050500013M02606",
    }
    assert await accounts_seen(firm, person) is None

    await world.right(held)
    answer = await world.ask(person, document, input=given)

    assert answer.data["addBankAccount"]["bankAccount"]["structure"]["bankAccounts"] == {
        "totalCount": 1
    }
    assert await accounts_seen(firm, person) is not None
