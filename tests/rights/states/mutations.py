"""What becomes of a mutation that is given ids, one by one or together, once and twice."""

from collections.abc import Sequence
from typing import Any

from models.accounts import User
from tests.rights.foreign import Place
from tests.rights.states.table import DONE, HERE, NOWHERE, UNKNOWN
from tests.world import World


WITHOUT_ITEMS = {
    "requestConnection(input.serviceIds)",
    "setMembershipScope(input.serviceIds)",
    "validateConnectionRequests(input.requests.serviceIds)",
    "validateSubscriptionRequests(input.requests.scope.serviceId)",
    "attachUsers(input.users.serviceIds)",
}
"""Places below one object, which is named again with each id: these ids are given one by one."""

ITEMS = {"requests", "areas", "subscriptions", "users"}
"""Lists of the input whose items name an object each."""


class Asked:
    """A mutation with a place for an id, as one person sends it."""

    def __init__(self, world: World, person: User | None, name: str, place: Place) -> None:
        self._world = world
        self._person = person
        self._place = place
        self._name = name.removeprefix("Mutation.")
        first = self._name.partition("(input.")[2].rstrip(")").partition(".")[0]
        listed = place.many or first in ITEMS
        self._items = first if listed and self._name not in WITHOUT_ITEMS else ""

    async def told(self, texts: Sequence[str], missing: str, *, dry: bool) -> list[str]:
        """Tell what became of each of *texts*, which must be the same wherever one stands twice."""
        if not texts:
            return []
        if self._items:
            return await self._together(list(texts), missing, dry=dry)
        given = [self._one(text, text) for text in (*texts, missing)]
        *payloads, nothing = await self._send(*given, dry=dry)
        words = [_word(_entry(payload), _entry(nothing)) for payload in payloads]
        done = [number for number, word in enumerate(words) if word == DONE]
        if done and dry and self._place.many:
            once = await self._send(*(self._one(texts[number]) for number in done), dry=True)
            assert once == [payloads[number] for number in done], self._name
        return words

    async def _together(self, texts: list[str], missing: str, *, dry: bool) -> list[str]:
        number = len(texts)
        [payload] = await self._send(self._all([*texts, *texts, missing]), dry=dry)
        if payload is None:
            return [NOWHERE] * number
        assert payload["errors"] == [], self._name
        assert len(payload["results"]) == 2 * number + 1, self._name
        *results, like = map(_plain, payload["results"])
        once, again = results[:number], results[number:]
        assert once == again, self._name
        if dry:
            [single] = await self._send(self._all([*texts, missing]), dry=True)
            assert single["effects"] == payload["effects"], self._name
        return [_word(one, like) for one in once]

    def _one(self, *texts: str) -> dict[str, Any]:
        variables = self._place.given(list(texts) if self._place.many else texts[0])
        given: dict[str, Any] = variables["input"]
        return given

    def _all(self, texts: list[str]) -> dict[str, Any]:
        if self._place.many:
            return self._one(*texts)
        given = [self._one(text) for text in texts]
        items = [item for one in given for item in one[self._items]]
        return given[0] | {self._items: items}

    async def _send(self, *given: dict[str, Any], dry: bool) -> list[Any]:
        """Do the mutation with each input of *given*, one after the other, in one operation."""
        head, _, field = self._place.document.removesuffix("}").partition("{")
        kind = head.partition(": ")[2].rstrip(") ")
        inputs = {f"i{number}": one | {"dryRun": dry} for number, one in enumerate(given)}
        declared = ", ".join(f"${name}: {kind}" for name in inputs)
        fields = " ".join(f"a{name}: {field.replace('$input', f'${name}')}" for name in inputs)
        self._world.forgive()
        answer = await self._world.ask(
            self._person, f"mutation ({declared}) {{ {fields} }}", **inputs
        )
        assert answer.status == 200, answer.body
        payloads = list(answer.body["data"].values())
        refused = {error["path"][0] for error in answer.errors}
        assert set(answer.codes) <= {"FORBIDDEN"}, answer.body
        assert refused == {name for name, one in answer.body["data"].items() if one is None}
        return payloads


def _entry(payload: Any) -> Any:
    """Give the only result of *payload*, or what it was refused for as a whole."""
    if payload is None:
        return None
    results = payload.get("results") or [{"error": None}]
    return _plain(results[0] if not payload["errors"] else {"error": payload["errors"][0]})


def _plain(result: dict[str, Any]) -> dict[str, Any]:
    """Give *result* without the place that its item had."""
    error = result["error"]
    if error is None or error["field"] is None:
        return result
    field = [part for part in error["field"] if not part.isdigit()]
    return result | {"error": error | {"field": field}}


def _word(result: Any, like: Any) -> str:
    """Write *result* as the tables do; *like* is that of an id of nothing."""
    if result is None:
        return NOWHERE
    code: str | None = None if result["error"] is None else result["error"]["code"]
    if code == "NOT_FOUND" and result == like:
        return UNKNOWN
    return {None: DONE, "FORBIDDEN": HERE}.get(code) or str(code)
