"""What can be done with hosts and drives."""

from drives.services.drive_notes import change_drive
from drives.services.host_keys import trust_host_key
from drives.services.hosts import add_host, change_host, remove_host, request_refresh
from drives.services.inventory import read_inventory, store_inventory
from drives.services.reachability import is_asked_so_still, note_host_failed, note_host_reached
from drives.services.ssh_check import SshTest, test_ssh
from drives.services.working_folders import leave_old_folder, works_in_old_folder

__all__ = [
    "SshTest",
    "add_host",
    "change_drive",
    "change_host",
    "is_asked_so_still",
    "leave_old_folder",
    "note_host_failed",
    "note_host_reached",
    "read_inventory",
    "remove_host",
    "request_refresh",
    "store_inventory",
    "test_ssh",
    "trust_host_key",
    "works_in_old_folder",
]
