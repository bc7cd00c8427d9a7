"""smartctl on the pretend host answers like version 7.3."""

from mock_truenas.tests.running_host import RunningHost
from mock_truenas.tests.waiting import wait_until


def test_an_ata_drive_gives_identity_health_and_attributes(fresh_host: RunningHost) -> None:
    disk = fresh_host.get("/api/v2.0/disk", name="sda")[0]
    found = fresh_host.smart("-x", "sda")
    attributes = {row["id"]: row for row in found["ata_smart_attributes"]["table"]}

    assert found["device"] == {"name": "/dev/sda", "info_name": "/dev/sda [SAT]", "type": "sat", "protocol": "ATA"}
    assert (found["model_name"], found["serial_number"]) == (disk["model"], disk["serial"])
    assert found["user_capacity"]["bytes"] == disk["size"]
    wwn = found["wwn"]
    assert f"{wwn['naa']:x}{wwn['oui']:06x}{wwn['id']:09x}" == disk["lunid"]
    assert found["smart_status"] == {"passed": True}
    assert {5, 9, 10, 187, 188, 194, 197, 198, 199} <= set(attributes)
    assert attributes[5]["raw"]["value"] == attributes[197]["raw"]["value"] == 0
    assert found["temperature"]["current"] == attributes[194]["raw"]["value"] & 0xFF
    assert found["ata_smart_data"]["self_test"]["polling_minutes"] == {"short": 2, "extended": 8, "conveyance": 2}
    assert found["smartctl"]["exit_status"] == 0


def test_a_sas_drive_gives_its_own_shape(fresh_host: RunningHost) -> None:
    found = fresh_host.smart("-x", "sdm")

    assert found["device"]["protocol"] == "SCSI"
    assert found["scsi_model_name"] == "HGST HUS728T8TAL5200"
    assert "model_name" not in found
    assert "ata_smart_attributes" not in found
    assert found["logical_unit_id"].startswith("0x5000cca")
    assert found["scsi_grown_defect_list"] == 0
    assert found["scsi_error_counter_log"]["write"]["total_uncorrected_errors"] == 0
    assert found["scsi_extended_self_test_seconds"] == 480


def test_the_text_is_there_with_and_without_json(fresh_host: RunningHost) -> None:
    text = fresh_host.run("smartctl -a /dev/sda").out.decode()

    assert "SMART overall-health self-assessment test result: PASSED" in text
    assert fresh_host.smart("-a", "sda")["smartctl"]["output"][3:5] == text.splitlines()[3:5]


def test_scan_names_every_drive(fresh_host: RunningHost) -> None:
    found = fresh_host.run("smartctl --scan --json").json

    assert [device["name"] for device in found["devices"]] == [f"/dev/sd{x}" for x in "abcdefghijklmno"]


def test_a_drive_that_is_not_there_is_bit_one(fresh_host: RunningHost) -> None:
    result = fresh_host.run("smartctl -a --json /dev/sdz")

    assert result.code == 2
    assert result.json["smartctl"]["messages"][0]["string"].endswith("failed: No such device")


def test_a_self_test_runs_in_tens_and_passes(fresh_host: RunningHost) -> None:
    fresh_host.post("/debug/speed", {"speed": 40})
    assert fresh_host.run("smartctl -t short /dev/sda").code == 0
    seen = []

    def over() -> bool:
        status = fresh_host.smart("-c", "sda")["ata_smart_data"]["self_test"]["status"]
        seen.append(status)
        return bool(status["value"] == 0)

    wait_until(over, "the end of the self-test")

    running = seen[:-1]
    assert all(status["value"] == 0xF0 | status["remaining_percent"] // 10 for status in running)
    left = [status["remaining_percent"] for status in running]
    assert left == sorted(left, reverse=True)
    assert len(set(left)) > 3
    entry = fresh_host.smart("-a", "sda")["ata_smart_self_test_log"]["standard"]["table"][0]
    assert (entry["type"]["value"], entry["status"]["passed"]) == (1, True)


def test_a_second_self_test_is_refused(fresh_host: RunningHost) -> None:
    fresh_host.post("/debug/speed", {"speed": 1})
    fresh_host.run("smartctl -t long /dev/sda")

    result = fresh_host.run("smartctl -t short /dev/sda")

    assert result.code == 4
    assert b"Can't start self-test without aborting current test (90% remaining)" in result.out


def test_an_aborted_self_test_is_logged_as_such(fresh_host: RunningHost) -> None:
    fresh_host.post("/debug/speed", {"speed": 1})
    fresh_host.run("smartctl -t long /dev/sda")
    fresh_host.run("smartctl -X /dev/sda")

    found = fresh_host.smart("-x", "sda")

    entry = found["ata_smart_self_test_log"]["extended"]["table"][0]
    assert entry["status"] == {"value": 0x19, "string": "Aborted by host", "remaining_percent": 90}
    assert found["smartctl"]["exit_status"] == 0


def test_fail001_fails_with_a_read_error_and_bit_seven(fresh_host: RunningHost) -> None:
    fresh_host.run("smartctl -t short /dev/sdn")
    fresh_host.post("/debug/complete-all-jobs")

    found = fresh_host.smart("-x", "sdn")

    assert found["ata_smart_data"]["self_test"]["status"]["value"] == 0x77
    entry = found["ata_smart_self_test_log"]["extended"]["table"][0]
    assert (entry["status"]["value"], entry["status"]["passed"]) == (0x77, False)
    assert entry["lba"] == thirty_percent_of(found["user_capacity"]["blocks"])
    assert found["smartctl"]["exit_status"] == 128
    assert found["smart_status"] == {"passed": True}


def test_a_sas_self_test_shows_in_log_and_text(fresh_host: RunningHost) -> None:
    fresh_host.post("/debug/speed", {"speed": 1})
    fresh_host.run("smartctl -t short /dev/sdm")
    running = fresh_host.smart("-a", "sdm")
    fresh_host.post("/debug/complete-all-jobs")
    done = fresh_host.smart("-a", "sdm")

    assert running["scsi_self_test_0"]["self_test_in_progress"] is True
    assert running["scsi_self_test_0"]["result"]["value"] == 15
    assert any("% of test remaining" in line for line in running["smartctl"]["output"])
    assert (done["scsi_self_test_0"]["code"]["value"], done["scsi_self_test_0"]["result"]["value"]) == (1, 0)


def test_both_faces_tell_of_the_same_self_test(fresh_host: RunningHost) -> None:
    fresh_host.post("/debug/speed", {"speed": 1})
    fresh_host.post("/api/v2.0/smart/test", {"disks": ["sda"], "type": "LONG"})

    assert fresh_host.smart("-c", "sda")["ata_smart_data"]["self_test"]["status"]["value"] == 0xF9


def thirty_percent_of(sectors: int) -> int:
    return int(sectors * 0.3) // 8 * 8
