"""The board keeps up with the database, whatever happens to the server, and leaves what a person does alone."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SignIn
from tests.browser.server import Server

pytestmark = pytest.mark.browser


def row_of(page: Page, serial: str) -> Locator:
    return page.locator("[data-live=drive]").filter(has_text=serial)


def cell(page: Page, serial: str, name: str) -> Locator:
    return row_of(page, serial).locator(f"[data-cell={name}]")


def was_never_reloaded(page: Page) -> bool:
    return bool(page.evaluate("window.neverReloaded === true"))


def test_a_row_changes_without_a_reload(server: Server, sign_in_browser: SignIn) -> None:
    page = sign_in_browser("vera")
    expect(cell(page, "ZHZ0ABCD", "temp")).to_have_text("41 °C")
    server.change("drives_drive", "serial = 'ZHZ0ABCD'", temperature_c=57)
    expect(cell(page, "ZHZ0ABCD", "temp")).to_have_text("57 °C")
    expect(cell(page, "ZHZ0ABCD", "temp")).to_have_attribute("data-tone", "failed")
    assert was_never_reloaded(page)


def test_ticks_menus_focus_and_typed_text_survive_an_update(server: Server, sign_in_browser: SignIn) -> None:
    page = sign_in_browser("bob")
    row = row_of(page, "ZL2B7Y2M")
    row.locator("[data-choose]").check()
    row.locator("summary").click()
    page.fill("[data-filter]", "zl2b")
    server.change("drives_drive", "serial = 'ZL2B7Y2M'", temperature_c=35)
    expect(cell(page, "ZL2B7Y2M", "temp")).to_have_text("35 °C")
    expect(row.locator("[data-choose]")).to_be_checked()
    expect(row.locator("details")).to_have_attribute("open", "")
    expect(page.locator("[data-filter]")).to_be_focused()
    expect(page.locator("[data-filter]")).to_have_value("zl2b")
    expect(row_of(page, "ZHZ0ABCE")).to_be_hidden()


def test_a_stage_moves_on_the_rail(server: Server, sign_in_browser: SignIn) -> None:
    page = sign_in_browser("vera")
    fills = row_of(page, "VKGX91LX").locator(".seg[data-tone=running] .fill")
    before = fills.first.get_attribute("width")
    server.execute("UPDATE jobs_burninstage SET percent = 80 WHERE state = 'running' AND stage_name = 'long_smart'")
    server.change("drives_drive", "serial = 'VKGX91LX'", temperature_c=40)
    expect(cell(page, "VKGX91LX", "figure")).to_have_text("80 %")
    assert fills.first.get_attribute("width") != before


def test_it_survives_a_restart_of_the_server(server: Server, sign_in_browser: SignIn) -> None:
    page = sign_in_browser("vera")
    server.stop()
    expect(page.locator("[data-stale-note]")).to_contain_text("The connection to the server is lost", timeout=15_000)
    expect(page.locator("#board")).to_have_class("is-stale")
    server.change("drives_drive", "serial = 'ZHZ0ABCE'", temperature_c=29)
    server.start()
    expect(cell(page, "ZHZ0ABCE", "temp")).to_have_text("29 °C", timeout=25_000)
    expect(page.locator("[data-stale-note]")).to_be_hidden()
    assert was_never_reloaded(page)


def test_a_drive_that_is_plugged_in_appears_and_one_that_is_pulled_goes(
    server: Server, sign_in_browser: SignIn
) -> None:
    server.change("drives_drive", "serial = 'SIM0000B'", present=0)
    page = sign_in_browser("vera")
    expect(row_of(page, "SIM0000B")).to_have_count(0)
    server.change("drives_drive", "serial = 'SIM0000B'", present=1)
    expect(row_of(page, "SIM0000B")).to_be_visible()
    server.change("drives_drive", "serial = 'SIM0000B'", present=0)
    expect(row_of(page, "SIM0000B")).to_have_count(0)
    assert was_never_reloaded(page)


def test_a_row_that_is_deleted_goes_with_the_next_heartbeat(server: Server, sign_in_browser: SignIn) -> None:
    page = sign_in_browser("vera")
    expect(row_of(page, "WD-WX21D281")).to_be_visible()
    server.execute("DELETE FROM drives_drive WHERE serial = 'WD-WX21D281'")
    expect(row_of(page, "WD-WX21D281")).to_have_count(0, timeout=20_000)
    assert was_never_reloaded(page)


def test_a_hosts_header_is_live_too(server: Server, sign_in_browser: SignIn) -> None:
    page = sign_in_browser("vera")
    head = page.locator("[data-host] header").filter(has_text="cedar")
    expect(head.get_by_text("disarmed")).to_be_visible()
    server.change("drives_host", "name = 'cedar'", armed=1, stopped=1, error="Its host key changed.")
    expect(head.get_by_text("disarmed")).to_be_hidden()
    expect(head.locator("[data-cell=state]")).to_have_text("Stopped. Its host key changed.")


def test_the_page_of_a_burnin_is_live(server: Server, sign_in_browser: SignIn) -> None:
    number = server.ask("SELECT id FROM jobs_burninjob WHERE serial = 'ZHZ0ABCD'")
    page = sign_in_browser("vera", f"/jobs/{number}/")
    log = "Testing with pattern 0x55: done\nReading and comparing: done"
    finding = '[{"severity": "warning", "message": "The link was reset once."}]'
    server.execute(
        "UPDATE jobs_burninstage SET percent = 51, message = 'write 0xff', log_text = ?, findings = ?"
        " WHERE job_id = ? AND position = 4",
        log,
        finding,
        number,
    )
    server.change("jobs_burninjob", f"id = {number}", percent=71)
    expect(page.locator("[data-live=job] [data-cell=words]")).to_have_text("Surface · write 0xff")
    expect(page.locator("[data-log]")).to_have_text(log)
    expect(page.locator(".findings")).to_contain_text("The link was reset once.")
    assert was_never_reloaded(page)


def test_who_signs_out_in_another_tab_is_told_so_here(server: Server, sign_in_browser: SignIn) -> None:
    page = sign_in_browser("vera")
    server.execute("DELETE FROM django_session")
    expect(page.locator("[data-stale-note]")).to_contain_text("You are signed out", timeout=45_000)
