"""Steps on memberships by managers and support."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.reference import choices
from tests.reference.machine import FEW, NUMBER, STALE, Steps
from tests.reference.scene import NOBODIES, PEOPLE


REASON = st.sampled_from([None, "He left the firm."])


class MembershipSteps(Steps):
    """Memberships and roles."""

    @rule(
        number=NUMBER,
        picked=FEW,
        act=st.sampled_from(
            [
                "deactivateMemberships",
                "reactivateMemberships",
                "reactivateMemberships",
                "deleteMemberships",
            ]
        ),
        reason=REASON,
    )
    def change_memberships(
        self, number: int, picked: list[int], act: str, reason: str | None
    ) -> None:
        found = [choices.membership(self.state, one) for one in picked]
        apt = choices.managers(self.state, None if found[0] is None else found[0].structure)
        given = {
            "memberships": [None if one is None else one.number for one in found],
            "reason": reason,
        }
        self.both.step(act, choices.actor(number, [*apt, *apt, "support"]), given)

    @rule(
        number=NUMBER,
        places=FEW,
        person=st.sampled_from([*PEOPLE, *PEOPLE, *NOBODIES, None]),
        services=st.none() | st.none() | st.lists(NUMBER, max_size=2),
    )
    def attach_users(
        self, number: int, places: list[int], person: str | None, services: list[int] | None
    ) -> None:
        items: list[dict[str, Any]] = []
        for place in places:
            structure = choices.structure(self.state, place)
            items.append(
                {
                    "structure": structure,
                    "person": person,
                    "everywhere": services is None,
                    "services": choices.services(self.state, structure, services),
                }
            )
        apt = choices.managers(self.state, items[0]["structure"])
        self.both.step("attachUsers", choices.actor(number, apt), {"users": items})

    @rule(number=NUMBER, picked=NUMBER, revoke=st.booleans(), stale=STALE)
    def change_role(self, number: int, picked: int, revoke: bool, stale: bool | None) -> None:
        held = choices.membership(self.state, picked)
        primary = None if held is None else self.state.primary(held.structure)
        apt = [] if primary is None else [primary.person]
        given = {"membership": None if held is None else held.number, "stale": stale}
        act = "revokeSecondaryManager" if revoke else "appointSecondaryManager"
        self.both.step(act, choices.actor(number, apt), given)
