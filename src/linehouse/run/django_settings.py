"""Django's settings, made from ours. Importing this starts nothing: a process's entry point registers the databases."""

from __future__ import annotations

import os
from typing import Any

import django_stubs_ext

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
    "linehouse.edge.ui.csp.SecurityHeaders",
    "linehouse.edge.web.middleware.Health",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "linehouse.edge.web.middleware.Realm",
    "linehouse.edge.web.metering.ApiMeter",
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
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/login/"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "linehouse_session"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "linehouse_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "linehouse.edge.desk.views.errors.csrf_failure"
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
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = SETTINGS.smtp_port
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = "Linehouse <no-reply@linehouse.invalid>"
LOGGING_CONFIG = None

PERSONAL_KEYS = SETTINGS.keys_folder
TMF_CALLBACKS_TO_LOOPBACK = SETTINGS.callbacks_to_loopback
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024

routing.install()
