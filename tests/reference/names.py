"""The ids of what acts make by the way, learned from what support reads."""

from typing import Any

from tests.reference.reading import Names
from tests.reference.state import State


class Learning:
    """Enters the ids and versions of everything that stands in support's reading."""

    def __init__(self, names: Names, versions: dict[str, int], state: State) -> None:
        self._names = names
        self._versions = versions
        self._state = state

    def learn(self, data: dict[str, Any], numbers: list[int]) -> None:
        """Learn from the *data* of a reading of the structures of these *numbers*."""
        for number, card in zip(numbers, data["structures"], strict=True):
            self._people(number, card)
            self._places(number, card)

    def learn_accounts(self, data: dict[str, Any], numbers: list[int]) -> None:
        """Learn the ids of bank accounts, which support does not see."""
        for number, card in zip(numbers, data["structures"], strict=True):
            for account in ((card or {}).get("bankAccounts") or {"nodes": []})["nodes"]:
                self._enter(f"account {number} {account['label']}", account)

    def _people(self, number: int, card: dict[str, Any]) -> None:
        self._memberships(number, card["users"]["nodes"])
        for kind in ("connectionRequests", "subscriptionRequests"):
            for request in card[kind]["nodes"]:
                self._versions[str(self._names.name(request))] = request["version"]

    def _places(self, number: int, card: dict[str, Any]) -> None:
        self._versions[f"structure {number}"] = card["version"]
        for opening in card["openedAreas"]:
            self._enter(f"opening {number} {opening['area']['code']} None", opening)
        for service in card["services"]["nodes"]:
            code = service["code"]
            self._enter(f"service {number} {code}", service)
            for opening in service["openedAreas"]:
                self._enter(f"opening {number} {opening['area']['code']} {code}", opening)
        self._service_users(number, card["services"]["nodes"])

    def _enter(self, name: str, found: dict[str, Any]) -> None:
        self._names.enter(name, found["id"])
        if "version" in found:
            self._versions[name] = found["version"]

    def _memberships(self, number: int, nodes: list[dict[str, Any]]) -> None:
        # One after the other: a person who left and came back has several.
        known: dict[str, list[str]] = {}
        for one in self._state.memberships:
            if one.structure == number:
                known.setdefault(one.person, []).append(f"membership {one.number}")
        for node in nodes:
            waiting = known.get(str(self._names.name(node["user"])))
            if not waiting:
                continue
            name = waiting.pop(0)
            self._enter(name, node)
            for right in node["areas"]["nodes"]:
                code = right["service"] and right["service"]["code"]
                self._enter(f"right {name.split()[1]} {right['area']['code']} {code}", right)

    def _service_users(self, number: int, nodes: list[dict[str, Any]]) -> None:
        live = {
            one.person: one.number
            for one in self._state.memberships
            if one.structure == number and one.status != "DELETED"
        }
        for service in nodes:
            for one in service["users"]["nodes"]:
                person = str(self._names.name(one["user"]))
                if person in live:
                    self._names.enter(f"user {live[person]} {service['code']}", one["id"])
