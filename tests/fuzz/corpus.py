"""What was found: each of these broke something once, or is a relative of one that did. By kind."""

from tests.fuzz.requests import Asked

PAST = "9223372036854775808"  # 2^63
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
MANY = "&".join(f"f{number}=1" for number in range(1500))
HOSTS, START, LOGIN = "/api/v1/hosts", "/api/v1/burnin/start", "/api/auth/login"
DEEP = 3000


def _get(path: str, query: str = "", who: str = "root", **more: str) -> Asked:
    return Asked(who, "GET", path, query, headers=tuple((name.replace("_", "-"), text) for name, text in more.items()))


def _post(path: str, body: str | bytes, kind: str = JSON, who: str = "root", query: str = "") -> Asked:
    return Asked(who, "POST", path, query, kind, body if isinstance(body, bytes) else body.encode())


NUMBERS = [
    _get(f"/jobs/{PAST}/log/1"), _get(f"/jobs/1/log/{PAST}"), _get(f"/drives/{PAST}/row"), _get(f"/hosts/{PAST}/group"),
    _get(f"/jobs/{PAST}/heat"), _get("/jobs/" + "9" * 5000 + "/"), _get(f"/api/v1/burnin/{PAST}/temperatures"),
    _get("/api/v1/drives", f"host={PAST}"), _get("/api/v1/drives", "page=" + "9" * 5000), _get("/api/v1/burnin",
        f"drive={PAST}"),
    _get("/start", f"drive={PAST}"), _get("/cancel", f"job={PAST}"), _get(f"/admin/jobs/burninjob/{PAST}/change/"),
    _get(f"/admin/drives/drive/{PAST}/history/"), _get(f"/admin/auth/user/{PAST}/password/"),
    _get(f"/admin/r/{PAST}/{PAST}/"),
    _post(START, f'{{"drive_ids": [{PAST}]}}'), _post(START, '{"drive_ids": [1e999]}'), _post(START,
        '{"drive_ids": [NaN]}'),
    _post(START, '{"drive_ids": [' + "9" * 5000 + "]}"), _post(HOSTS, f'{{"name": "n", "ssh_port": {PAST}}}'),
    _post("/jobs/1/move", f"drive={PAST}", FORM), _post("/start", f"drive={PAST}&test=short", FORM),
]  # fmt: skip
FIELDS = [
    _get("/", MANY), _get("/login", MANY, "nobody"), _get("/healthz", MANY, "nobody"), _get("/api/v1/drives", MANY),
    _get("/admin/", MANY),
    _post("/login", MANY, FORM, "nobody"), _post("/nowhere", MANY, FORM), _post("/drives/0/row", MANY, FORM, "sam"),
    _post(LOGIN, "{}", f"{JSON}; charset=utf-8", "nobody", MANY), _post("/login", "", f"{FORM}; charset=utf-8",
        "nobody", MANY),
    _post("/nowhere", b"--b\r\n" * 1500, "multipart/form-data; boundary=b"), _post("/nowhere", b"x",
        "multipart/form-data"),
    _post("/setup", MANY, FORM, "nobody"), _post("/api/auth/token", MANY, FORM, "nobody"),
]  # fmt: skip
TEXTS = [
    _post(HOSTS, r'{"\ud800": 1}'), _post(HOSTS, r'{"name": "\ud800"}'), _post(HOSTS, r'{"name": "a\u0000b"}'),
    _post(LOGIN, r'{"\udfff": 1}', who="nobody"),
    _post(START, r'{"drive_ids": [1], "confirm": {"\ud800": "x"}}'), _post(START,
        r'{"drive_ids": [1], "confirm": {"\u0000": "x"}}'),
    _post(START, r'{"drive_ids": [1], "stage_order": ["\ud800"]}'), _post(START,
        r'{"drive_ids": [1], "plan": "\ud83d"}'),
    _post("/api/v1/drives/1/overrides", r'{"codes": ["\ud800"], "serial": "x", "reason": "x"}'), _post(HOSTS,
        b'{"name": "\xff"}'),
    _get("/api/v1/drives", "search=%00"), _get("/admin/drives/drive/", "q=%00"),
    *(_get("/admin/jobs/burninjob/", "&".join([f"{name}=1"] * 999)) for name in ("id", "id__exact", "pk", "q", "o")),
    _get("/admin/drives/drive/%00/change/"), _get("/%00"),
    _get("/login", "next=%00"), _get("/api/v1/%ff"), _get("/", "%00=1"), _get("/admin/drives/drive/", "serial=%00"),
    _post(HOSTS, "[" * DEEP + "]" * DEEP), _post(HOSTS, '{"a":' * DEEP + "1" + "}" * DEEP), _post(LOGIN,
        "[" * 40 + "]" * 40, who="nobody"),
]  # fmt: skip
FILTERS = [
    _get("/admin/audit/auditevent/", "created_at__year=" + "9" * 40), _get("/admin/audit/auditevent/",
        f"created_at__year={PAST}"),
    _get("/admin/jobs/burninjob/", "created_at__gte=0001-01-01+00%3A00%3A00%2B14%3A00"),
    _get("/admin/jobs/burninjob/", "state__regex=("),
    _get("/admin/jobs/burninjob/", "created_at__exact=9999-12-31+23%3A59%3A59-14%3A00"),
    _get("/admin/drives/smarttest/", "state__range="),
    _get("/admin/drives/host/", "kind__range=x"), _get("/admin/drives/host/", "armed__regex=("),
        _get("/admin/knox/authtoken/", "token_key__range=1"),
    _get("/admin/auth/user/", f"groups__id__in={PAST}"), _get("/admin/auth/user/", f"groups__id__exact={PAST}"),
    _get("/admin/auth/user/", "groups__gt=" + "9" * 40),
    _get("/admin/drives/drive/", f"host__id__exact={PAST}"), _get("/admin/drives/drive/", f"id__in=1,{PAST}"),
    _get("/admin/drives/drive/", "in_use__has_key=("),
    _get("/admin/axes/accessattempt/", "path_info__range=0"), _get("/admin/axes/accesslog/",
        "logout_time__year=" + "9" * 40),
    _get("/admin/drives/drive/", f"p={PAST}"), _get("/admin/drives/drive/", "o=" + "9" * 5000),
    _get("/admin/drives/drive/", "_to_field=x"),
    _get("/admin/drives/drive/", "e=1"), _get("/admin/jobs/burninjob/",
        "created_at__month=13&created_at__year=2026&created_at__day=99"),
]  # fmt: skip
ENVELOPES = [
    *(_post(HOSTS, "{}", f"{JSON}; charset={name}") for name in ("zlib", "bz2", "hex", "idna", "utf-16", "utf-99")),
    *(_post("/login", "username=a", f"{FORM}; charset={name}", "nobody") for name in ("base64", "idna", "latin-1",
        "utf-99")),
    Asked("root", "POST", "/login", "", FORM, b"a=b", (("content-length", "x"),)),
    _get("/", host="a b"), _get("/api/v1/hosts", host="[::1"), _get("/login", "next=http://[", "nobody"),
        _get("/login", "next=//evil.example", "nobody"),
    _get("/", cookie="sessionid=\xff; csrftoken=\xff"), _get("/api/v1/hosts", accept="a/b;q=x"), _get("/",
        accept="application/json;indent=-1"),
    Asked("nobody", "POST", "/login", "", FORM, b"username=a&password=b", (("x-csrftoken", "x"),)),
    *(Asked("root", method, path) for method in ("TRACE", "PROPFIND", "DELETE", "X" * 40) for path in ("/",
        "/healthz", "/login", "/api/v1/hosts", "/nowhere")),
    *(_post(path, "", FORM) for path in ("/healthz", "/readyz", "/", "/jobs/1/")), _get("/jobs/1/pause"),
    _get("/logout"), _get("/api/auth/login"),
]  # fmt: skip
KINDS = {"numbers": NUMBERS, "fields": FIELDS, "texts": TEXTS, "filters": FILTERS, "envelopes": ENVELOPES}
