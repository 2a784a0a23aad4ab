from collections.abc import Iterator

import pytest

from playwright.sync_api import Page, expect

from tests.web.conftest import Visit
from tests.web.small_service import PASSWORD, Serving, SmallService


DOCUMENT = "query Mine { viewer { login structure { name users } } }"


@pytest.fixture(scope="module")
def serving() -> Iterator[SmallService]:
    with Serving(SmallService()) as service:
        yield service


@pytest.fixture
def service(serving: SmallService) -> SmallService:
    serving.forget()
    return serving


@pytest.fixture
def visit(service: SmallService, window: Page) -> Iterator[Visit]:
    visit = Visit(window, service.address)
    visit.open()
    yield visit
    assert visit.complaints == []
    assert visit.foreign_addresses == set()


def test_a_first_visit_asks_for_no_session(visit: Visit, service: SmallService) -> None:
    expect(visit.page.get_by_role("button", name="Sign in")).to_be_visible()
    assert service.refreshes == 0


def test_a_response_for_nobody_says_to_sign_in(visit: Visit) -> None:
    visit.write(DOCUMENT)
    visit.run()
    expect(visit.page.get_by_text("Nobody is signed in, so viewer is null")).to_be_visible()


def test_a_signed_in_manager_reads_what_he_may(visit: Visit) -> None:
    visit.sign_in("primary@demo.test", PASSWORD)
    expect(visit.page.get_by_text("Signed in as Paula Primary")).to_be_visible()
    visit.write(DOCUMENT)
    response = visit.run()
    expect(response).to_contain_text("Umberto User")
    expect(visit.page.get_by_label("Refused fields")).to_have_count(0)


def test_a_refused_field_is_explained_under_the_response(visit: Visit) -> None:
    visit.sign_in("user@demo.test", PASSWORD)
    expect(visit.page.get_by_text("Signed in as Umberto User")).to_be_visible()
    visit.write(DOCUMENT)
    visit.run()
    explanation = visit.page.get_by_label("Refused fields")
    expect(explanation).to_contain_text("viewer.structure.users")
    expect(explanation).to_contain_text("user:list")
    expect(explanation).to_contain_text("secondary manager, primary manager, support")


def test_a_wrong_password_is_announced(visit: Visit) -> None:
    visit.sign_in("user@demo.test", "wrong")
    expect(visit.alert).to_have_text("The login or the password is wrong.")
    expect(visit.page.get_by_label("Password")).to_be_focused()


def test_an_expired_token_is_renewed_and_the_request_sent_again(
    visit: Visit, service: SmallService
) -> None:
    visit.sign_in("primary@demo.test", PASSWORD)
    expect(visit.page.get_by_text("Signed in as Paula Primary")).to_be_visible()
    visit.write(DOCUMENT)
    service.tokens.clear()
    expect(visit.run()).to_contain_text("Umberto User")
    assert service.refreshes == 1


def test_a_token_is_renewed_before_it_expires(service: SmallService, visit: Visit) -> None:
    service.lifetime = 2
    visit.sign_in("primary@demo.test", PASSWORD)
    with visit.page.expect_response("**/auth/refresh") as renewal:
        pass
    assert renewal.value.ok


def test_a_session_is_taken_up_again_when_the_page_is_loaded(visit: Visit) -> None:
    visit.sign_in("primary@demo.test", PASSWORD)
    expect(visit.page.get_by_text("Signed in as Paula Primary")).to_be_visible()
    visit.open()
    expect(visit.page.get_by_text("Signed in as Paula Primary")).to_be_visible()


def test_an_ended_session_asks_to_sign_in_again(visit: Visit, service: SmallService) -> None:
    visit.sign_in("primary@demo.test", PASSWORD)
    expect(visit.page.get_by_text("Signed in as Paula Primary")).to_be_visible()
    service.tokens.clear()
    service.sessions.clear()
    visit.run()
    expect(visit.alert).to_contain_text("Your session has ended")
    expect(visit.page.get_by_role("button", name="Sign in")).to_be_visible()


def test_nothing_is_sent_again_as_another_account(visit: Visit, service: SmallService) -> None:
    visit.sign_in("primary@demo.test", PASSWORD)
    expect(visit.page.get_by_text("Signed in as Paula Primary")).to_be_visible()
    visit.write(DOCUMENT)
    other = visit.page.context.new_page()
    Visit(other, service.address).open()
    other.get_by_role("button", name="Sign out").click()
    Visit(other, service.address).sign_in("user@demo.test", PASSWORD)
    expect(other.get_by_text("Signed in as Umberto User")).to_be_visible()
    service.tokens.clear()
    visit.run()
    expect(visit.page.get_by_text("Signed in as Umberto User")).to_be_visible()
    assert ("Mine", "user@demo.test") not in service.operations


def test_a_response_of_the_former_account_does_not_stay(visit: Visit) -> None:
    visit.sign_in("primary@demo.test", PASSWORD)
    expect(visit.page.get_by_text("Signed in as Paula Primary")).to_be_visible()
    visit.write(DOCUMENT)
    expect(visit.run()).to_contain_text("Umberto User")
    visit.page.get_by_role("button", name="Sign out").click()
    expect(visit.page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(visit.page.locator(".result-window")).not_to_contain_text("Umberto User")


def test_the_token_is_kept_in_memory_only(visit: Visit, service: SmallService) -> None:
    visit.sign_in("primary@demo.test", PASSWORD)
    expect(visit.page.get_by_text("Signed in as Paula Primary")).to_be_visible()
    kept = visit.page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert not any(token in kept for token in service.tokens)
    assert visit.page.evaluate("document.cookie") == ""
