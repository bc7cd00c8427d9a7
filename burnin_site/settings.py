"""The only settings module, and the only reader of the environment.

Safe defaults: no debug, secrets from the data directory, SQLite. Every variable is described in `.env.example`.
"""

import os
import platform
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from burnin_site import own_files
from burnin_site.core import database_file, secret_files
from burnin_site.supervisor import environments
from burnin_site.version import read_version

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
own_files.make_all_private()
with own_files.ends_the_start():
    NARROWED = own_files.narrow_settings(BASE_DIR / ".env")  # said once in the log: core.apps
# A copy: what stands in .env is for this process only, its children are given what they need.
environ.Env.ENVIRON = dict(os.environ)  # type: ignore[assignment]
env = environ.Env()  # type: ignore[no-untyped-call]
environ.Env.read_env(BASE_DIR / ".env")
environments.forget_unneeded(environ.Env.ENVIRON)

APP_VERSION = env.str("APP_VERSION", default=read_version(BASE_DIR / "CHANGELOG.md"))
APP_HOST = env.str("APP_HOST", default="0.0.0.0")  # noqa: S104  the product is a server on a LAN; ALLOWED_IPS narrows it
APP_PORT = env.int("APP_PORT", default=8080)
with own_files.ends_the_start():
    DATA_DIR, narrowed = own_files.take_folder(Path(env.str("DATA_DIR", default=str(BASE_DIR / "data"))))
    NARROWED += narrowed
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700  # `collectstatic` sets modes by itself

# --- secrets ---------------------------------------------------------------------------------------------------
with own_files.ends_the_start():
    KEYS = secret_files.take_keys(
        env.str("SECRET_KEY", default=""), env.str("FIELD_ENCRYPTION_KEYS", default=""), DATA_DIR
    )
SECRET_KEY = KEYS.secret_key
FIELD_ENCRYPTION_KEYS = KEYS.encryption

# --- web -------------------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["*"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ALLOWED_IPS: list[str] = env.list("ALLOWED_IPS", default=[])
TRUSTED_PROXIES: list[str] = env.list("TRUSTED_PROXIES", default=[])
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("SESSION_COOKIE_SECURE", default=False)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
CSRF_FAILURE_VIEW = "burnin_site.core.refusal_pages.csrf_failure"
ROOT_URLCONF = "burnin_site.urls"
ASGI_APPLICATION = "burnin_site.asgi.application"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "jobs:board"
LOGOUT_REDIRECT_URL = "login"

INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "knox",
    "axes",
    "csp",
    "django_q",
    "burnin_site.core",
    "burnin_site.core.live",
    "burnin_site.core.tokens",
    "audit",
    "settingsapp",
    "drives",
    "jobs",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "burnin_site.core.readable_requests.ReadableRequests",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "burnin_site.core.callers.RememberCallers",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "burnin_site.core.admin_filters.AdminFilters",
    "axes.middleware.AxesMiddleware",
    "burnin_site.core.races.GoneMeanwhile",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "burnin_site.core.context_processors.site",
            ],
            "builtins": ["burnin_site.core.templatetags.figures"],
        },
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "burnin_site.core.static_files.HashedStaticFiles"},
}

# --- database --------------------------------------------------------------------------------------------------
DB_PATH = env.str("DB_PATH", default=str(DATA_DIR / "app.db"))
DATABASE_URL = env.str("DATABASE_URL", default="")
TEST_DB_PATH = env.str("TEST_DB_PATH", default=str(DATA_DIR / "test.db"))
# How long a process waits for a database that another one has locked; the server waits less and says 503.
DB_WAIT_SECONDS = env.int("DB_WAIT_SECONDS", default=20)
PAGE_DB_WAIT_SECONDS = env.int("PAGE_DB_WAIT_SECONDS", default=8)
SQLITE_OPTIONS = {
    "timeout": DB_WAIT_SECONDS,
    # A transaction that reads first and writes later would fail at once with "database is locked"; IMMEDIATE waits.
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
        "PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=27103364;"
    ),
}
if DATABASE_URL:
    DATABASES = {"default": env.db_url_config(DATABASE_URL)}  # type: ignore[no-untyped-call]
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    if "postgresql" in DATABASES["default"]["ENGINE"]:
        DATABASES["default"]["OPTIONS"] = {
            "connect_timeout": 5,
            # A server that went away without a word is noticed within half a minute, and not after two hours.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 25_000,
            "options": f"-c lock_timeout={DB_WAIT_SECONDS}s",
            **DATABASES["default"].get("OPTIONS", {}),
        }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DB_PATH,
            "OPTIONS": SQLITE_OPTIONS,
            "TEST": {"NAME": TEST_DB_PATH},
        }
    }
SQLITE_FILE = Path(DATABASES["default"]["NAME"]) if DATABASES["default"]["ENGINE"].endswith("sqlite3") else None
if SQLITE_FILE:
    with own_files.ends_the_start():
        NARROWED += own_files.narrow_database(SQLITE_FILE) + own_files.narrow_database(Path(TEST_DB_PATH))
        database_file.refuse_damaged(SQLITE_FILE)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people ----------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "burnin_site.core.tokens.password_watch.TokensEndWithThePassword"},
]
PASSWORD_HASHERS = ["burnin_site.core.hashing.PatientHasher"]
INITIAL_ADMIN_USERNAME = env.str("INITIAL_ADMIN_USERNAME", default="")
INITIAL_ADMIN_PASSWORD = env.str("INITIAL_ADMIN_PASSWORD", default="")
AXES_FAILURE_LIMIT = env.int("LOGIN_FAILURE_LIMIT", default=8)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # the audit has it; and it would begin a session for each API token
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_VERBOSE = False

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "burnin_site.core.api_auth.TokenAuthentication",
        "burnin_site.core.api_auth.OriginCheckedSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["burnin_site.core.roles.RolePermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["burnin_site.core.api_json.JsonBody"],
    "EXCEPTION_HANDLER": "burnin_site.core.api_errors.handle",
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_PAGINATION_CLASS": "burnin_site.core.api_pages.Pages",
    "PAGE_SIZE": 100,
}
REST_KNOX = {"AUTH_HEADER_PREFIX": "Token", "TOKEN_TTL": None}
KNOX_TOKEN_MODEL = "knox.AuthToken"  # noqa: S105  its own default; migrations that refer to it want it said
API_TOKEN_DAYS = env.int("API_TOKEN_DAYS", default=365)

