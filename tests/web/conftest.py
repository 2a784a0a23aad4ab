import os
import shutil

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from transport.graphiql import BUILT_PAGE


PATIENCE_MILLISECONDS = 20_000


ATTEMPTS = 5
SETTLING_MILLISECONDS = 300


@dataclass
class Visit:
    """A window on the page, which remembers what a strict and offline page must not do."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.addresses.add(request.url))

    def _heard(self, message: ConsoleMessage) -> None:
        # The browser itself reports an answer of 401, which some tests provoke.
        if message.type == "error" and "status of 401" not in message.text:
            self.complaints.append(message.text)

    @property
    def foreign_addresses(self) -> set[str]:
        """Whatever was asked of another origin than the page's own."""
        return {
            address
            for address in self.addresses
            if urlsplit(address).scheme not in {"blob", "data"}
            and not address.startswith(f"{self.address}/")
        }

    @property
    def alert(self) -> Locator:
        """What the sign-in bar announces; the editors have alerts of their own."""
        return self.page.get_by_role("banner").get_by_role("alert")

    def open(self) -> None:
        """Open the page and wait until its editor stands."""
        self.page.goto(f"{self.address}/graphiql")
        expect(self.page.locator(".graphiql-query-editor .view-lines")).to_be_visible()

    def sign_in(self, login: str, password: str) -> None:
        """Fill in the form and send it with the keyboard."""
        self.page.get_by_label("Login").fill(login)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_label("Password").press("Enter")

    def write(self, document: str) -> None:
        """Replace the document in the editor by *document*."""
        self._write(".graphiql-query-editor", document)

    def write_variables(self, variables: str) -> None:
        """Replace the variables in the editor by *variables*; it may still be settling."""
        place = ".graphiql-editor-tool"
        lines = self.page.locator(f"{place} .view-lines >> visible=true").first
        for _ in range(ATTEMPTS):
            self._write(place, variables)
            self.page.wait_for_timeout(SETTLING_MILLISECONDS)
            if _bare(lines.inner_text()) == _bare(variables):
                return
        pytest.fail("The editor did not keep the variables.")

    def _write(self, place: str, text: str) -> None:
        self.page.locator(f"{place} .monaco-editor >> visible=true").first.click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(text)
        # The editor closes what it thinks was left open, behind the text.
        self.page.keyboard.press("ControlOrMeta+Shift+End")
        self.page.keyboard.press("Delete")

    def run(self) -> Locator:
        """Send the document and return the place of the response."""
        self.page.get_by_role("button", name="Execute query").click()
        return self.page.locator(".result-window")


def _bare(text: str) -> str:
    # The editor wraps long lines and writes spaces of its own.
    return "".join(text.split())


def _chromium() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser")


# Not for the session: the driver's event loop runs in this thread as long as the driver does.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not (BUILT_PAGE / "index.html").is_file():
        pytest.fail("The GraphiQL page is not built: run `python web/build.py`.")
    executable = _chromium()
    if executable is None:
        missing = "THE GRAPHIQL PAGE WAS NOT TESTED: no chromium in PATH or CHROMIUM."
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=executable,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[BrowserContext]:
    """One reader's browser, so that the page's assets are loaded once."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    yield context
    context.close()


@pytest.fixture
def window(reader: BrowserContext) -> Iterator[Page]:
    """A fresh window of a reader who was never here."""
    reader.clear_cookies()
    yield reader.new_page()
    for page in reader.pages:
        if page.url.startswith("http"):
            page.evaluate("localStorage.clear()")
        page.close()
