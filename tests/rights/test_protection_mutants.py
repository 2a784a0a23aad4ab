"""Whatever is changed in the code's own cells of who may touch whose membership, the sheets tell."""

import itertools

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from models import membership_life
from models.errors import ErrorCode, RuleRefused
from models.memberships import Membership, Role, Tie
from models.policy import POLICY, AccessRole, Action
from resolvers import membership_obstacles
from resolvers.memberships import MembershipRecord
from tests.rights.expected import PRIMARY, SIMPLE
from tests.rights.staff import MAY, NOT_TOLD, Staff
from tests.world import World


@pytest.fixture
async def staff(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Staff]:
    """Everybody, on the faster engine."""
    world = World(sqlite_url, tmp_path)
    yield await Staff.gather(world)
    await world.close()


TOLD, DONE = "told", "done"
"""Where a cell is asked: before the act, for a screen, and by the act itself."""

OF_LIFE = {TOLD: membership_obstacles, DONE: membership_life}
OF_RIGHTS = {TOLD: MembershipRecord, DONE: Tie}
STANDINGS = [
    frozenset({AccessRole.ANYONE, AccessRole.SIGNED_IN, one})
    for one in AccessRole
    # Nobody's role makes him the user himself.
    if one not in {AccessRole.ANYONE, AccessRole.SIGNED_IN, AccessRole.SELF}
]


class Mutant(NamedTuple):
    """Another *value* of what *place* calls *name*, which counts for *action* at *site*."""

    site: str
    action: str
    cell: tuple[Any, ...]
    place: Any
    name: str
    value: Callable[..., Any]


def _other_cell(action: Action, role: Role, flipped: AccessRole) -> Callable[..., Any]:
    original = membership_life.may_touch

    def may_touch(asked: Action, of: Role) -> frozenset[AccessRole]:
        held = original(asked, of)
        return held ^ {flipped} if (asked, of) == (action, role) else held

    return may_touch


def _sites(action: str, role: Role) -> tuple[str, ...]:
    """Tell where a cell counts: the acts never ask it of the primary manager's membership."""
    if role == Role.PRIMARY_MANAGER:
        return (TOLD,) if PRIMARY in MAY[action] else ()
    return (DONE,) if action in NOT_TOLD else (TOLD, DONE)


def of_life() -> Iterator[Mutant]:
    """Put each role into each cell or take it away, where that lets somebody pass or fail."""
    for action, role in itertools.product(membership_life.TOUCHED_BY, Role):
        before = membership_life.may_touch(action, role)
        asking = [one for one in STANDINGS if POLICY[action].passes(one)]
        for flipped in AccessRole:
            after = before ^ {flipped}
            if all(one.isdisjoint(before) == one.isdisjoint(after) for one in asking):
                continue
            value = _other_cell(action, role, flipped)
            for site in _sites(action.value, role):
                cell = (role.value, flipped.value)
                yield Mutant(site, action.value, cell, OF_LIFE[site], "may_touch", value)


def of_rights() -> Iterator[Mutant]:
    """Answer otherwise of one role to one role, of others' rights and of one's own."""
    original = Tie.is_touchable_by
    managers = (Role.SECONDARY_MANAGER, Role.PRIMARY_MANAGER)
    # A simple user's own rights are given up by another rule, that of the area.
    cells = [(True, role, role) for role in managers]
    # There is one primary manager: no right of his is another's to him.
    cells += [
        (False, of, by) for of in Role for by in managers if {of, by} != {Role.PRIMARY_MANAGER}
    ]
    for cell in cells:

        def is_touchable_by(
            self: Any, user_id: int, role: Role | None, cell: tuple[bool, Role, Role] = cell
        ) -> bool:
            touchable: bool = original(self, user_id, role)
            return touchable != ((self.user_id == user_id, self.role, role) == cell)

        actions = ("SUBSCRIPTION_SET", "SUBSCRIPTION_END")
        for action, site in itertools.product(actions, (TOLD, DONE)):
            place = OF_RIGHTS[site]
            yield Mutant(site, action, cell, place, "is_touchable_by", is_touchable_by)


def of_guards() -> Iterator[Mutant]:
    """Let what an act refuses of a role pass, and refuse the others."""
    guards = {
        "require_other_than_primary": ("MEMBERSHIP_DEACTIVATE", "SECONDARY_MANAGER_APPOINT"),
        "require_simple": ("SERVICE_USER_MANAGE",),
    }
    for name, actions in guards.items():
        original = getattr(Membership, name)
        for flipped in Role:

            def guard(self: Any, original: Any = original, flipped: Role = flipped) -> None:
                if self.role != flipped:
                    original(self)
                    return
                try:
                    original(self)
                except RuleRefused:
                    return
                raise RuleRefused(ErrorCode.CONFLICT, "It was let pass before.")

            for action in actions:
                yield Mutant(DONE, action, (flipped,), Membership, name, guard)


async def _agrees(staff: Staff, site: str, action: str) -> bool:
    """Check *action* at *site* for everybody whom the policy lets ask."""
    check = staff.is_told if site == TOLD else staff.acts
    askers = set().union(*MAY[action].values()) - ({SIMPLE} if site == DONE else set())
    for who in sorted(askers):
        if not await check(who, action):
            return False
    return True


@pytest.mark.parametrize("mutants", [of_life, of_rights, of_guards])
async def test_the_sheets_tell_every_change_of_who_may_touch_whom(
    staff: Staff, mutants: Callable[[], Iterator[Mutant]]
) -> None:
    for site, action in itertools.product((TOLD, DONE), MAY):
        if site == TOLD and action in NOT_TOLD:
            continue
        assert await _agrees(staff, site, action), (site, action)
    survivors = []
    for mutant in mutants():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(mutant.place, mutant.name, mutant.value)
            if await _agrees(staff, mutant.site, mutant.action):
                survivors.append(mutant[:3])
    assert survivors == []
