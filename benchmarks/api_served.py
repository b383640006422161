"""What the benchmark of the APIs has served by granian: Linehouse as it runs, or bare views with one query each."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent))

_INSERT = "INSERT INTO bench_account (id, name, party) VALUES (%s, %s, %s) RETURNING *"

Start = Callable[[str, list[tuple[str, str]]], object]
Application = Callable[[dict[str, Any], Start], Iterable[bytes]]


def linehouse() -> Application:
    """The web process's own application."""
    from linehouse.run.web import make_application

    return make_application()


def bare() -> Application:
    """A bare WSGI view: it reads 20 rows, or writes one, with one query, and answers with JSON."""
    from linehouse.run.house import open_databases, set_up_django

    set_up_django()
    from django.conf import settings

    from linehouse.kernel.ids import new_id
    from linehouse.platform.postgres.dsn import Dsn
    from linehouse.platform.scope import CONTROL, brand_scope, realm_scope
    from linehouse.platform.sql import brand_cursor, dict_rows

    with realm_scope(CONTROL):
        open_databases(Dsn.parse(settings.SETTINGS.database_url))
    brand = os.environ["BENCH_BRAND"]

    def view(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        with brand_scope(brand), brand_cursor() as cursor:
            if environ["REQUEST_METHOD"] == "GET":
                cursor.execute("SELECT * FROM customer_billingaccount ORDER BY id DESC LIMIT 20")
                content: object = dict_rows(cursor)
            else:
                sent = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
                cursor.execute(_INSERT, [new_id(), sent["name"], sent["relatedParty"][0]["id"]])
                content = dict_rows(cursor)[0]
        data = json.dumps(content, default=_text).encode()
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
        return [data]

    return view


def django_view() -> Application:
    """A bare view of Django: no middleware, one query of the same rows by the ORM, or one INSERT, a JsonResponse."""
    from linehouse.run.house import open_databases, set_up_django

    set_up_django()
    from types import ModuleType

    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpRequest, HttpResponse, JsonResponse
    from django.urls import path

    from linehouse.customer.models import BillingAccount
    from linehouse.kernel.ids import new_id
    from linehouse.platform.postgres.dsn import Dsn
    from linehouse.platform.scope import CONTROL, brand_scope, realm_scope
    from linehouse.platform.sql import brand_cursor, dict_rows

    with realm_scope(CONTROL):
        open_databases(Dsn.parse(settings.SETTINGS.database_url))
    brand = os.environ["BENCH_BRAND"]
    names = [field.attname for field in BillingAccount._meta.concrete_fields]

    def _sized(response: HttpResponse) -> HttpResponse:
        response["Content-Length"] = str(len(response.content))
        return response

    def view(request: HttpRequest, rest: str) -> HttpResponse:
        del rest
        with brand_scope(brand):
            if request.method == "GET":
                rows = BillingAccount.objects.select_related("customer").order_by("-id")[:20]
                return _sized(
                    JsonResponse([{name: str(getattr(row, name)) for name in names} for row in rows], safe=False)
                )
            sent = json.loads(request.body)
            with brand_cursor() as cursor:
                cursor.execute(_INSERT, [new_id(), sent["name"], sent["relatedParty"][0]["id"]])
                return _sized(JsonResponse(dict_rows(cursor)[0]))

    urls = ModuleType("bare_urls")
    urls.urlpatterns = [path("<path:rest>", view)]  # type: ignore[attr-defined]  # Django looks for it there
    sys.modules["bare_urls"] = urls
    settings.MIDDLEWARE = []
    settings.ROOT_URLCONF = "bare_urls"
    return WSGIHandler()


def _text(value: object) -> str:
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def main() -> None:
    """Serve the application that the first argument names, at the port that the second one gives."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    Granian(
        f"api_served:{sys.argv[1]}",
        factory=True,
        address="127.0.0.1",
        port=int(sys.argv[2]),
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=1,
        blocking_threads=int(sys.argv[3]),
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
