"""Whether an address or a user name that a person entered can be one. Each check returns a sentence, or nothing."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

# Underscores are no part of the standard, but of many names in small networks.
LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
ZONE = re.compile(r"[A-Za-z0-9._-]+")
USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
VISIBLE = re.compile(r"[!-~]+")
LONGEST_NAME = 253


def wrong_ssh_host(address: str) -> str:
    """Say what is wrong with the address of an SSH server."""
    if not address or _is_ip_address(address) or _is_host_name(address):
        return ""
    return "Enter a plain host name or an IPv4 or IPv6 address, without user, port, brackets or spaces."


def wrong_ssh_user(name: str) -> str:
    """Say what is wrong with the name of a user on the host."""
    if USER.fullmatch(name):
        return ""
    return "Enter a plain user name: letters, digits, dots, dashes and underscores, and no dash or dot in front."


def wrong_api_url(address: str) -> str:
    """Say what is wrong with a web address. It is shown to everybody, so it may hold no secret."""
    if not address:
        return ""
    no_address = "Give an address that begins with https:// or http:// and names a host."
    if not VISIBLE.fullmatch(address):
        return no_address
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return no_address
    if "@" in parts.netloc:
        return "Leave user and password out of the address, everybody can see it. Put the key into api_key."
    if parts.scheme not in ("http", "https") or not (_is_ip_address(host) or _is_host_name(host)):
        return no_address
    if "?" in address or "#" in address:
        return "Leave out everything from the ? or # on."
    if port == 0:
        return "Nothing listens on port 0. Give the port of the web server, or leave it out."
    return ""


def wrong_api_key(key: str) -> str:
    """Say what is wrong with an API key, without repeating it. It travels in a header."""
    if not key or VISIBLE.fullmatch(key):
        return ""
    return "An API key is one line of letters, digits and signs, without spaces. Copy it again."


def _is_ip_address(text: str) -> bool:
    address, percent, zone = text.partition("%")
    try:
        version = ip_address(address).version
    except ValueError:
        return False
    return not percent or (version == 6 and bool(ZONE.fullmatch(zone)))


def _is_host_name(text: str) -> bool:
    labels = text.removesuffix(".").split(".")
    # Resolvers take a name that ends in a number for an address, and not always for the same one.
    return len(text) <= LONGEST_NAME and all(map(LABEL.fullmatch, labels)) and not labels[-1].isdigit()
