"""Settings of the portal, read from the environment.

``PORTAL_MODE`` is ``production`` (the default) or ``trial``. In production a missing or unsafe value stops the start
with a message that names it; in trial mode (``bin/up``) everything has a value that is right on one computer only.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
import pghistory
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def _required(name: str, *, trial: str) -> str:
    """Value of the variable `name`; its `trial` value stands in for it in trial mode only."""
    value: str = env.str(name, default=trial if TRIAL else "")
    if not value:
        raise ImproperlyConfigured(f"{name} is missing: set it in the environment (docs/operations.md lists all of them).")
    return value


def _refuse(condition: bool, message: str) -> None:
    if condition and not TRIAL:
        raise ImproperlyConfigured(message)


MODE = env.str("PORTAL_MODE", default="production")
if MODE not in {"production", "trial"}:
    raise ImproperlyConfigured("PORTAL_MODE is either production or trial.")
TRIAL = MODE == "trial"
DEBUG = False

# --- who we are ------------------------------------------------------------------------------------------------------
SECRET_KEY = _required("SECRET_KEY", trial="trial-only-" + "0" * 50)
_SHORTEST_KEY, _FEWEST_SIGNS = 50, 5
_refuse(
    len(set(SECRET_KEY)) < _FEWEST_SIGNS or len(SECRET_KEY) < _SHORTEST_KEY or SECRET_KEY.startswith("trial-only-"),
    "SECRET_KEY is too short or a sample: use 50 random characters or more.",
)
ORIGIN = _required("PORTAL_ORIGIN", trial="http://localhost:8000").rstrip("/")
_refuse(not ORIGIN.startswith("https://"), "PORTAL_ORIGIN must be an https:// address.")
_origin_host = urlsplit(ORIGIN).hostname or ""
ALLOWED_HOSTS = ["localhost", "127.0.0.1"] if TRIAL else env.list("ALLOWED_HOSTS", default=[_origin_host])
_refuse(not _origin_host or any("*" in host or not host for host in ALLOWED_HOSTS), "ALLOWED_HOSTS must name hosts, without *.")
CSRF_TRUSTED_ORIGINS = [ORIGIN]
TRIAL_DATA_ALLOWED = TRIAL  # commands that invent people read this and stop in production

# --- application -----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "baliportal.apps.BaliportalConfig",
    "members",
    "activities",
    "reports",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_filters",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "baliportal.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "baliportal.middleware.SecurityHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "members.middleware_kept.KeptFormMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "members.middleware.SecondFactorMiddleware",
    "members.middleware.HistoryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "baliportal.urls"
WSGI_APPLICATION = "baliportal.wsgi.application"
FORM_RENDERER = "baliportal.forms.PortalFormRenderer"
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
                "baliportal.context_processors.portal",
            ],
            "builtins": ["members.templatetags.portal"],
        },
    }
]

# --- data ------------------------------------------------------------------------------------------------------------
DATABASE_URL = _required("DATABASE_URL", trial="postgresql://app@/portal")
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
_STATEMENT_LIMITS = "-c statement_timeout=10s -c idle_in_transaction_session_timeout=30s -c lock_timeout=3s"
DATABASES["default"]["OPTIONS"] = {
    **DATABASES["default"].get("OPTIONS", {}),
    "options": env.str("DATABASE_LIMITS", default=_STATEMENT_LIMITS),
}
_pool_size = env.int("DATABASE_POOL_SIZE", default=0)  # web only: a pool does not survive Celery's fork
if _pool_size:
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": _pool_size, "timeout": 5}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media") if TRIAL else "/srv/media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]

REDIS_URL = env.str("CACHE_URL", default="")
CACHES = {
    # allauth counts sign-in attempts in "default": in the database it neither falls nor fails open with Redis.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "portal_cache"},
    "disposable": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

# --- queue: it wakes, the database holds the work --------------------------------------------------------------------
CELERY_BROKER_URL = _required("CELERY_BROKER_URL", trial="memory://")
CELERY_VISIBILITY_TIMEOUT = 900  # longer than the longest task, in seconds
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": CELERY_VISIBILITY_TIMEOUT,
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
    "max_retries": 0,
}

# --- mail ------------------------------------------------------------------------------------------------------------
SMTP_HOST = _required("SMTP_HOST", trial="127.0.0.1")
SMTP_PORT = env.int("SMTP_PORT", default=8025 if TRIAL else 25)
SMTP_USER = env.str("SMTP_USER", default="")
SMTP_PASSWORD = env.str("SMTP_PASSWORD", default="")
SMTP_STARTTLS = env.bool("SMTP_STARTTLS", default=not TRIAL)
SMTP_TIMEOUT = env.int("SMTP_TIMEOUT", default=20)
MAIL_FROM = _required("MAIL_FROM", trial="Secretariat (trial) <secretariat@portal.example>")
MAIL_REPLY_TO = env.str("MAIL_REPLY_TO", default=MAIL_FROM)
MAIL_DOMAIN = env.str("MAIL_DOMAIN", default=_origin_host)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": SMTP_HOST,
            "port": SMTP_PORT,
            "username": SMTP_USER,
            "password": SMTP_PASSWORD,
            "use_tls": SMTP_STARTTLS,
            "timeout": SMTP_TIMEOUT,
        },
    }
}
_refuse(
    not SMTP_STARTTLS and not env.bool("SMTP_PLAIN_ON_LOOPBACK", default=False),
    "SMTP_STARTTLS must stay on: mail is never sent in clear.",
)
_refuse(
    SMTP_HOST not in {"localhost", "127.0.0.1", "::1"} and not SMTP_STARTTLS,
    "SMTP without TLS is allowed to a mail server on this machine only.",
)
DELIVERY_LEASE_SECONDS = env.int("DELIVERY_LEASE_SECONDS", default=300)  # a sender silent for so long is taken for dead
# Kind of message -> function of a delivery that says why it must not leave any more.
DELIVERY_GATES = {
    "circulation": "reports.services.circulation.why_withheld",
    "invitation": "activities.delivery.why_withheld",
    "reminder": "activities.delivery.why_withheld",
}
DELIVERY_TEXT_DAYS = env.int("DELIVERY_TEXT_DAYS", default=730)  # then what a message said is emptied, its hash stays
DOCUMENT_REGISTER = "reports.selectors_cited.register"  # who may see which document, asked by apps below by symbol
RECALL_SECONDS = env.int("RECALL_SECONDS", default=0 if TRIAL else 600)  # undo before the first mail of a circulation leaves

# --- people ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "after_login"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "members.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(ORIGIN).scheme
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "5/5m/key,60/m/ip",
    "contact": "5/h/ip,20/d/ip",
    "accept_invitation": "10/5m/key,60/m/ip",  # the page of an invitation asks for the password of an account that exists
}
MFA_ADAPTER = "members.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = TRIAL
MFA_ALLOW_UNVERIFIED_EMAIL = False
ALLAUTH_TRUSTED_PROXY_COUNT = 0 if TRIAL else env.int("TRUSTED_PROXY_COUNT", default=1)
SECOND_FACTOR_MAY_BE_WAIVED = TRIAL

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 30 * 60  # idle, in seconds; the absolute limit is kept by SecondFactorMiddleware
SESSION_ABSOLUTE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_NAME = "sessionid" if TRIAL else "__Host-sessionid"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not TRIAL
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "csrftoken" if TRIAL else "__Host-csrftoken"
CSRF_FAILURE_VIEW = "baliportal.views.errors.csrf_failure"

# --- transport -------------------------------------------------------------------------------------------------------
if not TRIAL:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_MAX_BYTES = 25 * 1024 * 1024

# --- language and time -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("id", _("Bahasa Indonesia"))]
LOCALE_PATHS = [BASE_DIR / "baliportal" / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- history and logs ------------------------------------------------------------------------------------------------
PGHISTORY_APPEND_ONLY = True
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField()
PGHISTORY_DEFAULT_TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "baliportal.logs.json_formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False}},
}
