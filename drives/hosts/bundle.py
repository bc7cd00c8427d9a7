"""Packs the program that runs on hosts into one file, and carries the two lines that start and store it there."""

import hashlib
import io
import zipfile
from functools import cache
from pathlib import Path

PACKAGE = "drives/hosts/program"
SOURCE = Path(__file__).parent / "program"
LONG_AGO = (1980, 1, 1, 0, 0, 0)
STARTER = f"from {PACKAGE.replace('/', '.')}.__main__ import main\n\nmain()\n"

NOT_THERE = 97

# python3 -c LOADER PATH SHA256: run the stored program, or exit with 97 so that the caller stores it (again).
# Its modules are compiled once per version of Python and kept beside it, with a hash of their own: compiling them anew
# was half of what a call cost the host. A cache that is damaged, old or cannot be written is only slower.
LOADER = f"""\
import hashlib, marshal, os, sys
from importlib.machinery import ModuleSpec
path = os.environ.get("BURNIN_HOST_ROOT", "").rstrip("/") + sys.argv[1]
try:
    with open(path, "rb") as stream:
        program = stream.read()
except OSError:
    sys.exit({NOT_THERE})
digest = hashlib.sha256(program).digest()
if digest.hex() != sys.argv[2]:
    sys.exit({NOT_THERE})
kept = path + "." + format(sys.hexversion, "x")
def compiled():
    import io, zipfile
    archive = zipfile.ZipFile(io.BytesIO(program))
    codes = dict((name, compile(archive.read(name), path + "/" + name, "exec", 0, True)) for name in archive.namelist())
    body = marshal.dumps(codes)
    temporary = kept + "." + str(os.getpid()) + ".tmp"
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(digest + hashlib.sha256(digest + body).digest() + body)
        os.replace(temporary, kept)
    except OSError:
        if os.path.exists(temporary):
            os.unlink(temporary)
    return codes
def read():
    try:
        with open(kept, "rb") as stream:
            data = stream.read()
    except OSError:
        return None
    whole = data[:32] == digest and data[32:64] == hashlib.sha256(digest + data[64:]).digest()
    return marshal.loads(data[64:]) if whole else None
codes = read() or compiled()
class Finder:
    @staticmethod
    def find_spec(name, places=None, target=None):
        stem = name.replace(".", "/")
        for file in (stem + ".py", stem + "/__init__.py"):
            if file in codes:
                return ModuleSpec(name, Finder, origin=file, is_package=file != stem + ".py")
    @staticmethod
    def create_module(spec):
        return None
    @staticmethod
    def exec_module(module):
        exec(codes[module.__spec__.origin], module.__dict__)
sys.meta_path.insert(0, Finder)
sys.argv = [path]
exec(codes["__main__.py"], dict(__name__="__main__", __builtins__=__builtins__))
"""

# python3 -c INSTALLER BASE_DIR PATH SHA256: store what comes on standard input, whole or not at all.
INSTALLER = f"""\
import hashlib, os, sys
root = os.environ.get("BURNIN_HOST_ROOT", "").rstrip("/")
base, path, digest = root + sys.argv[1], root + sys.argv[2], sys.argv[3]
data = sys.stdin.buffer.read()
if hashlib.sha256(data).hexdigest() != digest:
    sys.exit({NOT_THERE})
os.umask(0o077)
os.makedirs(os.path.dirname(base), mode=0o755, exist_ok=True)
for folder in (base, os.path.dirname(path)):
    os.makedirs(folder, mode=0o700, exist_ok=True)
    status = os.lstat(folder)
    if status.st_uid != os.geteuid() or status.st_mode & 0o022 or os.path.islink(folder):
        sys.exit(folder + " belongs to somebody else, or others may write to it.")
temporary = path + "." + str(os.getpid()) + ".tmp"
with open(temporary, "wb") as stream:
    stream.write(data)
    stream.flush()
    os.fsync(stream.fileno())
os.replace(temporary, path)
"""


@cache
def bundle() -> bytes:
    """The program as one zip file that Python can run: byte for byte the same for the same source."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, text in sorted(_files().items()):
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text)
    return packed.getvalue()


@cache
def bundle_sha256() -> str:
    """The name and the proof of the bundle."""
    return hashlib.sha256(bundle()).hexdigest()


def _files() -> dict[str, bytes]:
    """The package under its own import name, the parents of which are empty on a host."""
    files = {"__main__.py": STARTER.encode(), "drives/__init__.py": b"", "drives/hosts/__init__.py": b""}
    for path in SOURCE.rglob("*.py"):
        files[f"{PACKAGE}/{path.relative_to(SOURCE).as_posix()}"] = path.read_bytes()
    return files