# Names this installation's runs on a host, so that two installations never take each other's for their own.
INSTANCE_ID_GIVEN = env.str("INSTANCE_ID", default="")
with own_files.ends_the_start():
    INSTANCE_ID = secret_files.instance_name(INSTANCE_ID_GIVEN, SECRET_KEY)
NODE_NAME = env.str("BURNIN_NODE", default=platform.node())
MACHINE_NAME = platform.node()

# --- background work -------------------------------------------------------------------------------------------
WORKERS = env.int("WORKERS", default=4)
Q_CLUSTER: dict[str, Any] = {
    "name": "burnin",
    "workers": WORKERS,
    "queue_limit": WORKERS,  # a task waits in the database, where any worker may take it, not in one cluster's memory
    # Longer than everything that one step asks of a slow host: a task that is killed takes the whole cluster with it.
    "timeout": 300,
    "retry": 360,
    "max_attempts": 3,
    "ack_failures": True,
    "orm": "default",
    "broker_class": "jobs.dispatch.PatientQueue",
    "poll": 0.15,
    "bulk": 1,
    "save_limit": -1,
    "catch_up": False,
    "recycle": 1_000_000,  # the worker watchdog takes any vanished process for a death, so none may go by itself
    "label": "Tasks",
    "scheduler": False,
}
if Q_CLUSTER["retry"] <= Q_CLUSTER["timeout"]:
    raise ImproperlyConfigured("Q_CLUSTER: retry must be longer than timeout, or a slow task runs twice.")
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

# --- first values of the settings that an admin edits in the application (settingsapp.registry) -----------------
SETTING_DEFAULTS: dict[str, object] = {
    "poll_interval_seconds": env.int("POLL_INTERVAL_SECONDS", default=12),
    "stale_threshold_seconds": env.int("STALE_THRESHOLD_SECONDS", default=45),
    "max_parallel_burnins": env.int("MAX_PARALLEL_BURNINS", default=4),
    "stuck_job_hours": env.int("STUCK_JOB_HOURS", default=0),
    "stuck_after_hours": env.int("STUCK_AFTER_HOURS", default=2),
    "drive_wait_hours": env.int("DRIVE_WAIT_HOURS", default=24),
    "temp_warn_c": env.int("TEMP_WARN_C", default=46),
    "temp_crit_c": env.int("TEMP_CRIT_C", default=55),
    "bad_block_threshold": env.int("BAD_BLOCK_THRESHOLD", default=0),
    "verdict_policy": env.str("VERDICT_POLICY", default="auto"),
    "default_plan": env.str("DEFAULT_PLAN", default="standard"),
    "webhook_url": env.str("WEBHOOK_URL", default=""),
    "smtp_host": env.str("SMTP_HOST", default=""),
    "smtp_ssl_mode": env.str("SMTP_SSL_MODE", default="starttls"),
    "smtp_user": env.str("SMTP_USER", default=""),
    "smtp_password": env.str("SMTP_PASSWORD", default=""),
    "smtp_from": env.str("SMTP_FROM", default=""),
    "smtp_to": env.str("SMTP_TO", default=""),
    "smtp_report_hour": env.int("SMTP_REPORT_HOUR", default=8),
    "smtp_alert_on_fail": env.bool("SMTP_ALERT_ON_FAIL", default=True),
    "smtp_alert_on_pass": env.bool("SMTP_ALERT_ON_PASS", default=False),
}
env.int("SMTP_PORT", default=587)  # read for compatibility only: the port follows SMTP_SSL_MODE

# --- the first host, if the environment names one (the container way of the single-host days) -------------------
FIRST_HOST: dict[str, object] = {
    "api_url": env.str("TRUENAS_BASE_URL", default=""),
    "api_key": env.str("TRUENAS_API_KEY", default=""),
    "verify_tls": env.bool("TRUENAS_VERIFY_TLS", default=False),
    "ssh_host": env.str("SSH_HOST", default=""),
    "ssh_port": env.int("SSH_PORT", default=22),
    "ssh_user": env.str("SSH_USER", default="root"),
    "ssh_password": env.str("SSH_PASSWORD", default=""),
    "ssh_key": env.str("SSH_KEY", default=""),
}
# How long the simulated drives of `make demo` take for a surface stage; how long random I/O may take anywhere.
SURFACE_VALIDATE_SECONDS = env.int("SURFACE_VALIDATE_SECONDS", default=45)
IO_VALIDATE_SECONDS = env.int("IO_VALIDATE_SECONDS", default=25)

# --- time, language, logs --------------------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = env.str("TZ", default="UTC")
LANGUAGE_CODE = "en-us"
USE_I18N = False
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "burnin_site.core.logs.JsonFormatter"}},
    "filters": {"short": {"()": "burnin_site.core.logs.ShortRefusals"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["short"]}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "paramiko": {"level": "WARNING"},
        "django_q": {"level": "WARNING", "handlers": [], "propagate": True},
        "django-q": {"level": "WARNING", "handlers": ["console"], "propagate": False},
        "daphne": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
