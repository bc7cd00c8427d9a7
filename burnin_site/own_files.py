"""Files of ours are ours: for their owner only, whatever was there before and whatever the umask was.

Plain Python, for the settings and for the supervisor. What others could do with a file is taken away where the file
is ours, and refused with a sentence where it is not. A refusal ends the start: `ends_the_start`.
"""

import errno
import os
import pwd
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

UMASK = 0o077
OTHERS = 0o077  # the permissions of group and others
EVERYBODY = 0o007
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)  # this passes, and is no question of whose a file is
# All that this application keeps in DATA_DIR; nothing else there is touched. A folder with none of it is not ours yet.
SECRETS = ("secret_key", "field_encryption_keys", "demo_password")
NAMES = (*SECRETS, "mock_ports", "run", "logs", "static", "mock")
DATABASES = ("app.db", "test.db")
DATABASE_PARTS = ("", "-wal", "-shm", "-journal")
# What a file system puts into each new volume by itself.
OF_THE_FILE_SYSTEM = frozenset({"lost+found"})


class NotOurs(OSError):
    """A file or folder cannot be kept to ourselves. `str(error)` is a sentence: what, which, what to do."""


@contextmanager
def ends_the_start() -> Iterator[None]:
    """Turn a refusal into the end of the process, with its sentence and without a traceback."""
    try:
        yield
    except NotOurs as refusal:
        sys.exit(f"Burn-In Bench cannot start. {refusal}")


