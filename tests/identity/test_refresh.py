import asyncio

import pytest

from sqlalchemy import select, update

from models.accounts import RefreshToken, SignInSession, User, UserStatus
from models.database import Database
from settings import Settings
from tests.identity.service import Service, code_of


async def test_a_refresh_gives_another_access_token_and_another_cookie(service: Service) -> None:
    await service.add()
    first = await service.sign_in()

    second = await service.browser.post("/auth/refresh")

    assert second.status_code == 200
    assert second.json().keys() == {"access_token", "token_type", "expires_in"}
    assert second.json()["access_token"] != first.json()["access_token"]
    assert second.headers["set-cookie"].split(";")[0] != first.headers["set-cookie"].split(";")[0]


async def test_a_refresh_goes_on_in_the_same_session(service: Service) -> None:
    await service.add()
    first = await service.sign_in()

    second = await service.browser.post("/auth/refresh")

    assert (await service.session_of(second)).id == (await service.session_of(first)).id


async def test_a_lost_answer_is_given_again_for_ten_seconds(service: Service) -> None:
    await service.add()
    token = await service.sign_in_for_body()
    lost = await service.refresh(token)
    service.clock.pass_by(seconds=10)

    again = await service.refresh(token)

    assert again.status_code == 200
    assert again.json()["refresh_token"] == lost.json()["refresh_token"]
    assert (await service.refresh(again.json()["refresh_token"])).status_code == 200


async def test_a_token_that_was_copied_ends_the_session_for_both_holders(service: Service) -> None:
    await service.add()
    copied = await service.sign_in_for_body()
    following = (await service.refresh(copied)).json()["refresh_token"]
    service.clock.pass_by(seconds=11)

    thief, owner = await service.refresh(copied), await service.refresh(following)

    assert (thief.status_code, code_of(thief)) == (401, "UNAUTHENTICATED")
    assert (owner.status_code, code_of(owner)) == (401, "UNAUTHENTICATED")
    assert await service.read(select(SignInSession.revoked_at)) == service.clock()


async def test_a_token_whose_successor_was_used_was_copied_even_within_ten_seconds(
    service: Service,
) -> None:
    await service.add()
    copied = await service.sign_in_for_body()
    following = (await service.refresh(copied)).json()["refresh_token"]
    newest = (await service.refresh(following)).json()["refresh_token"]

    assert (await service.refresh(copied)).status_code == 401
    assert (await service.refresh(newest)).status_code == 401


async def test_another_session_of_the_same_user_survives_a_copied_token(service: Service) -> None:
    await service.add()
    other = await service.sign_in_for_body()
    copied = await service.sign_in_for_body()
    await service.refresh(copied)
    service.clock.pass_by(minutes=1)
    await service.refresh(copied)

    assert (await service.refresh(other)).status_code == 200


