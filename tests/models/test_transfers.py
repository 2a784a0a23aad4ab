from datetime import UTC, datetime
from typing import Any

import pytest

from models.accounts import User, UserKind, UserStatus
from models.errors import ErrorCode, Invalid, RuleRefused
from models.memberships import (
    Membership,
    MembershipOrigin,
    MembershipScope,
    MembershipStatus,
    Role,
)
from models.transfers import AfterTransfer, Transfer


THEN = datetime(2026, 1, 5, tzinfo=UTC)
NOW = datetime(2026, 3, 2, tzinfo=UTC)

PRIMARY, SUPPORT, SUCCESSOR = 1, 2, 3
REASON = "The manager has left the firm."


def person(**changed: Any) -> User:
    return User(**{"id": SUCCESSOR, "login": "next@firm.test"} | changed)


def member(user_id: int, role: Role, **changed: Any) -> Membership:
    values = {
        "structure_id": 10,
        "user_id": user_id,
        "role": role,
        "scope": MembershipScope.ALL_SERVICES,
        "origin": MembershipOrigin.CREATOR,
        "updated_at": THEN,
    }
    return Membership(**values | changed)


def transfer(**changed: Any) -> Transfer:
    values: dict[str, Any] = {
        "structure_id": 10,
        "by_support": False,
        "former": member(PRIMARY, Role.PRIMARY_MANAGER),
        "successor": person(),
        "held": None,
    }
    return Transfer(**values | changed)


def test_the_primary_manager_transfers_without_a_reason() -> None:
    assert transfer().check(PRIMARY, None).id == SUCCESSOR


def test_the_support_must_give_a_reason() -> None:
    replacement = transfer(by_support=True)

    with pytest.raises(Invalid) as refused:
        replacement.check(SUPPORT, None)

    assert refused.value.field == ("input", "reason")
    assert refused.value.expected == "3 to 500 characters."
    assert replacement.check(SUPPORT, REASON).id == SUCCESSOR


@pytest.mark.parametrize(
    "successor",
    [
        None,
        person(status=UserStatus.PENDING_ACTIVATION),
        person(status=UserStatus.DEACTIVATED),
        person(kind=UserKind.TECHNICAL),
    ],
)
def test_an_account_that_cannot_succeed_never_tells_why(successor: User | None) -> None:
    with pytest.raises(RuleRefused) as refused:
        transfer(successor=successor).check(PRIMARY, None)

    assert refused.value.code == ErrorCode.USER_NOT_ELIGIBLE
    assert refused.value.message == "No active account of a person has this login or id."


def test_nobody_succeeds_himself() -> None:
    with pytest.raises(RuleRefused) as refused:
        transfer(successor=person(id=PRIMARY)).check(PRIMARY, None)

    assert refused.value.code == ErrorCode.TRANSFER_TO_SELF


def test_the_support_names_neither_the_present_primary_manager_nor_itself() -> None:
    for user_id in (PRIMARY, SUPPORT):
        with pytest.raises(RuleRefused) as refused:
            transfer(by_support=True, successor=person(id=user_id)).check(SUPPORT, REASON)

        assert refused.value.code == ErrorCode.TRANSFER_TO_SELF


def test_a_structure_without_primary_manager_takes_one_from_the_support() -> None:
    orphaned = transfer(former=None, by_support=True)

    successor = orphaned.check(SUPPORT, REASON)
    orphaned.release(AfterTransfer.LEAVE, NOW)

    assert orphaned.accede(successor, NOW).role == Role.PRIMARY_MANAGER


@pytest.mark.parametrize(
    ("after", "status", "role"),
    [
        (AfterTransfer.LEAVE, MembershipStatus.DELETED, Role.SIMPLE_USER),
        (AfterTransfer.SECONDARY_MANAGER, MembershipStatus.ACTIVE, Role.SECONDARY_MANAGER),
        (AfterTransfer.SIMPLE_USER, MembershipStatus.ACTIVE, Role.SIMPLE_USER),
    ],
)
def test_the_former_primary_manager_becomes_what_he_chose(
    after: AfterTransfer, status: MembershipStatus, role: Role
) -> None:
    former = member(PRIMARY, Role.PRIMARY_MANAGER)

    transfer(former=former).release(after, NOW)

    assert (former.status, former.role) == (status, role)
    assert (former.version, former.updated_at) == (2, NOW)


def test_a_successor_from_outside_becomes_connected_by_the_transfer() -> None:
    made = transfer().accede(person(), NOW)

    assert (made.user_id, made.role, made.status) == (
        SUCCESSOR,
        Role.PRIMARY_MANAGER,
        MembershipStatus.ACTIVE,
    )
    assert (made.scope, made.origin) == (MembershipScope.ALL_SERVICES, MembershipOrigin.TRANSFER)


def test_a_successor_who_is_connected_keeps_his_membership_and_reaches_everything() -> None:
    held = member(
        SUCCESSOR,
        Role.SIMPLE_USER,
        status=MembershipStatus.INACTIVE,
        scope=MembershipScope.LISTED,
    )

    assert transfer(held=held).accede(person(), NOW) is held
    assert (held.role, held.status) == (Role.PRIMARY_MANAGER, MembershipStatus.ACTIVE)
    assert held.scope == MembershipScope.ALL_SERVICES
    assert held.origin == MembershipOrigin.CREATOR
