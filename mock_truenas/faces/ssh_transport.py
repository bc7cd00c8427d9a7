"""An SSH connection that starts nothing before the client knows that it may."""

import threading
from typing import Any

import paramiko

ACCEPT_S = 5.0


class OrderlyTransport(paramiko.Transport):
    """The server's end of a connection.

    paramiko asks whether a command may run and only then sends the reply. A command quicker than
    the reply would close the channel first, and the client would take that for a refusal.
    """

    def __init__(self, *words: Any, **named: Any) -> None:
        self.awaiting_reply: list[threading.Event] = []
        super().__init__(*words, **named)

    def hold_channels(self) -> None:
        """Keep every open channel alive until the connection ends; paramiko itself does not."""
        held: list[paramiko.Channel] = []
        while self.is_active():
            channel = self.accept(ACCEPT_S)
            held = [one for one in held if not one.closed]
            if channel is not None:
                held.append(channel)

    def _send_user_message(self, data: Any) -> None:
        super()._send_user_message(data)  # type: ignore[misc]
        if threading.current_thread() is self:
            while self.awaiting_reply:
                self.awaiting_reply.pop().set()
