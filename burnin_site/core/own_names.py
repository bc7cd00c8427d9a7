"""Under which host names the first account may be made.

As long as nobody has an account, whoever reaches /setup becomes the admin. A web site can reach it with a visitor's
browser: it lets its own name point to this machine's address for a moment (DNS rebinding), and is then, for the
browser, the same origin. What it cannot do is call this machine by an address, by "localhost", or by a name that
somebody here has chosen. The "*" of ALLOWED_HOSTS lists nothing.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host

from burnin_site.core.networks import parse_address

HERE = ("localhost", ".localhost")
HOME = ("local", "lan", "home", "internal", "home.arpa")  # names that no site on the Internet can have


def is_own_name(request: HttpRequest) -> bool:
    """Whether this request calls the machine by an address or a name of its own. Raises DisallowedHost."""
    domain, _port = split_domain_port(request.get_host())
    return parse_address(domain) is not None or validate_host(domain, list(own_names()))


def own_names() -> Iterable[str]:
    """Yield the names, and patterns of names, that this machine goes by."""
    yield from HERE
    machine = settings.MACHINE_NAME.lower()
    short = machine.partition(".")[0]
    if short:
        yield from (machine, short, *(f"{short}.{network}" for network in HOME))
    yield from (name for name in settings.ALLOWED_HOSTS if name != "*")
    for origin in settings.CSRF_TRUSTED_ORIGINS:
        name = urlsplit(origin).hostname
        if name and "*" not in name:
            yield name
