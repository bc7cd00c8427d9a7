"""Who a drive is."""

import pytest

from drives.hosts.program.identity import Identity, canonical_serial, canonical_wwn, from_smartctl, join


@pytest.mark.parametrize(
    "written",
    [
        "0x5000c500a1b2c3d4",
        "5000C500A1B2C3D4",
        " naa.5000c500a1b2c3d4\n",
        "wwn-0x5000c500a1b2c3d4",
        "5000c500:a1b2c3d4",
        "5 000c50 0a1b2c3d4",
    ],
)
def test_a_wwn_has_one_spelling(written: str) -> None:
    assert canonical_wwn(written) == "0x5000c500a1b2c3d4"


@pytest.mark.parametrize("written", ["", "none", "t10.ATA     WDC WD40EFRX", "0x0000000000000000", "0xzz"])
def test_what_is_no_wwn_is_empty(written: str) -> None:
    assert canonical_wwn(written) == ""


def test_a_serial_number_loses_its_padding_only() -> None:
    assert canonical_serial("  WD-WX12 34 \0\0") == "WD-WX12 34"
    assert canonical_serial("abc") != canonical_serial("ABC")


def test_it_reads_an_ata_drive() -> None:
    told = {
        "serial_number": " ZA1234 ",
        "model_name": "ST12000NM0008",
        "wwn": {"naa": 5, "oui": 0xC50, "id": 0x0A1B2C3D4},
    }

    assert from_smartctl(told) == Identity(
        "ZA1234", "0x5000c500a1b2c3d4", "ST12000NM0008", frozenset({"0x5000c500a1b2c3d4"})
    )


def test_it_reads_a_sas_drive() -> None:
    told = {
        "serial_number": "VJG1",
        "logical_unit_id": "0x5000CCA123456789",
        "scsi_vendor": "HGST",
        "scsi_product": "HUH721212AL5200",
    }

    assert from_smartctl(told).wwn == "0x5000cca123456789"
    assert from_smartctl(told).model == "HGST HUH721212AL5200"


def test_it_reads_an_nvme_drive() -> None:
    told = {"serial_number": "S4", "nvme_namespaces": [{"id": 1, "eui64": {"oui": 0x2538, "ext_id": 0x1234567890}}]}

    assert from_smartctl(told).wwn == "0x0025381234567890"


def test_smartctl_is_believed_before_the_kernel() -> None:
    bridge = Identity("BRIDGE", "0x5000000000000001", "USB", frozenset({"0x5000000000000001"}))
    told = Identity("DRIVE", "0x5000c50000000002", "ST", frozenset({"0x5000c50000000002"}))

    assert join(told, bridge) == told


def test_the_kernel_fills_what_smartctl_leaves_out() -> None:
    kernel = Identity("SER", "0x5000c50000000002", "ST", frozenset({"0x5000c50000000002"}))

    assert join(Identity(serial="SER"), kernel) == kernel
    assert join(Identity(), kernel) == kernel
