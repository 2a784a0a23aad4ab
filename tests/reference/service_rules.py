"""Steps on services."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.reference import choices
from tests.reference.machine import NUMBER, Steps


ENDED = st.sampled_from([None, None, False, True])
NAMES = st.sampled_from([None, "Another name", "Another name", ""])


class ServiceSteps(Steps):
    """Services, added, changed, switched off and on."""

    @rule(
        number=NUMBER,
        place=NUMBER,
        code=st.sampled_from(["NEW", "new", "SALES", "FACTURES_PUBLIQUES"]),
        name=NAMES,
        ended=st.booleans(),
    )
    def create_service(
        self, number: int, place: int, code: str, name: str | None, ended: bool
    ) -> None:
        structure = choices.structure(self.state, place)
        given = {"structure": structure, "code": code, "name": name, "ended": ended}
        apt = choices.managers(self.state, structure)
        self.both.step("createService", choices.actor(number, apt), given)

    @rule(
        number=NUMBER,
        place=NUMBER,
        picked=NUMBER,
        act=st.sampled_from(["updateService", "deactivateService", "reactivateService"]),
        values=st.tuples(NAMES, ENDED),
        sure=st.sampled_from([(False, True), (False, False), (False, True), (True, True)]),
    )
    def change_service(
        self,
        number: int,
        place: int,
        picked: int,
        act: str,
        values: tuple[str | None, bool | None],
        sure: tuple[bool, bool],
    ) -> None:
        stale, force = sure
        name, ended = values
        structure = choices.structure(self.state, place)
        service = choices.service(self.state, structure, picked)
        given = {
            "service": service,
            "name": name,
            "ended": ended,
            "stale": stale,
            "force": force,
        }
        apt = choices.managers(self.state, None if service is None else service[0])
        self.both.step(act, choices.actor(number, apt), given)
