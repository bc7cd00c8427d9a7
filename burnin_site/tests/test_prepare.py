"""`manage.py prepare` makes an installation ready, and does no harm when it is repeated."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from burnin_site.core import demo_admin
from drives.models import Host

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_installation(settings: Settings, tmp_path: Path) -> None:
    """A data directory of its own; nobody and nothing named in the environment."""
    settings.DATA_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]  # ours only: it is quicker
    settings.INITIAL_ADMIN_USERNAME = settings.INITIAL_ADMIN_PASSWORD = ""
    settings.FIRST_HOST = {**settings.FIRST_HOST, "api_url": "", "ssh_host": ""}


def prepare(**options: Any) -> str:
    said = StringIO()
    call_command("prepare", stdout=said, **options)
    return said.getvalue()


def test_it_collects_the_static_files(settings: Settings) -> None:
    prepare()
    assert list(Path(settings.STATIC_ROOT).glob("css/*.css"))


def test_it_makes_the_admin_that_the_environment_names(settings: Settings) -> None:
    settings.INITIAL_ADMIN_USERNAME, settings.INITIAL_ADMIN_PASSWORD = "alice", "correct-horse-9"
    assert "Made the first admin, alice." in prepare()
    assert prepare() == ""
    assert User.objects.get().check_password("correct-horse-9")


def test_a_password_that_cannot_be_used_stops_it_with_a_sentence(settings: Settings) -> None:
    settings.INITIAL_ADMIN_USERNAME, settings.INITIAL_ADMIN_PASSWORD = "alice", "1"
    with pytest.raises(CommandError, match="INITIAL_ADMIN_PASSWORD"):
        prepare()


def test_without_names_it_makes_nobody() -> None:
    prepare()
    assert not User.objects.exists()


def test_the_demonstration_keeps_its_generated_password() -> None:
    prepare(demo=True)
    first = demo_admin.demo_login()
    prepare(demo=True)
    assert demo_admin.demo_login() == first
    assert User.objects.get(username=first.username).check_password(first.password)


def test_the_password_of_the_demonstration_is_not_shown_once_it_was_changed() -> None:
    prepare(demo=True)
    admin = User.objects.get()
    admin.set_password("my-own-words-11")
    admin.save()
    assert demo_admin.demo_login() == (admin.username, "")


def test_the_demonstration_leaves_existing_people_alone() -> None:
    User.objects.create_superuser("zoe", password="already-here-5")
    prepare(demo=True)
    assert User.objects.get().username == "zoe"


def test_the_first_host_comes_from_the_environment_disarmed(settings: Settings) -> None:
    settings.FIRST_HOST = {
        **settings.FIRST_HOST,
        "api_url": "https://nas.example.org",
        "api_key": "1-abc",
        "ssh_host": "nas.example.org",
        "ssh_password": "secret-words",
    }
    assert "Added the host nas.example.org." in prepare()
    host = Host.objects.get()
    assert (host.kind, host.ssh_user, host.ssh_port, host.armed) == ("truenas", "root", 22, False)
    assert host.ssh_password == "secret-words"


def test_a_second_time_it_leaves_the_hosts_alone(settings: Settings) -> None:
    settings.FIRST_HOST = {**settings.FIRST_HOST, "ssh_host": "10.0.0.5", "ssh_password": "secret-words"}
    prepare()
    Host.objects.update(name="bench", ssh_host="10.0.0.6")
    assert prepare() == ""
    assert Host.objects.get().ssh_host == "10.0.0.6"


def test_a_first_host_that_cannot_be_used_is_named(settings: Settings) -> None:
    settings.FIRST_HOST = {**settings.FIRST_HOST, "ssh_host": "10.0.0.5", "ssh_key": "no key at all"}
    with pytest.raises(CommandError, match="TRUENAS_. and SSH_"):
        prepare()
