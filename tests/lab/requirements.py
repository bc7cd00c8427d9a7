"""What a machine must have for a lab, and a sentence about what is missing."""

from __future__ import annotations

import os
import shutil
from ctypes.util import find_library
from pathlib import Path

TOOLS = {
    "sshd": "openssh-server",
    "ssh": "openssh-client",
    "badblocks": "e2fsprogs",
    "losetup": "mount",
    "unshare": "util-linux",
    "sfdisk": "fdisk",
    "fusermount3": "fuse3",
    "localedef": "libc-bin",
    "sudo": "sudo",
    "useradd": "passwd",
}
# What no PATH leads to: other languages for programs, and programs in another language.
FILES = {
    "/usr/share/i18n/locales/de_DE": "locales",
    "/usr/share/locale/de/LC_MESSAGES/e2fsprogs.mo": "e2fsprogs-l10n",
}
SEARCH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def missing() -> str:
    """What keeps a lab from being built here, and what to do; empty if nothing does."""
    if os.geteuid() != 0:
        return "The lab needs root: it makes loop devices and mounts. Run the tests as root."
    packages = sorted({p for tool, p in TOOLS.items() if shutil.which(tool, path=SEARCH) is None})
    packages += [package for path, package in FILES.items() if not Path(path).exists()]
    if find_library("fuse3") is None and find_library("fuse") is None:
        packages.append("libfuse3-3")
    if packages:
        return f"The lab needs more packages. Run: apt-get install {' '.join(packages)}"
    for device, module in (("/dev/fuse", "fuse"), ("/dev/loop-control", "loop")):
        if not Path(device).exists():
            return f"The lab needs {device}. Run: modprobe {module} (in a container: start it with --privileged)."
    return ""


def is_a_must() -> bool:
    """Whether the absence of the lab is a failure and no reason to skip."""
    return os.environ.get("CI") == "true" or os.environ.get("BURNIN_REQUIRE_LAB") == "1"
