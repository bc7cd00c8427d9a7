"""One request to a route: by somebody, with a method, an address, headers and a body."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from tests.fuzz import values
from tests.fuzz.json_text import write
from tests.fuzz.routes import Route
from tests.fuzz.values import sometimes
from tests.fuzz.world import TESTED_EMPTY, World

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get", "X" * 40)
SEGMENTS = [
    "%00",
    "%ff",
    "%ed%a0%80",
    "%2e%2e",
    "..",
    "a%2Fb",
    "%0d%0aX:y",
    "%e2%80%ae",
    "_2F",
    "_3A_00",
    "%",
    "%zz",
    "",
    "%2525",
    "x" * 3000,
]
CHARSETS = ["utf-8", "UTF8", "utf-16", "utf-7", "latin-1", "ascii", "hex", "zlib", "bz2", "base64", "rot13", "idna",
    "punycode",
            "undefined", "unicode_escape", "mbcs", "oem", "utf-99", "x" * 200, '"', ""]  # fmt: skip
TYPES = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data",
    "multipart/form-data; boundary=",
         "multipart/form-data; boundary=" + "b" * 300, "multipart/form-data; boundary=é", "multipart/mixed",
         "text/plain", "application/xml",
         "*/*", "", "/", ";;;", "application/json; q=x; ="]  # fmt: skip
HEADERS = {
    "accept": ["*/*", "text/html", "application/json", "application/xml", "a/b;q=x", ";", "*", ", ," * 50,
        "application/json; indent=9999999999",
                    "application/json; indent=-1", "application/json; indent=x", "application/json;" + "a=b;" * 500],
    "accept-language": ["de", "x" * 600, "en;q=9e999", "*;q=1, " * 200, "-"],
    "accept-encoding": ["gzip", "br;q=x", "*;q=0", "identity;q=0"],
    "host": ["testserver", "evil.example", "[::1", "a b", "a:99999999", "a,b", "..", "é", "localhost:x", "_",
        "x" * 300, "testserver:80:80", ""],
    "origin": ["http://testserver", "null", "http://evil.example", "http://[", "://", "http://testserver:x", "é"],
    "referer": ["http://testserver/", "http://[", "//", "http://evil.example/" + "x" * 500, "é"],
    "sec-fetch-site": ["same-origin", "cross-site", "none", "x"],
    "authorization": ["Token", "Token ", "Token x y", "Token " + "é", "Token " + "9" * 5000, "Basic !!!", "Bearer x",
        "token x", "Token \x7f"],
    "cookie": ["sessionid=x", "sessionid=" + "a" * 5000, "sessionid=\xff\xfe", "sessionid=%00", 'sessionid="\\000"',
        "csrftoken=x; sessionid=",
                    "messages=x", "messages=W1tdXQ:1:x", "django_language=xx", "=;=;==", ";" * 900, "a=" + '"' * 99,
                    "sessionid=../../x", "$Version=1; a"],
    "x-csrftoken": ["", "x", "é" * 32, "C" * 64, "C" * 5000],
    "x-requested-with": ["XMLHttpRequest"],
    "if-modified-since": ["x", "Sat, 31 Feb 9999999 00:00:00 GMT", "Thu, 01 Jan 0001 00:00:00 GMT"],
    "if-none-match": ["*", '"x"', "W/", "é" * 50],
    "range": ["bytes=0-", "bytes=9" * 40, "x", "bytes=5-1"],
    "x-forwarded-for": ["1.2.3.4", "x", "::ffff:1.2.3.4, é", "," * 500],
    "x-http-method-override": ["DELETE"],
    "content-length": ["x", "-1", "999999999999999999999", ""],
    "content-encoding": ["gzip"],
}  # fmt: skip
MANY = 1500  # more fields than a form of ours has


@dataclass(frozen=True)
class Asked:
    """A request. Printed when it breaks something: it goes into the corpus as it is."""

    who: str
    method: str
    path: str
    query: str = ""
    content_type: str = "application/octet-stream"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    nobody_yet: bool = False


@st.composite
def requests(draw: st.DrawFn, route: Route, world: World, form: dict[str, list[str]], usual: list[str]) -> Asked:
    """Draw a request; about half make sense in all their parts but one."""
    who = draw(st.sampled_from(world.identities_for(route.path)))
    method = draw(sometimes(st.sampled_from(METHODS), st.sampled_from(usual), 8))
    path = "".join(draw(_part(part, before, world)) for before, part in _parts(route.path))
    query = draw(_query(route, world)) if method == "GET" else draw(sometimes(_query(route, world), st.just("")))
    content_type, body = draw(_body(route, world, form)) if method not in ("GET", "HEAD") else ("", b"")
    names = draw(sometimes(st.lists(st.sampled_from(sorted(HEADERS)), max_size=3, unique=True), st.just([]), 6))
    headers = tuple((name, draw(st.sampled_from(HEADERS[name]))) for name in names)
    empty = route.path in TESTED_EMPTY and draw(st.booleans())
    return Asked(who, method, path, query, content_type, body, headers, empty)


def plain_path(route: Route, world: World) -> str:
    """Return an address of the route that makes sense."""
    return "".join(
        str(_known(part, before, world)[0]) if part.startswith("<") else part for before, part in _parts(route.path)
    )


def _parts(path: str) -> list[tuple[str, str]]:
    """Split a path into pieces, each with the word before it."""
    pieces = [piece for start in path.split("<") for piece in (start.split(">") if ">" in start else [start])]
    odd = [(text, index % 2 == 1) for index, text in enumerate(pieces)]
    return [
        (odd[place - 1][0].strip("/").rsplit("/", 1)[-1] if hole else "", f"<{text}>" if hole else text)
        for place, (text, hole) in enumerate(odd)
    ]


def _part(part: str, before: str, world: World) -> st.SearchStrategy[str]:
    if not part.startswith("<"):
        return st.just(part)
    ids = _known(part, before, world)
    wild = st.one_of(
        values.numbers.map(quote), st.sampled_from(SEGMENTS), values.texts.map(lambda text: quote(text, safe="/"))
    )
    return sometimes(wild, st.sampled_from(ids).map(str), 5)


def _known(part: str, before: str, world: World) -> list[Any]:
    """Return what may stand there: ids of the table whose name stands before it."""
    kinds: dict[str, list[Any]] = {
        "position": [1, 2, 4],
        "app_label": ["drives", "auth", "x"],
        "content_type_id": world.ids["contenttype"],
    }
    known: list[Any] = kinds.get(part.strip("<>").rpartition(":")[2]) or world.ids.get(before) or world.ids["drive"]
    return known


def _query(route: Route, world: World) -> st.SearchStrategy[str]:
    known = sorted({*route.fields, "page", "next", "drive", "job", "host", "state", "search", "test", "plan_name"})
    name = st.one_of(
        st.sampled_from(known), st.sampled_from(values.ADMIN_NAMES), _lookup(route), _lookup(route), values.texts
    )
    value = st.one_of(values.texts, values.numbers)
    pairs = st.lists(st.tuples(name, value), max_size=4).map(lambda pairs: urlencode(pairs, errors="surrogatepass"))
    sensible = st.lists(
        st.sampled_from(known).flatmap(lambda key: st.tuples(st.just(key), _word(key, world))), max_size=3
    )
    raw = st.sampled_from(["&" * MANY, "a=1&" * MANY, "&".join(f"drive={n}" for n in range(MANY)), "%00=%00",
        "%ff=%fe", "a=%ed%a0%80",
                           "=", "?", "drive", "a[]=1&a[0][b]=2", "%", ";a=1;b=2", "x" * 8000])  # fmt: skip
    return sometimes(raw, st.one_of(pairs, sensible.map(lambda found: urlencode(found, doseq=True))), 12)


def _lookup(route: Route) -> st.SearchStrategy[str]:
    """Return a filter of the admin on a field of the model, or of what it belongs to."""
    fields = route.filters or ("id", "pk", "host", "drive", "job")
    names = st.tuples(
        st.sampled_from(fields), sometimes(st.sampled_from(["id", "name", "host", "pk", "x"]), st.just(""))
    )
    return st.tuples(names, st.sampled_from(values.LOOKUPS)).map(
        lambda found: "__".join(filter(None, (*found[0], found[1])))
    )


def _word(name: str, world: World) -> st.SearchStrategy[Any]:
    known = world.words.get(name)
    return st.sampled_from(known) if known else values.texts


def _body(route: Route, world: World, form: dict[str, list[str]]) -> st.SearchStrategy[tuple[str, bytes]]:
    as_json, as_form = _json(route, world), _form(route, world, form)
    usual, other = (as_json, as_form) if route.api else (as_form, as_json)
    odd = st.one_of(
        other, _multipart(route), st.tuples(st.sampled_from(TYPES), st.binary(max_size=40)), _with_charset(usual)
    )
    return sometimes(odd, usual)


def _with_charset(usual: st.SearchStrategy[tuple[str, bytes]]) -> st.SearchStrategy[tuple[str, bytes]]:
    return st.tuples(usual, st.sampled_from(CHARSETS)).map(
        lambda both: (f"{both[0][0]}; charset={both[1]}", both[0][1])
    )


def _json(route: Route, world: World) -> st.SearchStrategy[tuple[str, bytes]]:
    sensible = st.fixed_dictionaries({}, optional={name: _word(name, world) for name in route.fields})
    whole = st.fixed_dictionaries({name: _word(name, world) for name in route.fields})
    strange = st.dictionaries(
        st.sampled_from(route.fields) if route.fields else values.texts, values.json_values, max_size=2
    )
    mixed = st.tuples(st.one_of(whole, sensible), strange).map(lambda both: {**both[0], **both[1]})
    value = st.one_of(whole, whole, mixed, mixed, sometimes(values.json_values, sensible, 3))
    return value.map(lambda value: ("application/json", write(value).encode("utf-8", "replace")))


def _form(route: Route, world: World, form: dict[str, list[str]]) -> st.SearchStrategy[tuple[str, bytes]]:
    names = sorted({*route.fields, *form})
    filled = {name: st.just(form[name]) if name in form else _word(name, world) for name in names}
    whole = st.fixed_dictionaries(filled)
    strange = st.dictionaries(
        sometimes(values.texts, st.sampled_from(names or ["x"])), st.one_of(values.texts, values.numbers), max_size=2
    )
    mixed = st.tuples(whole, strange).map(lambda both: {**both[0], **both[1]})
    text = st.one_of(whole, mixed, mixed, strange).map(lambda found: urlencode(found, doseq=True, errors="replace"))
    many = st.just("&".join(f"f{number}=1" for number in range(MANY)))
    return sometimes(many, text, 20).map(lambda sent: ("application/x-www-form-urlencoded", sent.encode()))


def _multipart(route: Route) -> st.SearchStrategy[tuple[str, bytes]]:
    name = st.sampled_from([*route.fields, "x", "é", "", 'a"; filename="f'])
    extra = st.sampled_from(["", '; filename="x.txt"', '; filename="../../x"', "; filename*=utf-99''x",
        "\r\nContent-Transfer-Encoding: base64",
                             "\r\nContent-Type: text/plain; charset=zlib", "\r\nContent-Length: -1",
                             '; filename=""'])  # fmt: skip
    end = st.sampled_from(["\r\n--b--\r\n", "\r\n--b", "", "\r\n--c--"])
    start = st.sampled_from(["--b\r\n", "--b\n", "", "--b\r\n" * 3])
    piece = st.tuples(start, name, extra, values.texts, end).map(
        lambda p: f'{p[0]}Content-Disposition: form-data; name="{p[1]}"{p[2]}\r\n\r\n{p[3]}{p[4]}'.encode(
            "utf-8", "replace"
        )
    )
    return st.tuples(st.just("multipart/form-data; boundary=b"), sometimes(st.just(b"--b\r\n" * MANY), piece, 12))
