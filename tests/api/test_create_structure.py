"""Creating a structure: who it is, who manages it, and what it has from the start."""

from pathlib import Path
from typing import Any

import pytest

from models.accounts import PlatformRole, User, UserKind, UserStatus
from models.areas import StructureArea
from models.history import ManagerAction
from models.identifiers import IdentifierType
from models.memberships import Membership
from models.outbox import Notification
from models.services import Service
from models.structures import ApplicationCode, Sector, Structure, StructureApplication
from tests.firm import Firm, code
from tests.world import World, siret


CREATE = """
    mutation ($input: CreateStructureInput!) { done: createStructure(input: $input) {
        structure { id identifierType identifier name sector status version viewerRole
            applicationsUsed openedAreas { area { code } mode }
            services { nodes { code active } }
            primaryManager { displayName }
            general { label email phone vatNumber serviceCodeRequired engagementNumberRequired
                serviceCodeOrEngagementNumberRequired reportsPayment contractingAuthority
                contractingAuthorityOnly address { line1 postalCode city country } } }
        effects { kind before after area { code } user { displayName } structure { id } }
        errors { __typename code message field
            ... on InvalidError { expected }
            ... on StructureExistsError { structure { id name identifier status } }
            ... on StructureInactiveError { successor { id } } } } }
"""
NEW = siret(800)


def entity(value: str = NEW, kind: str = "SIRET", name: str = "Menuiserie Blanc") -> dict[str, Any]:
    return {"legalEntity": {"identifier": {"type": kind, "value": value}, "name": name}}


def person(last: str = "Élan-Roux", first: str = "Zoé", born: str = "1980-02-29") -> dict[str, Any]:
    return {"individual": {"lastName": last, "firstName": first, "birthDate": born}}


async def create(
    world: World, who: User, identity: dict[str, Any] | None = None, **more: Any
) -> Any:
    given = {"identity": identity or entity()} | more
    return (await world.ask(who, CREATE, input=given)).data["done"]


async def support_of(world: World) -> User:
    return await world.user("Simon Support", platform_role=PlatformRole.SUPPORT)


async def test_a_stranger_creates_a_structure_and_becomes_its_primary_manager(world: World) -> None:
    creator = await world.user("Claire Creator")

    done = await create(world, creator, entity(f"{NEW[:3]} {NEW[3:]}", name="  Menuiserie Blanc "))

    assert done["errors"] == []
    card = done["structure"]
    assert (card["identifierType"], card["identifier"]) == ("SIRET", NEW)
    assert (card["name"], card["sector"], card["status"]) == (
        "Menuiserie Blanc",
        "PRIVATE",
        "ACTIVE",
    )
    assert card["viewerRole"] == "PRIMARY_MANAGER"
    assert card["applicationsUsed"] == ["PAYMENT_REQUEST"]
    assert (card["openedAreas"], card["services"]["nodes"]) == ([], [])
    assert [(one["kind"], one["after"]) for one in done["effects"]] == [
        ("STRUCTURE_CREATED", NEW),
        ("MEMBERSHIP_CREATED", "ALL_SERVICES"),
        ("ROLE_CHANGED", "PRIMARY_MANAGER"),
    ]
    [membership] = await world.all(Membership)
    assert (membership.user_id, membership.origin.value) == (creator.id, "CREATOR")
    act, connected = await world.all(ManagerAction)
    for entry in (act, connected):
        assert (entry.action.value, entry.actor_id, entry.user_id) == (
            "STRUCTURE_CREATE",
            creator.id,
            creator.id,
        )
    assert act.changes == [
        {"field": "identifier", "before": None, "after": NEW},
        {"field": "sector", "before": None, "after": "PRIVATE"},
        {"field": "name", "before": None, "after": "Menuiserie Blanc"},
    ]
    assert connected.target_id == membership.id
    assert connected.changes == [
        {"field": "status", "before": None, "after": "ACTIVE"},
        {"field": "scope", "before": None, "after": "ALL_SERVICES"},
        {"field": "role", "before": None, "after": "PRIMARY_MANAGER"},
    ]
    assert await world.all(Notification) == []


