"""Signing in, the first run, and the pages for what went wrong."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def test_the_login_page_asks_for_name_and_password(vera: User, client: Client) -> None:
    text = client.get(reverse("login")).content.decode()
    assert 'name="username"' in text
    assert 'name="password"' in text


def test_a_wrong_password_gets_a_sentence(vera: User, client: Client) -> None:
    answer = client.post(reverse("login"), {"username": "vera", "password": "wrong"})
    assert "Please enter a correct username and password" in answer.content.decode()


def test_the_first_run_page_makes_the_first_account(client: Client) -> None:
    text = client.get(reverse("setup")).content.decode()
    assert "Nobody has an account yet" in text
    assert text.count('type="password"') == 2


def test_the_locked_page_says_how_long_and_what_to_do() -> None:
    text = render_to_string("registration/locked.html", {"username": "vera"})
    assert "quarter of an hour" in text
    assert "ask an admin" in text


def test_who_may_not_sees_the_sentence(stranger: User, sign_in: SignIn) -> None:
    answer = sign_in(stranger).get(reverse("jobs:board"))
    assert answer.status_code == 403
    assert "Your account has no role yet." in answer.content.decode()


def test_an_unknown_address_leads_back(vera: User, sign_in: SignIn) -> None:
    answer = sign_in(vera).get("/nowhere/")
    assert answer.status_code == 404
    assert reverse("jobs:board") in answer.content.decode()


def test_the_page_for_our_own_mistakes_needs_nothing() -> None:
    assert "Something broke on our side" in render_to_string("500.html")


@pytest.mark.parametrize("template", ["registration/locked.html", "404.html", "403.html", "500.html"])
def test_no_plain_page_has_styles_or_scripts_inside(template: str) -> None:
    text = render_to_string(template)
    assert "style=" not in text
    assert not re.search(r"<script(?![^>]* src=)", text)
