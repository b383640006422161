"""The way to the SMS centre: which one the settings name, and whose receipts it brings."""

from __future__ import annotations

from linehouse.platform.settings import Settings

SIMULATED_USER, SIMULATED_PASSWORD = "linehouse", "smsc-sim"


def address_of(settings: Settings) -> str:
    """The address of the SMS centre; empty where there is none."""
    if settings.smpp_url or not settings.demo:
        return settings.smpp_url
    return f"smpp://{SIMULATED_USER}:{SIMULATED_PASSWORD}@127.0.0.1:{settings.smpp_port}"


def wire_sms(settings: Settings) -> None:
    """Let messages go by SMS in this process; the session begins with the first of them."""
    from linehouse.edge.partner.sms.address import SmppAddress
    from linehouse.edge.partner.sms.centre import SmppCentre
    from linehouse.edge.partner.sms.session import Session
    from linehouse.notify import sms

    url = address_of(settings)
    if not url:
        sms.set_factory(None)
        return
    centre = SmppCentre(Session(SmppAddress.parse(url), take_receipt))
    sms.set_factory(lambda: centre)


def listen() -> None:
    """Bind now, so that receipts come in although nothing is sent; for the processes that deliver."""
    from linehouse.edge.partner.sms.centre import SmppCentre
    from linehouse.notify import sms

    if sms.is_wired() and isinstance(centre := sms.centre(), SmppCentre):
        centre.begin()


def hang_up() -> None:
    """End the session."""
    from linehouse.edge.partner.sms.centre import SmppCentre
    from linehouse.notify import sms

    if sms.is_wired() and isinstance(centre := sms.centre(), SmppCentre):
        centre.end()


def take_receipt(receipt: object) -> bool:
    """Give a receipt to the brand whose message it is about; one session serves all brands."""
    from django.db import DatabaseError, InterfaceError, connections

    from linehouse.notify.service import take_receipt as take
    from linehouse.notify.sms import Receipt
    from linehouse.platform.control.models import Brand
    from linehouse.platform.scope import CONTROL, brand_scope, realm_scope

    if not isinstance(receipt, Receipt):
        raise TypeError("no receipt")
    try:
        with realm_scope(CONTROL):
            brands = list(Brand.objects.filter(frozen=False).order_by("key").values_list("key", flat=True))
            for key in brands:
                with brand_scope(key):
                    if take(receipt):
                        return True
    except (DatabaseError, InterfaceError):
        for connection in connections.all(initialized_only=True):
            connection.close()
        raise
    return False
