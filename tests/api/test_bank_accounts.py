"""Bank accounts of a structure: adding, choosing the default, closing, and who sees what."""

from typing import Any

import pytest

from models.accounts import User
from models.bank_accounts import BankAccount, BankAccountStatus
from models.history import ManagerAction
from models.idempotency import IdempotencyRecord
from models.identifiers import IdentifierType
from models.outbox import Notification
from models.policy import Action
from tests.firm import Firm, code
from tests.world import Answer, World, siret


IBAN = "FR1420041010050500013M02606"
OTHER_IBAN = "FR7630006000011234567890189"
ERRORS = """errors { __typename code message field ... on InvalidError { expected }
    ... on ForbiddenError { action passingRoles } ... on StaleVersionError { currentVersion }
    ... on StructureInactiveError { successor { id } } }
    effects { kind before after user { displayName } structure { id } }"""
ACCOUNT = """bankAccount { id label maskedIban iban bic holderName factor factorName
    factorIdentifier default status version closedAt structure { id } notice }"""
ADD = f"mutation ($input: AddBankAccountInput!) {{ done: addBankAccount(input: $input) {{ {ACCOUNT} {ERRORS} }} }}"
CLOSE = f"mutation ($input: CloseBankAccountInput!) {{ done: closeBankAccount(input: $input) {{ {ACCOUNT} {ERRORS} }} }}"
DEFAULT = f"mutation ($input: SetDefaultBankAccountInput!) {{ done: setDefaultBankAccount(input: $input) {{ {ACCOUNT} {ERRORS} }} }}"


def details(firm: Firm, **given: Any) -> dict[str, Any]:
    return {
        "structureId": firm.world.id(firm.structure),
        "label": "Main account",
        "iban": IBAN,
        "bic": "PSSTFRPPPAR",
        "holderName": "Atelier",
    } | given


async def send(firm: Firm, person: User, document: str, given: dict[str, Any]) -> Any:
    return (await firm.world.ask(person, document, input=given)).data["done"]


async def add(firm: Firm, person: User, **given: Any) -> Any:
    return await send(firm, person, ADD, details(firm, **given))


async def act(firm: Firm, person: User, document: str, account: BankAccount, **given: Any) -> Any:
    named = {"bankAccountId": firm.world.id(account), "version": account.version}
    return await send(firm, person, document, named | given)


async def accounts(firm: Firm) -> list[tuple[str, bool, str]]:
    return [
        (one.iban, one.is_default, one.status.value) for one in await firm.world.all(BankAccount)
    ]


async def history(world: World) -> list[tuple[str, Any]]:
    acts = await world.all(ManagerAction, ManagerAction.action == Action.BANK_ACCOUNT_MANAGE)
    return [(str(one.target_type), change) for one in acts for change in one.changes]


async def test_a_manager_adds_an_account_and_reads_it_whole(firm: Firm) -> None:
    done = await add(
        firm, firm.secondary, iban="fr14 2004 1010 0505 0001 3m02 606", bic="psst frpp"
    )

    assert done["errors"] == []
    assert done["bankAccount"] == {
        "id": done["bankAccount"]["id"],
        "label": "Main account",
        "maskedIban": "FR14****2606",
        "iban": IBAN,
        "bic": "PSSTFRPP",
        "holderName": "Atelier",
        "factor": False,
        "factorName": None,
        "factorIdentifier": None,
        "default": False,
        "status": "ACTIVE",
        "version": 1,
        "closedAt": None,
        "structure": {"id": firm.world.id(firm.structure)},
        "notice": done["bankAccount"]["notice"],
    }
    assert "communicated in the contract is the one that is paid" in done["bankAccount"]["notice"]


