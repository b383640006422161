"""All addresses of the web process."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include("allauth.account.urls")),
]

if find_spec("linehouse.edge.tmf.urls"):
    urlpatterns.append(path("", include("linehouse.edge.tmf.urls")))
if find_spec("linehouse.edge.desk.urls"):
    urlpatterns.append(path("", include("linehouse.edge.desk.urls")))
    handler400 = "linehouse.edge.desk.views.errors.bad_request"
    handler403 = "linehouse.edge.desk.views.errors.forbidden"
    handler404 = "linehouse.edge.desk.views.errors.not_found"
    handler500 = "linehouse.edge.desk.views.errors.server_error"
