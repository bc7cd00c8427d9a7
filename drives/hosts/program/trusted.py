"""Folders and files of which nobody can be the author but us, or root.

Whoever may write to a folder on the way to ours can put another one in its place, and be believed, or run, as root. So
every folder is opened from the one above it, without following a link, and the open descriptor is checked: what is
opened below it later is the same, whatever happens to the names meanwhile.

The two lines that store and start the program carry this text: standard library only, and an exclamation mark only in
front of an equals sign (the shell of root on FreeBSD takes any other for its history).
"""

from __future__ import annotations

import errno
import os
import stat

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A pipe that somebody has put in the place of a file must not keep us waiting.
FILE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
OTHERS = stat.S_IRWXG | stat.S_IRWXO
ANOTHER_KIND = (errno.ELOOP, errno.EMLINK, errno.ENOTDIR, errno.EISDIR, errno.ENXIO, errno.EOPNOTSUPP)
NO_FOLDER, NO_FILE = "is a link or no folder", "is a link or no plain file"


class Untrusted(Exception):
    """A sentence for a person: which folder or file, what is wrong with it, and what to do."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(f"{path} {what}, so nothing there is used. Remove it, or choose another working folder.")


class Folder:
    """A folder of ours that is open: what is in it is reached by its descriptor, never by its path."""

    def __init__(self, path: str, descriptor: int) -> None:
        self.path = path
        self.descriptor = descriptor

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_exception: object) -> None:
        os.close(self.descriptor)

    def below(self, name: str, *, make: bool = False) -> Folder:
        """The folder of this name in it, which is for nobody else; raise FileNotFoundError, Untrusted."""
        path = self.path + "/" + name
        descriptor = enter(self.descriptor, name, path, make=make)
        mode = check(descriptor, path)
        if mode & OTHERS:
            os.fchmod(descriptor, stat.S_IRWXU)
        return Folder(path, descriptor)

    def open(self, name: str, flags: int = os.O_RDONLY) -> int:
        """The descriptor of a plain file of ours in it; raise OSError, Untrusted. Nothing is ever cut off."""
        path = self.path + "/" + name
        try:
            descriptor = os.open(name, flags | FILE, stat.S_IRUSR | stat.S_IWUSR, dir_fd=self.descriptor)
        except OSError as error:
            if error.errno in ANOTHER_KIND:
                raise Untrusted(path, NO_FILE) from error
            error.filename = path
            raise
        check(descriptor, path, kind=stat.S_IFREG)
        os.set_blocking(descriptor, True)
        return descriptor


def open_base(path: str, root: str = "", *, make: bool = False) -> Folder:
    """Our own folder at this absolute path; raise OSError, Untrusted. `root` is the place of a simulated host."""
    descriptor = walk(path, root, make=make)
    check(descriptor, root + path)
    return Folder(root + path, descriptor)


def walk(path: str, root: str = "", *, make: bool = False) -> int:
    """The descriptor of a folder, none of whose parents lets others put something in its place.

    Below a simulated host nothing is at stake, and its folders have whatever mode they were made with.
    """
    here, place = os.open(root or "/", FOLDER), root
    for name in path.strip("/").split("/"):
        if not root:
            check(here, place or "/", way=True)
        place += "/" + name
        try:
            below = enter(here, name, place, make=make)
        finally:
            os.close(here)
        here = below
    return here


def enter(parent: int, name: str, path: str, *, make: bool) -> int:
    """Open a folder by its name in another one; with `make` there is one then."""
    try:
        return os.open(name, FOLDER, dir_fd=parent)
    except FileNotFoundError:
        if not make:
            raise
    except OSError as error:
        if error.errno in ANOTHER_KIND:
            raise Untrusted(path, NO_FOLDER) from error
        raise
    try:
        os.mkdir(name, stat.S_IRWXU, dir_fd=parent)
    except FileExistsError:
        pass
    except OSError as error:
        error.filename = path
        raise
    return enter(parent, name, path, make=False)


def check(descriptor: int, path: str, *, kind: int = stat.S_IFDIR, way: bool = False) -> int:
    """The mode of what is open, when it is ours; else close it and raise Untrusted.

    A folder on the way may also be of root, and open to all where nobody may take away what is of others.
    """
    status = os.fstat(descriptor)
    wrong = _wrong(status, kind, way=way)
    if wrong:
        os.close(descriptor)
        raise Untrusted(path, wrong)
    return status.st_mode


def is_of_root(status: os.stat_result) -> bool:
    """Can nobody but root (or we) change it?"""
    return status.st_uid in (0, os.geteuid()) and not status.st_mode & OTHERS_WRITE


def _wrong(status: os.stat_result, kind: int, *, way: bool) -> str:
    if stat.S_IFMT(status.st_mode) != kind:
        return NO_FOLDER if kind == stat.S_IFDIR else NO_FILE
    if status.st_uid not in ((0, os.geteuid()) if way else (os.geteuid(),)):
        return f"belongs to another user (number {status.st_uid})"
    if status.st_mode & OTHERS_WRITE and not (way and status.st_mode & stat.S_ISVTX):
        return "may be written to by others"
    # 0 names: it was replaced by its next version while it was opened
    if kind == stat.S_IFREG and status.st_nlink > 1:
        return "has a second name elsewhere"
    return ""
