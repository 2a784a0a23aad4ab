import pytest

from models.database import Database
from settings import Settings
from tests.identity.service import FRONT_END, SITE, Service, code_of


CALLS = ["/auth/token", "/auth/refresh", "/auth/logout"]

ACCEPTED: dict[str, dict[str, str]] = {
    "a program": {},
    "this site": {"Origin": SITE},
    "this site, as the browser says": {"Sec-Fetch-Site": "same-origin"},
    "this site by both": {"Origin": SITE, "Sec-Fetch-Site": "same-origin"},
    "a listed site": {"Origin": FRONT_END, "Sec-Fetch-Site": "cross-site"},
}
REFUSED: dict[str, dict[str, str]] = {
    "another site": {"Origin": "https://other.test"},
    "a site of the same name in plain": {"Origin": "http://service.test"},
    "another port": {"Origin": f"{SITE}:8443"},
    "a longer name": {"Origin": f"{SITE}.other.test"},
    "a sandbox": {"Origin": "null"},
    "no URL": {"Origin": "https://[service.test"},
    "an empty origin": {"Origin": ""},
    "a neighbour without an origin": {"Sec-Fetch-Site": "same-site"},
    "a stranger without an origin": {"Sec-Fetch-Site": "cross-site"},
    "a page that was typed": {"Sec-Fetch-Site": "none"},
    "a stranger who lies about the fetch": {
        "Origin": "https://other.test",
        "Sec-Fetch-Site": "same-origin",
    },
}


@pytest.mark.parametrize("caller", ACCEPTED)
async def test_a_known_origin_may_call(service: Service, caller: str) -> None:
    await service.add()
    await service.sign_in()

    answer = await service.browser.post("/auth/refresh", headers=ACCEPTED[caller])

    assert answer.status_code == 200


@pytest.mark.parametrize("path", CALLS)
@pytest.mark.parametrize("caller", REFUSED)
async def test_an_unknown_origin_is_refused(door: Service, caller: str, path: str) -> None:
    answer = await door.browser.post(path, headers=REFUSED[caller])

    assert (answer.status_code, code_of(answer)) == (403, "FORBIDDEN")
    assert "access-control-allow-origin" not in answer.headers


async def test_a_refused_origin_does_not_end_the_session(service: Service) -> None:
    await service.add()
    await service.sign_in()

    await service.browser.post("/auth/logout", headers={"Origin": "https://other.test"})

    assert (await service.browser.post("/auth/refresh")).status_code == 200


async def test_this_site_is_known_behind_a_proxy_that_ends_tls(door: Service) -> None:
    answer = await door.browser.post(
        "http://service.test/auth/logout", headers={"Origin": "https://service.test"}
    )

    assert answer.status_code == 204


@pytest.mark.parametrize("path", CALLS)
async def test_a_listed_origin_may_call_with_cookies(door: Service, path: str) -> None:
    preflight = await door.browser.options(
        path,
        headers={
            "Origin": FRONT_END,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )
    answer = await door.browser.post(path, headers={"Origin": FRONT_END})

    assert preflight.status_code == 200
    assert preflight.headers["access-control-max-age"] == "600"
    assert preflight.headers["access-control-allow-methods"] == "POST"
    for response in (preflight, answer):
        assert response.headers["access-control-allow-origin"] == FRONT_END
        assert response.headers["access-control-allow-credentials"] == "true"
        assert "Origin" in response.headers["vary"]


async def test_an_unlisted_origin_gets_no_leave_to_read(door: Service) -> None:
    preflight = await door.browser.options(
        "/auth/token",
        headers={"Origin": "https://other.test", "Access-Control-Request-Method": "POST"},
    )

    assert preflight.status_code == 400
    assert "access-control-allow-origin" not in preflight.headers


async def test_a_star_lists_no_origin_for_cookies(database: Database) -> None:
    service = Service(database, Settings(allowed_origins=("*",)))

    answer = await service.browser.post("/auth/logout", headers={"Origin": "https://other.test"})

    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", CALLS)
async def test_only_posts_are_answered(door: Service, path: str) -> None:
    assert (await door.browser.get(path)).status_code == 405
