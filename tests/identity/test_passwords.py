import asyncio

import pytest

from models.errors import Invalid
from resolvers.passwords import (
    HASHER,
    NOBODY,
    Overloaded,
    Passwords,
    Verdict,
    check_password,
    hash_password,
)


PASSWORD = "a long enough password"


def test_a_hash_takes_nineteen_mebibytes_two_passes_and_one_lane() -> None:
    assert hash_password(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_hash_of_nobody_costs_what_a_new_one_costs() -> None:
    assert not HASHER.check_needs_rehash(NOBODY)


def test_nothing_is_the_password_of_nobody() -> None:
    assert check_password(None, "") == Verdict.WRONG


def test_a_damaged_hash_accepts_nothing() -> None:
    assert check_password("$argon2id$damaged", PASSWORD) == Verdict.WRONG


@pytest.mark.parametrize("length", [12, 128])
def test_a_password_may_have_12_to_128_characters(length: int) -> None:
    assert check_password(hash_password("é" * length), "é" * length) == Verdict.RIGHT


@pytest.mark.parametrize("length", [0, 11, 129])
def test_other_lengths_are_refused(length: int) -> None:
    with pytest.raises(Invalid) as refusal:
        hash_password("a" * length)

    assert refusal.value.expected == "12 to 128 characters"


async def test_at_most_two_run_and_twenty_wait() -> None:
    passwords = Passwords()
    results = await asyncio.gather(
        *(passwords.check(None, PASSWORD) for _ in range(23)), return_exceptions=True
    )
    passwords.close()

    assert results[:22] == [Verdict.WRONG] * 22
    assert isinstance(results[22], Overloaded)


async def test_a_caller_who_gives_up_leaves_his_place_only_when_the_work_is_done() -> None:
    passwords = Passwords()
    callers = [asyncio.create_task(passwords.check(None, PASSWORD)) for _ in range(22)]
    await asyncio.sleep(0)
    for caller in callers:
        caller.cancel()
    await asyncio.sleep(0)

    with pytest.raises(Overloaded):
        await passwords.check(None, PASSWORD)
    passwords.close()


async def test_the_loop_goes_on_while_passwords_are_checked() -> None:
    passwords = Passwords()
    checking = asyncio.gather(*(passwords.check(None, PASSWORD) for _ in range(6)))
    turns = 0
    while not checking.done():
        await asyncio.sleep(0.005)
        turns += 1
    passwords.close()

    assert turns > 6
