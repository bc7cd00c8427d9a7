"""A lost key is never replaced silently: the start ends with a sentence, whichever process it is."""

import shutil
from pathlib import Path

import pytest

from tests.product.commands import SERVE, Installation

OTHER_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
FILL = """
from drives.models import Drive, Host
from jobs.models import BurninJob, BurninStage
from jobs import contexts
from settingsapp import services
host = Host.objects.create(name="nas", ssh_host="10.0.0.5", ssh_password="correct horse")
services.change(key="webhook_url", text="https://hook.example.org/x", actor=None)
drive = Drive.objects.create(host=host, serial="WX1", size_bytes=1, devname="sda")
job = BurninJob.objects.create(drive=drive, serial="WX1", size_bytes=1, state="running")
stage = BurninStage(job=job, position=0, stage_name="surface_validate", state="running")
stage.run_id = contexts.run_key(job, stage, 1)
stage.save()
"""
FINISH = "from jobs.models import BurninJob; BurninJob.objects.update(state='passed')"
NAME = "from django.conf import settings; print(settings.INSTANCE_ID)"
LATER = """
from jobs.models import BurninJob
first = BurninJob.objects.get()
BurninJob.objects.create(drive=first.drive, serial="WX1", size_bytes=1, state="passed")
"""
READ = "from drives.models import Host; print('the password is', repr(Host.objects.get().ssh_password))"
STARTS = {
    "prepare": ("manage.py", "prepare"),
    "up": ("manage.py", "up"),
    "scheduler": ("manage.py", "run_scheduler"),
    "worker": ("manage.py", "run_worker"),
    "server": SERVE,
}
ANY_COMMAND = {
    "shell": ("manage.py", "shell", "-c", FINISH),
    "migrate": ("manage.py", "migrate"),
    "check": ("manage.py", "check"),
    "createsuperuser": ("manage.py", "createsuperuser", "--noinput", "--username", "x", "--email", "x@example.org"),
    "first_host": ("manage.py", "first_host"),
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a stored password, a stored setting and a running burn-in."""
    folder = tmp_path_factory.mktemp("filled")
    bench = Installation(folder)
    bench.does("prepare")
    bench.does("shell", "-c", FILL)
    return folder


@pytest.fixture
def bench(filled: Path, tmp_path: Path) -> Installation:
    """A copy of it."""
    shutil.copytree(filled, tmp_path / "data")
    (tmp_path / "data").chmod(0o700)
    return Installation(tmp_path / "data")


@pytest.mark.parametrize("process", STARTS)
def test_no_process_starts_without_the_encryption_key_or_makes_another(bench: Installation, process: str) -> None:
    (bench.folder / "field_encryption_keys").unlink()
    said = bench.refuses(*STARTS[process])
    assert f"The encryption key {bench.folder / 'field_encryption_keys'} is missing, and 2 stored secrets" in said
    assert "Put the backup of the key back" in said
    assert "manage.py forget_secrets" in said
    assert not (bench.folder / "field_encryption_keys").exists()


def test_the_backup_of_the_key_is_all_that_it_needs(bench: Installation) -> None:
    key = bench.folder / "field_encryption_keys"
    kept = key.read_bytes()
    key.unlink()
    bench.refuses("manage.py", "prepare")
    key.write_bytes(kept)
    bench.does("prepare")
    assert "the password is 'correct horse'" in bench.does("shell", "-c", READ)


def test_a_wrong_key_in_the_file_or_in_the_environment_is_no_key(bench: Installation) -> None:
    key = bench.folder / "field_encryption_keys"
    right = key.read_text()
    key.write_text(OTHER_KEY)
    assert "does not fit: 2 stored secrets" in bench.refuses("manage.py", "prepare")
    assert key.read_text() == OTHER_KEY
    key.write_text(f"{OTHER_KEY},{right}")
    bench.does("prepare")
    bench.environment["FIELD_ENCRYPTION_KEYS"] = OTHER_KEY
    assert "The encryption key FIELD_ENCRYPTION_KEYS does not fit" in bench.refuses("manage.py", "prepare")


def test_what_cannot_be_read_is_forgotten_only_when_that_is_asked_for(bench: Installation) -> None:
    assert "nothing to forget" in bench.does("forget_secrets", "--yes")
    (bench.folder / "field_encryption_keys").write_text(OTHER_KEY)
    assert "These 2 cannot be read. Nothing was forgotten" in bench.does("forget_secrets")
    bench.refuses("manage.py", "prepare")
    said = bench.does("forget_secrets", "--yes")
    assert "host 1, ssh_password" in said
    assert "setting 1, value" in said
    bench.does("prepare")
    assert "the password is ''" in bench.does("shell", "-c", READ)


@pytest.mark.parametrize("process", ["prepare", "scheduler", "worker", "server"])
def test_no_process_starts_without_the_secret_that_names_running_burnins(bench: Installation, process: str) -> None:
    (bench.folder / "secret_key").unlink()
    said = bench.refuses(*STARTS[process])
    assert f"The secret {bench.folder / 'secret_key'} is missing, and burn-ins are under way" in said
    assert "Put the backup back. If it is lost for good, set INSTANCE_ID=" in said
    assert not (bench.folder / "secret_key").exists()


def test_the_name_that_the_sentence_says_lets_the_burnins_go_on(bench: Installation) -> None:
    (bench.folder / "secret_key").write_text("another-secret-of-somebody")
    name = bench.refuses("manage.py", "prepare").partition("INSTANCE_ID=")[2][:8]
    bench.environment["INSTANCE_ID"] = name
    bench.does("prepare")


def test_without_running_burnins_a_secret_may_be_changed(bench: Installation) -> None:
    bench.does("shell", "-c", FINISH)
    (bench.folder / "secret_key").write_text("another-secret-of-somebody")
    bench.does("prepare")
    bench.environment["SECRET_KEY"] = "one-of-the-environment-instead"
    bench.does("prepare")


@pytest.mark.parametrize("command", [*STARTS.values(), *ANY_COMMAND.values()], ids=[*STARTS, *ANY_COMMAND])
@pytest.mark.parametrize("name", ["field_encryption_keys", "secret_key"])
def test_no_command_makes_a_key_in_place_of_a_lost_one(
    bench: Installation, name: str, command: tuple[str, ...]
) -> None:
    bench.does("shell", "-c", FINISH)
    (bench.folder / name).unlink()
    said = bench.refuses(*command)
    assert f"{bench.folder / name} is missing, and " in said
    assert "Put the backup" in said
    assert not (bench.folder / name).exists()


IN_USE = {
    "an account": "from django.contrib.auth.models import User; User.objects.create(username='vera')",
    "a host": "from drives.models import Host; Host.objects.create(name='nas', ssh_host='10.0.0.5')",
}


@pytest.mark.parametrize("what", IN_USE)
def test_a_lost_secret_of_a_database_in_use_is_made_anew_only_when_that_is_said(tmp_path: Path, what: str) -> None:
    bench = Installation(tmp_path)
    bench.does("prepare")
    bench.does("shell", "-c", IN_USE[what])
    (tmp_path / "secret_key").unlink()
    said = bench.refuses("manage.py", "prepare")
    assert "is missing, and the database is in use: it has accounts, hosts or burn-ins" in said
    assert not (tmp_path / "secret_key").exists()
    bench.environment["INSTANCE_ID"] = said.partition("INSTANCE_ID=")[2][:8]
    bench.does("prepare")
    assert (tmp_path / "secret_key").exists()


def test_the_name_of_burnins_that_are_over_is_kept(bench: Installation) -> None:
    name = bench.does("shell", "-c", NAME).split()[-1]
    bench.does("shell", "-c", FINISH)
    (bench.folder / "secret_key").unlink()
    assert f"set INSTANCE_ID={name}:" in bench.refuses("manage.py", "prepare")


@pytest.mark.parametrize("is_lost", [True, False])
def test_a_burnin_that_can_be_tried_again_keeps_its_name(bench: Installation, *, is_lost: bool) -> None:
    name = bench.does("shell", "-c", NAME).split()[-1]
    bench.does("shell", "-c", FINISH.replace("passed", "unknown"))
    (bench.folder / "secret_key").unlink()
    if not is_lost:
        (bench.folder / "secret_key").write_text("another-secret-of-somebody")
    said = bench.refuses("manage.py", "prepare")
    assert "burn-ins are under way or can be tried again" in said
    assert f"set INSTANCE_ID={name}:" in said
    bench.environment["INSTANCE_ID"] = name
    bench.does("prepare")


def test_a_burnin_that_another_came_after_cannot_be_tried_again(bench: Installation) -> None:
    bench.does("shell", "-c", FINISH.replace("passed", "unknown"))
    bench.does("shell", "-c", LATER)
    (bench.folder / "secret_key").write_text("another-secret-of-somebody")
    bench.does("prepare")


def test_forgetting_what_no_key_can_read_leaves_no_key_behind(bench: Installation) -> None:
    key = bench.folder / "field_encryption_keys"
    key.unlink()
    assert "These 2 cannot be read. Nothing was forgotten" in bench.does("forget_secrets")
    assert not key.exists()
    (bench.folder / "secret_key").rename(bench.folder / "kept")
    assert "secret_key is missing" in bench.refuses("manage.py", "forget_secrets", "--yes")
    (bench.folder / "kept").rename(bench.folder / "secret_key")
    bench.does("forget_secrets", "--yes")
    bench.does("prepare")
    assert key.exists()


@pytest.mark.parametrize("name", ["field_encryption_keys", "secret_key"])
def test_a_database_that_cannot_be_asked_has_no_key_made(bench: Installation, name: str) -> None:
    (bench.folder / name).unlink()
    bench.environment["DATABASE_URL"] = "postgres://nobody@127.0.0.1:1/none"
    said = bench.refuses("manage.py", "shell", "-c", "pass")
    assert f"{bench.folder / name} is missing, and the database does not say whether it was lost" in said
    assert not (bench.folder / name).exists()


@pytest.mark.parametrize("command", [("makemigrations", "--check", "--dry-run"), ("shell", "-c", "pass"), ("migrate",)])
def test_an_empty_folder_is_a_first_start_for_every_command(tmp_path: Path, command: tuple[str, ...]) -> None:
    bench = Installation(tmp_path)
    bench.does(*command)
    bench.does("migrate")
    bench.does("prepare")
