"""Every mutation, for every kind of person."""

import hashlib

from typing import Any

import pytest

from sqlalchemy import text

from models.base import Model
from models.identifiers import IdentifierType
from tests.rights.expected import (
    DONE,
    HERE,
    INACTIVE,
    MUTATIONS,
    NOWHERE,
    PRIVATE,
    RETIRED,
    SUPPORT,
    UNKNOWN,
)
from tests.rights.scene import Scene
from tests.world import World, iban, siret


SINGLE = {
    *("createStructure", "updateStructure"),
    *("requestConnection", "requestSubscription", "changeIdentifier"),
    *("createService", "updateService", "deactivateService", "reactivateService"),
    "setMembershipScope",
    *("appointSecondaryManager", "revokeSecondaryManager"),
    *("addBankAccount", "closeBankAccount", "setDefaultBankAccount"),
    *("subscribeMandate", "revokeMandate"),
}
"""Mutations on one object, which answer without a list of results."""


@pytest.fixture
async def scene(world: World) -> Scene:
    """Every kind of person, structure and object."""
    return await Scene.set_up(world)


def inputs(world: World, scene: Scene, who: str) -> dict[str, dict[str, Any]]:
    """Give an input for each mutation that would be accepted from whom may."""
    structure = world.id(scene.structures[PRIVATE])
    connection = scene.ids["request of the requester"]
    subscription = scene.ids["subscription request of the simple user"]
    account = scene.ids["bank account"]
    simple = scene.ids["membership of the simple user"]
    reason = {"reason": "Not one of ours."}
    manager = {"primaryManager": {"login": scene.person("stranger").login}}
    why = {"reason": "The manager has left."} if who == SUPPORT else {}
    return {
        "createStructure": {
            "identity": {"legalEntity": {"identifier": {"value": siret(901)}, "name": "New"}},
            **(manager if who == SUPPORT else {}),
        },
        "updateStructure": {"structureId": structure, "version": 1, "name": "Renamed"},
        "deactivateStructures": {"structureIds": [structure], "reason": "It has closed."},
        "reactivateStructures": {
            "structureIds": [world.id(scene.structures[RETIRED])],
            "reason": "It has opened again.",
        },
        "validateConnectionRequests": {"requests": [{"id": connection}]},
        "refuseConnectionRequests": {"requests": [{"id": connection, **reason}]},
        "validateSubscriptionRequests": {"requests": [{"id": subscription}]},
        "refuseSubscriptionRequests": {"requests": [{"id": subscription, **reason}]},
        "cancelRequests": {"requestIds": [connection]},
        "requestConnection": {"structureId": structure},
        "requestSubscription": {
            "structureId": structure,
            "area": "ISSUED_INVOICES",
            "mode": "CONSULTATION",
            "scope": {"wholeStructure": True},
        },
        "transferPrimaryManager": {
            "structureIds": [structure],
            "successor": {"login": scene.person("secondary").login},
            **why,
        },
        "changeIdentifier": {
            "structureId": structure,
            "version": 1,
            "identifier": {"type": IdentifierType.SIRET, "value": siret(900)},
            "confirmDifferentSiren": True,
        },
        "createService": {"structureId": structure, "code": "NEW", "service": {"name": "New"}},
        "updateService": {
            "serviceId": scene.ids["service"],
            "version": 1,
            "service": {"name": "New"},
        },
        "deactivateService": {"serviceId": scene.ids["service"], "version": 1, "force": True},
        "reactivateService": {"serviceId": scene.ids["service"], "version": 1},
        "enableServiceUsers": {
            "serviceId": scene.ids["service"],
            "membershipIds": [scene.ids["membership of the simple user"]],
        },
        "disableServiceUsers": {
            "serviceId": scene.ids["service"],
            "membershipIds": [scene.ids["membership of the simple user"]],
        },
        "setMembershipScope": {
            "membershipId": scene.ids["membership of the simple user"],
            "version": 1,
            "scope": "ALL_SERVICES",
        },
        "openAreas": {
            "areas": [
                {
                    "structureId": structure,
                    "area": "WORK_INVOICES",
                    "mode": "MODIFICATION",
                    "scope": {"wholeStructure": True},
                }
            ]
        },
        "closeAreas": {"structureAreaIds": [scene.ids["opening"]]},
        "setSubscriptions": {
            "subscriptions": [
                {
                    "membershipId": scene.ids["membership of the simple user"],
                    "area": "ISSUED_INVOICES",
                    "mode": "MODIFICATION",
                    "scope": {"serviceId": scene.ids["service"]},
                }
            ]
        },
        "endSubscriptions": {"subscriptionIds": [scene.ids["right of the simple user"]]},
        "attachUsers": {
            "users": [{"structureId": structure, "login": scene.person("stranger").login}]
        },
        "appointSecondaryManager": {"membershipId": simple},
        "revokeSecondaryManager": {"membershipId": scene.ids["membership of another user"]},
        "leaveStructures": {"structureIds": [structure]},
        "duplicateRights": {
            "sourceMembershipId": scene.ids["membership of another user"],
            "membershipIds": [simple],
        },
        "deactivateMemberships": {"membershipIds": [simple], **why},
        "reactivateMemberships": {
            "membershipIds": [world.id(scene.memberships[PRIVATE, INACTIVE])],
            **why,
        },
        "deleteMemberships": {"membershipIds": [simple], **why},
        "addBankAccount": {
            "structureId": structure,
            "label": "Second account",
            "iban": iban(900),
            "bic": "BNPAFRPP",
            "holderName": "The private one",
        },
        "subscribeMandate": {
            "structureId": structure,
            "acceptTerms": True,
            "termsVersion": world.settings.mandate_terms_version,
        },
        "revokeMandate": {"structureId": structure},
        "closeBankAccount": {"bankAccountId": account, "version": 1},
        "setDefaultBankAccount": {"bankAccountId": account, "version": 1},
    }


