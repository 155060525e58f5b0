"""The only settings file. Without environment variables it configures the demo in var/.

BLINDREAD_MODE is demo (default), production or test; production takes every secret from the environment.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from config.database import parse_database_url
from config.env import (
    BadSetting,
    env_bool,
    env_int,
    env_list,
    env_secret,
    env_str,
    env_targets,
    kept_secret,
    numbered_keys,
)
from config.logs import logging_at
from config.stores import stores_of

BASE_DIR = Path(__file__).resolve().parent.parent
MODE = env_str("BLINDREAD_MODE", "demo")
if MODE not in ("demo", "production", "test"):
    raise BadSetting(f"BLINDREAD_MODE is “{MODE}”. Set it to demo, production or test.")
DEMO = MODE == "demo"
PRODUCTION = MODE == "production"
VAR = Path(env_str("BLINDREAD_VAR", str(BASE_DIR / "var")))


def secret(name: str) -> str:
    """From the environment in production; kept in var/secrets for the demo and the tests."""
    return env_secret(name) if PRODUCTION else kept_secret(name, VAR / "secrets")


# Secrets: for sessions and tokens, the sealed order, the identified originals, the signature of anchors, and audit
# events; of these keys the one with the highest number is used for new events, the others verify earlier ones.
SECRET_KEY = secret("SECRET_KEY")
SEALING_KEY = secret("SEALING_KEY")
QUARANTINE_KEY = secret("QUARANTINE_KEY")
ANCHOR_KEY = secret("ANCHOR_KEY")
AUDIT_MAC_KEYS = numbered_keys("AUDIT_MAC_KEYS", secret("AUDIT_MAC_KEYS"))

DEBUG = env_bool("DEBUG", False)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver" if not PRODUCTION else "")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "config.static_files.ProductStaticFiles",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "audit",
    "jobs",
    "accounts",
    "studies",
    "reading",
    "scoring",
    "api",
    "rehearsal",
    "validation",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.IdleMiddleware",
    "config.given_text.StorableText",
    "config.refusals.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.page_context.page",
            ],
        },
    },
]

# Database: SQLite in WAL with IMMEDIATE transactions for the demo, PostgreSQL in production.
DATABASE_URL = (
    env_secret("DATABASE_URL") if PRODUCTION else env_str("DATABASE_URL", f"sqlite:///{VAR / 'blindread.sqlite3'}")
)
DATABASES = {"default": parse_database_url(DATABASE_URL)}

# Jobs: their state is in the database; messages through the broker are only hints.
CELERY_BROKER_URL = env_secret("BROKER_URL") if PRODUCTION else env_str("BROKER_URL", "filesystem://")
CELERY_BROKER_FOLDER = VAR / "broker"
JOB_LEASE_SECONDS = env_int("JOB_LEASE_SECONDS", 60)
JOB_ATTEMPTS = env_int("JOB_ATTEMPTS", 4)
JOB_RETRY_SECONDS = env_int("JOB_RETRY_SECONDS", 5)
JOB_LIMIT_SECONDS = env_int("JOB_LIMIT_SECONDS", 3600)
WORKER_PROCESSES = env_int("WORKER_PROCESSES", 2)
DECODER_SOCKET = env_str("DECODER_SOCKET", "")

# Files: three stores; identified originals are encrypted before they reach theirs.
STORAGE = env_str("STORAGE", "folder")
S3_ENDPOINT_URL = env_str("S3_ENDPOINT_URL", "")
STORAGES = stores_of(STORAGE, folder=VAR / "files", endpoint=S3_ENDPOINT_URL) | {
    # Tests read static files directly from the repository; hashed names would need collectstatic first.
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "config.storage.HashedStatic"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = MODE == "test"
STATIC_URL = "/static/"
STATIC_ROOT = env_str("STATIC_ROOT", str(VAR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "config.joined_modules.JoinedModules",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
ANCHOR_FOLDER = Path(env_str("ANCHOR_FOLDER", str(VAR / "anchors")))
ANCHOR_TARGETS = env_targets("ANCHOR_TARGETS")
BACKUP_FOLDER = Path(env_str("BACKUP_FOLDER", str(VAR / "backups")))
BACKUP_DAILY = env_bool("BACKUP_DAILY", PRODUCTION)
# The public key (age1...) to which backups are encrypted; its private half is never on this host.
BACKUP_RECIPIENT = env_str("BACKUP_RECIPIENT", "")
BACKUPS_KEPT = env_int("BACKUPS_KEPT", 14)
WORK_FOLDER = Path(env_str("WORK_FOLDER", str(VAR / "work")))
# Where the owner keeps the reports of validation; auditors download them, and the product only reads them.
VALIDATION_FOLDER = Path(env_str("VALIDATION_FOLDER", str(VAR / "validation")))
# The folders to which this installation writes; with object storage it does not use VAR, which may be read-only.
WRITTEN_FOLDERS = [ANCHOR_FOLDER, WORK_FOLDER, *([VAR] if STORAGE == "folder" else [])]
FILE_UPLOAD_TEMP_DIR = env_str("FILE_UPLOAD_TEMP_DIR", "") or None
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "config.unnamed_files.UnnamedUpload",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 2000
MAX_FILE_BYTES = env_int("MAX_FILE_BYTES", 200 * 1024 * 1024)
MAX_REQUEST_BYTES = env_int("MAX_REQUEST_BYTES", 2 * 1024 * 1024 * 1024)
# Limits on input, named as in imaging.decoding.limits, which explains each default.
INTAKE_LIMITS: dict[str, int] = {
    "file": MAX_FILE_BYTES,
    "pixels": env_int("MAX_IMAGE_PIXELS", 40_000_000),
    "zip_entries": env_int("ZIP_ENTRIES", 5_000),
    "zip_total": env_int("ZIP_TOTAL_BYTES", 4 * 1024 * 1024 * 1024),
    "zip_ratio": env_int("ZIP_RATIO", 100),
    "memory": env_int("DECODER_MEMORY_BYTES", 2 * 1024 * 1024 * 1024),
    "cpu_seconds": env_int("DECODER_CPU_SECONDS", 20),
    "wall_seconds": env_int("DECODER_WALL_SECONDS", 60),
}
# How long two custodians have to submit their shares once the arms have been requested.
ARMS_REQUEST_HOURS = env_int("ARMS_REQUEST_HOURS", 72)
MIN_FREE_BYTES = env_int("MIN_FREE_BYTES", 512 * 1024 * 1024)

# Accounts: e-mail address and password, TOTP by role, lock-out, idle time-out, maximum session length.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": env_int("PASSWORD_LENGTH", 12)},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Blindread"
MFA_ADAPTER = "accounts.second_factor.SealedSecrets"
# Roles that require a second factor; for everybody else it is optional.
ROLES_WITH_SECOND_FACTOR = env_list("ROLES_WITH_SECOND_FACTOR", "administrator,custodian" if PRODUCTION else "")
# Single sign-on with one OpenID Connect provider, beside the password; off without an issuer. FRESH: whether people
# enter their password there each time. AMR, ACR: what the provider states that is accepted as a second factor.
SIGN_ON_ISSUER = env_str("SIGN_ON_ISSUER", "")
SIGN_ON_NAME = env_str("SIGN_ON_NAME", "")
SIGN_ON_CLIENT_ID = env_str("SIGN_ON_CLIENT_ID", "")
SIGN_ON_CLIENT_SECRET = env_secret("SIGN_ON_CLIENT_SECRET") if SIGN_ON_ISSUER else ""
SIGN_ON_FRESH = env_bool("SIGN_ON_FRESH", True)
SIGN_ON_SECOND_FACTOR_AMR = env_list("SIGN_ON_SECOND_FACTOR_AMR")
SIGN_ON_SECOND_FACTOR_ACR = env_list("SIGN_ON_SECOND_FACTOR_ACR")
AXES_FAILURE_LIMIT = env_int("SIGN_IN_FAILURES", 5)
AXES_COOLOFF_TIME = timedelta(minutes=env_int("SIGN_IN_COOL_OFF_MINUTES", 15))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "accounts.sign_in.locked_out"
AXES_USERNAME_FORM_FIELD = "username"
AXES_SENSITIVE_PARAMETERS = ["password", "code", "proof"]
AXES_CLIENT_IP_CALLABLE = "accounts.sign_in.client_address"
AXES_VERBOSE = False
IDLE_MINUTES = env_int("IDLE_MINUTES", 30)
SESSION_HOURS = env_int("SESSION_HOURS", 12)
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# Security of the connection with the browser.
SECURE_COOKIES = env_bool("SECURE_COOKIES", PRODUCTION)
SESSION_COOKIE_NAME = "__Host-session" if SECURE_COOKIES else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
# Both cookies end with the browser. The token of forms is in a cookie, so that a visitor without one leaves no row.
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_COOKIES else "csrf"
CSRF_COOKIE_AGE = None
SIGN_ON_COOKIE_NAME = "__Host-sign-on" if SECURE_COOKIES else "sign-on"
SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("BEHIND_PROXY", PRODUCTION) else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    },
}

EMAIL_BACKEND = env_str(
    "EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend" if PRODUCTION else "django.core.mail.backends.filebased.EmailBackend",
)
EMAIL_FILE_PATH = str(VAR / "mail")
EMAIL_HOST = env_str("EMAIL_HOST", "localhost")
EMAIL_PORT = env_int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env_str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env_str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "blindread@localhost")
PUBLIC_URL = env_str("PUBLIC_URL", "http://127.0.0.1:8000")

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

# The API; api.base.ApiView accepts access tokens instead of sessions.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "api.described.Description",
    "EXCEPTION_HANDLER": "api.problems.answer",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
API_REQUESTS_PER_MINUTE = env_int("API_REQUESTS_PER_MINUTE", 600)
SPECTACULAR_SETTINGS = {
    "TITLE": "Blindread",
    "DESCRIPTION": "Trials, films, campaigns and datasets of a central reading, for programs with an access token.",
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": [],
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "accessToken": {
                "type": "http",
                "scheme": "bearer",
                "description": "Made by a coordinator under Access tokens.",
            },
        },
    },
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

LOGGING = logging_at(env_str("LOG_LEVEL", "WARNING" if MODE == "test" else "INFO"))
