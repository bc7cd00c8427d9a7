"""The inventory over the TrueNAS REST API v2.0 (CORE 13 to 25.10). The only file that knows requests."""

import logging
import random
import time
from typing import Any
from urllib.parse import urlsplit

import requests

from burnin_site.core.secrets import Secret
from drives.hosts import truenas_shapes
from drives.hosts.errors import HostError, HostRefusedLogin, HostTimedOut, HostUnreachable
from drives.hosts.ports import InventoryReport

TRIES = 3
SERVER_ERROR = 500
TIMEOUTS = (5, 20)  # connect, read
WAIT_S = 0.3
# In the body, which every version reads. In the query string CORE takes it for a filter and answers with no disks.
WITH_POOLS = {"query-filters": [], "query-options": {"extra": {"pools": True}}}

logger = logging.getLogger(__name__)


class ApiKeyRefused(HostRefusedLogin):
    """TrueNAS does not accept the API key."""

    code = "api_key_refused"


class NoRestApi(HostError):
    """There is no REST API at that address."""

    code = "no_rest_api"


class RestInventory:
    """Reads disks from TrueNAS's own list. It knows pools, not mounts: a drive in it is not proven to be free."""

    def __init__(self, host_name: str, url: str, key: Secret, *, verify_tls: bool) -> None:
        self._name = host_name
        self._base = base_of(url)
        self._key = key
        self._verify = verify_tls

    def read(self) -> InventoryReport:
        """Read all disks. Raises HostError."""
        info = self._get("system/info")
        rows = self._get("disk", WITH_POOLS)
        if not isinstance(rows, list) or not isinstance(info, dict):
            raise HostError(f"TrueNAS on {self._name} gave an answer that cannot be understood.")
        errors: list[str] = []
        try:
            boot = self._get("boot/get_disks")
        except HostError as error:
            boot = []
            errors.append(f"The boot disks of {self._name} are not known: {error}")
        disks = tuple(truenas_shapes.disk_from(row, boot) for row in rows)
        return InventoryReport(disks=disks, system=truenas_shapes.system_from(info), errors=tuple(errors))

    def _get(self, path: str, body: dict[str, Any] | None = None) -> Any:
        for _ in range(TRIES - 1):
            try:
                answer = self._get_once(path, body)
                if answer.status_code < SERVER_ERROR:
                    return self._content(answer)
            except requests.exceptions.SSLError as error:
                raise self._no_answer(error) from error
            except requests.ConnectionError as error:
                logger.info("%s: %s, trying again.", self._name, type(error).__name__)
            except requests.RequestException as error:
                raise self._no_answer(error) from error
            time.sleep(random.uniform(WAIT_S / 2, WAIT_S))  # noqa: S311
        try:
            return self._content(self._get_once(path, body))
        except requests.RequestException as error:
            raise self._no_answer(error) from error

    def _get_once(self, path: str, body: dict[str, Any] | None) -> requests.Response:
        return requests.get(
            f"{self._base}/api/v2.0/{path}",
            json=body,
            auth=_Bearer(self._key),
            verify=self._verify,
            timeout=TIMEOUTS,
            allow_redirects=False,  # what is not there redirects to the web pages
        )

    def _content(self, answer: requests.Response) -> Any:
        status, name = answer.status_code, self._name
        if status == requests.codes.unauthorized:
            raise ApiKeyRefused(f"TrueNAS on {name} did not accept the API key. Make a new one there and enter it.")
        if status == requests.codes.forbidden:
            raise ApiKeyRefused(
                f"The API key of {name} may not read disks. Give its user the right to, or make another."
            )
        if status >= SERVER_ERROR:
            raise HostUnreachable(f"TrueNAS on {name} has a fault of its own (HTTP {status}).")
        if answer.is_redirect and urlsplit(answer.headers["Location"]).scheme != urlsplit(self._base).scheme:
            raise NoRestApi(f"TrueNAS on {name} wants to be called by https. Change its address.")
        try:
            if status == requests.codes.ok:
                return answer.json()
        except ValueError:
            logger.info("%s did not answer with JSON.", name)
        raise NoRestApi(
            f"There is no TrueNAS REST API at {self._base} (HTTP {status}). "
            f"TrueNAS 26 and later has none: give {name} an SSH login instead."
        )

    def _no_answer(self, error: requests.RequestException) -> HostError:
        name = self._name
        if isinstance(error, requests.exceptions.SSLError):
            return HostError(
                f"The TLS certificate of {name} is not trusted. Install a valid one, or switch the check off here."
            )
        if isinstance(error, requests.Timeout):
            return HostTimedOut(f"TrueNAS on {name} did not answer in time at {self._base}.")
        if isinstance(error, requests.ConnectionError):
            return HostUnreachable(f"TrueNAS on {name} cannot be reached at {self._base}.")
        return HostError(f"The TrueNAS address of {name} cannot be used: {self._base}. Correct it.")


class _Bearer(requests.auth.AuthBase):
    """Puts the key on the request. As an auth object, so that no .netrc of the machine replaces it."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._key.reveal()}"
        return request


def base_of(url: str) -> str:
    """Return the address without what people paste along with it."""
    text = url.strip().rstrip("/")
    text = text if "://" in text else f"https://{text}"
    for tail in ("/api/v2.0", "/ui"):
        text = text.removesuffix(tail)
    return text
