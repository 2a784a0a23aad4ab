"""The acts of a manager on services, as tests ask for them."""

from typing import Any

from models.accounts import User
from models.memberships import Membership, ServiceMembership
from models.services import Service
from tests.firm import Firm


ERRORS = """errors { __typename code field message
    ... on InvalidError { expected }
    ... on ForbiddenError { action passingRoles }
    ... on StaleVersionError { currentVersion }
    ... on ConfirmationError { argument affectedUsers }
    ... on StructureInactiveError { successor { id } } }"""
SERVICE = """service { id code name description active validFrom validTo version
    engagementNumberRequired address { line1 line2 line3 postalCode city country } }"""
EFFECTS = """effects { kind count before after user { displayName } area { code }
    service { code } structure { id } }"""


async def single(firm: Firm, person: User, name: str, given: dict[str, Any]) -> Any:
    kind = name[0].upper() + name[1:]
    document = f"""mutation ($input: {kind}Input!) {{ {name}(input: $input)
        {{ {SERVICE} {EFFECTS} {ERRORS} }} }}"""
    return (await firm.world.ask(person, document, input=given)).data[name]


async def create(firm: Firm, person: User, code: str, **given: Any) -> Any:
    service = {"name": "Accounts", **given.pop("service", {})}
    usual = {"structureId": firm.world.id(firm.structure), "code": code, "service": service}
    return await single(firm, person, "createService", usual | given)


async def on_service(firm: Firm, person: User, name: str, target: Service, **given: Any) -> Any:
    usual = {"serviceId": firm.world.id(target), "version": target.version}
    return await single(firm, person, name, usual | given)


async def update(
    firm: Firm, person: User, service: Service, data: dict[str, Any], **given: Any
) -> Any:
    return await on_service(firm, person, "updateService", service, **given, service=data)


async def deactivate(firm: Firm, person: User, service: Service, **given: Any) -> Any:
    return await on_service(firm, person, "deactivateService", service, **given)


async def reactivate(firm: Firm, person: User, service: Service, **given: Any) -> Any:
    return await on_service(firm, person, "reactivateService", service, **given)


def effects(answer: Any) -> list[tuple[Any, ...]]:
    return [
        (one["kind"], one["user"] and one["user"]["displayName"], one["before"], one["after"])
        for one in answer["effects"]
    ]


async def listings(firm: Firm, membership: Membership) -> dict[str, str]:
    own = ServiceMembership.membership_id == membership.id
    codes = {service.id: service.code for service in await firm.world.all(Service)}
    found = await firm.world.all(ServiceMembership, own)
    return {codes[one.service_id]: one.status.value for one in found}
