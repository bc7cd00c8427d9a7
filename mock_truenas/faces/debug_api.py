"""Levers of the pretend host that no real one has: time, faults, reset. They need no key."""

import math
from typing import Any

from mock_truenas.faces.http_problems import bad_request, invalid, not_found, refused
from mock_truenas.faces.http_server import Request, Route, route
from mock_truenas.faces.jobs import Jobs
from mock_truenas.processes import Processes, living_on
from mock_truenas.world import drive_state, host, selftests
from mock_truenas.world.place import Place

Json = dict[str, Any]
FASTEST = 1_000_000.0


class DebugApi:
    """Answers what is below /debug."""

    def __init__(self, place: Place, jobs: Jobs, processes: Processes) -> None:
        self._place = place
        self._jobs = jobs
        self._processes = processes

    def routes(self) -> list[Route]:
        """Give the levers."""
        return [
            route("GET", "/debug/state", self.state),
            route("POST", "/debug/reset", self.reset),
            route("POST", "/debug/complete-all-jobs", self.complete_all),
            route("POST", "/debug/fault", self.fault),
            route("POST", "/debug/speed", self.speed),
            route("POST", "/debug/reboot", self.reboot),
            route("GET", "/health", lambda _: {"status": "ok", "simulated": True}),
        ]

    def state(self, _: Request) -> Json:
        """Show everything."""
        place = self._place
        return {
            "simulated": True,
            "choices": place.choices,
            "speed": place.clock.speed(),
            "simulated_seconds": place.clock.now(),
            "boot_id": host.boot_id_of(place),
            "processes": living_on(world_id=place.choices["world_id"]),
            "drives": {name: self._drive(name) for name in place.drives},
            "jobs": self._jobs.all(),
        }

    def reset(self, _: Request) -> Json:
        """Be a new host with new drives: no jobs, processes, self-tests, faults or left files."""
        self._processes.kill_all()
        self._jobs.clear()
        host.reset(self._place)
        return {"reset": True}

    def complete_all(self, _: Request) -> Json:
        """Bring every running self-test to its end. FAIL001 still fails."""
        done = [name for name in self._place.drives if selftests.complete(self._place, name)]
        return {"completed": done}

    def fault(self, request: Request) -> Json:
        """Give a drive a fault, or clear its faults."""
        name, fault = _word(request.body, "drive"), _word(request.body, "fault")
        try:
            return {"drive": name, "faults": host.set_fault(self._place, name, fault)}
        except host.UnknownDrive as problem:
            raise not_found(str(problem)) from None
        except host.UnknownFault as problem:
            raise refused(str(problem)) from None

    def speed(self, request: Request) -> Json:
        """Let simulated time run at another speed from now on."""
        speed = request.body.get("speed") if isinstance(request.body, dict) else None
        if isinstance(speed, bool) or not isinstance(speed, int | float):
            raise invalid("speed", "Not a number")
        if not math.isfinite(speed) or not 0 < speed <= FASTEST:
            raise invalid("speed", f"Choose a speed above 0 and at most {FASTEST:.0f}.")
        self._place.clock.set_speed(float(speed))
        return {"speed": float(speed)}

    def reboot(self, _: Request) -> Json:
        """Cut the power and switch on again: all processes die, self-tests are interrupted."""
        self._processes.kill_all()
        self._jobs.clear()
        host.boot(self._place)
        return {"boot_id": host.boot_id_of(self._place)}

    def _drive(self, name: str) -> Json:
        now = drive_state.look(self._place, name)
        facts = {"model": now.drive.model.name, "serial": now.drive.serial}
        moment = {"temperature": now.temperature, "progress": now.progress, "hours": now.hours}
        return {**facts, **moment, **now.state}


def _word(body: Any, field: str) -> str:
    if not isinstance(body, dict):
        raise bad_request("Send an object with “drive” and “fault”.")
    value = body.get(field)
    if not isinstance(value, str):
        raise invalid(field, "Not a string")
    return value
