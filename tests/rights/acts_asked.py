"""The acts behind the actions: how each is tried on a target, without doing it."""

import itertools

from collections.abc import Callable, Mapping
from typing import Any

from resolvers.node_ids import NodeKind
from tests.rights.asked_objects import NEWCOMER, Target
from tests.world import World, iban, siret


Call = tuple[str, dict[str, Any]]
"""A mutation with its input."""

Calls = Callable[[World, Target], list[Call]]

WHY = {"reason": "It has to be."}
WHOLE = {"wholeStructure": True}
ISSUED = {"area": "ISSUED_INVOICES", "mode": "MODIFICATION"}


def asking(_world: World, target: Target) -> list[Call]:
    """Ask to be connected to everything, or to one of the services."""
    place: dict[str, Any] = {"structureId": target.structure}
    chosen = ({**place, "serviceIds": [service]} for service in target.services)
    return [("requestConnection", given) for given in (place, *chosen)]


def deciding(kind: str) -> Calls:
    """Validate or refuse requests of *kind*."""

    def calls(_world: World, target: Target) -> list[Call]:
        chosen = [one for one in target.requests or [target.id] if one.startswith(kind)]
        name = "ConnectionRequests" if kind == "cr" else "SubscriptionRequests"
        return [
            call
            for one in chosen
            for call in (
                (f"validate{name}", {"requests": [{"id": one}]}),
                (f"refuse{name}", {"requests": [{"id": one, **WHY}]}),
            )
        ]

    return calls


def setting(_world: World, target: Target) -> list[Call]:
    """Give rights on the whole structure."""
    return [
        ("setSubscriptions", {"subscriptions": [{"membershipId": one, "scope": WHOLE, **ISSUED}]})
        for one in members(target)
    ]


def members(target: Target) -> list[str]:
    """Give the membership itself, or those of a structure or a service."""
    return [target.id] if target.kind == NodeKind.MEMBERSHIP else target.memberships


def on_members(name: str) -> Calls:
    """Do an act that names memberships."""
    return lambda _world, target: [
        (name, {"membershipIds": [one], **WHY}) for one in members(target)
    ]


def appointing(_world: World, target: Target) -> list[Call]:
    """Revoke who is secondary manager, appoint who is not."""
    return [
        (
            "revokeSecondaryManager" if one in target.secondary else "appointSecondaryManager",
            {"membershipId": one},
        )
        for one in members(target)
    ]


def reaching(_world: World, target: Target) -> list[Call]:
    """List users on services, take them off, or limit them to one."""
    services = [target.id] if target.kind == NodeKind.SERVICE else target.services
    found: list[Call] = []
    for service, one in itertools.product(services[:1], members(target)):
        given = {"serviceId": service, "membershipIds": [one]}
        found.append(("disableServiceUsers", given))
        if target.kind == NodeKind.SERVICE_USER:
            continue
        limit = {"membershipId": one, "version": 1, "scope": "LISTED", "serviceIds": [service]}
        found += [("enableServiceUsers", given), ("setMembershipScope", limit)]
    return found


def opening(_world: World, target: Target) -> list[Call]:
    """Open an area, or close one."""
    if target.kind == NodeKind.STRUCTURE_AREA:
        return [("closeAreas", {"structureAreaIds": [target.id]})]
    service = target.kind == NodeKind.SERVICE
    scope = {"serviceId": target.id} if service else WHOLE
    place = {"structureId": target.structure, "scope": scope}
    return [("openAreas", {"areas": [{**place, **ISSUED}]})]


def managing_service(_world: World, target: Target) -> list[Call]:
    """Make a service, change one, switch it off."""
    if target.kind == NodeKind.STRUCTURE:
        new = {"structureId": target.id, "code": "NEW", "service": {"name": "New"}}
        return [("createService", new)]
    given = {"serviceId": target.id, "version": target.version}
    return [
        ("updateService", {**given, "service": {"name": "New"}}),
        ("deactivateService", {**given, "force": True}),
    ]


def banking(_world: World, target: Target) -> list[Call]:
    """Add a bank account; choose or close one."""
    if target.kind == NodeKind.BANK_ACCOUNT:
        given = {"bankAccountId": target.id, "version": target.version}
        return [("closeBankAccount", given), ("setDefaultBankAccount", given)]
    place = {"structureId": target.id, "label": "New", "holderName": "The holder"}
    return [("addBankAccount", {**place, "iban": iban(900), "bic": "BNPAFRPP"})]


