"""The server: daphne's, with our own connections in front."""

import asyncio
import logging
import resource
from typing import Any

from daphne import server as daphne
from daphne.http_protocol import HTTPFactory
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.task import LoopingCall
from twisted.logger import globalLogBeginner

from burnin_site.core.memory import give_back_now
from burnin_site.core.networks import Networks
from burnin_site.front import limits
from burnin_site.front.channel import GuardedChannel, GuardedRequest
from burnin_site.front.connections import Connections
from burnin_site.front.sockets import GuardedSocketFactory

logger = logging.getLogger(__name__)
loop: Any = reactor  # twisted gives the module its methods when the reactor is chosen


class Front(HTTPFactory):  # type: ignore[misc]  # daphne has no types
    """Makes the connections. They speak HTTP/1.1: TLS, and HTTP/2 with it, are a proxy's."""

    def buildProtocol(self, addr: Any) -> GuardedChannel:
        """Return a new connection."""
        channel = GuardedChannel(self.server.ledger)
        channel.factory = channel.site = self
        channel.requestFactory = GuardedRequest
        channel.timeOut = None  # the ledger has the times
        return channel


class Server(daphne.Server):  # type: ignore[misc]  # daphne has no types
    """One process that serves pages, API and websockets."""

    def __init__(self, application: Any, networks: Networks, *, host: str, port: int) -> None:
        address = host.strip("[]").replace(":", r"\:")
        super().__init__(
            application,
            endpoints=[f"tcp:port={port}:interface={address}"],
            request_buffer_size=limits.SMALL_BODY,
            ping_interval=limits.PING_EVERY_S,
        )
        self.ledger = Connections(networks, most=most_connections())
        self.connections: dict[Any, dict[str, Any]] = {}

    def run(self) -> None:
        """Serve until a signal. It is daphne's own `run` with our factories, which daphne does not let one choose."""
        globalLogBeginner.beginLoggingTo([_log_failure], redirectStandardIO=False, discardBuffer=True)
        self.http_factory = Front(self)
        self.ws_factory = GuardedSocketFactory(self, server=self.server_name)
        self.ws_factory.setProtocolOptions(
            autoPingTimeout=limits.PONG_WITHIN_S,
            failByDrop=False,  # so that the code of what went wrong arrives
            allowNullOrigin=True,  # `core.websocket_origin` looks at it
            openHandshakeTimeout=limits.HANDSHAKE_WITHIN_S,
            # Autobahn's limits count both ways, and a large board is a large frame: `front.sockets` has those of ours.
            maxMessagePayloadSize=0,
            maxFramePayloadSize=0,
        )
        asyncio.set_event_loop(loop._asyncioEventloop)  # noqa: SLF001  as daphne does
        loop.callLater(1, self.application_checker)
        loop.callLater(2, self.timeout_checker)
        LoopingCall(self.ledger.sweep).start(limits.SWEEP_S, now=False)
        LoopingCall(give_back_now).start(limits.TIDY_S, now=False)
        for endpoint in self.endpoints:
            listening = serverFromString(loop, endpoint).listen(self.http_factory)
            listening.addCallback(self.listen_success).addErrback(self.listen_error)
        loop.addSystemEventTrigger("before", "shutdown", self.kill_all_applications)
        if not self.abort_start:
            loop.run()

    def kill_all_applications(self) -> Any:
        """End what is being answered; daphne stumbles over connections that have not asked for anything yet."""
        running = {each: details for each, details in self.connections.items() if "application_instance" in details}
        self.connections = running
        return super().kill_all_applications()


def most_connections() -> int:
    """Return how many connections this process can hold: what we want, or what the system gives it files for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = limits.CONNECTIONS + limits.OTHER_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(limits.CONNECTIONS, soft - limits.OTHER_FILES))


def _log_failure(event: dict[str, Any]) -> None:
    """Keep what twisted caught on its own; the rest of what it says is of no use to anybody."""
    failure = event.get("log_failure")
    if failure is not None:
        logger.error("A connection broke.", exc_info=(failure.type, failure.value, failure.getTracebackObject()))