@contextmanager
def unless_there_is_no_room() -> Iterator[None]:
    """Leave undone what a full disk does not take; any other error passes."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise


def make_all_private() -> None:
    """Have everything that this process and its children make belong to their owner only."""
    os.umask(UMASK)


def take_folder(path: Path) -> tuple[Path, list[str]]:
    """Make this folder or take it over; return where it really is, and a sentence for what was narrowed.

    A link to a folder is followed if we or root made it. Raises NotOurs.
    """
    if path.is_symlink() and path.lstat().st_uid not in (os.geteuid(), 0):
        raise NotOurs(f"{path} is a link that {_owner(path.lstat())} made. Remove it, or choose another DATA_DIR.")
    real = path.resolve()
    _refuse_an_open_way(real)
    try:
        real.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = real.stat()
    except (FileExistsError, NotADirectoryError) as error:
        raise NotOurs(f"{real} is not a folder. Choose another DATA_DIR.") from error
    except OSError as error:
        raise NotOurs(f"The folder {real} cannot be made ({error.strerror}). Choose another DATA_DIR.") from error
    _refuse_foreign(real, found)
    notes = []
    if found.st_mode & OTHERS:
        _refuse_to_close_what_others_use(real, found)
        notes = _narrow(real)
    return real, notes + [note for name in NAMES for note in narrow_tree(real / name)]


def narrow_tree(top: Path) -> list[str]:
    """Take from others what they may do with this file, or this folder and all below it; return a sentence if so.

    Links are left as they are and not followed. Raises NotOurs when any of it belongs to another user.
    """
    if not os.path.lexists(top):
        return []
    notes = _narrow(top)
    if top.is_symlink():
        return []
    for folder, folders, files in os.walk(top):
        for name in (*folders, *files):
            notes += _narrow(Path(folder, name))
    advice = " Who could read it may know it: change it (docs/operations.md, “Back up”)." if top.name in SECRETS else ""
    places = f", in {len(notes)} places" if len(notes) > 1 else ""
    return [f"{top} could be used by others{places}; now only by its owner.{advice}"] if notes else []


def narrow_settings(path: Path) -> list[str]:
    """Take from others what they may do with the file `.env`; return a sentence if so.

    It may belong to whoever installs, and be readable by the group of who runs. Raises NotOurs: it is there, and this
    process may not read it; without it another database would be taken and other keys be made.
    """
    if not path.exists():
        return []
    if not os.access(path, os.R_OK):
        raise NotOurs(f"{path} is there and cannot be read by {_name(os.geteuid())}. Let that user read it.")
    if path.stat().st_mode & EVERYBODY == 0:
        return []
    if path.stat().st_uid == os.geteuid():
        return _narrow(path, EVERYBODY)
    return [f"{path} can be used by everybody, and holds secrets. Close it: chmod o= {path}"]


def narrow_database(path: Path) -> list[str]:
    """Take from others what they may do with this SQLite file and what SQLite keeps beside it. Raises NotOurs."""
    _refuse_an_open_way(path)
    notes = [note for part in DATABASE_PARTS for note in _narrow(path.with_name(path.name + part))]
    return [f"The database {path} could be read by others; now only by its owner."] if notes else []


def open_own(path: Path, flags: int) -> tuple[int, bool]:
    """Open a regular file of ours, never by a link; return the descriptor, and whether others could use the file.

    With os.O_CREAT it is made for its owner only. Raises NotOurs; FileNotFoundError passes, and so does a full disk.
    """
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in NO_ROOM:
            raise
        why = "is a link" if path.is_symlink() else f"cannot be opened ({error.strerror})"
        raise NotOurs(f"{path} {why}. Put a file of its own there.") from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise NotOurs(f"{path} is not a file. Put a file of its own there.")
        _refuse_foreign(path, found)
        was_open = bool(found.st_mode & OTHERS)
        if was_open:
            os.fchmod(descriptor, stat.S_IMODE(found.st_mode) & ~OTHERS)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, was_open


def _narrow(path: Path, unwanted: int = OTHERS) -> list[str]:
    """Take from others what they may do with this one; return a sentence if there was something."""
    try:
        handle = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return []  # other processes of ours make and remove files at any time
    try:
        found = os.fstat(handle)
        if found.st_uid != 0:  # root may do anything with us anyway; its own files here are closed by the folder
            _refuse_foreign(path, found)
        if stat.S_ISLNK(found.st_mode) or not found.st_mode & unwanted or found.st_uid != os.geteuid():
            return []
        with suppress(OSError):
            Path(f"/proc/self/fd/{handle}").chmod(stat.S_IMODE(found.st_mode) & ~unwanted)
        if os.fstat(handle).st_mode & unwanted:
            raise NotOurs(
                f"{path} can be used by others, and its file system keeps no permissions. "
                "Choose a DATA_DIR (and DB_PATH) on another one."
            )
    finally:
        os.close(handle)
    return [f"{path} could be used by others; now only by its owner."]


def _refuse_foreign(path: Path, found: os.stat_result) -> None:
    if found.st_uid != os.geteuid():
        raise NotOurs(
            f"{path} belongs to {_owner(found)}, and this process is {_name(os.geteuid())}. Run it as that user, "
            "or look at what is there and give it to this one with chown."
        )


def _refuse_an_open_way(path: Path) -> None:
    """Refuse a place below a folder in which anybody may exchange what lies in it."""
    for folder in path.absolute().parents:
        with suppress(FileNotFoundError):
            mode = folder.stat().st_mode
            if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
                raise NotOurs(
                    f"Everybody may write to {folder} and so exchange {path}. Take that away with chmod o-w, "
                    "or choose another place."
                )


def _refuse_to_close_what_others_use(folder: Path, found: os.stat_result) -> None:
    """Refuse /tmp, a home or /srv, where others have business: only what is empty or holds our files is closed."""
    inside = {entry.name for entry in folder.iterdir()} - OF_THE_FILE_SYSTEM
    if found.st_mode & stat.S_ISVTX or (inside and inside.isdisjoint({*NAMES, *DATABASES})):
        raise NotOurs(
            f"{folder} is open to others and holds nothing of Burn-In Bench. Choose a folder of its own as DATA_DIR, "
            "or close this one to others yourself (chmod 700)."
        )


def _owner(found: os.stat_result) -> str:
    return _name(found.st_uid)


def _name(user: int) -> str:
    try:
        return f"user {pwd.getpwuid(user).pw_name}"
    except KeyError:
        return f"user {user}"
