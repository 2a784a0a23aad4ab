"""Steps on areas and rights by the acts of managers."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.reference import choices
from tests.reference.machine import FEW, MODES, NUMBER, Steps
from tests.reference.state import CONSULTATION, SUBSCRIPTION


class AreaSteps(Steps):
    """Openings, and rights by a manager's act."""

    @rule(
        number=NUMBER,
        places=FEW,
        area=NUMBER,
        mode=MODES,
        service=st.none() | NUMBER,
        subscribe_me=st.booleans(),
    )
    def open_areas(
        self,
        number: int,
        places: list[int],
        area: int,
        mode: str,
        service: int | None,
        subscribe_me: bool,
    ) -> None:
        items = []
        for place in places:
            structure = choices.structure(self.state, place)
            items.append(
                {
                    "structure": structure,
                    "service": choices.scope(self.state, structure, service),
                    "area": choices.any_area(self.state, structure, area + place),
                    "mode": mode,
                    "subscribe_me": subscribe_me,
                }
            )
        apt = choices.managers(self.state, items[0]["structure"])
        self.both.step("openAreas", choices.actor(number, apt), {"areas": items})

    @rule(number=NUMBER, picked=FEW)
    def close_areas(self, number: int, picked: list[int]) -> None:
        items = [choices.opening(self.state, one) for one in picked]
        apt = choices.managers(self.state, None if items[0] is None else items[0][0])
        self.both.step("closeAreas", choices.actor(number, apt), {"openings": items})

    @rule(number=NUMBER, picked=FEW, area=NUMBER, mode=MODES, service=st.none() | NUMBER)
    def set_rights(
        self, number: int, picked: list[int], area: int, mode: str, service: int | None
    ) -> None:
        items = []
        for one in picked:
            held = choices.membership(self.state, one)
            place = None if held is None else held.structure
            items.append(
                {
                    "membership": None if held is None else held.number,
                    "area": choices.area(self.state, place, area),
                    "mode": mode,
                    "service": choices.scope(self.state, place, service),
                }
            )
        held = choices.membership(self.state, picked[0])
        apt = choices.managers(self.state, None if held is None else held.structure)
        self.both.step("setSubscriptions", choices.actor(number, apt), {"subscriptions": items})

    @precondition(lambda self: self.state.pending(kind=SUBSCRIPTION))
    @rule(number=NUMBER, picked=NUMBER, mode=st.sampled_from([None, None, CONSULTATION]))
    def give_what_is_asked(self, number: int, picked: int, mode: str | None) -> None:
        request = choices.pick(self.state.pending(kind=SUBSCRIPTION), picked)
        place, (area, code) = request.structure, request.scope
        held = self.state.membership(place, request.person)
        item = {
            "membership": None if held is None else held.number,
            "area": area,
            "mode": mode or request.mode,
            "service": "whole" if code is None else (place, code),
        }
        actor = choices.actor(number, choices.managers(self.state, place))
        self.both.step("setSubscriptions", actor, {"subscriptions": [item]})

    @rule(number=NUMBER, picked=FEW)
    def end_rights(self, number: int, picked: list[int]) -> None:
        items = [choices.right(self.state, one) for one in picked]
        held = None if items[0] is None else choices.numbered(self.state, items[0][0])
        apt = [] if held is None else [*choices.managers(self.state, held.structure), held.person]
        self.both.step("endSubscriptions", choices.actor(number, apt), {"rights": items})
