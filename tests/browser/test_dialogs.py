"""Starting and cancelling in a real browser, by keyboard."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, SignIn
from tests.browser.server import Server

pytestmark = pytest.mark.browser


def row_of(page: Page, serial: str) -> Locator:
    return page.locator("[data-live=drive]").filter(has_text=serial)


def open_start(page: Page, *serials: str) -> Locator:
    for serial in serials:
        row_of(page, serial).locator("[data-choose]").check()
    page.locator("[data-start]").press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    return dialog


def test_one_drive_is_started_by_typing_its_serial(server: Server, sign_in_browser: SignIn) -> None:
    page = sign_in_browser("bob")
    dialog = open_start(page, "ZL2B7X1K")
    field = dialog.get_by_label("Type the serial number")
    field.fill("ZL2B7X1")
    field.press("Enter")
    expect(dialog.locator(".refused")).to_contain_text("is not the serial number of da9")
    expect(dialog.get_by_label("Type the serial number")).to_have_value("ZL2B7X1")
    dialog.get_by_label("Type the serial number").fill("ZL2B7X1K")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(row_of(page, "ZL2B7X1K").locator("[data-cell=words]")).to_contain_text("Queued")
    expect(row_of(page, "ZL2B7X1K").locator("[data-choose]")).to_be_disabled()


def test_without_the_surface_test_nothing_is_erased_and_nothing_typed(sign_in_browser: SignIn) -> None:
    page = sign_in_browser("bob")
    dialog = open_start(page, "ZL2B70AA")
    expect(dialog.get_by_text("will be erased")).to_be_visible()
    dialog.get_by_role("checkbox", name="Surface test").uncheck()
    expect(dialog.get_by_text("will be erased")).to_be_hidden()
    expect(dialog.get_by_label("Type the serial number")).to_be_hidden()
    expect(dialog.locator("[data-plan]")).not_to_contain_text("Surface")
    dialog.get_by_role("checkbox", name="SMART short").uncheck()
    dialog.get_by_role("checkbox", name="SMART long").uncheck()
    expect(dialog.locator("[data-plan]")).to_contain_text("Choose at least one test")
    expect(dialog.locator("[type=submit]")).to_be_disabled()


def test_the_order_of_the_tests_is_changed_by_keyboard(sign_in_browser: SignIn) -> None:
    page = sign_in_browser("bob")
    dialog = open_start(page, "ZL2B70AA")
    up = dialog.get_by_label("Run Surface test earlier")
    up.press("Enter")
    expect(up).to_be_focused()
    up.press("Enter")
    expect(dialog.locator(".plan-stages li").nth(1)).to_contain_text("Surface")
    assert dialog.locator("[name=test]").evaluate_all("all => all.map(one => one.value)") == [
        "surface",
        "short",
        "long",
    ]


def test_the_order_of_the_tests_is_changed_by_dragging(sign_in_browser: SignIn) -> None:
    page = sign_in_browser("bob")
    dialog = open_start(page, "ZL2B70AA")
    handle = dialog.locator("[data-handle]").nth(2).bounding_box()
    first = dialog.locator("[data-test]").first.bounding_box()
    assert handle
    assert first
    page.mouse.move(handle["x"] + 5, handle["y"] + 5)
    page.mouse.down()
    page.mouse.move(first["x"] + 20, first["y"] + 4, steps=6)
    page.mouse.up()
    expect(dialog.locator(".plan-stages li").nth(1)).to_contain_text("Surface")


def test_the_way_to_test_the_surface_is_chosen_by_keyboard_and_changes_the_plan(sign_in_browser: SignIn) -> None:
    dialog = open_start(page := sign_in_browser("bob", "/", PHONE), "ZL2B70AA")
    standard = dialog.get_by_role("radio", name="Standard")
    expect(standard).to_be_checked()
    expect(dialog.locator("[data-plan]")).to_contain_text("Surface, standard")
    standard.focus()
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("radio", name="Classic")).to_be_checked()
    expect(dialog.locator("[data-plan]")).to_contain_text("Surface, classic")
    assert page.evaluate("document.querySelector('dialog').scrollWidth <= document.querySelector('dialog').clientWidth")
    dialog.get_by_role("checkbox", name="Surface test").uncheck()
    expect(standard).to_be_hidden()


def test_a_batch_is_confirmed_by_count_and_word(server: Server, sign_in_browser: SignIn) -> None:
    page = sign_in_browser("bob")
    dialog = open_start(page, "SIM0000A", "ZL2B70AA")
    word = dialog.locator("label b.mono").inner_text()
    dialog.get_by_label("How many").fill("3")
    dialog.get_by_label("Type the word").fill(word)
    page.keyboard.press("Enter")
    expect(dialog.locator("[role=alert]").first).to_contain_text("Nothing was started")
    dialog.get_by_label("How many").fill("2")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(row_of(page, "SIM0000A").locator("[data-cell=words]")).to_contain_text("Queued")
    expect(row_of(page, "ZL2B70AA").locator("[data-cell=words]")).to_contain_text("Queued")


def test_escape_closes_the_dialog_and_keeps_the_choice(sign_in_browser: SignIn) -> None:
    page = sign_in_browser("bob")
    dialog = open_start(page, "RIG77A10")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(row_of(page, "RIG77A10").locator("[data-choose]")).to_be_checked()
    expect(page.locator("[data-start]")).to_be_focused()


def test_a_burnin_is_cancelled_from_its_row(server: Server, sign_in_browser: SignIn) -> None:
    page = sign_in_browser("bob")
    row = row_of(page, "ZL2B77QT")
    row.locator("summary").press("Enter")
    row.get_by_role("button", name="Cancel burn-in").press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("It leaves the queue at once.")
    expect(dialog.get_by_role("button", name="Keep running")).to_be_focused()
    dialog.get_by_role("button", name="Cancel burn-in").press("Enter")
    expect(row.locator("[data-cell=words]")).to_contain_text("Cancelled by bob")


def test_a_viewer_has_nothing_to_press(sign_in_browser: SignIn) -> None:
    page = sign_in_browser("vera")
    expect(page.locator("[data-choose], [data-start], [data-cell=cancel]")).to_have_count(0)


@pytest.mark.parametrize("address", ["/", "/jobs/1/", "/jobs/7/"])
def test_a_phone_needs_no_sideways_scrolling(sign_in_browser: SignIn, address: str) -> None:
    page = sign_in_browser("bob", address, PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_dialog_fills_the_phone(sign_in_browser: SignIn) -> None:
    page = sign_in_browser("bob", "/", PHONE)
    box = open_start(page, "RIG77A10").bounding_box()
    assert box == {"x": 0, "y": 0, "width": PHONE["width"], "height": PHONE["height"]}
    assert page.evaluate("document.querySelector('dialog .sheet-body').scrollWidth") <= PHONE["width"]


def test_chips_and_text_filter_together(sign_in_browser: SignIn) -> None:
    page = sign_in_browser("vera")
    page.get_by_role("button", name="Needs attention").click()
    expect(row_of(page, "RIG77A10")).to_be_visible()
    expect(row_of(page, "ZHZ0ABCE")).to_be_hidden()
    page.fill("[data-filter]", "no such drive")
    expect(page.get_by_text("No drive matches.")).to_be_visible()
    page.get_by_role("button", name="Show all drives").click()
    expect(row_of(page, "ZHZ0ABCE")).to_be_visible()


def test_a_server_that_does_not_answer_loses_nothing(server: Server, sign_in_browser: SignIn) -> None:
    page = sign_in_browser("bob")
    dialog = open_start(page, "RIG77A10")
    dialog.get_by_label("Type the serial number").fill("RIG77A10")
    server.stop()
    page.keyboard.press("Enter")
    expect(dialog.locator("[data-sheet-error]")).to_contain_text("did not answer")
    expect(dialog.get_by_label("Type the serial number")).to_have_value("RIG77A10")
    server.start()
    dialog.locator("[type=submit]").click()
    expect(dialog).to_be_hidden()
