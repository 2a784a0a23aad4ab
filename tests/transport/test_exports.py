"""Lists as CSV: who may take them, and what stands in them."""

from typing import Any

import pytest

from models.accounts import User
from models.areas import AreaCode, AreaMode
from models.history import TargetType
from models.identifiers import IdentifierType
from models.memberships import MembershipStatus
from models.policy import Action
from models.services import Service
from resolvers import pieces
from tests.firm import Firm
from tests.transport.exporting import act, code, history_of, rows, take, users_of
from transport.exports import _cell


@pytest.fixture
async def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "PIECE", 2)


async def test_a_manager_takes_the_users_with_their_rights(firm: Firm) -> None:
    world = firm.world
    clerk = await firm.clerk(services=[firm.sales, firm.stock])
    member = await firm.membership_of(clerk)
    await world.opening(firm.structure)
    await world.right(member, mode=AreaMode.MODIFICATION, service=firm.sales)
    await world.opening(firm.structure, AreaCode.WORK_INVOICES)
    await world.right(member, AreaCode.WORK_INVOICES)

    answer = await take(world, firm.secondary, users_of(firm))

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    day = world.now.date().isoformat()
    assert answer.headers["content-disposition"] == f'attachment; filename="users-{day}.csv"'
    assert answer.headers["cache-control"] == "no-store"
    found = rows(answer)
    assert [row["displayName"] for row in found] == ["Carla Clerk", "Paule Primary", "Serge Second"]
    assert found[0] == {
        "displayName": "Carla Clerk",
        "login": clerk.login,
        "email": clerk.email,
        "phone": "",
        "accountStatus": "ACTIVE",
        "lastConnectionAt": "",
        "role": "SIMPLE_USER",
        "status": "ACTIVE",
        "scope": "LISTED",
        "services": "SALES, STOCK",
        "areas": "ISSUED_INVOICES MODIFICATION (SALES), WORK_INVOICES CONSULTATION",
        "createdAt": world.now.isoformat().replace("+00:00", "Z"),
    }


async def test_the_users_are_those_of_the_list_under_the_same_filters(firm: Firm) -> None:
    await firm.clerk(status=MembershipStatus.INACTIVE)
    gone = await firm.world.user("Gone Away")
    await firm.world.member(firm.structure, gone, status=MembershipStatus.DELETED)

    live = rows(await take(firm.world, firm.primary, users_of(firm)))
    managers = rows(
        await take(
            firm.world, firm.primary, users_of(firm), role=["PRIMARY_MANAGER", "SECONDARY_MANAGER"]
        )
    )
    deleted = rows(await take(firm.world, firm.primary, users_of(firm), status="DELETED"))
    since = firm.world.now.isoformat()
    unseen = rows(await take(firm.world, firm.primary, users_of(firm), notSeenSince=since))
    clerks = {"role": "SIMPLE_USER", "notSeenSince": since}
    simple = rows(await take(firm.world, firm.primary, users_of(firm), **clerks))

    assert live == unseen
    assert [row["displayName"] for row in simple] == ["Carla Clerk"]
    assert len(live) == 3
    assert [row["displayName"] for row in managers] == ["Paule Primary", "Serge Second"]
    # Who has left is no longer contacted.
    assert [(row["displayName"], row["login"]) for row in deleted] == [("Gone Away", "")]


@pytest.mark.usefixtures("small_pieces")
async def test_pieces_follow_one_another_without_gap_or_double(firm: Firm) -> None:
    for number in range(7):
        person = await firm.world.user(f"Same Name{number % 2}")
        await firm.world.member(firm.structure, person)

    found = rows(await take(firm.world, firm.primary, users_of(firm)))

    assert len({row["login"] for row in found}) == len(found) == 9


async def test_who_may_not_list_users_or_read_the_history_takes_neither(firm: Firm) -> None:
    world, clerk = firm.world, await firm.clerk()
    support = await world.user("Sam Support", platform_role="SUPPORT")
    for path in (users_of(firm), history_of(firm)):
        assert code(await take(world, None, path)) == (401, "UNAUTHENTICATED")
        assert code(await take(world, clerk, path)) == (403, "FORBIDDEN")
        assert code(await take(world, firm.outsider, path)) == (403, "FORBIDDEN")
        assert (await take(world, support, path)).status_code == 200


async def test_a_structure_that_is_not_for_the_caller_is_missing(firm: Firm) -> None:
    world = firm.world
    hidden = await world.structure("Person", identifier_type=IdentifierType.INDIVIDUAL)
    for text in (world.id(hidden), world.id(firm.primary), "nonsense"):
        for kind in ("users", "history"):
            answer = await take(world, firm.primary, f"structures/{text}/{kind}.csv")
            assert code(answer) == (404, "NOT_FOUND")