async def test_a_creator_has_the_tabs_of_a_manager_at_once(world: World) -> None:
    creator = await world.user()
    await create(world, creator)

    tabs = "{ viewer { areaTabs { area { code } available } } }"
    answer = await world.ask(creator, tabs)

    available = [
        one["area"]["code"] for one in answer.data["viewer"]["areaTabs"] if one["available"]
    ]
    assert available == ["HOME", "MANAGER_ACTIVITIES", "SENT_REQUESTS", "MY_ACCOUNT"]


async def test_a_creator_fills_in_the_general_block(world: World) -> None:
    general = {
        "label": "Blanc",
        "email": "contact@blanc.example",
        "phone": "+33 (0)1 02 03 04 05",
        "vatNumber": "BE 0428 759 497",
        "contractingAuthorityOnly": True,
        "address": {
            "line1": "1 rue Verte",
            "postalCode": "35000",
            "city": "Rennes",
            "country": "fr",
        },
    }

    block = (await create(world, await world.user(), general=general))["structure"]["general"]

    assert (block["label"], block["email"]) == ("Blanc", "contact@blanc.example")
    assert (block["phone"], block["vatNumber"]) == ("+33 (0)1 02 03 04 05", "BE0428759497")
    assert (block["contractingAuthority"], block["reportsPayment"]) == (True, True)
    assert block["address"] == {
        "line1": "1 rue Verte",
        "postalCode": "35000",
        "city": "Rennes",
        "country": "FR",
    }
    act, _ = await world.all(ManagerAction)
    assert {change["field"]: change["after"] for change in act.changes} == {
        "identifier": NEW,
        "sector": "PRIVATE",
        "name": "Menuiserie Blanc",
        "label": "Blanc",
        "email": "***",
        "phone": "***",
        "vatNumber": "BE0428759497",
        "contractingAuthorityOnly": "true",
        "contractingAuthority": "true",
        **dict.fromkeys(("line1", "postalCode", "city", "country"), "***"),
    }


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("SIRET", NEW, NEW),
        ("EU_VAT", "be 0428.759.497", "BE0428759497"),
        ("NON_EU", "ch acme", "CHACME"),
        ("RIDET", "1234567001", "1234567001"),
        ("TAHITI", "a12345001", "A12345001"),
        ("OTHER", "in progress 7", "INPROGRESS7"),
    ],
)
async def test_a_creator_names_a_legal_entity_by_an_identifier_of_its_type(
    world: World, kind: str, value: str, stored: str
) -> None:
    card = (await create(world, await world.user(), entity(value, kind)))["structure"]

    assert (card["identifierType"], card["identifier"]) == (kind, stored)


async def test_a_private_person_is_identified_by_name_and_birth(world: World) -> None:
    creator = await world.user()

    done = await create(world, creator, person())

    card = done["structure"]
    assert (card["identifierType"], card["identifier"]) == (
        "INDIVIDUAL",
        "ELANROUX-ZOE-19800229",
    )
    assert card["name"] == "Élan-Roux Zoé"
    # What identifies a person is told to nobody else, and not kept for ever.
    assert done["effects"][0]["after"] is None
    act, _ = await world.all(ManagerAction)
    assert act.changes == [
        {"field": "identifier", "before": None, "after": "***"},
        {"field": "sector", "before": None, "after": "PRIVATE"},
        {"field": "name", "before": None, "after": "***"},
    ]


@pytest.mark.parametrize(
    ("identity", "field"),
    [
        (entity("12345678901234"), "legalEntity.identifier.value"),
        (entity("FR40303265045", "EU_VAT"), "legalEntity.identifier.value"),
        (entity("C", "NON_EU"), "legalEntity.identifier.value"),
        (entity("12345678", "RIDET"), "legalEntity.identifier.value"),
        (entity("1234567890", "TAHITI"), "legalEntity.identifier.value"),
        (entity("", "OTHER"), "legalEntity.identifier.value"),
        (entity("A" * 81, "OTHER"), "legalEntity.identifier.value"),
        (entity("MARTIN-ALEX-19800229", "INDIVIDUAL"), "legalEntity.identifier.type"),
        (entity(name=" "), "legalEntity.name"),
        (entity(name="a" * 100), "legalEntity.name"),
        (entity(name="line\nbreak"), "legalEntity.name"),
        (person(last=""), "individual.lastName"),
        (person(first="李"), "individual.firstName"),
        (person(born="1899-12-31"), "individual.birthDate"),
        (person(born="2999-01-01"), "individual.birthDate"),
    ],
)
async def test_a_creator_is_told_which_part_of_an_identity_is_wrong(
    world: World, identity: dict[str, Any], field: str
) -> None:
    done = await create(world, await world.user(), identity)

    [error] = done["errors"]
    assert (error["code"], error["field"]) == ("INVALID", ["input", "identity", *field.split(".")])
    assert error["expected"]
    assert await world.all(Structure) == []


