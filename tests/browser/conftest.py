"""A server and a browser for all browser tests; a page that complains about anything the browser complains about."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.browser.server import PASSWORD, Server

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 800}
# What the browser prints about answers that a test asks for, and about a server that a test stopped.
EXPECTED = ("status of 4", "WebSocket connection", "ERR_CONNECTION_REFUSED")
SignIn = Callable[..., Page]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run the product's server on a seeded database."""
    made = Server(tmp_path_factory.mktemp("browser"))
    made.prepare()
    made.start()
    yield made
    made.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Run Debian's Chromium."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"The browser tests need Chromium at {CHROMIUM}: apt install chromium.")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """Collect what pages complain about, and fail the test if there is anything."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def sign_in_browser(server: Server, browser: Browser, complaints: list[str]) -> Iterator[SignIn]:
    """Return a function that opens a page as somebody."""
    contexts: list[BrowserContext] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in EXPECTED):
            complaints.append(message.text)

    def open_page(name: str = "bob", address: str = "/", size: dict[str, int] = WIDE) -> Page:
        context = browser.new_context(viewport=size, timezone_id="UTC")  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{server.url}/login?next={address}")
        page.fill("[name=username]", name)
        page.fill("[name=password]", PASSWORD)
        page.click("[type=submit]")
        page.wait_for_selector("[data-live-state=live]")
        page.evaluate("window.neverReloaded = true")
        return page

    yield open_page
    for context in contexts:
        context.close()
