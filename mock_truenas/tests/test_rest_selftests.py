"""Self-tests over REST: started, followed, failed by FAIL001, aborted, completed."""

from typing import Any

import pytest

from mock_truenas.tests.running_host import RunningHost
from mock_truenas.tests.waiting import wait_until

JOBS = "/api/v2.0/core/get_jobs"
TEST = "/api/v2.0/smart/test"
ABORT = "/api/v2.0/core/job_abort"


def job(host: RunningHost, number: int) -> dict[str, Any]:
    found: list[dict[str, Any]] = host.get(JOBS, id=number)
    return found[0]


def ended(host: RunningHost, number: int) -> dict[str, Any] | None:
    found = job(host, number)
    return found if found["state"] != "RUNNING" else None


def test_a_short_test_runs_and_succeeds(fresh_host: RunningHost) -> None:
    number = fresh_host.post(TEST, {"disks": ["sda"], "type": "SHORT"})
    running = job(fresh_host, number)
    done = wait_until(lambda: ended(fresh_host, number), "the end of the test")

    assert running["method"] == "smart.test"
    assert running["arguments"] == [{"disks": ["sda"], "type": "SHORT"}]
    assert (running["state"], running["time_finished"]) == ("RUNNING", None)
    assert (done["state"], done["progress"]["percent"]) == ("SUCCESS", 100)
    assert done["time_finished"]["$date"] > done["time_started"]["$date"]
    results = fresh_host.get("/api/v2.0/smart/test/results/sda")
    assert results[0]["tests"][0]["status_verbose"] == "Completed without error"


def test_progress_rises_in_ticks_of_five_seconds(fresh_host: RunningHost) -> None:
    fresh_host.post("/debug/speed", {"speed": 60})
    number = fresh_host.post(TEST, {"disks": ["sda"], "type": "SHORT"})
    seen: list[int] = []

    def over() -> bool:
        found = job(fresh_host, number)
        seen.append(found["progress"]["percent"])
        return bool(found["state"] == "SUCCESS")

    wait_until(over, "the end of the test")

    assert seen == sorted(seen)
    assert len(set(seen)) > 5
    assert all(round(percent * 0.18) * 5 == round(percent * 0.9) for percent in set(seen))


def test_fail001_fails_at_thirty_percent(fresh_host: RunningHost) -> None:
    number = fresh_host.post(TEST, {"disks": ["sdn"], "type": "SHORT"})
    done = wait_until(lambda: ended(fresh_host, number), "the end of the test")

    assert (done["state"], done["progress"]["percent"]) == ("FAILED", 30)
    assert "sdn: the self-test failed" in done["error"]
    entry = fresh_host.get("/api/v2.0/smart/test/results", disk="sdn")[0]["tests"][0]
    assert (entry["status"], entry["remaining"]) == ("FAILED", 0.7)
    assert int(entry["lba_of_first_error"]) > 0


def test_an_aborted_job_aborts_the_drive_too(fresh_host: RunningHost) -> None:
    fresh_host.post("/debug/speed", {"speed": 1})
    number = fresh_host.post(TEST, {"disks": ["sda", "sdb"], "type": "LONG"})

    assert fresh_host.post(ABORT, number) is None

    assert job(fresh_host, number)["state"] == "ABORTED"
    for drive in ("sda", "sdb"):
        results = fresh_host.get(f"/api/v2.0/smart/test/results/{drive}")[0]
        assert results["current_test"] is None
        assert results["tests"][0]["status_verbose"] == "Aborted by host"


@pytest.mark.parametrize(("body", "status"), [(999, 404), ("1", 422), ({"id": 1}, 422), (True, 422), (None, 422)])
def test_an_abort_that_names_no_job_is_refused(fresh_host: RunningHost, body: Any, status: int) -> None:
    answer = fresh_host.call("POST", ABORT, json=body)

    assert answer.status_code == status
    assert answer.json()


def test_a_job_that_is_over_cannot_be_aborted(fresh_host: RunningHost) -> None:
    number = fresh_host.post(TEST, {"disks": ["sdn"], "type": "SHORT"})
    wait_until(lambda: ended(fresh_host, number), "the end of the test")

    answer = fresh_host.call("POST", ABORT, json=number)

    assert answer.status_code == 422
    assert answer.json()["message"] == f"Job {number} has ended already: FAILED."


def test_a_second_test_on_a_busy_drive_is_refused_and_starts_nothing(fresh_host: RunningHost) -> None:
    fresh_host.post("/debug/speed", {"speed": 1})
    fresh_host.post(TEST, {"disks": ["sdb"], "type": "LONG"})

    answer = fresh_host.call("POST", TEST, json={"disks": ["sda", "sdb"], "type": "SHORT"})

    assert answer.status_code == 422
    assert fresh_host.get("/api/v2.0/smart/test/results/sda")[0]["current_test"] is None


def test_complete_all_ends_every_test_and_fail001_still_fails(fresh_host: RunningHost) -> None:
    fresh_host.post("/debug/speed", {"speed": 1})
    good = fresh_host.post(TEST, {"disks": ["sda", "sdm"], "type": "LONG"})
    bad = fresh_host.post(TEST, {"disks": ["sdn"], "type": "LONG"})

    assert fresh_host.post("/debug/complete-all-jobs") == {"completed": ["sda", "sdm", "sdn"]}

    assert job(fresh_host, good)["state"] == "SUCCESS"
    assert job(fresh_host, bad)["state"] == "FAILED"


def test_the_call_of_core_13_starts_one_tracker_job_per_drive(fresh_host: RunningHost) -> None:
    disks = fresh_host.get("/api/v2.0/disk")
    orders = [{"identifier": disk["identifier"], "type": "SHORT"} for disk in disks[12:14]]

    started = fresh_host.post("/api/v2.0/smart/test/manual_test", orders)

    assert [one["disk"] for one in started] == ["sdm", "sdn"]
    fresh_host.post("/debug/complete-all-jobs")
    # The tracker succeeds whatever the drive says: only the results tell the verdict.
    assert [job(fresh_host, one["job"])["state"] for one in started] == ["SUCCESS", "SUCCESS"]
    assert fresh_host.get("/api/v2.0/smart/test/results/sdn")[0]["tests"][0]["status"] == "FAILED"


def test_reset_ends_processes_and_clears_what_they_left(fresh_host: RunningHost) -> None:
    left = fresh_host.folder / "root/var/tmp/left"
    fresh_host.run("setsid sleep 300 </dev/null >/dev/null 2>&1 & mkdir $BURNIN_HOST_ROOT/var/tmp/left")
    assert left.is_dir()
    assert fresh_host.get("/debug/state")["processes"]

    fresh_host.post("/debug/reset")

    assert not left.exists()
    assert fresh_host.get("/debug/state")["processes"] == []


def test_reset_forgets_jobs_and_logs(fresh_host: RunningHost) -> None:
    fresh_host.post(TEST, {"disks": ["sdn"], "type": "SHORT"})
    fresh_host.post("/debug/complete-all-jobs")

    fresh_host.post("/debug/reset")

    assert fresh_host.get(JOBS) == []
    assert fresh_host.get("/api/v2.0/smart/test/results/sdn")[0]["tests"] == []
