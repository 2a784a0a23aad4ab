"""Steps that make a structure or hand it on: to another manager, or to another identifier."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.reference import choices
from tests.reference.machine import FEW, NUMBER, Steps
from tests.reference.scene import NOBODIES, PEOPLE
from tests.reference.state import PRIVATE, PUBLIC
from tests.world import siret


MOST_CARDS = 6


def nic(number: int, establishment: int) -> str:
    """Make another SIRET of the same legal entity as `siret(number)`."""
    siren = siret(number)[:9]
    return next(text for digit in range(10) if _luhn(text := f"{siren}{establishment:04d}{digit}"))


def _luhn(digits: str) -> bool:
    doubled = (int(d) * (2 if p % 2 else 1) for p, d in enumerate(reversed(digits)))
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


IDENTIFIERS = [
    *((nic(1, place), True) for place in (2, 3, 4)),
    *((nic(2, place), True) for place in (2, 3)),
    (siret(1), True),
    (siret(2), True),
    (siret(77), True),
    ("12345678901234", False),
]
PRIVATE_PERSONS = [
    ("MARTIN-LUCIE-19810101", True),
    ("MARTIN-LUCIE-19800101", True),
    ("", False),
    ("LUCIE", False),
]


class SuccessionSteps(Steps):
    """Creations, transfers and changes of identifier."""

    @rule(
        number=NUMBER,
        places=FEW,
        successor=st.sampled_from([*PEOPLE, *PEOPLE, *NOBODIES, None]),
        by_id=st.booleans(),
        after=st.sampled_from(["LEAVE", "SECONDARY_MANAGER", "SIMPLE_USER"]),
        reason=st.sampled_from([None, "He is gone."]),
    )
    def transfer(
        self,
        number: int,
        places: list[int],
        successor: str | None,
        by_id: bool,
        after: str,
        reason: str | None,
    ) -> None:
        structures = [choices.structure(self.state, place) for place in places]
        apt = [
            name
            for name in PEOPLE
            if self.state.role(structures[0] or 0, name) == "PRIMARY_MANAGER"
        ]
        given = {
            "structures": structures,
            "successor": successor,
            "by_id": by_id,
            "after": after,
            "reason": reason,
        }
        self.both.step("transferPrimaryManager", choices.actor(number, [*apt, "support"]), given)

    @rule(number=NUMBER, places=FEW, reopen=st.booleans())
    def close_structures(self, number: int, places: list[int], reopen: bool) -> None:
        given = {
            "structures": [choices.structure(self.state, place) for place in places],
            "reason": "The register says so.",
        }
        actor = choices.actor(number, ["support"])
        self.both.step("reactivateStructures" if reopen else "deactivateStructures", actor, given)

    @rule(
        number=NUMBER,
        place=NUMBER,
        name=st.sampled_from([None, "Renamed", ""]),
        applications=st.sampled_from([None, None, ["PAYMENT_REQUEST"], []]),
        validator=st.sampled_from([None, None, True, False]),
    )
    def update_structure(
        self,
        number: int,
        place: int,
        name: str | None,
        applications: list[str] | None,
        validator: bool | None,
    ) -> None:
        structure = choices.structure(self.state, place)
        given = {
            "structure": structure,
            "stale": number % 5 == 0,
            "name": name,
            "applications": applications,
            "validator": validator,
        }
        apt = [*choices.managers(self.state, structure), "support"]
        self.both.step("updateStructure", choices.actor(number, apt), given)

    @precondition(lambda self: len(self.state.structures) < MOST_CARDS)
    @rule(
        number=NUMBER,
        value=NUMBER,
        sector=st.sampled_from([PRIVATE, PRIVATE, PUBLIC]),
        manager=st.sampled_from([None, None, *PEOPLE, *NOBODIES]),
    )
    def create_structure(self, number: int, value: int, sector: str, manager: str | None) -> None:
        text, valid = choices.pick(IDENTIFIERS, value)
        given = {"value": text, "valid": valid, "sector": sector, "manager": manager}
        actor = "support" if manager and number % 3 else choices.actor(number, [])
        self.both.step("createStructure", actor, given)

    @precondition(lambda self: len(self.state.structures) < MOST_CARDS)
    @rule(
        number=NUMBER,
        place=NUMBER,
        value=NUMBER,
        other_kind=st.sampled_from([False, False, False, True]),
        confirmed=st.booleans(),
        stale=st.sampled_from([False, False, False, True]),
    )
    def change_identifier(
        self, number: int, place: int, value: int, other_kind: bool, confirmed: bool, stale: bool
    ) -> None:
        structure = choices.structure(self.state, place)
        card = self.state.structures.get(structure or 0)
        person = (card is not None and card.kind == "INDIVIDUAL") != other_kind
        text, valid = choices.pick(PRIVATE_PERSONS if person else IDENTIFIERS, value)
        given = {
            "structure": structure,
            "kind": "INDIVIDUAL" if person else "SIRET",
            "value": text,
            "valid": valid,
            "confirmed": confirmed,
            "stale": stale,
        }
        apt = [*choices.managers(self.state, structure), "support"]
        self.both.step("changeIdentifier", choices.actor(number, apt), given)
