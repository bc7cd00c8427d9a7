"""How to log in to one host, and how long to wait for it."""

from dataclasses import dataclass

from burnin_site.core.secrets import Secret


@dataclass(frozen=True, slots=True)
class SshLogin:
    """Everything that a connection needs. `host_name` is what people call the host."""

    host_name: str
    address: str
    port: int
    user: str
    password: Secret
    key: Secret
    passphrase: Secret
    pinned_key: str

    @property
    def place(self) -> str:
        """Where the host is, for a sentence."""
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds for each step towards a running command."""

    dial_s: float = 10
    greet_s: float = 20  # a host under load takes its time over the keys
    login_s: float = 20
    open_s: float = 15
