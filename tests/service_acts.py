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


async def _on_users(
    firm: Firm, person: User, name: str, service: Service, ids: list[str], given: Any
) -> Any:
    kind = name[0].upper() + name[1:]
    document = f"""mutation ($input: {kind}Input!) {{ {name}(input: $input) {{
        results {{ id serviceUser {{ id status via service {{ code }} }}
            error {{ __typename code field }} }}
        {EFFECTS} errors {{ code field }} }} }}"""
    asked = {"serviceId": firm.world.id(service), "membershipIds": ids}
    return (await firm.world.ask(person, document, input=asked | given)).data[name]


async def enable(
    firm: Firm, person: User, service: Service, *users: Membership | str, **given: Any
) -> Any:
    ids = [one if isinstance(one, str) else firm.world.id(one) for one in users]
    return await _on_users(firm, person, "enableServiceUsers", service, ids, given)


async def disable(
    firm: Firm, person: User, service: Service, *users: Membership | str, **given: Any
) -> Any:
    ids = [one if isinstance(one, str) else firm.world.id(one) for one in users]
    return await _on_users(firm, person, "disableServiceUsers", service, ids, given)


async def set_scope(
    firm: Firm, person: User, membership: Membership, scope: str, **given: Any
) -> Any:
    document = f"""mutation ($input: SetMembershipScopeInput!) {{
        setMembershipScope(input: $input) {{
        membership {{ id scope version services {{ nodes {{ code }} }} }}
        {EFFECTS} {ERRORS} }} }}"""
    usual = {"membershipId": firm.world.id(membership), "version": membership.version}
    answer = await firm.world.ask(person, document, input=usual | {"scope": scope} | given)
    return answer.body["data"]["setMembershipScope"]


async def limit(
    firm: Firm, person: User, membership: Membership, *services: Service, **given: Any
) -> Any:
    ids = [firm.world.id(service) for service in services]
    return await set_scope(firm, person, membership, "LISTED", serviceIds=ids, **given)


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
