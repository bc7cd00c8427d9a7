"""The inventory over the TrueNAS REST API v2.0 (CORE 13 to 25.10). The only file that knows requests."""

import logging
import random
import time
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from burnin_site.core.secrets import Secret
from drives.hosts import truenas_shapes
from drives.hosts.edge import limits
from drives.hosts.edge.misfit import Misfit
from drives.hosts.edge.readers import Reader
from drives.hosts.edge.unpack import unpack
from drives.hosts.errors import HostError, HostRefusedLogin, HostTimedOut, HostUnreachable
from drives.hosts.ports import InventoryReport
from drives.hosts.rest_link import Deadline, unpacked

TRIES = 3
SERVER_ERROR = 500
TIMEOUTS = (5, 20)  # connect, read
WAIT_S = 0.3
PIECE = 64 * 1024
# In the body, which every version reads. In the query string CORE takes it for a filter and answers with no disks.
WITH_POOLS = {"query-filters": [], "query-options": {"extra": {"pools": True}}}

# What the libraries raise while an answer is read.
BROKEN = (requests.RequestException, HTTPError, HTTPException, OSError, ValueError)

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
        """Read all disks, within a minute in all. Raises HostError."""
        with Deadline(limits.TOTAL_S) as deadline:
            api = _Api(deadline)
            info = self._get(api, "system/info", truenas_shapes.INFO)
            rows = self._get(api, "disk", truenas_shapes.DISKS, WITH_POOLS)
            errors: list[str] = []
            try:
                boot = self._get(api, "boot/get_disks", truenas_shapes.NAMES)
            except HostError as error:
                boot = []
                errors.append(f"The boot disks of {self._name} are not known: {error}")
        disks = tuple(truenas_shapes.disk_from(row, boot) for row in rows)
        return InventoryReport(disks=disks, system=truenas_shapes.system_from(info), errors=tuple(errors))

    def _get(self, api: "_Api", path: str, shape: Reader, body: dict[str, Any] | None = None) -> Any:
        try:
            told = self._ask(api, path, body)
        except HostError as error:
            if api.deadline.rang:  # an answer that was cut looks like one that is none
                raise self._no_answer(error, api) from error
            raise
        try:
            return shape(told)
        except Misfit as misfit:
            raise misfit.of(f"TrueNAS on {self._name}") from None

    def _ask(self, api: "_Api", path: str, body: dict[str, Any] | None) -> Any:
        for _ in range(TRIES - 1):
            try:
                with self._get_once(api, path, body) as answer:
                    if answer.status_code < SERVER_ERROR:
                        return self._content(answer, path)
            except requests.exceptions.SSLError as error:
                raise self._no_answer(error, api) from error
            except requests.ConnectionError as error:
                if api.deadline.rang:
                    raise self._no_answer(error, api) from error
                logger.info("%s: %s, trying again.", self._name, type(error).__name__)
            except BROKEN as error:
                raise self._no_answer(error, api) from error
            time.sleep(random.uniform(WAIT_S / 2, WAIT_S))  # noqa: S311
        try:
            with self._get_once(api, path, body) as answer:
                return self._content(answer, path)
        except BROKEN as error:
            raise self._no_answer(error, api) from error

    def _get_once(self, api: "_Api", path: str, body: dict[str, Any] | None) -> requests.Response:
        connect_s, read_s = TIMEOUTS
        return api.session.get(
            f"{self._base}/api/v2.0/{path}",
            json=body,
            auth=_Bearer(self._key),
            verify=self._verify,
            headers={"Accept-Encoding": "identity"},
            timeout=(min(connect_s, api.deadline.left_s), min(read_s, api.deadline.left_s)),
            allow_redirects=False,  # what is not there redirects to the web pages
            stream=True,
        )

    def _content(self, answer: requests.Response, path: str) -> Any:
        status, name = answer.status_code, self._name
        if status == requests.codes.unauthorized:
            raise ApiKeyRefused(f"TrueNAS on {name} did not accept the API key. Make a new one there and enter it.")
        if status == requests.codes.forbidden:
            raise ApiKeyRefused(
                f"The API key of {name} may not read disks. Give its user the right to, or make another."
            )
        if status >= SERVER_ERROR:
            raise HostUnreachable(f"TrueNAS on {name} has a fault of its own (HTTP {status}).")
        if answer.is_redirect and _scheme(answer.headers["Location"]) != _scheme(self._base):
            raise NoRestApi(f"TrueNAS on {name} wants to be called by https. Change its address.")
        try:
            if status == requests.codes.ok:
                return self._body(answer, path)
        except ValueError:
            logger.info("%s did not answer with JSON.", name)
        raise NoRestApi(
            f"There is no TrueNAS REST API at {self._base} (HTTP {status}). "
            f"TrueNAS 26 and later has none: give {name} an SSH login instead."
        )

    def _body(self, answer: requests.Response, path: str) -> Any:
        most = limits.INVENTORY_BYTES if path == "disk" else limits.ANSWER_BYTES
        name = f"TrueNAS on {self._name}"
        encoding = answer.headers.get("Content-Encoding", "")
        return unpack(
            unpacked(_pieces(answer), encoding, host_name=name, most_bytes=most), host_name=name, most_bytes=most
        )

    def _no_answer(self, error: Exception, api: "_Api") -> HostError:
        name = self._name
        if api.deadline.rang:
            return HostTimedOut(f"TrueNAS on {name} did not finish its answers within {api.deadline.seconds:.3g} s.")
        if isinstance(error, requests.exceptions.SSLError):
            return HostError(
                f"The TLS certificate of {name} is not trusted. Install a valid one, or switch the check off here."
            )
        if isinstance(error, requests.Timeout):
            return HostTimedOut(f"TrueNAS on {name} did not answer in time at {self._base}.")
        if not isinstance(error, requests.RequestException):
            return HostUnreachable(f"TrueNAS on {name} did not keep to HTTP, or broke off in the middle of an answer.")
        if isinstance(error, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
            return HostUnreachable(f"TrueNAS on {name} cannot be reached at {self._base}.")
        return HostError(f"The TrueNAS address of {name} cannot be used: {self._base}. Correct it.")


class _Api:
    """Connections that end with this deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self.session = requests.Session()
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, _Adapter(deadline))


class _Adapter(HTTPAdapter):
    """Hands out connections that are cut when the time is up."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self._deadline.over(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        self._deadline.over(manager)
        return manager


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


def _pieces(answer: requests.Response) -> Iterator[bytes]:
    """Return the body as it came, piece by piece."""
    while piece := answer.raw.read(PIECE, decode_content=False):
        yield piece


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:  # "http://[": nothing that leads anywhere
        return ""
