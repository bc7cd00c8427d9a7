"""Disks as TrueNAS's REST API lists them."""

from collections.abc import Iterator
from typing import Any

import pytest

from burnin_site.core.secrets import Secret
from drives.hosts import inventory_rest
from drives.hosts.errors import HostError, HostRefusedLogin, HostUnreachable
from drives.hosts.inventory_rest import NoRestApi, RestInventory
from drives.hosts.ports import DiskInfo, InUse
from drives.tests.truenas_server import KEY, TrueNas

CORE_DISK: dict[str, Any] = {
    "identifier": "{serial_lunid}ZX1_5000c500c0ffee01",
    "name": "da3",
    "devname": "da3",
    "serial": "ZX1",
    "lunid": "5000c500c0ffee01",
    "size": 12000138625024,
    "model": "ATA ST12000NM0008-2H",
    "type": "HDD",
    "bus": "MPR",
    "pool": None,
}
SCALE_DISK: dict[str, Any] = {
    **CORE_DISK,
    "name": "sdc",
    "devname": "sdc",
    "model": "ST12000NM0008-2H3101",
    "bus": "ATA",
    "pool": "tank",
}


@pytest.fixture
def truenas(monkeypatch: pytest.MonkeyPatch) -> Iterator[TrueNas]:
    monkeypatch.setattr(inventory_rest, "WAIT_S", 0.01)
    server = TrueNas()
    server.tell("system/info", (200, {"version": "TrueNAS-13.3-U1.2"}))
    server.tell("disk", (200, [CORE_DISK]))
    server.tell("boot/get_disks", (200, ["ada0"]))
    yield server
    server.stop()


def inventory(truenas: TrueNas, key: str = KEY, tail: str = "") -> RestInventory:
    return RestInventory("nas-1", truenas.url + tail, Secret(key), verify_tls=True)


def test_a_disk_of_core_is_read(truenas: TrueNas) -> None:
    report = inventory(truenas).read()
    assert report.system == "TrueNAS-13.3-U1.2"
    assert report.errors == ()
    assert report.disks == (
        DiskInfo(
            devname="da3",
            serial="ZX1",
            size_bytes=12000138625024,
            wwn="0x5000c500c0ffee01",
            model="ATA ST12000NM0008-2H",
            rotational=True,
            truenas_disk_id="{serial_lunid}ZX1_5000c500c0ffee01",
        ),
    )


def test_pools_are_asked_for_where_core_does_not_take_them_for_a_filter(truenas: TrueNas) -> None:
    inventory(truenas).read()
    body = {"query-filters": [], "query-options": {"extra": {"pools": True}}}
    assert ("/api/v2.0/disk", body) in truenas.asked


def test_a_disk_in_a_pool_and_a_boot_disk_are_in_use(truenas: TrueNas) -> None:
    truenas.tell("disk", (200, [SCALE_DISK, {**CORE_DISK, "serial": "B", "name": "ada0", "devname": "ada0"}]))
    pooled, boots = inventory(truenas).read().disks
    assert pooled.in_use == (InUse("zfs", "Member of the pool tank."),)
    assert pooled.protocol == "ATA"
    assert [use.code for use in boots.in_use] == ["root_disk"]


def test_fields_that_are_null_do_no_harm(truenas: TrueNas) -> None:
    nothing = dict.fromkeys(CORE_DISK)
    truenas.tell("disk", (200, [{**nothing, "name": "nvd0", "devname": "multipath/disk1"}]))
    (disk,) = inventory(truenas).read().disks
    assert (disk.devname, disk.serial, disk.size_bytes, disk.wwn) == ("disk1", "", 0, "")


def test_a_refused_key_is_named(truenas: TrueNas) -> None:
    with pytest.raises(HostRefusedLogin, match="TrueNAS on nas-1 did not accept the API key"):
        inventory(truenas, key="wrong").read()
    assert len(truenas.asked) == 1


def test_a_key_without_the_right_is_named(truenas: TrueNas) -> None:
    truenas.tell("disk", (403, ""))
    with pytest.raises(HostRefusedLogin, match="API key of nas-1 may not read disks"):
        inventory(truenas).read()


def test_a_fault_of_the_server_is_tried_three_times(truenas: TrueNas) -> None:
    truenas.tell("disk", (500, "oops"), (502, "oops"), (200, [CORE_DISK]))
    assert len(inventory(truenas).read().disks) == 1
    truenas.tell("disk", (500, "oops"))
    truenas.asked.clear()
    with pytest.raises(HostUnreachable, match=r"nas-1 has a fault of its own \(HTTP 500\)"):
        inventory(truenas).read()
    assert [path for path, _ in truenas.asked].count("/api/v2.0/disk") == 3


@pytest.mark.parametrize("answer", [(404, "404: Not Found"), (302, "http://127.0.0.1/ui/"), (200, "<html></html>")])
def test_a_truenas_without_rest_says_what_to_do(truenas: TrueNas, answer: tuple[int, str]) -> None:
    truenas.tell("system/info", answer)
    with pytest.raises(NoRestApi, match="give nas-1 an SSH login instead"):
        inventory(truenas).read()


def test_a_redirect_to_https_says_so_and_is_not_followed(truenas: TrueNas) -> None:
    truenas.tell("system/info", (307, "https://127.0.0.1/api/v2.0/system/info"))
    with pytest.raises(NoRestApi, match="wants to be called by https"):
        inventory(truenas).read()


def test_a_host_that_is_away_is_unreachable(truenas: TrueNas) -> None:
    truenas.stop()
    with pytest.raises(HostUnreachable, match="TrueNAS on nas-1 cannot be reached"):
        inventory(truenas).read()


@pytest.mark.parametrize("tail", ["/", "/ui/", "/api/v2.0", "/api/v2.0/"])
def test_an_address_may_have_been_pasted_with_its_path(truenas: TrueNas, tail: str) -> None:
    assert inventory(truenas, tail=tail).read().disks


def test_an_address_that_is_none_is_named() -> None:
    with pytest.raises(HostError, match="nas-1"):
        RestInventory("nas-1", "http://[::1", Secret(KEY), verify_tls=True).read()


def test_boot_disks_that_cannot_be_asked_for_cost_a_sentence(truenas: TrueNas) -> None:
    truenas.tell("boot/get_disks", (403, ""))
    report = inventory(truenas).read()
    assert len(report.disks) == 1
    assert "boot disks of nas-1" in report.errors[0]
