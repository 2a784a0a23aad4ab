"""The mutations as a client sends them, from what the model says is asked."""

from collections.abc import Callable
from typing import Any

from tests.reference.reading import Names


MISSING = "nothing has this id"

ERROR = "error { code }"
EFFECTS = """effects { kind count before after user { id } structure { id } service { id }
    area { code } }"""
LISTS: dict[str, str] = {
    "cancelRequests": "request { id status }",
    "validateConnectionRequests": "request { id status }",
    "refuseConnectionRequests": "request { id status }",
    "validateSubscriptionRequests": "request { id status }",
    "refuseSubscriptionRequests": "request { id status }",
    "transferPrimaryManager": "structure { id status }",
    "openAreas": "structureArea { id mode }",
    "closeAreas": "structureArea { id mode }",
    "setSubscriptions": "subscription { id mode }",
    "endSubscriptions": "subscription { id mode }",
}
"""What is read of each item's object, by the mutations that answer item by item."""

SINGLES: dict[str, str] = {
    "requestConnection": "request { id status }",
    "requestSubscription": "request { id status }",
    "changeIdentifier": "structure { id status }",
    "addBankAccount": "bankAccount { id status }",
    "setDefaultBankAccount": "bankAccount { id status }",
    "closeBankAccount": "bankAccount { id status }",
}


def document(name: str) -> str:
    """Give the document of a mutation."""
    kind = f"{name[0].upper()}{name[1:]}Input!"
    read = SINGLES.get(name) or f"results {{ id {LISTS[name]} {ERROR} }}"
    return f"""mutation ($input: {kind}) {{ {name}(input: $input) {{
        {read} {EFFECTS} errors {{ code }} }} }}"""


def object_field(name: str) -> str:
    """Name the field that answers with the object."""
    read = SINGLES.get(name) or LISTS[name]
    return read.split()[0]


class Ids:
    """Writes the ids of what the model names; what does not exist gets an id of nothing."""

    def __init__(self, names: Names, versions: dict[str, int]) -> None:
        self._names = names
        self._versions = versions

    def id(self, name: str | None) -> str:
        """Give the id of *name*."""
        return MISSING if name is None else self._names.id(name)

    def structure(self, number: int | None) -> str:
        """Give the id of a structure."""
        return self.id(None if number is None else f"structure {number}")

    def request(self, number: int | None) -> str:
        """Give the id of a request."""
        return self.id(None if number is None else f"request {number}")

    def service(self, name: tuple[int, str] | None) -> str:
        """Give the id of a service."""
        return self.id(None if name is None else f"service {name[0]} {name[1]}")

    def services(self, names: list[tuple[int, str] | None] | None) -> list[str] | None:
        """Give the ids of services."""
        return None if names is None else [self.service(name) for name in names]

    def scope(self, name: Any) -> dict[str, Any]:
        """Give a scope: the whole structure, or a service."""
        return {"wholeStructure": True} if name == "whole" else {"serviceId": self.service(name)}

    def version(self, name: str, *, stale: bool) -> int:
        """Give the version of an object, or one that it does not have any more."""
        return self._versions.get(name, 1) - (1 if stale else 0)


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
    "changeIdentifier": _change_identifier,
}
