"""The web process's WSGI application (PEP 3333), served by granian."""

from __future__ import annotations

import atexit

from django.core.wsgi import get_wsgi_application

from linehouse.platform.postgres.dsn import Dsn
from linehouse.platform.scope import CONTROL, realm_scope
from linehouse.run.house import open_databases, open_house, wire

open_house()

from django.conf import settings  # the settings are made by opening the house

from linehouse.platform.access.meter import flush_at_exit

with realm_scope(CONTROL):
    open_databases(Dsn.parse(settings.SETTINGS.database_url), prefix=settings.SETTINGS.database_prefix, pooled=True)
wire(settings.SETTINGS)
atexit.register(flush_at_exit)
application = get_wsgi_application()
