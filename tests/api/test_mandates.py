"""The invoicing mandate of a structure: subscribing to it, revoking it, and who reads it."""

from typing import Any

import pytest

from models.accounts import PlatformRole, User
from models.history import ManagerAction
from models.identifiers import IdentifierType
from models.mandates import InvoicingMandate
from models.outbox import Notification
from tests.firm import Firm, code
from tests.world import siret


ERRORS = """errors { __typename code message field ... on InvalidError { expected }
    ... on ForbiddenError { action passingRoles } ... on ConfirmationError { argument } }
    effects { kind user { displayName } }"""
MANDATE = """invoicingMandate { id status termsVersion subscribedAt subscribedBy { displayName }
    revokedAt revokedBy { displayName } structure { id } }"""
SUBSCRIBE = f"mutation ($input: SubscribeMandateInput!) {{ done: subscribeMandate(input: $input) {{ {MANDATE} {ERRORS} }} }}"
REVOKE = f"mutation ($input: RevokeMandateInput!) {{ done: revokeMandate(input: $input) {{ {MANDATE} {ERRORS} }} }}"
READ = f"query ($id: ID!) {{ structure(by: {{id: $id}}) {{ {MANDATE} }} }}"


async def send(firm: Firm, person: User, document: str, given: dict[str, Any]) -> Any:
    given = {"structureId": firm.world.id(firm.structure)} | given
    return (await firm.world.ask(person, document, input=given)).data["done"]


async def subscribe(firm: Firm, person: User, **given: Any) -> Any:
    return await send(firm, person, SUBSCRIBE, {"acceptTerms": True, "termsVersion": "1"} | given)


async def revoke(firm: Firm, person: User, **given: Any) -> Any:
    return await send(firm, person, REVOKE, given)


async def mandates(firm: Firm) -> list[tuple[str, str]]:
    found = await firm.world.all(InvoicingMandate)
    return [(one.status.value, one.terms_version) for one in found]


async def history(firm: Firm) -> list[tuple[str, int | None, str]]:
    return [
        (one.action.value, one.target_id, change["after"])
        for one in await firm.world.all(ManagerAction)
        for change in one.changes
    ]


def renew_terms(firm: Firm, version: str) -> None:
    object.__setattr__(firm.world.settings, "mandate_terms_version", version)


async def test_a_manager_subscribes_by_accepting_the_present_terms(firm: Firm) -> None:
    done = await subscribe(firm, firm.secondary)

    assert done["errors"] == []
    assert done["invoicingMandate"] == {
        "id": done["invoicingMandate"]["id"],
        "status": "ACTIVE",
        "termsVersion": "1",
        "subscribedAt": firm.world.now.isoformat().replace("+00:00", "Z"),
        "subscribedBy": {"displayName": "Serge Second"},
        "revokedAt": None,
        "revokedBy": None,
        "structure": {"id": firm.world.id(firm.structure)},
    }


async def test_the_present_terms_are_told_to_everybody(firm: Firm) -> None:
    renew_terms(firm, "2026-11")
    object.__setattr__(firm.world.settings, "mandate_terms_url", "https://example.test/terms")

    for person in (firm.outsider, None):
        answer = await firm.world.ask(person, "{ mandateTerms { version url } }")
        told = {"version": "2026-11", "url": "https://example.test/terms"}
        assert answer.data == {"mandateTerms": told}


async def test_terms_that_are_not_accepted_need_a_confirmation(firm: Firm) -> None:
    done = await subscribe(firm, firm.primary, acceptTerms=False)

    (error,) = done["errors"]
    assert (error["code"], error["argument"]) == ("CONFIRMATION_REQUIRED", "acceptTerms")
    assert await mandates(firm) == []


@pytest.mark.parametrize("version", ["0", "", " 1", "1" * 5_000])
async def test_terms_that_are_not_the_present_ones_are_read_again(firm: Firm, version: str) -> None:
    done = await subscribe(firm, firm.primary, termsVersion=version)

    (error,) = done["errors"]
    assert (error["code"], error["expected"]) == ("INVALID", "1")
    assert error["field"] == ["input", "termsVersion"]
    assert await mandates(firm) == []


