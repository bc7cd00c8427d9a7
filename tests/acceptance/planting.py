"""What an unprivileged user of a host does to our working folder there: scripts, and where they happen."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from drives.hosts import bundle
from tests.lab import neighbour, teardown

NAME = f"burnin_host-{bundle.bundle_sha256()[:20]}.pyz"

KNOWN = "known.pyz"  # the program is no secret

# A whole folder of ours, forged: the real program, its compiled copy with all hashes right, a run that ended well.
FORGE = f"""
import hashlib, json, marshal, os, shutil, sys
def forge(base, proof, run_id):
    for folder in ("program", "runs/" + run_id, "permits"):
        os.makedirs(base + "/" + folder, exist_ok=True)
    sha = bytes.fromhex({bundle.bundle_sha256()!r})
    body = marshal.dumps({{"__main__.py": compile("open(%r, 'w')" % proof, "x", "exec")}})
    kept = base + "/program/{NAME}." + format(sys.hexversion, "x")
    with open(kept, "wb") as stream:
        stream.write(sha + hashlib.sha256(sha + body).digest() + body)
    shutil.copy(os.path.dirname(base) + "/{KNOWN}", base + "/program/{NAME}")
    ended = {{"exit_code": 0, "guard_checked": True}}
    for name, said in (("request", {{}}), ("exit", ended), ("result", {{"complete": True}})):
        with open(base + "/runs/" + run_id + "/" + name + ".json", "w") as stream:
            json.dump(said, stream)
    for folder, inner, files in os.walk(base):
        for name in inner + files:
            os.chmod(folder + "/" + name, 0o777)
"""
PLANT = f"""
import os, sys
base, elsewhere, bait, proof, run_id, how = sys.argv[1:]
{FORGE}
if how == "folder":
    forge(base, proof, run_id)
elif how == "open folder":
    forge(base, proof, run_id)
    os.chmod(base, 0o777)
elif how == "link to a folder of theirs":
    forge(elsewhere, proof, run_id)
    os.symlink(elsewhere, base)
elif how == "link to a folder of root":
    os.symlink(bait, base)
elif how == "link to nowhere":
    os.symlink(elsewhere + "-not-there", base)
elif how == "file":
    open(base, "w").close()
elif how == "pipe":
    os.mkfifo(base)
"""
PLANTS = (
    *("folder", "open folder", "link to a folder of theirs", "link to a folder of root"),
    *("link to nowhere", "file", "pipe"),
)
# The same without end, for a race: each try takes the name, in one way or another, and gives it back.
SWAP = f"""
import os, shutil, sys
base, elsewhere, bait, proof, run_id = sys.argv[1:]
{FORGE}
def attempt(act):
    try:
        act()
    except OSError:
        pass
def take():
    os.mkdir(base)
    forge(base, proof, run_id)
    os.chmod(base, 0o777)
    os.rename(base, elsewhere + "-taken")
    os.symlink(bait, base)
    os.unlink(base)
    os.rename(elsewhere + "-taken", base)
    shutil.rmtree(base + "/runs")
    os.symlink(bait, base + "/runs")
attempt(lambda: os.symlink(elsewhere, base))
attempt(lambda: os.unlink(base))
attempt(take)
attempt(lambda: os.rename(base, elsewhere + "-" + os.urandom(4).hex()))
shutil.rmtree(elsewhere + "-taken", ignore_errors=True)
"""
# Everything one can try with what is there; the names of what went well, one per line.
PRY = """
import fcntl, json, os, signal, sys
base, elsewhere, paths, pids = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), json.loads(sys.argv[4])
def note(name, act):
    try:
        act()
    except (OSError, ValueError):
        return
    print(name)
