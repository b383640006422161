"""Addresses of the log-in: only the pages that the house offers; what allauth has besides is not there."""

from __future__ import annotations

from allauth.account import views
from django.urls import URLPattern, URLResolver, include, path, re_path

from linehouse.edge.web.sessions import end_session, not_offered, sessions

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", not_offered, name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("sessions/", sessions, name="usersessions_list"),
    path("sessions/end/", end_session, name="account_end_session"),
    path("2fa/", include("allauth.mfa.urls")),
    # allauth names these in its own pages; nobody registers by themselves, and a log-in has one address.
    path("signup/", not_offered, name="account_signup"),
    path("email/", not_offered, name="account_email"),
]
