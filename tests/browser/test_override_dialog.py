"""Overriding what a drive still carries, in a real browser, by keyboard."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, SignIn
from tests.browser.server import Server

pytestmark = pytest.mark.browser
SERIAL = "ZL2BUSED"
REASON = "Ticket 4711: the owner has a backup"
OVERRIDES = f"SELECT count(*) FROM jobs_override WHERE serial = '{SERIAL}' AND job_id IS NULL"  # noqa: S608


def open_start(page: Page) -> Locator:
    row = page.locator("[data-live=drive]").filter(has_text=SERIAL)
    row.locator("[data-choose]").check()
    page.locator("[data-start]").press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog.locator(".carries")).to_contain_text("da11 carries an old ext4 file system.")
    return dialog


def open_override(page: Page) -> Locator:
    dialog = open_start(page)
    dialog.get_by_role("button", name="Override…").press("Enter")
    expect(dialog.get_by_role("heading", name="Override for da11")).to_be_visible()
    return dialog


def test_an_operator_is_told_that_an_admin_can(sign_in_browser: SignIn) -> None:
    dialog = open_start(sign_in_browser("bob"))
    expect(dialog.locator(".carries")).to_contain_text("An admin can override this")
    expect(dialog.get_by_role("button", name="Override…")).to_have_count(0)


def test_a_wrong_serial_or_no_reason_overrides_nothing_and_loses_nothing(
    server: Server, sign_in_browser: SignIn
) -> None:
    page = sign_in_browser("alice")
    dialog = open_override(page)
    dialog.get_by_role("checkbox", name="GPT partition table").uncheck()
    dialog.get_by_label("Why may it be erased?").fill(REASON)
    dialog.get_by_label("Type the serial number").fill("ZL2BUSE")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert").first).to_contain_text(f"Type the serial number {SERIAL}")
    expect(dialog.get_by_label("Why may it be erased?")).to_have_value(REASON)
    expect(dialog.get_by_label("Type the serial number")).to_have_value("ZL2BUSE")
    expect(dialog.get_by_role("checkbox", name="GPT partition table")).not_to_be_checked()
    dialog.get_by_label("Type the serial number").fill(SERIAL)
    dialog.get_by_label("Why may it be erased?").fill("old")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert").first).to_contain_text("Give a reason of a few words")
    assert server.ask(OVERRIDES) == 0


def test_a_phone_shows_the_whole_override(sign_in_browser: SignIn) -> None:
    page = sign_in_browser("alice", "/", PHONE)
    open_override(page)
    assert page.evaluate("document.querySelector('dialog .sheet-body').scrollWidth") <= PHONE["width"]


def test_an_admin_overrides_by_keyboard_and_the_drive_can_be_started(server: Server, sign_in_browser: SignIn) -> None:
    page = sign_in_browser("alice")
    dialog = open_override(page)
    dialog.get_by_label("Type the serial number").fill(SERIAL)
    dialog.get_by_label("Why may it be erased?").fill(REASON)
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text(f"alice lets it be erased: {REASON}")
    expect(dialog.locator(".carries")).to_have_count(0)
    assert server.ask(OVERRIDES) == 1
    dialog.get_by_label("Type the serial number").fill(SERIAL)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    row = page.locator("[data-live=drive]").filter(has_text=SERIAL)
    expect(row.locator("[data-cell=words]")).to_contain_text("Queued")
    assert server.ask(OVERRIDES) == 0, "the burn-in has used it"