async def test_a_mandate_subscribed_twice_is_one_mandate(firm: Firm) -> None:
    first = await subscribe(firm, firm.primary)
    again = await subscribe(firm, firm.secondary)

    assert again["errors"] == again["effects"] == []
    assert again["invoicingMandate"] == first["invoicingMandate"]
    assert await mandates(firm) == [("ACTIVE", "1")]
    assert len(await history(firm)) == 1


async def test_new_terms_are_accepted_by_a_new_mandate(firm: Firm) -> None:
    old = (await subscribe(firm, firm.primary))["invoicingMandate"]["id"]
    renew_terms(firm, "2")
    assert code(await subscribe(firm, firm.secondary, termsVersion="1")) == ["INVALID"]

    new = (await subscribe(firm, firm.secondary, termsVersion="2"))["invoicingMandate"]

    assert (new["id"] != old, new["status"], new["termsVersion"]) == (True, "ACTIVE", "2")
    assert await mandates(firm) == [("REVOKED", "1"), ("ACTIVE", "2")]
    first, second = await firm.world.all(InvoicingMandate)
    assert first.revoked_by_id == firm.secondary.id
    assert await history(firm) == [
        ("MANDATE_SUBSCRIBE", first.id, "1"),
        ("MANDATE_SUBSCRIBE", first.id, "REVOKED"),
        ("MANDATE_SUBSCRIBE", second.id, "2"),
    ]


async def test_the_primary_manager_revokes_and_a_later_subscription_is_a_new_one(
    firm: Firm,
) -> None:
    await subscribe(firm, firm.secondary)
    firm.later(1)

    done = await revoke(firm, firm.primary)

    revoked = done["invoicingMandate"]
    assert (done["errors"], revoked["status"]) == ([], "REVOKED")
    assert revoked["revokedBy"] == {"displayName": "Paule Primary"}
    assert revoked["revokedAt"] > revoked["subscribedAt"]
    assert code(await subscribe(firm, firm.primary)) == []
    assert await mandates(firm) == [("REVOKED", "1"), ("ACTIVE", "1")]
    assert [action for action, *_ in await history(firm)] == [
        "MANDATE_SUBSCRIBE",
        "MANDATE_REVOKE",
        "MANDATE_SUBSCRIBE",
    ]


async def test_a_secondary_manager_does_not_revoke(firm: Firm) -> None:
    await subscribe(firm, firm.primary)
    # He is primary manager of another structure, so he holds the act somewhere.
    await firm.world.structure("Other", primary=firm.secondary)

    done = await revoke(firm, firm.secondary)

    (error,) = done["errors"]
    assert (error["code"], error["action"]) == ("FORBIDDEN", "MANDATE_REVOKE")
    assert error["passingRoles"] == ["PRIMARY_MANAGER"]
    assert done["invoicingMandate"]["status"] == "ACTIVE"


async def test_a_mandate_revoked_twice_is_revoked_once(firm: Firm) -> None:
    await subscribe(firm, firm.primary)
    first = await revoke(firm, firm.primary)
    again = await revoke(firm, firm.primary)

    assert (again["errors"], again["effects"]) == ([], [])
    assert again["invoicingMandate"] == first["invoicingMandate"]
    assert len(await history(firm)) == 2


async def test_a_mandate_that_never_was_is_not_revoked(firm: Firm) -> None:
    assert code(await revoke(firm, firm.primary)) == ["MANDATE_REQUIRED"]


async def test_an_inactive_structure_revokes_but_does_not_subscribe(firm: Firm) -> None:
    await subscribe(firm, firm.primary)
    await firm.world.retire(firm.structure)

    assert code(await subscribe(firm, firm.primary)) == ["STRUCTURE_INACTIVE"]
    assert code(await revoke(firm, firm.primary)) == []


