"""Addresses of OAuth 2.0."""

from django.urls import path

from linehouse.edge.web import oauth

urlpatterns = [
    path("oauth/token", oauth.token, name="oauth-token"),
    path("oauth/revoke", oauth.revoke, name="oauth-revoke"),
    path("oauth/introspect", oauth.introspect, name="oauth-introspect"),
    path(".well-known/oauth-authorization-server", oauth.metadata, name="oauth-metadata"),
]
