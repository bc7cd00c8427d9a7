"""Packs the program that runs on hosts into one file, and carries the two lines that start and store it there."""

import ast
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
UNSAFE = 98


def _code_of(path: Path) -> str:
    """The source of a module without the words for people: it is sent at each call."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


# What both begin with: nothing is read, run or stored below a folder that others have a hand in. Ends with 98 then.
_BEGINNING = f"""\
{_code_of(SOURCE / "trusted.py")}
import hashlib, sys
def unsafe(kind, error, trace):
    if kind is Untrusted:
        sys.stderr.write(str(error) + "\\n")
        sys.stderr.flush()
        os._exit({UNSAFE})
    sys.__excepthook__(kind, error, trace)
sys.excepthook = unsafe
base, name, digest = sys.argv[1:4]
root = os.environ.get("BURNIN_HOST_ROOT", "").strip()
root = os.path.realpath(root) if root else ""
"""

# python3 -c LOADER BASE_DIR NAME SHA256: run the stored program, or exit with 97 so that the caller stores it (again).
# Its modules are compiled once per version of Python and kept beside it: compiling them anew was half of what a call
# cost the host. What is kept is run as it is, so it is read only as a checked file in a checked folder; the hash in it
# tells a damaged or an old one, no forgery. One that cannot be written is only slower.
LOADER = f"""\
{_BEGINNING}
import marshal
from importlib.machinery import ModuleSpec
try:
    with open_base(base, root) as above:
        folder = above.below("program")
    with open(folder.open(name), "rb") as stream:
        program = stream.read()
except OSError:
    sys.exit({NOT_THERE})
sha = hashlib.sha256(program).digest()
if sha.hex() != digest:
    sys.exit({NOT_THERE})
kept = name + "." + format(sys.hexversion, "x")
path = folder.path + "/" + name
def compiled():
    import io, zipfile
    archive = zipfile.ZipFile(io.BytesIO(program))
    codes = dict((name, compile(archive.read(name), path + "/" + name, "exec", 0, True)) for name in archive.namelist())
    body = marshal.dumps(codes)
    temporary = kept + "." + str(os.getpid()) + ".tmp"
    try:
        with open(folder.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as stream:
            stream.write(sha + hashlib.sha256(sha + body).digest() + body)
        os.rename(temporary, kept, src_dir_fd=folder.descriptor, dst_dir_fd=folder.descriptor)
    except OSError:
        try:
            os.unlink(temporary, dir_fd=folder.descriptor)
        except OSError:
            pass
    return codes
def read():
    try:
        with open(folder.open(kept), "rb") as stream:
            data = stream.read()
    except OSError:
        return None
    whole = data[:32] == sha and data[32:64] == hashlib.sha256(sha + data[64:]).digest()
    return marshal.loads(data[64:]) if whole else None
codes = read() or compiled()
os.close(folder.descriptor)
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
sys.excepthook = sys.__excepthook__
sys.argv = [path]
exec(codes["__main__.py"], dict(__name__="__main__", __builtins__=__builtins__))
"""

# python3 -c INSTALLER BASE_DIR NAME SHA256: store what comes on standard input, whole or not at all.
INSTALLER = f"""\
{_BEGINNING}
data = sys.stdin.buffer.read()
if hashlib.sha256(data).hexdigest() != digest:
    sys.exit({NOT_THERE})
with open_base(base, root, make=True) as above:
    folder = above.below("program", make=True)
temporary = name + "." + str(os.getpid()) + ".tmp"
with open(folder.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL), "wb") as stream:
    stream.write(data)
    stream.flush()
    os.fsync(stream.fileno())
os.rename(temporary, name, src_dir_fd=folder.descriptor, dst_dir_fd=folder.descriptor)
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
