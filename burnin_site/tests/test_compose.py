"""The containers: none without limits, none with another's secrets, none with a way to gain rights."""

import re
from pathlib import Path
from typing import Any

import pytest

from burnin_site.supervisor import environments
from burnin_site.tests.compose_file import ComposeFile
from burnin_site.tests.test_documents import variables_in_settings

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "compose.yaml").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = ComposeFile(TEXT).content["services"]
OURS = ("prepare", "server", "scheduler", "worker")
FULL_VERSION = re.compile(r"[\w./-]+:\d+\.\d+(\.\d+)?-\w+(@sha256:[0-9a-f]{64})?")


def complaints(name: str, service: dict[str, Any]) -> list[str]:
    """Return what this service lacks."""
    tmpfs = service.get("tmpfs") or []
    found = {
        "a limit of memory": re.fullmatch(r"\d+[mg]", str(service.get("mem_limit"))),
        "a limit of processes": str(service.get("pids_limit")).isdigit(),
        "a root file system that is read only": service.get("read_only") == "true",
        "no capabilities": service.get("cap_drop") == ["ALL"] and "cap_add" not in service,
        "no new privileges": service.get("security_opt") == ["no-new-privileges:true"],
        "sizes of what is in memory": tmpfs and all("size=" in each and "mode=" in each for each in tmpfs),
        "an environment of its own": "env_file" not in service and isinstance(service.get("environment"), dict),
        "no privileges": not {"privileged", "network_mode", "pid", "devices", "ipc"} & service.keys(),
        "a pinned image": service.get("build") == "." or FULL_VERSION.fullmatch(str(service.get("image"))),
    }
    return [f"{name}: {what}" for what, there in found.items() if not there]


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_limited_and_shut_in(name: str) -> None:
    assert complaints(name, SERVICES[name]) == []


@pytest.mark.parametrize(
    "change",
    [
        {"mem_limit": None}, {"pids_limit": None}, {"tmpfs": ["/tmp"]}, {"tmpfs": None}, {"cap_drop": None},
        {"cap_add": ["SYS_ADMIN"]}, {"security_opt": None}, {"read_only": "false"}, {"env_file": [".env"]},
        {"build": None, "image": "postgres:15-bookworm"}, {"privileged": "true"}, {"environment": ["SECRET_KEY"]},
    ],
    ids=str,
)  # fmt: skip
def test_a_service_that_lacks_one_of_it_is_found(change: dict[str, Any]) -> None:
    assert len(complaints("server", {**SERVICES["server"], **change})) == 1


@pytest.mark.parametrize("name", OURS)
def test_each_process_of_ours_has_its_secrets_and_no_other(name: str) -> None:
    needed = environments.ALL if name == "prepare" else environments.NEEDS[name]
    assert set(SERVICES[name]["environment"]) & environments.ALL == needed


@pytest.mark.parametrize("name", OURS)
def test_each_variable_that_a_service_is_given_is_one_that_the_settings_read(name: str) -> None:
    assert set(SERVICES[name]["environment"]) <= set(variables_in_settings())


def test_the_services_together_are_given_every_variable_that_makes_a_difference_to_them() -> None:
    together = {name for service in OURS for name in SERVICES[service]["environment"]}
    # Where SQLite would lie, what the simulated host of `make demo` takes, and what is without effect.
    of_others = {"DB_PATH", "TEST_DB_PATH", "SURFACE_VALIDATE_SECONDS", "SMTP_PORT"}
    assert set(variables_in_settings()) - together == of_others


def test_the_database_and_the_simulated_host_get_nothing_of_ours() -> None:
    assert set(SERVICES["db"]["environment"]) == {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}
    assert SERVICES["mock"]["environment"] == {"TZ": None}
    assert SERVICES["mock"]["volumes"] == ["mock:/mock"]
    assert SERVICES["db"]["volumes"] == ["database:/var/lib/postgresql/data"]


def test_no_secret_is_written_into_the_file_or_stands_among_the_arguments() -> None:
    for name, service in SERVICES.items():
        secrets = {key: value for key, value in service["environment"].items() if value and "PASSWORD" in key + value}
        assert all("${POSTGRES_PASSWORD:?" in value for value in secrets.values()), name
        assert not re.search(r"password|api-key|secret", " ".join(service.get("command") or []), re.IGNORECASE)


def test_the_image_is_built_from_a_full_version_and_runs_as_a_user_with_closed_folders() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    images = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    assert len(images) == 2
    assert all(re.fullmatch(r"python:\d+\.\d+\.\d+-slim-bookworm(@sha256:\w+)?", image) for image in images)
    assert "--mode 0700 /data /mock" in dockerfile
    assert re.search(r"^USER burnin$", dockerfile, re.MULTILINE)