async def test_the_account_of_a_factor_names_it_and_says_what_an_invoice_needs(firm: Firm) -> None:
    factor = {"name": "Rhône Factor", "identifier": "F-12"}

    account = (await add(firm, firm.primary, factor=factor))["bankAccount"]

    assert (account["factor"], account["factorName"]) == (True, "Rhône Factor")
    assert account["factorIdentifier"] == "F-12"
    assert "factor" in account["notice"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"iban": "FR1420041010050500013M02607"}, "iban"),
        ({"iban": "FR14 2004 1010"}, "iban"),
        ({"iban": ""}, "iban"),
        ({"iban": "XX1420041010050500013M02606"}, "iban"),
        ({"iban": f"{IBAN}é"}, "iban"),
        ({"iban": "FR14200410100505000१३M02606"}, "iban"),
        ({"iban": "9" * 20_000}, "iban"),
        ({"bic": "PSSTFRP"}, "bic"),
        ({"bic": "PSSTXXPP"}, "bic"),
        ({"bic": ""}, "bic"),
        ({"bic": "PßTFRPP"}, "bic"),
        ({"label": " "}, "label"),
        ({"label": "a" * 201}, "label"),
        ({"label": "line\nbreak"}, "label"),
        ({"label": "Account FR14-2004-1010-0505-0001-3M02-606"}, "label"),
        ({"holderName": ""}, "holderName"),
        ({"holderName": IBAN}, "holderName"),
        ({"label": f"RIB {IBAN[4:9]} {IBAN[9:]}"}, "label"),
        ({"label": "Account 05 00013M0 26"}, "label"),
        ({"label": "".join(chr(ord(sign) + 0xFEE0) for sign in IBAN)}, "label"),
        ({"label": IBAN.translate({48 + digit: 0x660 + digit for digit in range(10)})}, "label"),
        ({"factor": {"name": "", "identifier": "F-12"}}, "factor.name"),
        ({"factor": {"name": "Factor", "identifier": " "}}, "factor.identifier"),
        ({"factor": {"name": "Factor", "identifier": "1" * 81}}, "factor.identifier"),
    ],
)
async def test_a_wrong_value_is_named_and_never_told_again(
    firm: Firm, given: dict[str, Any], field: str
) -> None:
    answer = await firm.world.ask(firm.primary, ADD, input=details(firm, **given))

    (error,) = answer.data["done"]["errors"]
    assert (error["__typename"], error["code"]) == ("InvalidError", "INVALID")
    assert error["field"] == ["input", *field.split(".")]
    assert error["expected"]
    assert answer.data["done"]["bankAccount"] is None
    for secret in (IBAN, *(value for value in given.values() if value and value != " ")):
        assert str(secret) not in str(answer.body)
    assert await accounts(firm) == []


@pytest.mark.parametrize(
    "input_", [{"iban": [IBAN, "x"]}, {"iban": {"value": IBAN}}, {"unknown": IBAN}, {"bic": None}]
)
async def test_an_input_of_a_wrong_form_does_not_come_back_in_the_answer(
    firm: Firm, input_: dict[str, Any]
) -> None:
    answer = await firm.world.ask(firm.primary, ADD, input=details(firm, **input_))

    assert answer.errors
    assert IBAN not in str(answer.body)


async def test_an_iban_is_active_once_and_may_come_back_after_it_was_closed(firm: Firm) -> None:
    await add(firm, firm.primary)
    again = await add(firm, firm.primary, label="Again", iban=IBAN.lower())
    assert (code(again), again["errors"][0]["field"]) == (["CONFLICT"], ["input", "iban"])

    [account] = await firm.world.all(BankAccount)
    assert code(await act(firm, firm.primary, CLOSE, account)) == []

    assert code(await add(firm, firm.primary)) == []
    assert await accounts(firm) == [(IBAN, False, "CLOSED"), (IBAN, False, "ACTIVE")]


async def test_two_structures_may_have_one_iban(firm: Firm) -> None:
    other = await firm.world.structure("Other", primary=firm.primary)
    await firm.world.bank_account(other, iban=IBAN)

    assert code(await add(firm, firm.primary)) == []


async def test_a_new_default_takes_the_place_of_the_former_one(firm: Firm) -> None:
    await firm.world.bank_account(firm.structure, "Old account", iban=OTHER_IBAN, is_default=True)

    done = await add(firm, firm.primary, default=True)

    assert await accounts(firm) == [(OTHER_IBAN, False, "ACTIVE"), (IBAN, True, "ACTIVE")]
    changed = [one for one in done["effects"] if one["kind"] == "DEFAULT_BANK_ACCOUNT_CHANGED"]
    assert [(one["before"], one["after"]) for one in changed] == [("Old account", "Main account")]
    assert await history(firm.world) == [
        ("BANK_ACCOUNT", {"field": "default", "before": "true", "after": "false"}),
        ("BANK_ACCOUNT", {"field": "label", "before": None, "after": "***"}),
        ("BANK_ACCOUNT", {"field": "iban", "before": None, "after": "FR14****2606"}),
        ("BANK_ACCOUNT", {"field": "bic", "before": None, "after": "***"}),
        ("BANK_ACCOUNT", {"field": "holderName", "before": None, "after": "***"}),
        ("BANK_ACCOUNT", {"field": "default", "before": None, "after": "true"}),
    ]