async def fingerprint(world: World) -> str:
    """Hash every row of every table."""

    async def work(session: Any) -> str:
        digest = hashlib.sha256()
        for table in Model.metadata.sorted_tables:
            rows = (await session.execute(text(f"SELECT * FROM {table.name}"))).all()  # noqa: S608
            digest.update(repr(sorted(map(repr, rows))).encode())
        return digest.hexdigest()

    found: str = await world.database.write(work)
    return found


async def signed_in(world: World, scene: Scene) -> str:
    """Sign everybody in, which writes and is no part of what is compared; hash what then is."""
    for person in scene.people.values():
        if person is not None:
            await world.token(person)
    return await fingerprint(world)


def outcome(answer: dict[str, Any]) -> str:
    """Tell what became of a mutation."""
    ((_, payload),) = answer["data"].items()
    if payload is None:
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}
        return NOWHERE
    errors = [*payload["errors"], *(one["error"] for one in payload.get("results", []))]
    codes: list[str] = [error["code"] for error in errors if error is not None]
    if not codes:
        return DONE
    return {"FORBIDDEN": HERE, "NOT_FOUND": UNKNOWN}.get(codes[0], codes[0])


def document_of(name: str) -> str:
    """Write the mutation of *name*."""
    items = "" if name in SINGLE else "results { id error { code } }"
    kind = name[0].upper() + name[1:]
    return (
        f"mutation ($input: {kind}Input!) {{ {name}(input: $input)"
        f" {{ {items} errors {{ code }} effects {{ kind }} }} }}"
    )


@pytest.mark.parametrize("name", sorted(MUTATIONS))
async def test_an_act_is_done_by_whom_the_sheets_let_and_leaves_no_trace_of_others(
    world: World, scene: Scene, name: str
) -> None:
    document = document_of(name)
    before = await signed_in(world, scene)
    found = {}
    for who, expected in MUTATIONS[name].items():
        given = inputs(world, scene, who)[name] | {"dryRun": expected == DONE}
        answer = await world.ask(scene.people[who], document, input=given)
        found[who] = outcome(answer.body)
        assert (who, await fingerprint(world)) == (who, before)
    assert found == MUTATIONS[name]


@pytest.mark.parametrize("name", sorted(MUTATIONS))
async def test_a_key_changes_nothing_for_whom_the_act_is_refused_everywhere(
    world: World, scene: Scene, name: str
) -> None:
    document = document_of(name)
    before = await signed_in(world, scene)
    refused = [who for who, expected in MUTATIONS[name].items() if expected == NOWHERE]
    for who in refused:
        person, given = scene.people[who], inputs(world, scene, who)[name]
        world.statements.clear()
        plain = await world.ask(person, document, input=given)
        # The caller is read, and nothing else.
        assert len(world.statements) == (person is not None)
        for more in ("key", "", "k" * 201):
            keyed = await world.ask(person, document, input=given | {"idempotencyKey": more})
            assert (who, more, keyed.body) == (who, more, plain.body)
        many = [field for field, value in given.items() if isinstance(value, list)]
        empty = given | {"idempotencyKey": "key"} | {field: [] for field in many}
        assert (await world.ask(person, document, input=empty)).body == plain.body
        assert (who, await fingerprint(world)) == (who, before)
