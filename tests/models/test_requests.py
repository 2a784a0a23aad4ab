from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.areas import (
    DEFAULT_AREAS,
    STORED_AREAS,
    AreaCode,
    AreaMode,
    StructureArea,
    granted_without_decision,
    require_opened,
    require_requestable,
)
from models.errors import (
    AlreadyDecided,
    ErrorCode,
    LimitReached,
    Refused,
    RuleRefused,
    StaleVersion,
)
from models.memberships import Membership, MembershipOrigin, MembershipScope, MembershipStatus, Role
from models.requests import LIFETIME, Request, RequestKind, RequestStatus, require_patience


NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
REQUESTER, MANAGER, OTHER = 1, 2, 3


def request(**values: Any) -> Request:
    made = {"created_at": NOW, "updated_at": NOW, "requester_id": REQUESTER} | values
    return Request(id=1, kind=RequestKind.CONNECTION, structure_id=1, **made)


def test_a_request_expires_after_ninety_days_without_a_write() -> None:
    waiting = request(created_at=NOW - LIFETIME)

    assert waiting.status_at(NOW - timedelta(seconds=1)) == RequestStatus.PENDING
    assert waiting.status_at(NOW) == RequestStatus.EXPIRED
    assert waiting.status == RequestStatus.PENDING


def test_an_expired_request_was_ended_at_its_deadline_whoever_looks() -> None:
    late = request(created_at=NOW - LIFETIME - timedelta(days=5))

    with pytest.raises(AlreadyDecided) as refused:
        late.require_pending(NOW, None)

    assert late.ended_at(NOW) == refused.value.decided_at == NOW - timedelta(days=5)
    assert late.decided_at is None
    assert late.ended_at(late.expires_at - timedelta(microseconds=1)) is None


def test_a_decision_is_final() -> None:
    decided = request()
    decided.decide(RequestStatus.VALIDATED, NOW, MANAGER)

    with pytest.raises(AlreadyDecided) as refused:
        decided.require_pending(NOW, None)

    told = refused.value
    assert (told.status, told.decided_by_id, told.decided_at) == (
        RequestStatus.VALIDATED,
        MANAGER,
        NOW,
    )


def test_a_decision_counts_as_a_change() -> None:
    decided = request()
    decided.decide(RequestStatus.REFUSED, NOW, MANAGER, "Not ours.")

    assert (decided.version, decided.refusal_reason) == (2, "Not ours.")


def test_a_stale_version_is_refused() -> None:
    with pytest.raises(StaleVersion):
        request(version=3).require_pending(NOW, 2)
    request(version=3).require_pending(NOW, 3)


def test_only_the_primary_manager_decides_his_own_request() -> None:
    own = request(requester_id=MANAGER)

    own.require_other_than(OTHER, primary_manager=False)
    own.require_other_than(MANAGER, primary_manager=True)
    with pytest.raises(RuleRefused):
        own.require_other_than(MANAGER, primary_manager=False)


def test_who_took_a_decision_may_repeat_it() -> None:
    decided = request()
    decided.decide(RequestStatus.VALIDATED, NOW, MANAGER)

    assert decided.was_ended_by(MANAGER, RequestStatus.VALIDATED)
    assert not decided.was_ended_by(OTHER, RequestStatus.VALIDATED)
    assert not decided.was_ended_by(MANAGER, RequestStatus.REFUSED)


def test_a_waiting_request_stands_in_the_way_of_a_second_one() -> None:
    with pytest.raises(RuleRefused) as refused:
        request().require_new(NOW)

    assert refused.value.code == ErrorCode.CONFLICT


def test_an_expired_request_is_closed_at_its_deadline() -> None:
    expired = request(created_at=NOW - LIFETIME - timedelta(days=5))
    expired.require_new(NOW)

    assert expired.status == RequestStatus.EXPIRED
    assert expired.decided_at == NOW - timedelta(days=5)
    assert expired.decided_by_id is None


@pytest.mark.parametrize("days_ago", [(1, 2), (1, 2, 31), ()])
def test_fewer_than_three_refusals_in_thirty_days_do_not_matter(days_ago: tuple[int, ...]) -> None:
    require_patience([NOW - timedelta(days=days) for days in days_ago], NOW)


@pytest.mark.parametrize(
    ("days_ago", "waits"), [((1, 2, 3), 27), ((1, 2, 3, 4), 27), ((0, 0, 0), 30)]
)
def test_three_refusals_in_thirty_days_make_wait(days_ago: tuple[int, ...], waits: int) -> None:
    with pytest.raises(LimitReached) as refused:
        require_patience([NOW - timedelta(days=days) for days in days_ago], NOW)

    assert refused.value.code == ErrorCode.TOO_MANY_REQUESTS
    assert refused.value.retry_after == timedelta(days=waits).total_seconds()


def opening(
    mode: AreaMode, service_id: int | None, area: AreaCode = AreaCode.COMMITMENTS
) -> StructureArea:
    stamps = {"opened_at": NOW, "created_at": NOW, "updated_at": NOW}
    return StructureArea(structure_id=1, area=area, mode=mode, service_id=service_id, **stamps)


@pytest.mark.parametrize(
    ("opened", "service_id", "mode", "allowed"),
    [
        ((AreaMode.MODIFICATION, None), None, AreaMode.MODIFICATION, True),
        ((AreaMode.MODIFICATION, None), 5, AreaMode.CONSULTATION, True),
        ((AreaMode.CONSULTATION, None), None, AreaMode.MODIFICATION, False),
        ((AreaMode.MODIFICATION, 5), 5, AreaMode.MODIFICATION, True),
        ((AreaMode.MODIFICATION, 5), 6, AreaMode.CONSULTATION, False),
        ((AreaMode.MODIFICATION, 5), None, AreaMode.CONSULTATION, False),
    ],
)
def test_a_right_needs_an_opening_above_it(
    opened: tuple[AreaMode, int | None], service_id: int | None, mode: AreaMode, allowed: bool
) -> None:
    openings = [
        opening(AreaMode.MODIFICATION, None, AreaCode.WORK_INVOICES),
        opening(*opened),
    ]

    expectation = nullcontext() if allowed else pytest.raises(Refused, match="not opened")
    with expectation:
        require_opened(openings, AreaCode.COMMITMENTS, service_id, mode)


def test_default_areas_are_not_requested() -> None:
    for area in DEFAULT_AREAS:
        with pytest.raises(RuleRefused) as refused:
            require_requestable(area)
        assert refused.value.code == ErrorCode.AREA_IS_DEFAULT
    for area in STORED_AREAS:
        require_requestable(area)


def test_only_the_consultation_of_issued_invoices_needs_no_decision() -> None:
    free = {
        (area, mode)
        for area in AreaCode
        for mode in AreaMode
        if granted_without_decision(area, mode)
    }

    assert free == {(AreaCode.ISSUED_INVOICES, AreaMode.CONSULTATION)}


@pytest.mark.parametrize("listed", [True, False])
def test_a_readmitted_manager_is_a_simple_user(listed: bool) -> None:
    former = Membership(
        structure_id=1,
        user_id=REQUESTER,
        role=Role.SECONDARY_MANAGER,
        status=MembershipStatus.INACTIVE,
        scope=MembershipScope.ALL_SERVICES,
        origin=MembershipOrigin.MANAGER,
    )

    former.readmit(NOW, listed=listed)

    assert (former.role, former.status) == (Role.SIMPLE_USER, MembershipStatus.ACTIVE)
    expected = MembershipScope.LISTED if listed else MembershipScope.ALL_SERVICES
    assert former.scope == expected