async def test_a_manager_chooses_the_default(firm: Firm) -> None:
    old = await firm.world.bank_account(firm.structure, "Old", is_default=True)
    new = await firm.world.bank_account(firm.structure, "New")

    done = await act(firm, firm.secondary, DEFAULT, new)

    assert (done["errors"], done["bankAccount"]["default"]) == ([], True)
    assert done["bankAccount"]["version"] == 2
    assert [one["kind"] for one in done["effects"]] == [
        "DEFAULT_BANK_ACCOUNT_CHANGED",
        "NOTIFICATION",
    ]
    assert not (await firm.world.reload(old)).is_default
    assert len(await history(firm.world)) == 2


async def test_the_default_chosen_again_changes_nothing(firm: Firm) -> None:
    account = await firm.world.bank_account(firm.structure, is_default=True)

    done = await act(firm, firm.primary, DEFAULT, account, version=7)

    assert (done["errors"], done["bankAccount"]["version"], done["effects"]) == ([], 1, [])
    assert await history(firm.world) == []


async def test_a_closed_account_is_not_proposed(firm: Firm) -> None:
    closed = await firm.world.bank_account(
        firm.structure, status=BankAccountStatus.CLOSED, closed_at=firm.world.now
    )

    assert code(await act(firm, firm.primary, DEFAULT, closed)) == ["CONFLICT"]


async def test_the_default_is_closed_and_none_takes_its_place(firm: Firm) -> None:
    account = await firm.world.bank_account(firm.structure, "Old", is_default=True)
    await firm.world.bank_account(firm.structure, "Other")

    done = await act(firm, firm.primary, CLOSE, account)

    assert done["bankAccount"]["status"] == "CLOSED"
    assert done["bankAccount"]["closedAt"] is not None
    assert (done["bankAccount"]["default"], done["bankAccount"]["version"]) == (False, 2)
    assert [one.is_default for one in await firm.world.all(BankAccount)] == [False, False]
    changed, _ = done["effects"]
    assert (changed["before"], changed["after"]) == ("Old", None)
    assert await history(firm.world) == [
        ("BANK_ACCOUNT", {"field": "status", "before": "ACTIVE", "after": "CLOSED"}),
        ("BANK_ACCOUNT", {"field": "default", "before": "true", "after": "false"}),
    ]


async def test_an_account_closed_twice_is_closed_once(firm: Firm) -> None:
    account = await firm.world.bank_account(firm.structure)
    await act(firm, firm.primary, CLOSE, account)

    again = await act(firm, firm.secondary, CLOSE, account)

    assert (again["errors"], again["bankAccount"]["status"]) == ([], "CLOSED")
    assert len(await history(firm.world)) == 1


@pytest.mark.parametrize("document", [CLOSE, DEFAULT])
async def test_an_account_that_changed_meanwhile_is_not_touched(firm: Firm, document: str) -> None:
    account = await firm.world.bank_account(firm.structure)

    done = await act(firm, firm.primary, document, account, version=2)

    (error,) = done["errors"]
    assert (error["code"], error["currentVersion"]) == ("STALE_VERSION", 1)
    assert done["bankAccount"]["version"] == 1


@pytest.mark.parametrize(
    "card", [{"justice_supplier_category": "EXPERT"}, {"pacage_number": "123456789"}]
)
async def test_who_is_paid_by_the_courts_or_as_a_farmer_keeps_an_account(
    world: World, card: dict[str, Any]
) -> None:
    firm = await Firm.found(world)
    firm.structure = await world.structure("Farm", primary=firm.primary, **card)
    first, second = [await world.bank_account(firm.structure) for _ in range(2)]

    assert code(await act(firm, firm.primary, CLOSE, first)) == []
    assert code(await act(firm, firm.primary, CLOSE, second)) == ["BANK_ACCOUNT_REQUIRED"]
    await world.retire(firm.structure)
    assert code(await act(firm, firm.primary, CLOSE, second)) == []


@pytest.mark.parametrize("area", ["JUSTICE_COSTS", "ICT_REFUNDS"])
async def test_an_area_that_is_paid_through_keeps_an_account(firm: Firm, area: str) -> None:
    opening = await firm.world.opening(firm.structure, area)  # type: ignore[arg-type]
    account = await firm.world.bank_account(firm.structure)

    assert code(await act(firm, firm.primary, CLOSE, account)) == ["BANK_ACCOUNT_REQUIRED"]
    assert opening.closed_at is None


async def test_an_inactive_structure_closes_accounts_but_takes_no_new_one(firm: Firm) -> None:
    account = await firm.world.bank_account(firm.structure)
    await firm.world.retire(firm.structure)

    assert code(await add(firm, firm.primary)) == ["STRUCTURE_INACTIVE"]
    assert code(await act(firm, firm.primary, DEFAULT, account)) == ["STRUCTURE_INACTIVE"]
    assert code(await act(firm, firm.primary, CLOSE, account)) == []