async def test_a_wrong_token_is_refused(firm: Firm) -> None:
    headers = {"Authorization": "Bearer nonsense"}
    answer = await firm.world.client.get(f"/exports/{users_of(firm)}", headers=headers)
    assert code(answer) == (401, "UNAUTHENTICATED")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_manager_takes_the_history_newest_first(firm: Firm) -> None:
    clerk = await firm.clerk()
    member = await firm.membership_of(clerk)
    target = {"target_type": TargetType.MEMBERSHIP, "target_id": member.id}
    await act(firm, user_id=clerk.id, **target, reason="He\nasked; twice.")
    await act(firm, action=Action.OPENED_AREA_MANAGE, changes=[])

    found = rows(await take(firm.world, firm.primary, history_of(firm)))

    assert [row["action"] for row in found] == ["OPENED_AREA_MANAGE", "SUBSCRIPTION_SET"]
    assert found[1] == {
        "at": firm.world.now.isoformat().replace("+00:00", "Z"),
        "structure": firm.structure.identifier,
        "action": "SUBSCRIPTION_SET",
        "outcome": "DONE",
        "refusal": "",
        "count": "1",
        "actor": "Serge Second",
        "user": "Carla Clerk",
        "targetType": "Membership",
        "target": clerk.login,
        "reason": "He\nasked; twice.",
        "changes": "mode: - -> CONSULTATION",
    }


async def test_the_history_names_its_targets_to_those_who_may_read_them(firm: Firm) -> None:
    world, structure = firm.world, firm.structure
    clerk = await firm.clerk()
    member = await firm.membership_of(clerk)
    account = await world.bank_account(structure, "=Main account")
    mandate = await world.mandate(structure, firm.primary)
    for kind, entity in (
        (TargetType.STRUCTURE, structure),
        (TargetType.SERVICE, firm.sales),
        (TargetType.MEMBERSHIP, member),
        (TargetType.REQUEST, await world.connection_request(structure, firm.outsider)),
        (TargetType.REQUEST, await world.subscription_request(member)),
        (TargetType.STRUCTURE_AREA, await world.opening(structure)),
        (TargetType.STRUCTURE_AREA, await world.opening(structure, service=firm.sales)),
        (TargetType.BANK_ACCOUNT, account),
        (TargetType.SERVICE, Service(id=999_999)),
    ):
        await act(firm, actor_id=clerk.id, target_type=kind, target_id=entity.id)
    await act(firm, actor_id=clerk.id)

    async def named(person: User, path: str) -> list[tuple[str, str]]:
        found = rows(await take(world, person, path))
        return [(row["targetType"], row["target"]) for row in reversed(found)]

    all_of_them = [
        ("Structure", structure.identifier),
        ("Service", "SALES"),
        ("Membership", clerk.login),
        ("ConnectionRequest", firm.outsider.login),
        ("SubscriptionRequest", clerk.login),
        ("StructureArea", "ISSUED_INVOICES"),
        ("StructureArea", "ISSUED_INVOICES (SALES)"),
        ("BankAccount", "'=Main account"),
        ("", ""),
        ("", ""),
    ]
    terms = ("InvoicingMandate", mandate.terms_version)
    assert await named(firm.secondary, history_of(firm)) == [terms, *all_of_them]
    # The clerk's own acts: what others asked for, and the accounts, are not for him.
    hidden = {"ConnectionRequest", "BankAccount"}
    own = [pair if pair[0] not in hidden else ("", "") for pair in all_of_them]
    assert await named(clerk, "history.csv") == own
    await world.right(member)
    own[7] = all_of_them[7]
    assert await named(clerk, "history.csv") == own
    support = await world.user("Sam Support", platform_role="SUPPORT")
    told = {kind for kind, _ in await named(support, history_of(firm))}
    assert "ConnectionRequest" in told
    assert "BankAccount" not in told


async def test_targets_cost_one_statement_for_each_kind_however_many_there_are(firm: Firm) -> None:
    world, costs = firm.world, []
    await world.token(firm.primary)
    for person in (firm.primary, firm.secondary, await firm.clerk()):
        member = await firm.membership_of(person)
        await act(firm, target_type=TargetType.MEMBERSHIP, target_id=member.id)
        world.statements.clear()
        await take(world, firm.primary, history_of(firm))
        costs.append(len(world.statements))

    # Viewer, card, acts, people, their cards, targets, and the logins of those.
    assert costs == [7, 7, 7]


