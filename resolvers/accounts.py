"""Accounts: made here, and read by whoever signs in."""

import asyncio
import unicodedata

from datetime import datetime
from typing import NamedTuple

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from models.accounts import Password, PlatformRole, User, UserKind, UserStatus
from models.base import sort_key
from models.errors import ErrorCode, Invalid, RuleRefused
from models.reading import Reading, value
from models.records import Layout
from resolvers.passwords import hash_password


class Candidate(NamedTuple):
    """Whose password is asked for, and whether it would open anything."""

    user_id: int
    status: UserStatus
    kind: UserKind
    hash: str | None

    @property
    def may_sign_in(self) -> bool:
        """Whether the account is an active person's; programs have keys."""
        return self.status == UserStatus.ACTIVE and self.kind == UserKind.HUMAN


def candidate(_dialect_name: str) -> Reading:
    """Read the account of a login with the hash of its password."""
    selected = (User.id, User.status, User.kind, Password.hash)
    statement = (
        select(*selected)
        .outerjoin(Password, Password.user_id == User.id)
        .where(User.login == value("login", User.login))
    )
    return Reading(statement, Layout(Candidate, selected))


def normal_login(typed: str) -> str:
    """Write a login as it is stored, however it was *typed*."""
    return unicodedata.normalize("NFC", typed.strip()).lower()


async def create_account(
    session: AsyncSession,
    *,
    login: str,
    first_name: str,
    last_name: str,
    password: str,
    platform_role: PlatformRole,
    now: datetime,
    demonstration: bool = False,
) -> User:
    """
    Add the active account of a person, whose login is his e-mail address.

    Raises:
        Invalid: the login is no e-mail address, or a name or the password breaks its rule.
        RuleRefused: CONFLICT, the login is taken.
    """
    address = _address(login)
    user = User(
        login=address,
        email=address,
        first_name=_name(first_name, "first_name"),
        last_name=_name(last_name, "last_name"),
        name_key=sort_key(f"{last_name} {first_name}"),
        platform_role=platform_role,
        demonstration=demonstration,
        created_at=now,
        updated_at=now,
    )
    kept = await asyncio.to_thread(hash_password, password)
    try:
        async with session.begin_nested():
            session.add(user)
            await session.flush()
    except IntegrityError:
        message = "An account with this login exists."
        raise RuleRefused(ErrorCode.CONFLICT, message, field=("login",)) from None
    session.add(Password(user_id=user.id, hash=kept, changed_at=now))
    await session.flush()
    return user


def _address(login: str) -> str:
    try:
        # A name under .test is good for demonstrations and reaches nobody.
        address = validate_email(
            normal_login(login),
            check_deliverability=False,
            test_environment=True,
            allow_smtputf8=False,
        )
    except EmailNotValidError:
        message = "The login must be an e-mail address."
        raise Invalid(message, expected="an e-mail address", field=("login",)) from None
    return address.normalized.lower()


def _name(text: str, field: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= 80 or not name.isprintable():  # noqa: PLR2004 - the column's length
        raise Invalid("A name has 1 to 80 characters.", field=(field,))
    return name
