"""From a host row to its doors. The only place that reads a host's secrets."""

from burnin_site.core.secrets import Secret
from drives.hosts import pool
from drives.hosts.errors import BadCredentials, HostError
from drives.hosts.host_keys import HostKey
from drives.hosts.inventory_both import BothInventories
from drives.hosts.inventory_program import ProgramInventory
from drives.hosts.inventory_rest import RestInventory
from drives.hosts.ports import Inventory, Shell
from drives.hosts.program_client import HostProgram
from drives.hosts.shell_ssh import SshShell
from drives.hosts.ssh_login import SshLogin
from drives.hosts.ssh_wire import fetch_host_key
from drives.models import Host, HostKind


class HostStopped(HostError):
    """Work on this host is stopped until an admin has looked."""

    code = "host_stopped"
    stops_host = True


def open_shell(host: Host) -> Shell:
    """Return the shell to a host. Nothing is sent before its first command. Raises HostError."""
    _refuse_stopped(host)
    return pool.shell_for(host.pk, _login(host))


def open_new_shell(host: Host) -> SshShell:
    """Return a shell of its own, also to a stopped host: an admin is looking. Close it after use."""
    return SshShell(_login(host))


def open_program(host: Host) -> HostProgram:
    """Return the program on a host. Raises HostError."""
    return program_over(open_shell(host), host)


def program_over(shell: Shell, host: Host) -> HostProgram:
    """Return the program on a host, asked over this shell."""
    return HostProgram(shell, host.base_dir, host.name, expect_simulated=host.simulated)


def open_inventory(host: Host, *, smart: bool = False) -> Inventory:
    """Return the way to see this host's disks; with `smart` also temperature and health. Raises HostError."""
    _refuse_stopped(host)
    by_rest = host.kind == HostKind.TRUENAS and bool(host.api_url)
    if not host.has_shell and by_rest:
        return _rest(host)
    program = ProgramInventory(open_program(host), smart=smart)
    return BothInventories(program, _rest(host)) if by_rest else program


def host_key_of(host: Host) -> HostKey:
    """Ask a host for its key, without logging in. Raises HostError."""
    if not host.ssh_host:
        raise BadCredentials(f"{host.name} has no SSH address. Enter one.")
    return fetch_host_key(host.ssh_host, host.ssh_port, host_name=host.name)


def _refuse_stopped(host: Host) -> None:
    if host.stopped:
        raise HostStopped(f"Work on {host.name} is stopped: {host.error or 'an admin has to look at it.'}")


def _login(host: Host) -> SshLogin:
    if not host.has_shell:
        raise BadCredentials(f"{host.name} has no SSH login. Enter an address and a key or password.")
    return SshLogin(
        host_name=host.name,
        address=host.ssh_host,
        port=host.ssh_port,
        user=host.ssh_user,
        password=Secret(host.ssh_password),
        key=Secret(host.ssh_key),
        passphrase=Secret(host.ssh_key_passphrase),
        pinned_key=host.host_key,
    )


def _rest(host: Host) -> RestInventory:
    if not host.api_key:
        raise BadCredentials(f"{host.name} has no TrueNAS API key. Enter one.")
    return RestInventory(host.name, host.api_url, Secret(host.api_key), verify_tls=host.verify_tls)
