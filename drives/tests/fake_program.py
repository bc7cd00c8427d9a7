"""The host-side program as tests write it: what it answers, and what it was asked."""

from collections.abc import Mapping, Sequence
from typing import Any

from drives.hosts.errors import HostError

Answer = dict[str, Any]


class FakeProgram:
    """Has the methods of HostProgram. `answers` maps an operation to its answer, or to the HostError it raises."""

    def __init__(self, **answers: Answer | HostError) -> None:
        self.answers: dict[str, Answer | HostError] = dict(answers)
        self.asked: list[tuple[str, Answer]] = []

    def call(self, op: str, *, timeout_s: float = 30, **request: Any) -> Answer:
        self.asked.append((op, request))
        answer = self.answers.get(op, {})
        if isinstance(answer, HostError):
            raise answer
        return {"ok": True, "simulated": False, **answer}

    def hello(self) -> Answer:
        return self.call("hello")

    def inventory(self, *, smart: bool = False) -> Answer:
        return self.call("inventory", smart=smart)

    def probe(
        self,
        *,
        runs: Sequence[str] = (),
        smart: Sequence[Mapping[str, str]] = (),
        temperatures: Sequence[Mapping[str, str]] = (),
        inventory: bool = False,
        wait_ms: int = 0,
    ) -> Answer:
        return self.call("probe", runs=runs, smart=smart, temperatures=temperatures, inventory=inventory)

    def launch(
        self,
        *,
        run_id: str,
        guard: Mapping[str, Any],
        argv: Sequence[str] | None = None,
        engine: Mapping[str, Any] | None = None,
    ) -> Answer:
        return self.call("launch", run_id=run_id, guard=guard, argv=argv, engine=engine)

    def signal(self, *, run_id: str, action: str) -> Answer:
        return self.call("signal", run_id=run_id, action=action)

    def collect(self, *, run_id: str) -> Answer:
        return self.call("collect", run_id=run_id)

    def clean(self, *, run_id: str) -> Answer:
        return self.call("clean", run_id=run_id)

    def smart(self, *, serial: str, devname: str = "", action: str = "read", kind: str = "") -> Answer:
        return self.call("smart", serial=serial, devname=devname, action=action, kind=kind)
