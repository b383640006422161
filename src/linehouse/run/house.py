"""Opening the house in a process: Django, the rooms' consumers and job handlers, the databases."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec

import django
from django.apps import apps

from linehouse.platform.postgres.databases import Installation, load_brands
from linehouse.platform.postgres.dsn import Dsn
from linehouse.platform.postgres.routing import find_brands_by
from linehouse.platform.settings import Settings
from linehouse.run.sms import wire_sms

_OF_ROOMS = ("jobs", "tasks", "characterised", "approvals", "personal", "imports")
"""Modules in which a room registers what it offers: consumers and jobs, kinds of tasks for people, entities with custom
characteristics, changes that another must approve, what is personal of its tables, what can be imported."""
_ALSO_WITH_JOBS = ("linehouse.platform.timers", "linehouse.edge.documents.jobs", "linehouse.edge.partner.bank.tasks")
"""What declares timers, or listens to events, without being an app of its own."""


def set_up_django() -> None:
    """Load the settings and the tables' models; starts nothing. A second time changes nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linehouse.run.django_settings")
    if not apps.ready:
        django.setup()


def open_house() -> None:
    """Set Django up and let every room register its consumers and job handlers. A second time changes nothing."""
    set_up_django()
    for config in list(apps.get_app_configs()):
        if config.name.startswith("linehouse."):
            for module in _OF_ROOMS:
                if find_spec(f"{config.name}.{module}"):
                    import_module(f"{config.name}.{module}")
    from linehouse.edge.network import usage_formats

    usage_formats.install_formats()
    for name in _ALSO_WITH_JOBS:
        import_module(name)


def open_databases(dsn: Dsn, *, prefix: str = "linehouse", pooled: bool = False) -> Installation:
    """Register the control database and every brand of its registry; they must exist."""
    installation = Installation(dsn, prefix, pooled)
    installation.register()
    load_brands(installation)
    find_brands_by(lambda: load_brands(installation))
    return installation


def wire(settings: Settings) -> None:
    """Connect the rooms' ports to the counterparts that the settings name: host network, mail server, SMS centre."""
    from linehouse.activation import connector
    from linehouse.edge.network.tmf640.connector import Tmf640Connector
    from linehouse.edge.partner.mail.address import SmtpAddress
    from linehouse.edge.partner.mail.smtp import SmtpMailer
    from linehouse.notify import mailer
    from linehouse.notify.service.approvers import use_desk

    if settings.demo:
        from linehouse.balance.service import use_cards
        from linehouse.simulators.card_provider import SimulatedCards

        use_cards(SimulatedCards())
    network = f"http://127.0.0.1:{settings.network_port}"
    connector.set_factory(lambda: Tmf640Connector(network))
    mail_server = SmtpAddress.parse(settings.smtp_url or f"smtp://127.0.0.1:{settings.smtp_port}")
    mailer.set_factory(lambda: SmtpMailer(mail_server))
    wire_sms(settings)
    use_desk(settings.public_url or f"http://localhost:{settings.web_port}")