async def test_a_hidden_card_takes_no_account(firm: Firm) -> None:
    person = await firm.world.structure(
        identifier_type=IdentifierType.INDIVIDUAL, identifier="MARTIN1970"
    )

    done = await add(firm, firm.primary, structureId=firm.world.id(person))

    assert code(done) == ["NOT_FOUND"]


async def test_the_manager_of_another_structure_is_told_who_may(firm: Firm) -> None:
    await firm.world.structure("Other", primary=firm.outsider)

    (error,) = (await add(firm, firm.outsider))["errors"]

    assert (error["code"], error["action"]) == ("FORBIDDEN", "BANK_ACCOUNT_MANAGE")
    assert error["passingRoles"] == ["SECONDARY_MANAGER", "PRIMARY_MANAGER"]


async def test_every_change_is_told_to_the_other_managers_without_the_iban(firm: Firm) -> None:
    done = await add(firm, firm.secondary)
    [account] = await firm.world.all(BankAccount)
    await act(firm, firm.primary, CLOSE, account)

    told = [
        (one.kind.value, one.user_id, one.payload) for one in await firm.world.all(Notification)
    ]
    assert told == [
        ("BANK_ACCOUNT_ADDED", firm.primary.id, {"bank_account_id": account.id}),
        ("BANK_ACCOUNT_CLOSED", firm.secondary.id, {"bank_account_id": account.id}),
    ]
    (effect,) = done["effects"]
    assert effect == {
        "kind": "NOTIFICATION",
        "before": None,
        "after": None,
        "user": {"displayName": "Paule Primary"},
        "structure": {"id": firm.world.id(firm.structure)},
    }


async def test_a_dry_run_foresees_all_and_changes_nothing(firm: Firm) -> None:
    await firm.world.bank_account(firm.structure, "Old account", iban=OTHER_IBAN, is_default=True)

    dry = await add(firm, firm.primary, default=True, dryRun=True)

    assert (dry["errors"], dry["bankAccount"]) == ([], None)
    assert [one["kind"] for one in dry["effects"]] == [
        "DEFAULT_BANK_ACCOUNT_CHANGED",
        "NOTIFICATION",
    ]
    assert await accounts(firm) == [(OTHER_IBAN, True, "ACTIVE")]
    assert await history(firm.world) == []
    assert await firm.world.all(Notification) == []
    assert dry["effects"] == (await add(firm, firm.primary, default=True))["effects"]


@pytest.mark.parametrize("document", [CLOSE, DEFAULT])
async def test_a_dry_run_on_an_account_shows_it_unchanged(firm: Firm, document: str) -> None:
    account = await firm.world.bank_account(firm.structure)

    dry = await act(firm, firm.primary, document, account, dryRun=True)

    assert (dry["errors"], dry["bankAccount"]["version"]) == ([], 1)
    assert [one["kind"] for one in dry["effects"]] == ["NOTIFICATION"]
    assert await history(firm.world) == []


async def test_a_repeated_call_with_its_key_adds_one_account(firm: Firm) -> None:
    first = await add(firm, firm.primary, idempotencyKey="one")
    again = await add(firm, firm.primary, idempotencyKey="one")
    other = await add(firm, firm.primary, idempotencyKey="one", iban=OTHER_IBAN)

    assert again == first
    assert code(other) == ["IDEMPOTENCY_MISMATCH"]
    assert len(await accounts(firm)) == 1
    [kept] = await firm.world.all(IdempotencyRecord)
    assert IBAN not in str((kept.key, kept.input_hash, kept.outcome))