async def test_the_history_is_filtered_as_the_list_is(firm: Firm) -> None:
    world = firm.world
    await act(firm)
    await act(firm, action=Action.OPENED_AREA_MANAGE, actor_id=firm.primary.id)
    path = history_of(firm)

    async def count(**asked: Any) -> int:
        return len(rows(await take(world, firm.primary, path, **asked)))

    assert await count(action="OPENED_AREA_MANAGE") == 1
    assert await count(actorId=world.id(firm.secondary)) == 1
    assert await count(userId=world.id(firm.secondary)) == 0
    assert await count(outcome="REFUSED") == 0
    assert await count(**{"from": world.now.isoformat()}) == 2
    assert await count(to=world.now.isoformat()) == 0


async def test_everybody_takes_what_he_did_himself(firm: Firm) -> None:
    await act(firm)

    own = rows(await take(firm.world, firm.secondary, "history.csv"))

    assert [row["structure"] for row in own] == [firm.structure.identifier]
    assert rows(await take(firm.world, firm.primary, "history.csv")) == []
    assert code(await take(firm.world, None, "history.csv")) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize(
    "start",
    [
        *("=", "+", "-", "@", "\t", "\r", "\n"),
        *("\uff1d", "\uff0b", "\uff0d", "\uff20"),  # full width
        *("\ufe66", "\ufe62", "\ufe63", "\ufe6b", "\u207a", "\u2212"),
        *(" =", "  -", "\N{NO-BREAK SPACE}+", "\N{IDEOGRAPHIC SPACE}@", " \t", "\x0b\r"),
        *("\N{ZERO WIDTH SPACE}=", "\ufeff=", "\N{RIGHT-TO-LEFT MARK}\u2028-"),
        *("\N{SOFT HYPHEN} \uff1d", "\x00="),
    ],
    ids=ascii,
)
def test_no_cell_is_taken_for_a_formula(start: str) -> None:
    assert _cell(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize(
    "text", ["", " ", "\N{NO-BREAK SPACE}", "1+1", " 1=1", "a=1", "\u2013 so", "'=1", "\u200da@b"]
)
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert _cell(text) == text


async def test_what_looks_like_a_formula_is_exported_as_text(firm: Firm) -> None:
    await act(firm, reason="\N{NO-BREAK SPACE}\uff1d1+1")
    clerk = await firm.world.user("Carla Clerk", phone="+33 1 02 03 04 05")
    await firm.world.member(firm.structure, clerk)

    [told] = rows(await take(firm.world, firm.primary, history_of(firm)))
    [called, *_] = rows(await take(firm.world, firm.primary, users_of(firm)))

    assert told["reason"] == "'\N{NO-BREAK SPACE}\uff1d1+1"
    assert called["phone"] == "'+33 1 02 03 04 05"


@pytest.mark.parametrize(
    "asked",
    [
        {"role": "BOSS"},
        {"status": ["ACTIVE", "GONE"]},
        {"order": "NAME"},
        {"serviceId": ["a", "b"]},
        {"notSeenSince": "long ago"},
        {"notSeenSince": "2026-01-01T00:00:00"},
    ],
)
async def test_a_parameter_that_is_not_understood_is_refused(
    firm: Firm, asked: dict[str, Any]
) -> None:
    assert code(await take(firm.world, firm.primary, users_of(firm), **asked)) == (
        400,
        "BAD_REQUEST",
    )
    assert code(await take(firm.world, firm.primary, history_of(firm), **{"from": "soon"})) == (
        400,
        "BAD_REQUEST",
    )


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("name", ["notSeenSince", "from", "to"])
async def test_an_instant_outside_the_calendar_is_refused(
    firm: Firm, name: str, instant: str
) -> None:
    paths = [users_of(firm)] if name == "notSeenSince" else [history_of(firm), "history.csv"]
    for path in paths:
        answer = await take(firm.world, firm.primary, path, **{name: instant})
        assert code(answer) == (400, "BAD_REQUEST")
        assert name in answer.json()["errors"][0]["message"]


async def test_the_first_and_the_last_instant_of_the_calendar_are_understood(firm: Firm) -> None:
    await act(firm)
    first, last = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"

    told = await take(firm.world, firm.primary, history_of(firm), **{"from": first, "to": last})
    unseen = await take(firm.world, firm.primary, users_of(firm), notSeenSince=last)

    assert (len(rows(told)), len(rows(unseen))) == (1, 2)


async def test_other_methods_are_refused(firm: Firm) -> None:
    answer = await firm.world.client.post(f"/exports/{users_of(firm)}")
    assert code(answer) == (405, "BAD_REQUEST")
    assert answer.headers["allow"] == "GET"
