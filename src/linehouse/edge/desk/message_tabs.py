"""The three lists of the section of messages: what was sent, what can be said, and the rules of contact."""

from django.urls import reverse
from django.utils.translation import gettext

from linehouse.edge.desk.access import DeskRequest
from linehouse.edge.desk.tabs import Tab


def message_tabs(request: DeskRequest, current: str) -> list[Tab]:
    """The tabs above them; each has an address of its own."""
    brand = (request.desk.brand.key,)
    places = (
        ("", gettext("Messages"), reverse("desk:messages", args=brand)),
        ("templates", gettext("Templates"), reverse("desk:notices", args=brand)),
        ("rules", gettext("Quiet hours and caps"), reverse("desk:contact_rules", args=brand)),
    )
    return [Tab(key, label, url, key == current) for key, label, url in places]
