"""The inputs of the mutations, from what the model says is asked."""

from collections.abc import Callable
from typing import Any

from tests.reference.calls import Ids


TERMS = "1"
LONG_AGO = "2001-01-01"


def _decision(ids: Ids, item: dict[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {"id": ids.request(item["request"])}
    if "stale" in item:
        given["version"] = ids.version(f"request {item['request']}", stale=item["stale"])
    return given


def _connection_decision(ids: Ids, item: dict[str, Any]) -> dict[str, Any]:
    return _decision(ids, item) | {"serviceIds": ids.services(item["services"])}


def _subscription_decision(ids: Ids, item: dict[str, Any]) -> dict[str, Any]:
    given = _decision(ids, item) | {"mode": item["mode"]}
    if item["service"] != "as asked":
        given["scope"] = ids.scope(item["service"])
    return given


def _refusal(ids: Ids, item: dict[str, Any]) -> dict[str, Any]:
    return _decision(ids, item) | {"reason": item["reason"]}


def _transfer(ids: Ids, given: dict[str, Any]) -> dict[str, Any]:
    successor = given["successor"]
    lookup = {"login": f"{successor}@example.test"}
    if given["by_id"]:
        lookup = {"userId": ids.id(successor)}
    return {
        "structureIds": [ids.structure(number) for number in given["structures"]],
        "successor": lookup,
        "afterTransfer": given["after"],
        "reason": given["reason"],
    }


def _opening(ids: Ids, item: dict[str, Any]) -> dict[str, Any]:
    return {
        "structureId": ids.structure(item["structure"]),
        "scope": ids.scope(item["service"]),
        "area": item["area"],
        "mode": item["mode"],
        "subscribeMe": item["subscribe_me"],
    }


def _setting(ids: Ids, item: dict[str, Any]) -> dict[str, Any]:
    number = item["membership"]
    return {
        "membershipId": ids.id(None if number is None else f"membership {number}"),
        "area": item["area"],
        "mode": item["mode"],
        "scope": ids.scope(item["service"]),
    }


def _scoped(kind: str, item: tuple[int, tuple[str, str | None]] | None) -> str | None:
    return None if item is None else f"{kind} {item[0]} {item[1][0]} {item[1][1]}"


def _bank_account(ids: Ids, given: dict[str, Any]) -> dict[str, Any]:
    return {
        "structureId": ids.structure(given["structure"]),
        "label": given["label"],
        "iban": given["iban"],
        "bic": "AGRIFRPP",
        "holderName": "Holder",
        "default": given["default"],
    }


def _known_account(ids: Ids, given: dict[str, Any]) -> dict[str, Any]:
    account = given["account"]
    name = None if account is None else f"account {account[0]} {account[1]}"
    return {
        "bankAccountId": ids.id(name),
        "version": ids.version(str(name), stale=given["stale"]),
    }


def _memberships(ids: Ids, given: dict[str, Any]) -> dict[str, Any]:
    names = [None if one is None else f"membership {one}" for one in given["memberships"]]
    return {"membershipIds": [ids.id(name) for name in names], "reason": given["reason"]}


def _founded(ids: Ids, given: dict[str, Any]) -> dict[str, Any]:
    manager = given["manager"]
    entity = {"identifier": {"type": "SIRET", "value": given["value"]}, "name": "Founded"}
    return {
        "identity": {"legalEntity": entity},
        "sector": given["sector"],
        "primaryManager": None if manager is None else {"login": f"{manager}@example.test"},
    }


def _named(ids: Ids, numbers: list[int | None]) -> list[str]:
    return [ids.id(None if one is None else f"membership {one}") for one in numbers]


def _listing(ids: Ids, given: dict[str, Any]) -> dict[str, Any]:
    return {
        "serviceId": ids.service(given["service"]),
        "membershipIds": _named(ids, given["memberships"]),
    }


def _reach(ids: Ids, given: dict[str, Any]) -> dict[str, Any]:
    [text] = _named(ids, [given["membership"]])
    return {
        "membershipId": text,
        "version": ids.version(f"membership {given['membership']}", stale=given["stale"]),
        "scope": "ALL_SERVICES" if given["everywhere"] else "LISTED",
        "serviceIds": ids.services(given["services"]),
    }


def _duplication(ids: Ids, given: dict[str, Any]) -> dict[str, Any]:
    [source] = _named(ids, [given["source"]])
    return {"sourceMembershipId": source, "membershipIds": _named(ids, given["memberships"])}


def _updated(ids: Ids, given: dict[str, Any]) -> dict[str, Any]:
    written: dict[str, Any] = {
        "structureId": ids.structure(given["structure"]),
        "version": ids.version(f"structure {given['structure']}", stale=given["stale"]),
    }
    if given["name"] is not None:
        written["name"] = given["name"]
    if given["applications"] is not None:
        written["applicationsUsed"] = given["applications"]
    if given["validator"] is not None:
        written["general"] = {"delegatedValidator": given["validator"]}
    return written


def _closing(ids: Ids, given: dict[str, Any]) -> dict[str, Any]:
    places = [ids.structure(number) for number in given["structures"]]
    return {"structureIds": places, "reason": given["reason"]}


def _attachment(ids: Ids, item: dict[str, Any]) -> dict[str, Any]:
    return {
        "structureId": ids.structure(item["structure"]),
        "login": f"{item['person']}@example.test",
        "scope": "ALL_SERVICES" if item["everywhere"] else "LISTED",
        "serviceIds": ids.services(item["services"]),
    }


def _role(ids: Ids, given: dict[str, Any]) -> dict[str, Any]:
    number = given["membership"]
    name = None if number is None else f"membership {number}"
    written: dict[str, Any] = {"membershipId": ids.id(name)}
    if given["stale"] is not None:
        written["version"] = ids.version(str(name), stale=given["stale"])
    return written


def _mandate(ids: Ids, given: dict[str, Any]) -> dict[str, Any]:
    return {
        "structureId": ids.structure(given["structure"]),
        "acceptTerms": given["accepted"],
        "termsVersion": TERMS if given["current"] else "none that ever was",
    }


def _new_service(ids: Ids, given: dict[str, Any]) -> dict[str, Any]:
    service = {"name": given["name"]} | ({"validTo": LONG_AGO} if given["ended"] else {})
    return {
        "structureId": ids.structure(given["structure"]),
        "code": given["code"],
        "service": service,
    }


def _known_service(ids: Ids, given: dict[str, Any]) -> dict[str, Any]:
    name = given["service"]
    version = ids.version(
        "" if name is None else f"service {name[0]} {name[1]}", stale=given["stale"]
    )
    return {"serviceId": ids.service(name), "version": version}


def _changed_service(ids: Ids, given: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {} if given["name"] is None else {"name": given["name"]}
    if given["ended"] is not None:
        values["validTo"] = LONG_AGO if given["ended"] else None
    return _known_service(ids, given) | {"service": values, "force": given["force"]}


def _change_identifier(ids: Ids, given: dict[str, Any]) -> dict[str, Any]:
    version = ids.version(f"structure {given['structure']}", stale=given["stale"])
    return {
        "structureId": ids.structure(given["structure"]),
        "version": version,
        "identifier": {"type": given["kind"], "value": given["value"]},
        "confirmDifferentSiren": given["confirmed"],
    }


Write = Callable[[Ids, dict[str, Any]], dict[str, Any]]


def _each(name: str, write: Write) -> Write:
    return lambda ids, given: {name: [write(ids, item) for item in given[name]]}


INPUTS: dict[str, Write] = {
    "requestConnection": lambda ids, given: {
        "structureId": ids.structure(given["structure"]),
        "serviceIds": ids.services(given["services"]),
    },
    "requestSubscription": lambda ids, given: {
        "structureId": ids.structure(given["structure"]),
        "area": given["area"],
        "mode": given["mode"],
        "scope": ids.scope(given["service"]),
    },
    "cancelRequests": lambda ids, given: {
        "requestIds": [ids.request(number) for number in given["requests"]]
    },
    "validateConnectionRequests": _each("requests", _connection_decision),
    "refuseConnectionRequests": _each("requests", _refusal),
    "validateSubscriptionRequests": _each("requests", _subscription_decision),
    "refuseSubscriptionRequests": _each("requests", _refusal),
    "transferPrimaryManager": _transfer,
    "openAreas": _each("areas", _opening),
    "closeAreas": lambda ids, given: {
        "structureAreaIds": [ids.id(_scoped("opening", item)) for item in given["openings"]]
    },
    "setSubscriptions": _each("subscriptions", _setting),
    "endSubscriptions": lambda ids, given: {
        "subscriptionIds": [ids.id(_scoped("right", item)) for item in given["rights"]]
    },
    "addBankAccount": _bank_account,
    "setDefaultBankAccount": _known_account,
    "closeBankAccount": _known_account,
    "subscribeMandate": _mandate,
    "revokeMandate": lambda ids, given: {"structureId": ids.structure(given["structure"])},
    "deactivateMemberships": _memberships,
    "reactivateMemberships": _memberships,
    "deleteMemberships": _memberships,
    "attachUsers": _each("users", _attachment),
    "appointSecondaryManager": _role,
    "revokeSecondaryManager": _role,
    "createStructure": _founded,
    "updateStructure": _updated,
    "deactivateStructures": _closing,
    "reactivateStructures": _closing,
    "enableServiceUsers": _listing,
    "disableServiceUsers": _listing,
    "setMembershipScope": _reach,
    "leaveStructures": lambda ids, given: {
        "structureIds": [ids.structure(number) for number in given["structures"]]
    },
    "duplicateRights": _duplication,
    "createService": _new_service,
    "updateService": _changed_service,
    "deactivateService": lambda ids, given: _known_service(ids, given) | {"force": given["force"]},
    "reactivateService": _known_service,
    "changeIdentifier": _change_identifier,
}
