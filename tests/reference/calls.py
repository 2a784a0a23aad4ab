"""The mutations as a client sends them, from what the model says is asked."""

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
    "deactivateMemberships": "membership { id status }",
    "reactivateMemberships": "membership { id status }",
    "deleteMemberships": "membership { id status }",
    "attachUsers": "membership { id status }",
    "enableServiceUsers": "serviceUser { id status }",
    "disableServiceUsers": "serviceUser { id status }",
    "leaveStructures": "structure { id status }",
    "deactivateStructures": "structure { id status }",
    "reactivateStructures": "structure { id status }",
    "duplicateRights": "membership { id status }",
}
"""What is read of each item's object, by the mutations that answer item by item."""

SINGLES: dict[str, str] = {
    "requestConnection": "request { id status }",
    "requestSubscription": "request { id status }",
    "changeIdentifier": "structure { id status }",
    "addBankAccount": "bankAccount { id status }",
    "setDefaultBankAccount": "bankAccount { id status }",
    "closeBankAccount": "bankAccount { id status }",
    "subscribeMandate": "invoicingMandate { id status }",
    "revokeMandate": "invoicingMandate { id status }",
    "appointSecondaryManager": "membership { id status }",
    "revokeSecondaryManager": "membership { id status }",
    "setMembershipScope": "membership { id status }",
    "updateStructure": "structure { id status }",
    "createStructure": "structure { id status }",
    "createService": "service { id active }",
    "updateService": "service { id active }",
    "deactivateService": "service { id active }",
    "reactivateService": "service { id active }",
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
