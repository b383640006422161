"""All addresses of the web process."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include("linehouse.edge.web.account_urls")),
    path("", include("linehouse.edge.web.oauth_urls")),
    path("", include("linehouse.edge.network.tmf640.urls")),
    path("", include("linehouse.edge.house.urls")),
    path("", include("linehouse.edge.tmf.urls")),
    path("", include("linehouse.edge.desk.urls")),
]

handler400 = "linehouse.edge.desk.views.errors.bad_request"
handler403 = "linehouse.edge.desk.views.errors.forbidden"
handler404 = "linehouse.edge.desk.views.errors.not_found"
handler500 = "linehouse.edge.desk.views.errors.server_error"
