"""Steps on what users reach."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.reference import choices
from tests.reference.machine import FEW, NUMBER, Steps
from tests.reference.scene import PEOPLE


class ReachingSteps(Steps):
    """Users listed on services and taken off, leaving, and given what another has."""

    def _numbers(self, picked: list[int]) -> list[int | None]:
        found = [choices.membership(self.state, one) for one in picked]
        return [None if one is None else one.number for one in found]

    def _managers(self, picked: int) -> list[str]:
        held = choices.membership(self.state, picked)
        return choices.managers(self.state, None if held is None else held.structure)

    @rule(number=NUMBER, picked=FEW, service=NUMBER, enable=st.booleans())
    def list_users(self, number: int, picked: list[int], service: int, enable: bool) -> None:
        held = choices.membership(self.state, picked[0])
        place = None if held is None else held.structure
        given = {
            "service": choices.service(self.state, place, service),
            "memberships": self._numbers(picked),
        }
        act = "enableServiceUsers" if enable else "disableServiceUsers"
        self.both.step(act, choices.actor(number, self._managers(picked[0])), given)

    @rule(
        number=NUMBER,
        picked=NUMBER,
        everywhere=st.booleans(),
        services=st.none() | st.lists(NUMBER, max_size=2),
        stale=st.sampled_from([False, False, False, True]),
    )
    def set_scope(
        self,
        number: int,
        picked: int,
        everywhere: bool,
        services: list[int] | None,
        stale: bool,
    ) -> None:
        held = choices.membership(self.state, picked)
        place = None if held is None else held.structure
        given = {
            "membership": None if held is None else held.number,
            "everywhere": everywhere,
            "services": None if everywhere else choices.services(self.state, place, services),
            "stale": stale,
        }
        self.both.step("setMembershipScope", choices.actor(number, self._managers(picked)), given)

    @rule(number=NUMBER, places=FEW)
    def leave(self, number: int, places: list[int]) -> None:
        structures = [choices.structure(self.state, place) for place in places]
        apt = [name for name in PEOPLE if self.state.role(structures[0] or 0, name)]
        given = {"structures": structures}
        self.both.step("leaveStructures", choices.actor(number, apt), given)

    @rule(number=NUMBER, source=NUMBER, picked=FEW)
    def duplicate(self, number: int, source: int, picked: list[int]) -> None:
        given = {"source": self._numbers([source])[0], "memberships": self._numbers(picked)}
        self.both.step("duplicateRights", choices.actor(number, self._managers(source)), given)