@pytest.mark.parametrize(
    ("general", "field"),
    [
        ({"label": "a" * 201}, "label"),
        ({"email": "nobody"}, "email"),
        ({"phone": "call me"}, "phone"),
        ({"fax": "1"}, "fax"),
        ({"vatNumber": "FR00000000000"}, "vatNumber"),
        ({"vatNumber": "?"}, "vatNumber"),
        ({"pacageNumber": "12345678"}, "pacageNumber"),
        ({"address": {"country": "FRA"}}, "address.country"),
        ({"address": {"postalCode": "1" * 21}}, "address.postalCode"),
        ({"delegatedValidator": None}, "delegatedValidator"),
        ({"serviceCodeRequired": True}, "serviceCodeRequired"),
        ({"reportsPayment": False}, "reportsPayment"),
        (
            {"contractingAuthority": False, "contractingAuthorityOnly": True},
            "contractingAuthority",
        ),
    ],
)
async def test_a_creator_is_told_which_part_of_the_general_block_is_wrong(
    world: World, general: dict[str, Any], field: str
) -> None:
    done = await create(world, await world.user(), general=general)

    [error] = done["errors"]
    assert (error["code"], error["field"]) == ("INVALID", ["input", "general", *field.split(".")])
    assert await world.all(Structure) == []


async def test_exactly_one_identity_is_taken(world: World) -> None:
    creator = await world.user()
    for identity in ({}, entity() | person(), {"legalEntity": None}):
        answer = await world.ask(creator, CREATE, input={"identity": identity})

        assert answer.codes == ["VALIDATION_FAILED"] or answer.errors
        assert await world.all(Structure) == []


async def test_a_creator_of_what_exists_is_shown_its_card_and_nothing_else(firm: Firm) -> None:
    known = entity(firm.structure.identifier)

    done = await create(firm.world, firm.outsider, known)

    [error] = done["errors"]
    assert (error["__typename"], error["code"]) == ("StructureExistsError", "STRUCTURE_EXISTS")
    assert error["field"] == ["input", "identity", "legalEntity", "identifier", "value"]
    assert error["structure"] == {
        "id": firm.world.id(firm.structure),
        "name": firm.structure.name,
        "identifier": firm.structure.identifier,
        "status": "ACTIVE",
    }
    document = CREATE.replace(
        "{ id name identifier status }", "{ general { label } users { totalCount } }"
    )
    answer = await firm.world.ask(firm.outsider, document, input={"identity": known})
    assert set(answer.codes) == {"FORBIDDEN"}
    # Whom he tried to become the manager of is told nothing of it.
    assert await firm.world.all(ManagerAction) == []


async def test_an_identifier_is_taken_within_its_type_only(world: World) -> None:
    await world.structure(identifier_type=IdentifierType.OTHER, identifier=NEW)

    assert code(await create(world, await world.user())) == []
    assert code(await create(world, await world.user(), entity(NEW, "OTHER"))) == [
        "STRUCTURE_EXISTS"
    ]


async def test_a_creator_of_an_inactive_card_is_shown_what_replaced_it(firm: Firm) -> None:
    given = {
        "structureId": firm.world.id(firm.structure),
        "version": 1,
        "identifier": {"value": NEW},
        "confirmDifferentSiren": True,
    }
    change = "mutation ($input: ChangeIdentifierInput!) { changeIdentifier(input: $input) { errors { code } } }"
    await firm.world.ask(firm.primary, change, input=given)
    next_card = (await firm.world.all(Structure))[-1]

    done = await create(firm.world, firm.outsider, entity(firm.structure.identifier))

    [error] = done["errors"]
    assert (error["__typename"], error["code"]) == (
        "StructureInactiveError",
        "STRUCTURE_INACTIVE",
    )
    assert error["successor"] == {"id": firm.world.id(next_card)}


