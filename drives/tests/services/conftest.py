import pytest
from django.contrib.auth.models import User

from drives.models import Host


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice")


@pytest.fixture
def host(db: None) -> Host:
    return Host.objects.create(name="nas-1", ssh_host="127.0.0.1", ssh_password="hunter2")
