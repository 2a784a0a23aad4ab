import asyncio

import httpx
import pytest

from models.database import Database
from resolvers.attempts import Attempts, TooManyAttempts, network_of
from settings import Settings
from tests.identity.service import LOGIN, Service, code_of


WRONG = "a wrong long password"


async def guess(service: Service, times: int, client: httpx.AsyncClient | None = None) -> list[int]:
    answers = [await service.sign_in(client, password=WRONG) for _ in range(times)]
    return [answer.status_code for answer in answers]


async def test_a_network_waits_after_five_wrong_passwords(service: Service) -> None:
    await service.add()

    assert await guess(service, 5) == [401] * 5
    answer = await service.sign_in()

    assert (answer.status_code, code_of(answer)) == (429, "TOO_MANY_REQUESTS")
    assert 890 <= int(answer.headers["retry-after"]) <= 900


async def test_an_unknown_login_is_counted_like_a_known_one(service: Service) -> None:
    for _ in range(5):
        await service.sign_in(login="nobody@demo.test")

    answer = await service.sign_in(login="nobody@demo.test")

    assert answer.status_code == 429


async def test_another_spelling_of_the_login_is_the_same_login(service: Service) -> None:
    for _ in range(5):
        await service.sign_in(login=f" {LOGIN.upper()}", password=WRONG)

    assert (await service.sign_in()).status_code == 429


async def test_a_stranger_cannot_keep_a_manager_out(service: Service) -> None:
    await service.add()
    stranger, manager = service.client("198.51.100.7"), service.client("192.0.2.1")

    assert (await guess(service, 6, stranger))[-1] == 429
    assert (await service.sign_in(manager)).status_code == 200


async def test_a_neighbour_in_the_same_network_does_not_count_anew(service: Service) -> None:
    await service.add()
    await guess(service, 5, service.client("198.51.100.7"))

    assert (await service.sign_in(service.client("198.51.100.200"))).status_code == 429


async def test_another_login_from_the_same_network_is_not_affected(service: Service) -> None:
    await service.add()
    await service.add("other@demo.test")
    await guess(service, 6)

    assert (await service.sign_in(login="other@demo.test")).status_code == 200


async def test_a_right_password_forgets_the_wrong_ones(service: Service) -> None:
    await service.add()
    await guess(service, 4)
    await service.sign_in()

    assert await guess(service, 5) == [401] * 5


async def test_the_network_may_try_again_when_the_window_has_passed(database: Database) -> None:
    service = Service(database, Settings(login_attempts=1, login_window_seconds=1))
    await service.add()
    assert await guess(service, 2) == [401, 429]

    await asyncio.sleep(1.05)

    assert (await service.sign_in()).status_code == 200


async def test_guesses_sent_at_once_do_not_escape_the_count(service: Service) -> None:
    await service.add()

    answers = await asyncio.gather(*(service.sign_in(password=WRONG) for _ in range(15)))

    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 10


async def test_right_passwords_sent_at_once_are_all_accepted(service: Service) -> None:
    await service.add()

    answers = await asyncio.gather(*(service.sign_in() for _ in range(10)))

    assert {answer.status_code for answer in answers} == {200}


async def test_a_flood_of_sign_ins_is_sent_away(service: Service) -> None:
    answers = await asyncio.gather(
        *(service.sign_in(login=f"{number}@demo.test") for number in range(30))
    )

    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {401, 503}
    assert statuses.count(401) >= 22
    refused = answers[statuses.index(503)]
    assert code_of(refused) == "OVERLOADED"
    assert refused.headers["retry-after"] == "1"


async def test_being_sent_away_is_no_wrong_password(service: Service) -> None:
    await service.add()
    others = [service.sign_in(login=f"{number}@demo.test") for number in range(24)]
    answers = await asyncio.gather(*others, *(service.sign_in() for _ in range(8)))
    assert {answer.status_code for answer in answers[24:]} <= {200, 503}

    assert (await service.sign_in()).status_code == 200


def test_guesses_from_many_networks_make_every_further_one_pause() -> None:
    attempts = Attempts(limit=5, window_seconds=900)
    pauses = []
    for number in range(12):
        pauses.append(attempts.pause_seconds(LOGIN))
        attempts.failed(LOGIN, f"198.51.{number}.0")

    assert pauses == [0, 0, 0, 0, 0, 0.1, 0.2, 0.4, 0.8, 1.6, 1.6, 1.6]
    assert attempts.pause_seconds("other@demo.test") == 0


async def test_the_pause_is_kept_before_the_attempt() -> None:
    attempts = Attempts(limit=1, window_seconds=900)
    attempts.failed(LOGIN, "198.51.100.0")
    clock = asyncio.get_running_loop().time
    before = clock()

    async with attempts.turn(LOGIN, "192.0.2.0"):
        assert clock() - before >= 0.09


def test_a_right_password_ends_the_pauses() -> None:
    attempts = Attempts(limit=1, window_seconds=900)
    attempts.failed(LOGIN, "198.51.100.0")

    attempts.succeeded(LOGIN, "192.0.2.0")

    assert attempts.pause_seconds(LOGIN) == 0


async def test_only_so_many_attempts_of_a_network_at_a_login_wait() -> None:
    attempts = Attempts(limit=5, window_seconds=900)

    async def attempt() -> None:
        async with attempts.turn(LOGIN, "192.0.2.0"):
            await asyncio.sleep(0)

    ends = await asyncio.gather(*(attempt() for _ in range(30)), return_exceptions=True)

    assert [type(end) for end in ends] == [type(None)] * 20 + [TooManyAttempts] * 10
    assert not attempts._turns


async def test_an_attempt_does_not_wait_for_those_of_other_networks() -> None:
    attempts = Attempts(limit=5, window_seconds=900)

    async with (
        asyncio.timeout(1),
        attempts.turn(LOGIN, "198.51.100.0"),
        attempts.turn(LOGIN, "192.0.2.0"),
    ):
        pass


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0"),
        ("2001:db8:1:23ff::1", "2001:db8:1:2300::"),
        ("::ffff:192.0.2.77", "192.0.2.0"),
        ("fe80::1%eth0", "fe80::"),
        ("testclient", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_an_address_belongs_to_a_network(address: str | None, network: str) -> None:
    assert network_of(address) == network