def duplicating(_world: World, target: Target) -> list[Call]:
    """Give users what another user has."""
    found = []
    for one in members(target):
        source = next(other for other in target.memberships if other != one)
        given = {"sourceMembershipId": source, "membershipIds": [one]}
        found.append(("duplicateRights", given))
    return found


def changing_identifier(_world: World, target: Target) -> list[Call]:
    """Change the identifier."""
    new = {"identifier": {"value": siret(902)}, "confirmDifferentSiren": True}
    return [("changeIdentifier", {"structureId": target.id, "version": target.version, **new})]


def updating(_world: World, target: Target) -> list[Call]:
    """Change the name."""
    given = {"structureId": target.id, "version": target.version, "name": "Renamed"}
    return [("updateStructure", given)]


def subscribing(world: World, target: Target) -> list[Call]:
    """Subscribe to the mandate."""
    terms = {"acceptTerms": True, "termsVersion": world.settings.mandate_terms_version}
    return [("subscribeMandate", {"structureId": target.id, **terms})]


def on_structure(name: str, /, **given: Any) -> Calls:
    """Do an act that names the structure alone."""
    return lambda _world, target: [(name, {"structureId": target.structure, **given})]


def on_structures(name: str, /, **given: Any) -> Calls:
    """Do an act that names structures."""
    return lambda _world, target: [(name, {"structureIds": [target.structure], **given})]


def switching(_world: World, target: Target) -> list[Call]:
    """Make an active structure inactive, or an inactive one active."""
    name = "deactivateStructures" if target.active else "reactivateStructures"
    return [(name, {"structureIds": [target.id], **WHY})]


def attaching(world: World, target: Target) -> list[Call]:
    """Connect somebody."""
    user = {"structureId": target.id, "login": NEWCOMER}
    return [("attachUsers", {"users": [user]})]


ACTS: Mapping[str, Calls] = {
    "CONNECTION_REQUEST_SUBMIT": asking,
    "REQUEST_CANCEL": lambda _world, target: [("cancelRequests", {"requestIds": [target.id]})],
    "CONNECTION_REQUEST_DECIDE": deciding("cr"),
    "SUBSCRIPTION_REQUEST_DECIDE": deciding("sr"),
    "SUBSCRIPTION_REQUEST_SUBMIT": on_structure(
        "requestSubscription", area="DATA_FLOW_OVERVIEW", mode="CONSULTATION", scope=WHOLE
    ),
    "STRUCTURE_UPDATE": updating,
    "STRUCTURE_DEACTIVATE": switching,
    "PRIMARY_MANAGER_TRANSFER": on_structures(
        "transferPrimaryManager", successor={"login": NEWCOMER}, **WHY
    ),
    "IDENTIFIER_CHANGE": changing_identifier,
    "SERVICE_MANAGE": managing_service,
    "SERVICE_USER_MANAGE": reaching,
    "OPENED_AREA_MANAGE": opening,
    "SUBSCRIPTION_SET": setting,
    "SUBSCRIPTION_END": lambda _world, target: [
        ("endSubscriptions", {"subscriptionIds": [one]})
        for one in ([target.id] if target.kind == NodeKind.AREA_SUBSCRIPTION else target.rights)
    ],
    "USER_ATTACH": attaching,
    "SECONDARY_MANAGER_APPOINT": appointing,
    "MEMBERSHIP_DEACTIVATE": on_members("deactivateMemberships"),
    "MEMBERSHIP_REACTIVATE": on_members("reactivateMemberships"),
    "MEMBERSHIP_DELETE": on_members("deleteMemberships"),
    "MEMBERSHIP_LEAVE": on_structures("leaveStructures"),
    "SUBSCRIPTION_DUPLICATE": duplicating,
    "BANK_ACCOUNT_MANAGE": banking,
    "MANDATE_SUBSCRIBE": subscribing,
    "MANDATE_REVOKE": on_structure("revokeMandate"),
}
"""How each action is done; an action on a target is possible if one of its acts is."""
