"""The REST face lists fifteen drives as TrueNAS CORE does."""

from mock_truenas.tests.running_host import RunningHost

MODELS = [
    *["ST12000NM0008"] * 3,
    *["WD80EFAX"] * 3,
    *["ST16000NM001G"] * 2,
    *["ST4000VN008"] * 2,
    *["MG06ACA10TE"] * 2,
    "HUS728T8TAL5200",
    "FAIL001",
    "ST6000DM003",
]


def test_it_lists_the_fifteen_drives_in_order(host: RunningHost) -> None:
    disks = host.get("/api/v2.0/disk")

    assert [disk["name"] for disk in disks] == [f"sd{letter}" for letter in "abcdefghijklmno"]
    assert [disk["model"] for disk in disks] == MODELS


def test_every_drive_has_a_serial_number_and_a_wwn_of_its_own(host: RunningHost) -> None:
    disks = host.get("/api/v2.0/disk")

    for field in ("serial", "lunid", "identifier"):
        assert len({disk[field] for disk in disks}) == 15
    assert disks[0]["identifier"] == f"{{serial_lunid}}{disks[0]['serial']}_{disks[0]['lunid']}"


def test_the_sizes_are_those_of_real_drives(host: RunningHost) -> None:
    sizes = {disk["model"]: disk["size"] for disk in host.get("/api/v2.0/disk")}

    assert sizes["ST12000NM0008"] == 12_000_138_625_024
    assert sizes["ST4000VN008"] == 4_000_787_030_016


def test_temperatures_stay_between_28_and_44(host: RunningHost) -> None:
    found = host.post("/api/v2.0/disk/temperatures", {})

    assert len(found) == 15
    assert all(28 <= degrees <= 44 for degrees in found.values())


def test_a_filter_in_the_query_or_in_the_body_picks_disks(host: RunningHost) -> None:
    body = {"query-filters": [["name", "in", ["sda", "sdn"]]]}
    asked = host.call("GET", "/api/v2.0/disk", json=body).json()

    assert [disk["name"] for disk in host.get("/api/v2.0/disk", model="FAIL001")] == ["sdn"]
    assert [disk["name"] for disk in asked] == ["sda", "sdn"]


def test_it_describes_the_host_and_has_no_pools(host: RunningHost) -> None:
    assert host.get("/api/v2.0/system/info")["version"].startswith("TrueNAS-13.0")
    assert host.get("/api/v2.0/pool") == []
