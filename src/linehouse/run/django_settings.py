"""Django's settings, made from ours. Importing this starts nothing: a process's entry point registers the databases."""

from __future__ import annotations

import os
from typing import Any

import django_stubs_ext

from linehouse.edge.partner.mail.address import SmtpAddress, Tls
from linehouse.platform.postgres import routing
from linehouse.platform.settings import Settings
from linehouse.platform.texts.compiled import compiled
from linehouse.platform.texts.languages import LANGUAGES as SPOKEN
from linehouse.platform.texts.languages import SOURCE

django_stubs_ext.monkeypatch()

SETTINGS = Settings.from_env(os.environ)

SECRET_KEY = SETTINGS.secret_key or "only-for-tools-that-serve-nobody"
DEBUG = False
ALLOWED_HOSTS = ["*"]
"""The realm middleware decides by the registry of hosts; an unknown host is a 404 there."""
ROOT_URLCONF = "linehouse.run.urls"
WSGI_APPLICATION = "linehouse.run.wsgi.application"

DATABASES: dict[str, dict[str, Any]] = {"default": {}}
DATABASE_ROUTERS = ["linehouse.platform.postgres.routing.BrandRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PLATFORM_APPS = [
    "linehouse.platform.control",
    "linehouse.platform.access",
    "linehouse.platform.clock",
    "linehouse.platform.outbox",
    "linehouse.platform.jobs",
    "linehouse.platform.numbers",
    "linehouse.platform.documents",
    "linehouse.platform.characteristics",
    "linehouse.platform.worktop",
    "linehouse.platform.imports",
    "linehouse.platform.worklist",
    "linehouse.platform.personal",
    "linehouse.platform.approval",
]
DOMAIN_ROOMS = [
    "party",
    "catalog",
    "customer",
    "resource",
    "inventory",
    "usage",
    "ledger",
    "balance",
    "charging",
    "billing",
    "payment",
    "activation",
    "ordering",
    "care",
    "notify",
    "insight",
]
DOMAIN_APPS = [f"linehouse.{room}" for room in DOMAIN_ROOMS]
EDGE_APPS = ["linehouse.edge.ui", "linehouse.edge.desk", "linehouse.edge.tmf"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    *EDGE_APPS,
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    *PLATFORM_APPS,
    *DOMAIN_APPS,
]

MIDDLEWARE = [
    "linehouse.platform.telemetry.requests.RequestTelemetry",
    "django.middleware.security.SecurityMiddleware",
    "linehouse.edge.ui.csp.SecurityHeaders",
    "linehouse.edge.web.middleware.Health",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "linehouse.edge.tmf.kit.door.TmfErrors",
    "linehouse.edge.web.middleware.Realm",
    "linehouse.edge.web.metering.ApiMeter",
    "linehouse.edge.tmf.kit.door.TmfDoor",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "linehouse.edge.web.language.ReaderLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "linehouse.edge.ui.context.shell",
            ],
        },
    }
]

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "linehouse.edge.web.accounts.StaffAccounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
# An address is locked after repeated failures by edge.web.lockout, in the database and for every process; what stands
# here only slows one machine that tries many addresses, and second factors that are guessed.
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip,10/5m/key", "reset_password": "20/m/ip,5/m/key"}
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SETTINGS.behind_proxy else 0
MFA_ADAPTER = "linehouse.edge.web.accounts.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Linehouse"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SETTINGS.public_url.startswith("https://")
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/login/"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "linehouse_session"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "linehouse_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "linehouse.edge.desk.views.errors.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SETTINGS.public_url.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SETTINGS.public_url] if SETTINGS.public_url else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SETTINGS.behind_proxy else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SETTINGS.public_url.startswith("https://") else 0
SECURE_REFERRER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS: list[str] = []

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = SOURCE.code
LANGUAGES = [(language.code, language.name) for language in SPOKEN]
LOCALE_PATHS = [compiled(SETTINGS.home)]
FORMAT_MODULE_PATH = ["linehouse.edge.ui.entry_formats"]
"""Fields for dates take and give ISO 8601 in every language, as browsers' own date fields do."""

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "linehouse.edge.web.accounts.realm_key",
    }
}
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
_MAIL_SERVER = SmtpAddress.parse(SETTINGS.smtp_url or f"smtp://127.0.0.1:{SETTINGS.smtp_port}")
EMAIL_HOST, EMAIL_PORT = _MAIL_SERVER.host, _MAIL_SERVER.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL_SERVER.user, _MAIL_SERVER.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL_SERVER.tls is Tls.STARTTLS, _MAIL_SERVER.tls is Tls.WHOLE
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SETTINGS.mail_from
LOGGING_CONFIG = None

PERSONAL_KEYS = SETTINGS.keys_folder
TMF_CALLBACKS_TO_LOOPBACK = SETTINGS.callbacks_to_loopback
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024

routing.install()
