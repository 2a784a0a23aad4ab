"""The machine of hypothesis, which does acts of everyone in any order."""

import asyncio

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from typing_extensions import override

from tests.reference import choices
from tests.reference.beside import SideBySide
from tests.reference.service import RealService
from tests.reference.state import CONSULTATION, MODIFICATION


NUMBER = st.integers(0, choices.NONE)
FEW = st.lists(NUMBER, min_size=1, max_size=3)
STALE = st.sampled_from([None, None, None, False, False, True])
MODES = st.sampled_from([CONSULTATION, MODIFICATION])


class Steps(RuleBasedStateMachine):
    """What all rules share; a subclass brings the service of its test."""

    service: RealService
    runner: asyncio.Runner
    seen: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.both = SideBySide(self.service, self.runner, self.seen)
        self.state = self.both.state

    @override
    def teardown(self) -> None:
        self.both.end()
