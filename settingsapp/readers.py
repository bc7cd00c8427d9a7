"""Reading what was typed. Each reader returns the value, or raises ValueError with a sentence for the person."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from burnin_site.core.one_line import wrong_line, wrong_secret

ON = frozenset({"on", "true", "yes", "1"})
OFF = frozenset({"off", "false", "no", "0", ""})
HOST_NAME = re.compile(r"[A-Za-z0-9_.-]+|\[?[0-9A-Fa-f:]+\]?")
WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,12}")


def to_text(value: object) -> str:
    """Return the text that reads back as this value."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Read a number between these two, both included."""

    def read(text: str) -> int:
        if not WHOLE_NUMBER.fullmatch(text.strip()):
            raise ValueError(f"“{text}” is not a whole number. Type one from {least} to {most}.")
        number = int(text)
        if not least <= number <= most:
            raise ValueError(f"{number} is out of range. Type a number from {least} to {most}.")
        return number

    return read


def switch(text: str) -> bool:
    """Read on or off."""
    word = text.strip().lower()
    if word in ON:
        return True
    if word in OFF:
        return False
    raise ValueError(f"“{text}” is neither on nor off.")


def one_of(words: tuple[str, ...]) -> Callable[[str], str]:
    """Read one of these words."""

    def read(text: str) -> str:
        word = text.strip().lower()
        if word not in words:
            raise ValueError(f"“{text}” is not possible here. Choose one of {', '.join(words)}.")
        return word

    return read


def line(text: str) -> str:
    """Read one line of characters that can be seen: a line break could smuggle a header into a mail."""
    if said := wrong_line(text.strip(" ")):
        raise ValueError(said)
    return text.strip()


def secret_line(text: str) -> str:
    """Read a password: any characters but controls. It is not repeated."""
    if said := wrong_secret(text):
        raise ValueError(said)
    return text.strip()


def host_name(text: str) -> str:
    """Read a host name or an address, without a port."""
    name = line(text)
    if name and not HOST_NAME.fullmatch(name):
        raise ValueError(f"“{name}” is not a host name. Type a name or an address, without a port.")
    return name


def web_address(text: str) -> str:
    """Read a http or https address, or nothing."""
    address = line(text)
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or " " in address:
        raise ValueError("This is not a web address. Type one that begins with https:// or http://.")
    return address


def mail_address(text: str) -> str:
    """Read one mail address, or nothing."""
    address = line(text)
    try:
        if address:
            validate_email(address)
    except ValidationError as error:
        raise ValueError(f"“{address}” is not a mail address.") from error
    return address


def mail_addresses(text: str) -> str:
    """Read mail addresses with commas between them, or nothing."""
    return ", ".join(mail_address(word) for word in line(text).split(",") if word.strip())
