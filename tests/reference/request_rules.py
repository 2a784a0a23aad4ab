"""Steps on requests: to make, to decide and to withdraw them, and to let time pass."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.reference import choices
from tests.reference.machine import FEW, MODES, NUMBER, STALE, Steps
from tests.reference.scene import PEOPLE
from tests.reference.state import CONNECTION, CONSULTATION, DAY, MODIFICATION, SUBSCRIPTION


class RequestSteps(Steps):
    """Requests, and waiting."""

    @rule(number=NUMBER, place=NUMBER, services=st.none() | FEW)
    def request_connection(self, number: int, place: int, services: list[int] | None) -> None:
        structure = choices.structure(self.state, place)
        named = choices.services(self.state, structure, services)
        given = {"structure": structure, "services": named}
        apt = [name for name in PEOPLE if structure and not self.state.role(structure, name)]
        self.both.step("requestConnection", choices.actor(number, apt), given)

    @precondition(lambda self: self.both.refused(CONNECTION))
    @rule(number=NUMBER)
    def request_connection_again(self, number: int) -> None:
        refused = choices.pick(self.both.refused(CONNECTION), number)
        given = {"structure": refused.structure, "services": None}
        self.both.step("requestConnection", refused.person, given)

    @rule(number=NUMBER, place=NUMBER, area=NUMBER, mode=MODES, service=st.none() | NUMBER)
    def request_subscription(
        self, number: int, place: int, area: int, mode: str, service: int | None
    ) -> None:
        state, structure = self.state, choices.structure(self.state, place)
        whole = service is None
        given = {
            "structure": structure,
            "area": choices.area(state, structure, area),
            "mode": mode,
            "service": "whole" if whole else choices.service(state, structure, service or 0),
        }
        actor = choices.actor(number, choices.members(state, structure))
        self.both.step("requestSubscription", actor, given)

    def _decide(self, act: str, number: int, items: list[dict[str, Any]]) -> None:
        places = {one.number: one.structure for one in self.state.requests}
        place = places.get(items[0]["request"])
        actor = choices.actor(number, choices.managers(self.state, place))
        self.both.step(act, actor, {"requests": items})

    def _item(self, kind: str, number: int, stale: bool | None) -> dict[str, Any]:
        request = choices.request(self.state, kind, number)
        item: dict[str, Any] = {"request": request and request.number}
        if stale is not None and request is not None:
            item["stale"] = stale
        return item

    @precondition(lambda self: self.both.asked(CONNECTION))
    @rule(number=NUMBER, picked=FEW, services=st.none() | st.lists(NUMBER, max_size=2), stale=STALE)
    def validate_connections(
        self, number: int, picked: list[int], services: list[int] | None, stale: bool | None
    ) -> None:
        items = []
        for one in picked:
            request = choices.request(self.state, CONNECTION, one)
            place = None if request is None else request.structure
            named = choices.services(self.state, place, services)
            items.append(self._item(CONNECTION, one, stale) | {"services": named})
        self._decide("validateConnectionRequests", number, items)

    @precondition(lambda self: self.both.asked(SUBSCRIPTION))
    @rule(
        number=NUMBER,
        picked=FEW,
        mode=st.sampled_from([None, None, CONSULTATION, MODIFICATION]),
        service=st.sampled_from(["as asked", "as asked", "whole", 0, 1, choices.NONE]),
        stale=STALE,
    )
    def validate_subscriptions(
        self,
        number: int,
        picked: list[int],
        mode: str | None,
        service: str | int,
        stale: bool | None,
    ) -> None:
        items = []
        for one in picked:
            request = choices.request(self.state, SUBSCRIPTION, one)
            place = None if request is None else request.structure
            scope = (
                choices.service(self.state, place, service) if isinstance(service, int) else service
            )
            item = self._item(SUBSCRIPTION, one, stale)
            items.append(item | {"mode": mode, "service": scope})
        self._decide("validateSubscriptionRequests", number, items)

    @precondition(lambda self: self.state.requests)
    @rule(
        number=NUMBER,
        kind=st.sampled_from([CONNECTION, SUBSCRIPTION]),
        picked=FEW,
        reason=st.sampled_from(["Not now.", "Not now.", "No", "x" * 501]),
        stale=STALE,
    )
    def refuse(
        self, number: int, kind: str, picked: list[int], reason: str, stale: bool | None
    ) -> None:
        items = [self._item(kind, one, stale) | {"reason": reason} for one in picked]
        self._decide(f"refuse{kind.title()}Requests", number, items)

    @precondition(lambda self: self.state.requests)
    @rule(number=NUMBER, picked=FEW)
    def cancel(self, number: int, picked: list[int]) -> None:
        found = [choices.request(self.state, None, one) for one in picked]
        apt = [one.person for one in found if one is not None]
        given = {"requests": [one and one.number for one in found]}
        self.both.step("cancelRequests", choices.actor(number, apt), given)

    @precondition(lambda self: self.state.requests and not self.both.waited)
    @rule(days=st.sampled_from([1, 31, 91]))
    def wait(self, days: int) -> None:
        self.both.wait(days * DAY)