@pytest.mark.race
async def test_twenty_refreshes_at_once_get_the_same_successor(service: Service) -> None:
    await service.add()
    token = await service.sign_in_for_body()

    answers = await asyncio.gather(*(service.refresh(token) for _ in range(20)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    assert await service.count(RefreshToken) == 2
    assert (await service.refresh(answers[0].json()["refresh_token"])).status_code == 200


async def test_an_unused_session_ends_after_a_day(service: Service) -> None:
    await service.add()
    token = await service.sign_in_for_body()
    service.clock.pass_by(hours=24)

    assert (await service.refresh(token)).status_code == 401


async def test_a_used_session_ends_after_fourteen_days(service: Service) -> None:
    await service.add()
    token = await service.sign_in_for_body()
    for _ in range(14):
        service.clock.pass_by(hours=23, minutes=59)
        token = (await service.refresh(token)).json()["refresh_token"]
    service.clock.pass_by(minutes=14)

    assert (await service.refresh(token)).status_code == 401


async def test_the_cookie_does_not_outlive_the_session(database: Database) -> None:
    service = Service(database, Settings(session_seconds=100))
    await service.add()
    await service.sign_in()
    service.clock.pass_by(seconds=40)

    answer = await service.browser.post("/auth/refresh")

    assert "Max-Age=60" in answer.headers["set-cookie"]


async def test_expired_tokens_of_the_session_are_removed(service: Service) -> None:
    await service.add()
    token = await service.sign_in_for_body()
    for _ in range(5):
        service.clock.pass_by(hours=13)
        token = (await service.refresh(token)).json()["refresh_token"]

    assert await service.count(RefreshToken) == 2


@pytest.mark.parametrize("token", ["", "unknown", "é", "a" * 5_000, "\x00", "x" * 43])
async def test_an_unknown_token_is_refused(service: Service, token: str) -> None:
    answer = await service.refresh(token)

    assert answer.status_code == (401 if token else 400)


async def test_an_unknown_token_gets_no_turn_among_the_writers(service: Service) -> None:
    statements: list[str] = []
    service.database.observers.append(statements.append)

    await service.refresh("unknown")
    await service.browser.post("/auth/logout", json={"refresh_token": "unknown"})

    assert statements == ["holder", "holder"]


async def test_without_any_token_there_is_no_session(service: Service) -> None:
    answer = await service.browser.post("/auth/refresh")

    assert (answer.status_code, code_of(answer)) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize(
    "cookie",
    [
        b"refresh_token=\xff\xfe",
        b"refresh_token=",
        b"refresh_token=\x00",
        b"refresh_token=a; refresh_token=b",
        b"=;;;=",
    ],
)
async def test_a_malformed_cookie_is_an_unknown_token(service: Service, cookie: bytes) -> None:
    answer = await service.browser.post("/auth/refresh", headers={b"Cookie": cookie})

    assert (answer.status_code, code_of(answer)) == (401, "UNAUTHENTICATED")


async def test_a_deactivated_user_cannot_refresh(service: Service) -> None:
    await service.add()
    token = await service.sign_in_for_body()
    await service.change(update(User).values(status=UserStatus.DEACTIVATED))

    assert (await service.refresh(token)).status_code == 401


async def test_no_token_is_stored_in_plain(service: Service) -> None:
    await service.add()
    first = await service.sign_in_for_body()
    second = (await service.refresh(first)).json()["refresh_token"]

    stored = await service.all(select(RefreshToken.digest))

    assert {len(digest) for digest in stored} == {64}
    assert not {first, second} & set(stored)


@pytest.mark.parametrize("by", ["cookie", "body", "used token", "access token"])
async def test_signing_out_ends_the_session(service: Service, by: str) -> None:
    await service.add()
    signed_in = await service.sign_in(refresh="cookie" if by == "cookie" else "body")
    token = signed_in.json().get("refresh_token", "")
    headers: dict[str, str] = {}
    members: dict[str, str] = {}
    if by == "access token":
        headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    elif by != "cookie":
        members = {"refresh_token": token}
    if by == "used token":
        await service.refresh(token)

    answer = await service.browser.post("/auth/logout", headers=headers, json=members)

    assert answer.status_code == 204
    assert (await service.session_of(signed_in)).revoked_at == service.clock()
    assert (await service.refresh(token or "x")).status_code == 401


async def test_signing_out_clears_the_cookie(service: Service) -> None:
    await service.add()
    await service.sign_in()

    answer = await service.browser.post("/auth/logout")

    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert not service.browser.cookies


async def test_signing_out_twice_is_no_error_and_keeps_the_first_time(service: Service) -> None:
    await service.add()
    token = await service.sign_in_for_body()
    await service.browser.post("/auth/logout", json={"refresh_token": token})
    first_time = service.clock()
    service.clock.pass_by(hours=1)

    answer = await service.browser.post("/auth/logout", json={"refresh_token": token})

    assert answer.status_code == 204
    assert await service.read(select(SignInSession.revoked_at)) == first_time


async def test_a_sign_out_that_would_end_nothing_says_so(service: Service) -> None:
    answer = await service.browser.post("/auth/logout", headers={"Authorization": "Bearer wrong"})

    assert (answer.status_code, code_of(answer)) == (401, "UNAUTHENTICATED")