for path in paths:
    note("read " + path, lambda: open(path, "rb").read(1))
    note("list " + path, lambda: os.listdir(path))
    note("write " + path, lambda: open(path, "ab").close())
    note("lock " + path, lambda: fcntl.flock(os.open(path, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB))
    note("remove " + path, lambda: os.unlink(path))
    note("remove folder " + path, lambda: os.rmdir(path))
    note("move " + path, lambda: os.rename(path, elsewhere + "-moved"))
    note("name again " + path, lambda: os.link(path, elsewhere + "-again", follow_symlinks=False))
    note("open up " + path, lambda: os.chmod(path, 0o777))
    note("take " + path, lambda: os.chown(path, os.getuid(), -1))
    note("touch " + path, lambda: os.utime(path))
    note("cut " + path, lambda: os.truncate(path, 0))
    note("replace " + path, lambda: os.replace(elsewhere + "-own", path))
    note("make in " + path, lambda: os.mkdir(path + "/theirs"))
    note("link in " + path, lambda: os.symlink(elsewhere, path + "/theirs"))
    note("enter " + path, lambda: os.chdir(path))
for pid in pids:
    note("signal %d" % pid, lambda: os.kill(pid, 0))
    note("look into %d" % pid, lambda: os.listdir("/proc/%d/fd" % pid))
    note("reach by %d" % pid, lambda: os.listdir("/proc/%d/cwd/" % pid) and open("/proc/%d/environ" % pid).read())
"""


@dataclass(frozen=True)
class Ground:
    """A shared folder as /var/tmp is one, in which our working folder may lie, and a closed one of root's."""

    shared: Path
    bait: Path

    @property
    def base(self) -> Path:
        """Our working folder, or what is in its place."""
        return self.shared / "burnin-bench"

    @property
    def proof(self) -> Path:
        """There when something of theirs was run."""
        return self.shared / "proof"

    def words(self, run_id: str) -> tuple[str, ...]:
        """Return what a script is given."""
        return (str(self.base), str(self.shared / "theirs"), str(self.bait), str(self.proof), run_id)

    def plant(self, how: str, run_id: str = "run-1") -> None:
        """Have the neighbour put something in the place of our folder."""
        neighbour.act(PLANT, *self.words(run_id), how)

    def take(self, run_id: str) -> None:
        """Have the neighbour's folder in the place of ours while we are in the middle of our work."""
        neighbour.act(PLANT, str(self.shared / "theirs"), *self.words(run_id)[1:], "open folder")
        while not (self.base.exists() and neighbour.owns(self.base)):
            self.clear()
            with suppress(OSError):  # a call of ours was quicker
                (self.shared / "theirs").rename(self.base)

    def pry(self, pids: list[int]) -> list[str]:
        """Have the neighbour try everything with all there is below our folder; what went well."""
        paths = json.dumps([str(path) for path in (self.base, *self.base.rglob("*"))])
        return neighbour.act(PRY, str(self.base), str(self.shared / "theirs"), paths, json.dumps(pids)).splitlines()

    def clear(self) -> None:
        """Take away whatever is in the place of our folder, as a clean-up does."""
        aside = self.bait.parent / f"cleared-{secrets.token_hex(4)}"
        try:
            self.base.rename(aside)
        except FileNotFoundError:
            return
        if aside.is_dir() and not aside.is_symlink():
            shutil.rmtree(aside)
        else:
            aside.unlink()

    @property
    def untouched(self) -> bool:
        """Say whether nothing of theirs was run, and nothing of ours was written where they pointed."""
        written = self.proof.exists() or [path.name for path in self.bait.iterdir()] != ["bait"]
        return not written and not any(map(_has_something_of_root, self.shared.glob("theirs*")))


def _has_something_of_root(folder: Path) -> bool:
    """Look through a folder that may vanish meanwhile."""
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            with suppress(FileNotFoundError):
                if not neighbour.owns(Path(place, name)):
                    return True
    return False


@contextmanager
def ground() -> Iterator[Ground]:
    """Yield the place of a test; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="burnin-ground-", dir=teardown.PLACE)).resolve()
    folder.chmod(0o755)
    made = Ground(folder / "shared", folder / "of root")
    made.bait.mkdir(mode=0o755)
    (made.bait / "bait").touch()
    made.shared.mkdir()
    made.shared.chmod(0o1777)
    (made.shared / KNOWN).write_bytes(bundle.bundle())
    (made.shared / KNOWN).chmod(0o644)
    try:
        yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)
