"""The text smartctl prints for an ATA drive, made from its JSON."""

from typing import Any

from mock_truenas.tools.smart_parts import DATA_SECTION, INFO_SECTION, capacity

Json = dict[str, Any]
STATUS_LINES = {
    0x0: "The previous self-test routine completed\n\t\t\t\t\twithout error or no "
    "self-test has ever \n\t\t\t\t\tbeen run.",
    0x1: "The self-test routine was aborted by\n\t\t\t\t\tthe host.",
    0x2: "The self-test routine was interrupted\n\t\t\t\t\tby the host with a hard or soft reset.",
    0x7: "The previous self-test completed having\n\t\t\t\t\tthe read element of the test failed.",
}
NO_TESTS = "No self-tests have been logged.  [To run self-tests, use: smartctl -t]\n"
LOG_HEAD = "Num  Test_Description    Status                  Remaining  LifeTime(hours)  LBA_of_first_error\n"
TABLE_HEAD = "ID# ATTRIBUTE_NAME          FLAG     VALUE WORST THRESH TYPE      UPDATED  WHEN_FAILED RAW_VALUE\n"


def render(document: Json) -> str:
    """Give the text of the sections that the document has."""
    text = _info(document) if "model_name" in document else ""
    body = "".join((
        _health(document),
        _capabilities(document),
        _attributes(document),
        _errors(document),
        _selftests(document),
        _statistics(document),
    ))  # fmt: skip
    return text + (DATA_SECTION + body if body else "")


def _info(document: Json) -> str:
    wwn = document["wwn"]
    return (
        INFO_SECTION
        + f"Model Family:     {document['model_family']}\n"
        + f"Device Model:     {document['model_name']}\n"
        + f"Serial Number:    {document['serial_number']}\n"
        + f"LU WWN Device Id: {wwn['naa']} {wwn['oui']:06x} {wwn['id']:09x}\n"
        + f"Firmware Version: {document['firmware_version']}\n"
        + f"User Capacity:    {capacity(document['user_capacity']['bytes'])}\n"
        + "Sector Sizes:     512 bytes logical, 4096 bytes physical\n"
        + f"Rotation Rate:    {document['rotation_rate']} rpm\n"
        + "Form Factor:      3.5 inches\n"
        + f"ATA Version is:   {document['ata_version']['string']}\n"
        + "SATA Version is:  SATA 3.3, 6.0 Gb/s (current: 6.0 Gb/s)\n"
        + f"Local Time is:    {document['local_time']['asctime']}\n"
        + "SMART support is: Available - device has SMART capability.\n"
        + "SMART support is: Enabled\n\n"
    )


def _health(document: Json) -> str:
    if "smart_status" not in document:
        return ""
    lead = "SMART overall-health self-assessment test result: "
    if document["smart_status"]["passed"]:
        return f"{lead}PASSED\n\n"
    return (
        f"{lead}FAILED!\nDrive failure expected in less than 24 hours. SAVE ALL DATA.\n"
        "See vendor-specific Attribute list for failed Attributes.\n\n"
    )


def _capabilities(document: Json) -> str:
    if "ata_smart_data" not in document:
        return ""
    test = document["ata_smart_data"]["self_test"]
    minutes = test["polling_minutes"]
    polling = "".join(
        f"{name} self-test routine\nrecommended polling time: \t ({minutes[key]:4}) minutes.\n"
        for name, key in (("Short", "short"), ("Extended", "extended"), ("Conveyance", "conveyance"))
    )
    return (
        "General SMART Values:\n"
        "Offline data collection status:  (0x00)\tOffline data collection activity\n"
        "\t\t\t\t\twas never started.\n"
        f"Self-test execution status:      ({test['status']['value']:4})\t{_status(test['status'])}\n"
        f"{polling}\n"
    )


def _status(status: Json) -> str:
    high = status["value"] >> 4
    if high == 0xF:
        left = status["remaining_percent"]
        return f"Self-test routine in progress...\n\t\t\t\t\t{left}% of test remaining."
    return STATUS_LINES[high]


def _attributes(document: Json) -> str:
    if "ata_smart_attributes" not in document:
        return ""
    head = (
        "SMART Attributes Data Structure revision number: 10\n"
        "Vendor Specific SMART Attributes with Thresholds:\n" + TABLE_HEAD
    )
    return head + "".join(map(_attribute, document["ata_smart_attributes"]["table"])) + "\n"


def _attribute(row: Json) -> str:
    kind = "Pre-fail" if row["flags"]["prefailure"] else "Old_age "
    updated = "Always " if row["flags"]["updated_online"] else "Offline"
    failed = "FAILING_NOW" if row["when_failed"] else "    -      "
    return (
        f"{row['id']:3} {row['name']:<23} 0x{row['flags']['value']:04x}   {row['value']:03}   "
        f"{row['worst']:03}   {row['thresh']:03}    {kind}  {updated}  {failed} {row['raw']['string']}\n"
    )


def _errors(document: Json) -> str:
    if "ata_smart_error_log" not in document:
        return ""
    return "SMART Error Log Version: 1\nNo Errors Logged\n\n"


def _selftests(document: Json) -> str:
    if "ata_smart_self_test_log" not in document:
        return ""
    log = document["ata_smart_self_test_log"]
    if "extended" in log:
        head = "SMART Extended Self-test Log Version: 1 (1 sectors)\n"
    else:
        head = "SMART Self-test log structure revision number 1\n"
    rows = next(iter(log.values())).get("table", [])
    if not rows:
        return head + NO_TESTS + "\n"
    return head + LOG_HEAD + "".join(_test(n, row) for n, row in enumerate(rows, 1)) + "\n"


def _test(number: int, row: Json) -> str:
    status = row["status"]
    left = f"{status.get('remaining_percent', 0):02}%"
    lba = str(row.get("lba", "-"))
    return (
        f"#{number:2}  {row['type']['string']:<19} {status['string']:<28} {left}  "
        f"{row['lifetime_hours']:>8}         {lba}\n"
    )


def _statistics(document: Json) -> str:
    if "ata_device_statistics" not in document:
        return ""
    lines = ["Device Statistics (GP Log 0x04)\nPage  Offset Size        Value Flags Description\n"]
    for page in document["ata_device_statistics"]["pages"]:
        number = page["number"]
        lines.append(f"0x{number:02x}  =====  =               =  ===  == {page['name']} (rev 1) ==\n")
        for row in page["table"]:
            place = f"0x{number:02x}  0x{row['offset']:03x}  {row['size']}"
            lines.append(f"{place} {row['value']:15}  ---  {row['name']}\n")
    return "".join(lines) + "\n"