@pytest.mark.parametrize("act", [subscribe, revoke])
async def test_a_hidden_card_has_no_mandate(firm: Firm, act: Any) -> None:
    person = await firm.world.structure(
        identifier_type=IdentifierType.INDIVIDUAL, identifier="MARTIN1970"
    )

    assert code(await act(firm, firm.primary, structureId=firm.world.id(person))) == ["NOT_FOUND"]


async def test_the_manager_of_another_structure_sees_no_mandate_here(firm: Firm) -> None:
    await subscribe(firm, firm.primary)
    await firm.world.structure("Other", primary=firm.outsider)

    for act in (subscribe, revoke):
        done = await act(firm, firm.outsider)
        assert (code(done), done["invoicingMandate"]) == (["FORBIDDEN"], None)


async def test_the_other_managers_are_told(firm: Firm) -> None:
    done = await subscribe(firm, firm.secondary)
    await revoke(firm, firm.primary)

    assert done["effects"] == [{"kind": "NOTIFICATION", "user": {"displayName": "Paule Primary"}}]
    [mandate] = await firm.world.all(InvoicingMandate)
    told = [
        (one.kind.value, one.user_id, one.payload) for one in await firm.world.all(Notification)
    ]
    assert told == [
        ("MANDATE_SUBSCRIBED", firm.primary.id, {"mandate_id": mandate.id}),
        ("MANDATE_REVOKED", firm.secondary.id, {"mandate_id": mandate.id}),
    ]


async def test_a_dry_run_changes_nothing(firm: Firm) -> None:
    dry = await subscribe(firm, firm.secondary, dryRun=True)

    assert (dry["errors"], dry["invoicingMandate"], await mandates(firm)) == ([], None, [])
    assert dry["effects"] == (await subscribe(firm, firm.secondary))["effects"]
    dry = await revoke(firm, firm.primary, dryRun=True)
    assert (dry["errors"], dry["invoicingMandate"]["status"]) == ([], "ACTIVE")
    assert await mandates(firm) == [("ACTIVE", "1")]
    assert len(await history(firm)) == 1


async def test_a_repeated_call_with_its_key_is_done_once(firm: Firm) -> None:
    first = await subscribe(firm, firm.primary, idempotencyKey="one")
    await revoke(firm, firm.primary, idempotencyKey="two")

    again = await subscribe(firm, firm.primary, idempotencyKey="one")

    assert again["invoicingMandate"]["id"] == first["invoicingMandate"]["id"]
    assert again["invoicingMandate"]["status"] == "REVOKED"
    assert await mandates(firm) == [("REVOKED", "1")]


async def test_the_latest_mandate_is_read_by_managers_and_support(firm: Firm) -> None:
    support = await firm.world.user("Sam Support", platform_role=PlatformRole.SUPPORT)
    where = {"id": firm.world.id(firm.structure)}
    assert (await firm.world.ask(firm.primary, READ, **where)).data["structure"] == {
        "invoicingMandate": None
    }
    await firm.world.mandate(firm.structure, firm.primary, revoked=True)
    latest = await firm.world.mandate(firm.structure, firm.primary)

    for person in (firm.primary, firm.secondary, support):
        answer = await firm.world.ask(person, READ, **where)
        assert answer.data["structure"]["invoicingMandate"]["id"] == firm.world.id(latest)
    assert (await firm.world.ask(await firm.clerk(), READ, **where)).codes == ["FORBIDDEN"]


async def test_a_change_of_identifier_leaves_the_mandate_behind(firm: Firm) -> None:
    await subscribe(firm, firm.primary)
    given = {
        "structureId": firm.world.id(firm.structure),
        "version": 1,
        "identifier": {"value": siret(900)},
        "confirmDifferentSiren": True,
    }
    document = f"""mutation ($input: ChangeIdentifierInput!) {{ changeIdentifier(input: $input) {{
        structure {{ {MANDATE} predecessor {{ {MANDATE} }} }} errors {{ code }} }} }}"""

    answer = await firm.world.ask(firm.primary, document, input=given)

    done = answer.data["changeIdentifier"]
    assert done["structure"]["invoicingMandate"] is None
    assert done["structure"]["predecessor"]["invoicingMandate"]["status"] == "ACTIVE"