@pytest.mark.parametrize("retired", [False, True])
async def test_a_stranger_is_shown_no_card_of_a_private_person(world: World, retired: bool) -> None:
    creator, stranger = await world.user(), await world.user()
    await create(world, creator, person())
    [card] = await world.all(Structure)
    if retired:
        await world.retire(card)

    [error] = (await create(world, stranger, person()))["errors"]
    [own] = (await create(world, creator, person()))["errors"]

    assert (error["code"], error["structure"]) == ("STRUCTURE_EXISTS", None)
    assert own["code"] == ("STRUCTURE_INACTIVE" if retired else "STRUCTURE_EXISTS")


async def test_only_the_support_creates_public_structures_and_local_authorities(
    world: World,
) -> None:
    creator = await world.user()

    public = await create(world, creator, sector="PUBLIC")
    local = await create(world, creator, general={"localAuthority": True})

    assert code(public) == code(local) == ["CONTACT_SUPPORT"]
    assert public["errors"][0]["field"] == ["input", "sector"]
    assert local["errors"][0]["field"] == ["input", "general", "localAuthority"]
    assert await world.all(Structure) == []


async def test_invoices_cannot_name_a_service_that_a_new_structure_does_not_have(
    world: World,
) -> None:
    support, mayor = await support_of(world), await world.user("Maud Mayor")

    done = await create(
        world,
        support,
        sector="PUBLIC",
        general={"serviceCodeRequired": True},
        primaryManager={"login": mayor.login},
    )

    assert code(done) == ["LAST_REQUIRED_SERVICE"]
    assert done["errors"][0]["field"] == ["input", "general", "serviceCodeRequired"]
    assert await world.all(Structure) == []


async def test_the_support_creates_a_public_structure_for_its_manager(world: World) -> None:
    support, mayor = await support_of(world), await world.user("Maud Mayor")
    general = {"serviceCodeOrEngagementNumberRequired": True, "reportsPayment": False}

    done = await create(
        world,
        support,
        sector="PUBLIC",
        general=general | {"localAuthority": True},
        primaryManager={"login": mayor.login.upper()},
    )

    assert done["errors"] == []
    card = done["structure"]
    assert (card["sector"], card["primaryManager"]) == ("PUBLIC", {"displayName": "Maud Mayor"})
    assert card["services"]["nodes"] == [{"code": "FACTURES_PUBLIQUES", "active": True}]
    assert card["openedAreas"] == [
        {"area": {"code": area}, "mode": "MODIFICATION"}
        for area in ("ISSUED_INVOICES", "RECEIVED_INVOICES", "RECEIVED_REQUESTS")
    ]
    assert card["general"]["serviceCodeRequired"] is False
    [membership] = await world.all(Membership)
    assert (membership.user_id, membership.origin.value) == (mayor.id, "SUPPORT")
    [message] = await world.all(Notification)
    assert (message.kind.value, message.user_id) == ("STRUCTURE_CREATED", mayor.id)
    assert [one["kind"] for one in done["effects"]] == [
        *("STRUCTURE_CREATED", "MEMBERSHIP_CREATED", "ROLE_CHANGED"),
        *("AREA_OPENED", "AREA_OPENED", "AREA_OPENED", "NOTIFICATION"),
    ]


async def test_a_public_structure_has_a_siret(world: World) -> None:
    support, mayor = await support_of(world), await world.user()
    named = {"primaryManager": {"userId": world.id(mayor)}, "sector": "PUBLIC"}

    for identity in (entity("CHACME", "NON_EU"), person()):
        done = await create(world, support, identity, **named)
        assert (code(done), done["errors"][0]["field"]) == (["INVALID"], ["input", "sector"])


