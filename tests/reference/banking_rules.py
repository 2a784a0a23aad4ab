"""Steps on bank accounts and on the invoicing mandate."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.reference import choices
from tests.reference.machine import NUMBER, Steps
from tests.world import iban


IBANS = [(iban(2), True), (iban(3), True), (iban(1), True), ("FR7630006000", False)]


class BankingSteps(Steps):
    """Bank accounts and mandates."""

    @rule(number=NUMBER, place=NUMBER, picked=NUMBER, default=st.booleans())
    def add_account(self, number: int, place: int, picked: int, default: bool) -> None:
        structure = choices.structure(self.state, place)
        written, valid = choices.pick(IBANS, picked)
        given = {
            "structure": structure,
            "label": f"Account {self.state.now}",
            "iban": written,
            "valid": valid,
            "default": default,
        }
        apt = choices.managers(self.state, structure)
        self.both.step("addBankAccount", choices.actor(number, apt), given)

    @precondition(lambda self: any(card.accounts for card in self.state.structures.values()))
    @rule(
        number=NUMBER,
        picked=NUMBER,
        act=st.sampled_from(["setDefaultBankAccount", "closeBankAccount"]),
        stale=st.sampled_from([False, False, False, True]),
    )
    def change_account(self, number: int, picked: int, act: str, stale: bool) -> None:
        account = choices.account(self.state, picked)
        apt = choices.managers(self.state, None if account is None else account[0])
        given = {"account": account, "stale": stale}
        self.both.step(act, choices.actor(number, apt), given)

    @rule(
        number=NUMBER,
        place=NUMBER,
        revoke=st.booleans(),
        accepted=st.sampled_from([True, True, False]),
        current=st.sampled_from([True, True, False]),
    )
    def change_mandate(
        self, number: int, place: int, revoke: bool, accepted: bool, current: bool
    ) -> None:
        structure = choices.structure(self.state, place)
        given = {"structure": structure, "accepted": accepted, "current": current}
        actor = choices.actor(number, choices.managers(self.state, structure))
        self.both.step("revokeMandate" if revoke else "subscribeMandate", actor, given)
