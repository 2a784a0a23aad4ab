"""The model and the real service side by side."""

import asyncio

from collections import Counter
from typing import Any

from models.invariants import violations
from tests.reference import (
    areas,
    banking,
    connecting,
    finding,
    founding,
    mandates,
    memberships,
    reaching,
    requests,
    services,
    successions,
    views,
)
from tests.reference.acts import perform, tell
from tests.reference.answers import Answer, as_expected, enter_new, same_foreseen
from tests.reference.names import Learning
from tests.reference.reading import Reading, differences
from tests.reference.scene import VIEWERS, scene
from tests.reference.service import RealService
from tests.reference.state import DAY, REFUSED, Request, State


ACTS = {
    **requests.ACTS,
    **successions.ACTS,
    **areas.ACTS,
    **banking.ACTS,
    **memberships.ACTS,
    **mandates.ACTS,
    **services.ACTS,
    **connecting.ACTS,
    **founding.ACTS,
    **reaching.ACTS,
}
NAMER = VIEWERS[0]
REPEATED = 4
BEFORE = -1000 * DAY
MOST_ENTRIES = 100
KEPT = {None, "REQUESTER_INACTIVE"}
"""A call that answered one of these changed something, and is not done again if repeated."""


class SideBySide:
    """
    The model and the real service at the start of a run.

    Every step is foreseen by a dry run, done on both sides, and read by five viewers.
    """

    def __init__(self, service: RealService, runner: asyncio.Runner, seen: Counter[str]) -> None:
        self.service, self.runner, self.seen = service, runner, seen
        self.state: State = scene()
        self.told: Any = None
        self.waited = False
        self.stored: Any = None
        # What happened before was compared, and is never changed.
        self.since, self.compared = BEFORE, BEFORE
        # What differs already is told by the step that found it.
        self.sound = True
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        await self.service.reset()
        self.stored = await self.service.fingerprint()
        if self.service.begun:
            self.told = views.everything(self.state, NAMER, self.since)
            return
        await self.compare()
        self.service.remember()

    def end(self) -> None:
        """Compare everything once more, and check what must be true of stored data."""
        if not self.sound:
            return
        self.compared = self._long_ago()
        self.runner.run(self.compare())
        broken = self.runner.run(violations(self.service.world.database))
        assert not broken, broken

    def _long_ago(self) -> int:
        """Give since when a page holds all that happened."""
        entries = sorted(one.at for one in self.state.history.entries)
        return entries[-MOST_ENTRIES] + 1 if len(entries) > MOST_ENTRIES else BEFORE

    def step(self, act: str, actor: str, given: dict[str, Any]) -> None:
        """Do *act* on both sides, and compare."""
        self.sound = False
        self.runner.run(self._step(act, actor, given))
        self.sound = True

    def asked(self, kind: str) -> bool:
        """Say whether there is a request of this kind."""
        return any(one.kind == kind for one in self.state.requests)

    def refused(self, kind: str) -> list[Request]:
        """Give the requests of this kind that were refused."""
        return [one for one in self.state.requests if (one.kind, one.stored) == (kind, REFUSED)]

    def wait(self, seconds: int) -> None:
        """Let time pass, which ends what nobody decided; the next step compares."""
        self.state.now += seconds
        self.service.tell_time(self.state.now)
        self.waited = True

    async def _step(self, act: str, actor: str, given: dict[str, Any]) -> None:
        service, state = self.service, self.state
        state.now += 1
        service.tell_time(state.now)
        written = await self._written(act, given)
        body = await service.call(actor, act, written | {"dryRun": True})
        foreseen = Answer.of(act, body)
        assert await service.fingerprint() == self.stored, "a dry run wrote something"
        expected = perform(ACTS[act], state, act, actor, given)
        written["idempotencyKey"] = str(state.now)
        answer = Answer.of(act, await service.call(actor, act, written))
        tell(state, act, actor, expected, answer.codes)
        as_expected(expected, answer)
        same_foreseen(service.names, foreseen, answer)
        enter_new(service.names, expected, answer)
        for code in answer.codes or ["NOWHERE"]:
            self.seen[f"{act} {code or 'done'}"] += 1
        await self._look()
        if state.now % REPEATED == 0:
            again = Answer.of(act, await service.call(actor, act, written))
            assert (again.nowhere, again.codes) == (answer.nowhere, answer.codes)
            if KEPT.isdisjoint(answer.codes):
                tell(state, act, actor, expected, again.codes)
            assert await service.fingerprint() == self.stored, "a repeated call wrote something"

    async def _written(self, act: str, given: dict[str, Any]) -> dict[str, Any]:
        if given.get("account") is not None:
            # Support, which names everything else, does not read bank accounts.
            numbers = list(self.state.structures)
            manager = self.state.primary(given["account"][0])
            assert manager is not None
            body = await self.service.read_accounts(manager.person, numbers)
            learning = Learning(self.service.names, self.service.versions, self.state)
            learning.learn_accounts(body["data"], numbers)
        return self.service.input(act, given)

    async def _look(self) -> None:
        self.service.names.keep(finding.findable(self.state, NAMER), "right", "opening")
        before, self.stored = self.stored, await self.service.fingerprint()
        if self.waited or self.stored != before:
            await self.compare()
        else:
            told = views.everything(self.state, NAMER, self.since)
            assert told == self.told, "nothing was written"

    async def compare(self) -> None:
        """Compare everything that each viewer reads."""
        self.waited = False
        self.since, self.compared = self.compared, self.state.now
        await self.service.tell_refusals()
        self.state.history.tell_refusals(self.state.now, self.state.user_of)
        self.stored = await self.service.fingerprint()
        for viewer in VIEWERS:
            names = self._findable()
            numbers = list(self.state.structures)
            body = await self.service.read(viewer, numbers, names, self.since)
            self._compare_one(viewer, names, body)

    def _compare_one(self, viewer: str, names: list[str], body: dict[str, Any]) -> None:
        service, state = self.service, self.state
        numbers, told = list(state.structures), views.everything(state, viewer, self.since)
        learning = Learning(service.names, service.versions, state)
        if viewer == NAMER:
            self.told = told
            learning.learn(body["data"], numbers)
        learning.learn_accounts(body["data"], numbers)
        found = differences(told, Reading(service.names, body, service.start).everything(numbers))
        assert not found, (viewer, *found)
        self._compare_found(viewer, names, body["data"])

    def _findable(self) -> list[str]:
        cards = self.state.structures.items()
        accounts = {
            f"account {number} {label}" for number, card in cards for label in card.accounts
        }
        names = sorted(finding.findable(self.state, NAMER) | accounts)
        return [name for name in names if self.service.names.knows(name)]

    def _compare_found(self, viewer: str, names: list[str], data: dict[str, Any]) -> None:
        found = [*data["objects"], *data["more"]]
        seen = {name for name, one in zip(names, found, strict=False) if one is not None}
        wanted = finding.findable(self.state, viewer) & set(names[: len(found)])
        assert seen == wanted, (viewer, "finds by id", seen ^ wanted)