async def test_the_iban_stands_in_one_table_and_in_no_log(
    firm: Firm, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    await add(firm, firm.primary, default=True, idempotencyKey="one")
    await add(firm, firm.primary, iban=IBAN[:-1] + "7")
    await add(firm, firm.primary)

    for table in (ManagerAction, Notification, IdempotencyRecord):
        for row in await firm.world.all(table):
            assert IBAN not in str(vars(row))
    written = capfd.readouterr()
    assert IBAN[4:-4] not in written.out + written.err + caplog.text


async def test_the_history_names_the_account_to_those_who_may_see_it(firm: Firm) -> None:
    support = await firm.world.user("Sam Support", platform_role="SUPPORT")
    added = (await add(firm, firm.primary))["bankAccount"]
    document = """query ($id: ID!) { structure(by: {id: $id}) { history { nodes {
        action target { id __typename } changes { field before after } } } } }"""

    seen = {}
    for person in (firm.secondary, support):
        answer = await firm.world.ask(person, document, id=firm.world.id(firm.structure))
        [seen[person.id]] = answer.data["structure"]["history"]["nodes"]

    given = {"label": "***", "iban": "FR14****2606", "bic": "***", "holderName": "***"}
    changes = [{"field": name, "before": None, "after": value} for name, value in given.items()]
    entry = {"action": "BANK_ACCOUNT_MANAGE", "changes": changes}
    target = {"id": added["id"], "__typename": "BankAccount"}
    assert seen[firm.secondary.id] == entry | {"target": target}
    assert seen[support.id] == entry | {"target": None}


LIST = """query ($id: ID!, $filter: BankAccountFilter, $after: String) { structure(by: {id: $id}) {
    bankAccounts(filter: $filter, first: 2, after: $after) {
        totalCount nodes { label default status } pageInfo { endCursor hasNextPage } } } }"""


async def listed(firm: Firm, **given: Any) -> Any:
    given = {"id": firm.world.id(firm.structure)} | given
    answer: Answer = await firm.world.ask(firm.primary, LIST, **given)
    return answer.data["structure"]["bankAccounts"]


async def test_accounts_are_listed_page_by_page_the_default_one_first(firm: Firm) -> None:
    for label in ("delta", "Bravo", "àlpha"):
        await firm.world.bank_account(firm.structure, label)
    await firm.world.bank_account(firm.structure, "zulu", is_default=True)

    first = await listed(firm)
    second = await listed(firm, after=first["pageInfo"]["endCursor"])

    labels = [one["label"] for page in (first, second) for one in page["nodes"]]
    assert labels == ["zulu", "àlpha", "Bravo", "delta"]
    assert (first["totalCount"], second["pageInfo"]["hasNextPage"]) == (4, False)


async def test_closed_accounts_are_listed_when_asked_for(firm: Firm) -> None:
    await firm.world.bank_account(firm.structure, "Used")
    closed = {"status": BankAccountStatus.CLOSED, "closed_at": firm.world.now}
    await firm.world.bank_account(firm.structure, "Former", **closed)

    async def found(filter_: Any) -> Any:
        return [one["label"] for one in (await listed(firm, filter=filter_))["nodes"]]

    assert await found(None) == ["Used"]
    assert await found({}) == ["Used"]
    assert await found({"status": ["CLOSED"]}) == ["Former"]
    assert await found({"status": ["ACTIVE", "CLOSED"]}) == ["Former", "Used"]
    assert await found({"status": []}) == []


CHANGE = """mutation ($input: ChangeIdentifierInput!) { changeIdentifier(input: $input) {
    structure { id bankAccounts(filter: {status: [ACTIVE, CLOSED]}) { nodes {
        label iban bic holderName factor factorName default status version } } }
    effects { kind count after } errors { code } } }"""


async def test_the_active_accounts_follow_to_the_new_card(firm: Firm) -> None:
    world, structure = firm.world, firm.structure
    await world.bank_account(structure, "Main", iban=IBAN, is_default=True, version=3)
    factor = {"factor": True, "factor_name": "Rhône Factor"}
    await world.bank_account(structure, "Factor", iban=OTHER_IBAN, **factor)
    closed = {"status": BankAccountStatus.CLOSED, "closed_at": world.now}
    await world.bank_account(structure, "Former", **closed)
    identifier = {"type": "SIRET", "value": siret(900)}
    given = {"structureId": world.id(structure), "version": 1, "identifier": identifier}

    answer = await world.ask(firm.primary, CHANGE, input=given | {"confirmDifferentSiren": True})

    done = answer.data["changeIdentifier"]
    assert done["errors"] == []
    copied = {one["after"]: one["count"] for one in done["effects"] if one["kind"] == "COPIED"}
    assert copied["BANK_ACCOUNTS"] == 2
    usual = {"bic": "AGRIFRPP", "holderName": "Atelier", "status": "ACTIVE", "version": 1}
    plain = {"factor": False, "factorName": None}
    named = {"factor": True, "factorName": "Rhône Factor"}
    assert done["structure"]["bankAccounts"]["nodes"] == [
        usual | plain | {"label": "Main", "iban": IBAN, "default": True},
        usual | named | {"label": "Factor", "iban": OTHER_IBAN, "default": False},
    ]
    assert len(await world.all(BankAccount, BankAccount.structure_id == structure.id)) == 3
    assert IBAN not in str([vars(one) for one in await world.all(ManagerAction)])
