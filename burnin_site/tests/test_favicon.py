"""Browsers that ask for /favicon.ico get the mark."""

from django.contrib.staticfiles import finders
from django.test import Client


def test_the_icon_s_old_address_leads_to_the_mark(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer["Location"]) == (302, "/static/img/mark.svg")
    assert finders.find("img/mark.svg")