async def test_the_support_names_an_active_person_and_others_name_nobody(world: World) -> None:
    support, creator = await support_of(world), await world.user()
    idle = await world.user(status=UserStatus.DEACTIVATED)
    program = await world.user(kind=UserKind.TECHNICAL)

    assert code(await create(world, support)) == ["INVALID"]
    for unusable in (idle, program, support):
        named = {"primaryManager": {"login": unusable.login}}
        assert code(await create(world, support, **named)) == ["USER_NOT_ELIGIBLE"]
    named = {"primaryManager": {"login": creator.login}}
    assert code(await create(world, creator, **named)) == ["INVALID"]
    assert await world.all(Structure) == []


async def test_a_program_creates_nothing(world: World) -> None:
    program = await world.user(kind=UserKind.TECHNICAL)

    assert code(await create(world, program)) == ["USER_NOT_ELIGIBLE"]


async def test_a_dry_run_foresees_the_creation_and_leaves_nothing(world: World) -> None:
    done = await create(world, await world.user(), dryRun=True)

    assert (done["structure"], done["errors"]) == (None, [])
    assert done["effects"][0]["kind"] == "STRUCTURE_CREATED"
    assert done["effects"][0]["structure"] is None
    for entity_class in (Structure, Membership, StructureApplication, Service, StructureArea):
        assert await world.all(entity_class) == []
    assert await world.all(ManagerAction) == []


async def test_a_repeated_call_with_its_key_creates_one_structure(world: World) -> None:
    creator = await world.user()

    first = await create(world, creator, person(), idempotencyKey="one")
    again = await create(world, creator, person(), idempotencyKey="one")
    other = await create(world, creator, person(born="1980-02-28"), idempotencyKey="one")

    assert first["errors"] == []
    assert again == first
    assert code(other) == ["IDEMPOTENCY_MISMATCH"]
    assert len(await world.all(Structure)) == 1


async def test_payment_requests_are_used_from_the_start(world: World) -> None:
    await create(world, await world.user())

    [application] = await world.all(StructureApplication)
    assert application.code == ApplicationCode.PAYMENT_REQUEST


@pytest.mark.parametrize(
    ("register", "expected"),
    [("of_closed", "INVALID"), ("empty", "INVALID"), ("broken", "CONFLICT")],
)
async def test_a_siret_that_the_register_does_not_hold_for_active_is_refused(
    sqlite_url: str, tmp_path: Path, register: str, expected: str
) -> None:
    world = World(sqlite_url, tmp_path, siret_lookup=f"tests.registers:{register}")
    creator = await world.user()

    done = await create(world, creator)
    other = await create(world, creator, entity("CHACME", "NON_EU"))
    await world.close()

    assert code(done) == [expected]
    assert done["errors"][0]["field"] == ["input", "identity", "legalEntity", "identifier", "value"]
    assert code(other) == []


async def test_outsiders_do_not_read_an_address_that_the_register_withholds(
    sqlite_url: str, tmp_path: Path
) -> None:
    world = World(sqlite_url, tmp_path, siret_lookup="tests.registers:of_withheld")
    support, mayor = await support_of(world), await world.user()
    more: dict[str, Any] = {"general": {"address": {"city": "Brest"}}, "sector": "PUBLIC"}

    await create(world, support, primaryManager={"login": mayor.login}, **more)

    [card] = await world.all(Structure)
    document = "query ($id: ID!) { structure(by: {id: $id}) { general { address { city } } } }"
    inside = await world.ask(mayor, document, id=world.id(card))
    outside = await world.ask(await world.user(), document, id=world.id(card))
    await world.close()
    assert inside.data["structure"]["general"]["address"] == {"city": "Brest"}
    assert outside.data["structure"]["general"]["address"] is None


async def test_creating_costs_the_same_statements_for_whatever_exists(firm: Firm) -> None:
    world, sent = firm.world, []
    individual = await world.structure(
        identifier_type=IdentifierType.INDIVIDUAL, identifier="ELANROUX-ZOE-19800229"
    )
    await world.token(firm.outsider)
    for card in (individual, firm.structure):
        identity = person() if card is individual else entity(card.identifier)
        world.statements.clear()
        await create(world, firm.outsider, identity)
        sent.append(len(world.statements))

    assert sent[0] == sent[1]
    assert firm.structure.sector == Sector.PRIVATE
