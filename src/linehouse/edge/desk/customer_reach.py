"""The customer's tab of preference and consents."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from linehouse.customer.values import CustomerView
from linehouse.edge.desk.access import DeskRequest
from linehouse.edge.desk.message_rows import CHANNELS
from linehouse.edge.desk.notice_forms import CONSENT_CHANNELS, PURPOSES, SOURCES, ConsentForm, PreferenceForm
from linehouse.notify import service as notify
from linehouse.party import service as party
from linehouse.party.consent_values import ConsentChannel


def reach_answer(request: DeskRequest, view: CustomerView, context: dict[str, Any]) -> HttpResponse:
    """The tab with preference and consents; the page's other parts are in the context already."""
    asked = (ConsentChannel.EMAIL, ConsentChannel.SMS, ConsentChannel.PHONE, ConsentChannel.POST)
    context |= {
        "preference": notify.preference(view.id),
        "preference_words": ", ".join(str(CHANNELS[one.value]) for one in notify.preference(view.id).channels),
        "channels": [CONSENT_CHANNELS[one] for one in asked],
        "standing": [
            (word, [party.consent_now(view.party_id, purpose, channel=one) for one in asked])
            for purpose, word in PURPOSES.items()
        ],
        "ledger": [
            (line, PURPOSES[line.purpose], CONSENT_CHANNELS[line.channel], SOURCES[line.source])
            for line in party.consent_ledger(view.party_id)
        ],
        "preference_form": PreferenceForm(initial={"channels": ",".join(notify.preference(view.id).channels)}),
        "consent_form": ConsentForm(initial={"source": "desk", "given": "yes"}),
    }
    return render(request, "desk/customer.html", context)
