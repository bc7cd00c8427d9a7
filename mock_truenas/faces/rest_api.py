"""The part of TrueNAS CORE's REST API v2.0 that concerns disks and self-tests."""

import time
from datetime import UTC, datetime
from typing import Any

from mock_truenas.faces import query_filters
from mock_truenas.faces.http_problems import bad_request, invalid, not_found, refused
from mock_truenas.faces.http_server import Request, Route, route
from mock_truenas.faces.jobs import WAIT, JobIsOver, Jobs, UnknownJob, date
from mock_truenas.faces.selftest_results import results_of
from mock_truenas.world import drive_state, host, selftests
from mock_truenas.world.catalog import Drive
from mock_truenas.world.place import Place
from mock_truenas.world.selftests import SelfTestRefused

Json = dict[str, Any]
VERSION = "TrueNAS-13.0-U6.8"
PREFIX = "/api/v2.0"
KINDS = {"SHORT": "short", "LONG": "long", "CONVEYANCE": "conveyance"}


class RestApi:
    """Answers the calls."""

    def __init__(self, place: Place, jobs: Jobs) -> None:
        self._place = place
        self._jobs = jobs
        self._booted = time.time()

    def routes(self) -> list[Route]:
        """Give the calls that are answered."""
        return [
            route("GET", f"{PREFIX}/disk", self.disks),
            route("POST", f"{PREFIX}/disk/temperatures", self.temperatures),
            route("POST", f"{PREFIX}/smart/test", self.start_test),
            route("POST", f"{PREFIX}/smart/test/manual_test", self.start_manual_test),
            route("GET", f"{PREFIX}/smart/test/results", self.results),
            route("GET", f"{PREFIX}/smart/test/results/{{name}}", self.results_of_one),
            route("GET", f"{PREFIX}/core/get_jobs", self.get_jobs),
            route("POST", f"{PREFIX}/core/job_abort", self.abort_job),
            route("GET", f"{PREFIX}/system/info", self.system_info),
            route("GET", f"{PREFIX}/system/version", lambda _: VERSION),
            route("GET", f"{PREFIX}/system/product_type", lambda _: "CORE"),
            route("GET", f"{PREFIX}/system/state", lambda _: "READY"),
            route("GET", f"{PREFIX}/boot/get_disks", lambda _: []),
            route("GET", f"{PREFIX}/pool", lambda _: []),
        ]

    def disks(self, request: Request) -> list[Json]:
        """List the drives that are plugged in."""
        return query_filters.apply(list(map(self._disk, host.present(self._place))), request)

    def temperatures(self, request: Request) -> Json:
        """Give the temperatures of the named drives, or of all."""
        body = {} if request.body is None else request.body
        names = body.get("names", []) if isinstance(body, dict) else None
        if not isinstance(names, list):
            raise invalid("names", "Not a list")
        drives = [drive for drive in host.present(self._place) if not names or drive.name in names]
        return {drive.name: self._temperature(drive) for drive in drives}

    def start_test(self, request: Request) -> int:
        """Start one kind of self-test on some drives; the job follows all of them."""
        body = request.body
        if not isinstance(body, dict):
            raise bad_request("Send an object with “disks” and “type”.")
        names, kind = body.get("disks"), _kind(body.get("type"), "type")
        if not isinstance(names, list) or not names:
            raise invalid("disks", "Name at least one disk in a list.")
        drives = [self._drive(name, f"disks.{n}") for n, name in enumerate(names)]
        for drive in drives:
            _check_knows(drive, kind)
            if drive_state.look(self._place, drive.name).state["selftest"] is not None:
                raise refused(f"A self-test is running on {drive.name}. Abort it or wait for it.")
        tests = [(drive.name, self._start(drive, kind)) for drive in drives]
        told = {"disks": [drive.name for drive in drives], "type": body["type"]}
        return self._jobs.add("smart.test", [told], tests)

    def start_manual_test(self, request: Request) -> list[Json]:
        """Start self-tests as CORE 13 really does it: one tracker job per drive."""
        if not isinstance(request.body, list):
            raise invalid("disks", "Not a list")
        if not request.body:
            raise invalid("disks", "Please specify at least one disk.")
        orders = [self._order(order, n) for n, order in enumerate(request.body)]
        return [self._begin(drive, kind) for drive, kind in orders]

    def results(self, request: Request) -> list[Json]:
        """List the self-tests of every drive."""
        present = host.present(self._place)
        rows = [results_of(drive_state.look(self._place, one.name)) for one in present]
        return query_filters.apply(rows, request)

    def results_of_one(self, _: Request, name: str) -> list[Json]:
        """List the self-tests of one drive."""
        if name not in {drive.name for drive in host.present(self._place)}:
            raise not_found(f"There is no disk {name}.")
        return [results_of(drive_state.look(self._place, name))]

    def get_jobs(self, request: Request) -> list[Json]:
        """List the jobs."""
        return query_filters.apply(self._jobs.all(), request)

    def abort_job(self, request: Request) -> None:
        """Abort a job; the body is its bare number."""
        number = request.body
        if not isinstance(number, int) or isinstance(number, bool):
            raise invalid("id", "Not an integer")
        try:
            self._jobs.abort(number)
        except UnknownJob as problem:
            raise not_found(str(problem)) from None
        except JobIsOver as problem:
            raise refused(str(problem)) from None

    def system_info(self, _: Request) -> Json:
        """Describe the host."""
        up = time.time() - self._booted
        return {
            "version": VERSION,
            "hostname": self._place.choices["hostname"],
            "physmem": 34_359_738_368,
            "model": "Simulated processor",
            "cores": 8,
            "loadavg": [0.1, 0.1, 0.1],
            "uptime": str(datetime.fromtimestamp(up, UTC).time()),
            "uptime_seconds": up,
            "system_serial": self._place.choices["world_id"],
            "system_product": "mock_truenas",
            "system_manufacturer": "Burn-In Bench",
            "timezone": "UTC",
            "boottime": date(self._booted),
            "datetime": date(time.time()),
            "ecc_memory": True,
        }

    def _begin(self, drive: Drive, kind: str) -> Json:
        answer: Json = {"disk": drive.name, "identifier": drive.identifier}
        try:
            test = selftests.start(self._place, drive.name, kind)
        except SelfTestRefused as problem:
            left = problem.remaining_percent
            sentence = f"Can't start self-test without aborting current test ({left}% remaining)"
            return answer | {"error": sentence}
        minutes = selftests.polling_minutes(self._place, kind)
        expected = date(time.time() + minutes * 60)
        order = {"disk": drive.name, "identifier": drive.identifier, "mode": "BACKGROUND"}
        arguments = [order | {"type": kind.upper()}, expected]
        job = self._jobs.add(WAIT, arguments, [(drive.name, test)])
        return answer | {"expected_result_time": expected, "job": job}

    def _order(self, order: Any, number: int) -> tuple[Drive, str]:
        if not isinstance(order, dict):
            raise invalid(f"disks.{number}", "Not an object")
        identifier = order.get("identifier")
        for drive in host.present(self._place):
            if drive.identifier == identifier:
                kind = _kind(order.get("type"), f"disks.{number}.type")
                _check_knows(drive, kind)
                return drive, kind
        sentence = f"{identifier} is not valid. Please provide a valid disk identifier."
        raise invalid(f"disks.{number}.identifier", sentence)

    def _start(self, drive: Drive, kind: str) -> int:
        try:
            return selftests.start(self._place, drive.name, kind)
        except SelfTestRefused as problem:
            raise refused(f"{drive.name}: {problem}") from None

    def _drive(self, name: Any, where: str) -> Drive:
        for drive in host.present(self._place):
            if name in (drive.name, drive.identifier):
                return drive
        raise invalid(where, f"There is no disk {name!r}.")

    def _temperature(self, drive: Drive) -> int:
        return drive_state.look(self._place, drive.name).temperature

    def _disk(self, drive: Drive) -> Json:
        return {
            "identifier": drive.identifier,
            "name": drive.name,
            "subsystem": "sd",
            "number": drive.number,
            "serial": drive.serial,
            "lunid": drive.lunid,
            "size": drive.model.size_bytes,
            "multipath_name": "",
            "multipath_member": "",
            "description": "",
            "transfermode": "Auto",
            "hddstandby": "ALWAYS ON",
            "hddstandby_force": False,
            "advpowermgmt": "DISABLED",
            "acousticlevel": "DISABLED",
            "togglesmart": True,
            "smartoptions": "",
            "expiretime": None,
            "critical": None,
            "difference": None,
            "informational": None,
            "model": drive.model.name,
            "rotationrate": drive.model.rpm,
            "type": "HDD",
            "zfs_guid": None,
            "bus": "SCSI" if drive.is_sas else "ATA",
            "devname": drive.name,
            "enclosure": None,
            "pool": None,
            "temperature": self._temperature(drive),
        }


def _check_knows(drive: Drive, kind: str) -> None:
    if kind not in selftests.kinds_of(drive):
        raise refused(f"{drive.name} is a SAS drive and has no {kind} self-test.")


def _kind(word: Any, where: str) -> str:
    if not isinstance(word, str) or word not in KINDS:
        raise invalid(where, f"Choose one of {', '.join(KINDS)}.")
    return KINDS[word]
