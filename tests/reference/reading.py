"""What a viewer reads of everything through the API, by the names of the model."""

from collections import Counter
from datetime import datetime
from typing import Any

from tests.reference import history
from tests.reference.history import Entry


SHOWN = 20
"""How many errors of one field an answer names; it counts the others."""


class Names:
    """The names of the model for the ids of the API, both ways."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._ids: dict[str, str] = {}

    def enter(self, name: str, text: str) -> None:
        """Let *name* stand for the id *text* from now on."""
        self._names[text] = name
        self._ids[name] = text

    def name(self, found: dict[str, Any] | None) -> str | None:
        """Give the name of an object that was read."""
        return None if found is None else self._names.get(found["id"], "unknown")

    def id(self, name: str) -> str:
        """Give the id of what has this *name*."""
        return self._ids[name]

    def knows(self, name: str) -> bool:
        """Say whether *name* has an id."""
        return name in self._ids

    def keep(self, names: set[str], *kinds: str) -> None:
        """Forget the names of *kinds* that are not among *names*: the same may come anew."""
        for name in [one for one in self._ids if one.split()[0] in kinds and one not in names]:
            del self._names[self._ids.pop(name)]

    def copy(self) -> "Names":
        """Give another one with the same names."""
        made = Names()
        made._names, made._ids = dict(self._names), dict(self._ids)
        return made


class Reading:
    """An answer to the document, told by names; a refused field is told by the error's code."""

    def __init__(self, names: Names, body: dict[str, Any], start: datetime) -> None:
        self._names = names
        self._start = start
        self._data = body["data"]
        self._errors = {
            tuple(error["path"]): error["extensions"]["code"] for error in body.get("errors", [])
        }
        self._told = Counter(
            tuple(step for step in path if isinstance(step, str)) for path in self._errors
        )

    def everything(self, numbers: list[int]) -> dict[str, Any]:
        """Tell all of it; *numbers* are the model's, of the structures that were asked for."""
        found = {
            f"structure {number}": self._structure(card, ("structures", position))
            for position, (number, card) in enumerate(
                zip(numbers, self._data["structures"], strict=True)
            )
        }
        found["viewer"] = self._viewer(self._data["viewer"])
        return found

    def _guarded(self, holder: dict[str, Any], field: str, path: tuple[Any, ...], read: Any) -> Any:
        value, place = holder[field], (*path, field)
        if value is not None:
            return read(value)
        if place in self._errors:
            return self._errors[place]
        same = self._told[tuple(step for step in place if isinstance(step, str))]
        return "FORBIDDEN" if same >= SHOWN else None

    def _structure(self, card: dict[str, Any] | None, path: tuple[Any, ...]) -> Any:
        if card is None:
            return None
        parts = {
            "predecessor": self._names.name,
            "successor": self._names.name,
            "primaryManager": self._names.name,
            "services": lambda value: self._services(value, (*path, "services", "nodes")),
            "openedAreas": _opened,
            "users": lambda value: {self._names.name(one): self.tie(one) for one in value["nodes"]},
            "applicationsUsed": lambda value: value,
            "invoicingMandate": self._mandate,
            "bankAccounts": lambda value: self._accounts(value, (*path, "bankAccounts", "nodes")),
            "connectionRequests": self._requests,
            "subscriptionRequests": self._requests,
            "pendingCounts": lambda value: tuple(value.values()),
            "history": lambda value: self._history(value["nodes"]),
            "viewerCan": _decisions,
            "viewerRole": lambda value: value,
            "viewerMembership": self._names.name,
        }
        names = ("identifierType", "identifier", "name", "sector", "status")
        return {
            "card": tuple(card[name] for name in names),
            **{field: self._guarded(card, field, path, read) for field, read in parts.items()},
        }

    def _services(self, value: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
        return {
            one["code"]: {
                "active": one["active"],
                "openedAreas": self._guarded(one, "openedAreas", (*path, position), _opened),
                "users": self._guarded(one, "users", (*path, position), self._service_users),
            }
            for position, one in enumerate(value["nodes"])
        }

    def _mandate(self, value: dict[str, Any]) -> dict[str, Any]:
        return {
            "status": value["status"],
            "subscribedBy": self._names.name(value["subscribedBy"]),
            "revokedBy": self._names.name(value["revokedBy"]),
        }

    def _accounts(self, value: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
        return {
            one["label"]: {
                "status": one["status"],
                "default": one["default"],
                "maskedIban": (one["maskedIban"][:4], one["maskedIban"][-4:]),
                "iban": self._guarded(one, "iban", (*path, position), str),
            }
            for position, one in enumerate(value["nodes"])
        }

    def _service_users(self, value: dict[str, Any]) -> dict[str, Any]:
        return {
            str(self._names.name(one["user"])): (
                one["role"],
                one["via"],
                {
                    held["area"]["code"]: (held["mode"], held["scope"])
                    for held in one["areas"] or ()
                },
            )
            for one in value["nodes"]
        }

    def tie(self, one: dict[str, Any]) -> dict[str, Any]:
        """Tell a membership."""
        rights = [
            (held["area"]["code"], held["service"] and held["service"]["code"], held["mode"])
            for held in one["areas"]["nodes"]
        ]
        return {
            "person": self._names.name(one["user"]),
            "role": one["role"],
            "status": one["status"],
            "scope": one["scope"],
            "services": sorted(service["code"] for service in one["services"]["nodes"]),
            "areas": sorted(rights, key=str),
            "viewerCan": _decisions(one["viewerCan"]),
        }

    def _requests(self, value: dict[str, Any]) -> list[Any]:
        return [self._request(one) for one in value["nodes"]]

    def _request(self, one: dict[str, Any]) -> dict[str, Any]:
        if "area" in one:
            service = one["service"] and one["service"]["code"]
            asked = {"area": one["area"]["code"], "service": service, "mode": one["mode"]}
        else:
            asked = {"services": sorted(service["code"] for service in one["services"]["nodes"])}
        return {
            "name": self._names.name(one),
            "person": self._names.name(one["requester"]),
            "structure": self._names.name(one["structure"]),
            "status": one["status"],
            "decidedBy": self._names.name(one["decidedBy"]),
            "reason": one["refusalReason"],
            **asked,
        }

    def _history(self, nodes: list[dict[str, Any]]) -> Any:
        return history.told([self._entry(one) for one in nodes])

    def _entry(self, one: dict[str, Any]) -> Entry:
        # An area that is opened again is another object: the model does not name openings.
        named = one["target"] is not None and one["target"]["__typename"] != "StructureArea"
        assert (one["outcome"] == "REFUSED") == (one["refusal"] is not None)
        return Entry(
            at=int((datetime.fromisoformat(one["at"]) - self._start).total_seconds()),
            structure=self._names.name(one["structure"]) if "structure" in one else None,
            action=one["action"],
            actor=self._names.name(one["actor"]),
            user=self._names.name(one["user"]),
            target=self._names.name(one["target"]) if named else None,
            refusal=one["refusal"],
            count=one["count"],
            reason=one["reason"],
        )

    def _viewer(self, viewer: dict[str, Any]) -> dict[str, Any]:
        name = self._names.name
        parts: dict[str, Any] = {
            "memberships": lambda value: {name(one): self.tie(one) for one in value["nodes"]},
            "requests": lambda value: [(name(one), one["status"]) for one in value["nodes"]],
            "decisions": lambda value: [name(one) for one in value["nodes"]],
            "pendingCounts": lambda value: tuple(value.values()),
            "history": lambda value: self._history(value["nodes"]),
            "areaTabs": lambda value: [
                (tab["area"]["code"], tab["mode"], tab["missing"]) for tab in value
            ],
        }
        return {field: read(viewer[field]) for field, read in parts.items()}


def _opened(value: list[dict[str, Any]]) -> dict[str, str]:
    return {one["area"]["code"]: one["mode"] for one in value}


def _decisions(value: list[dict[str, Any]]) -> dict[str, str | None]:
    assert all(one["allowed"] == (one["reason"] is None) for one in value)
    return {one["action"]: one["reason"] for one in value}


def differences(expected: Any, found: Any, path: str = "") -> list[str]:
    """Name the places where what was read is not what was expected."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            line
            for key in {**expected, **found}
            for line in differences(
                expected.get(key, "nothing"), found.get(key, "nothing"), f"{path} > {key}"
            )
        ]
    return [] if expected == found else [f"{path}: expected {expected!r}, read {found!r}"]
