"""TMF666 `partyAccount` and `financialAccount`: the same accounts, as whoever pays and as the journal sees them."""

from __future__ import annotations

from collections.abc import Sequence

from linehouse.customer import service
from linehouse.customer.events import BillingAccountChanged, BillingAccountCreated, BillingAccountStateChanged
from linehouse.customer.values import BillingAccountView
from linehouse.edge.tmf.account.billing_account import BILLING_ACCOUNT, BillingAccount
from linehouse.edge.tmf.account.billing_account import represent_many as billing_accounts
from linehouse.edge.tmf.account.shapes import AccountBalance, balance_list, balances_of, holder
from linehouse.edge.tmf.kit.declaration import EventMapping, Links, Resource
from linehouse.edge.tmf.kit.keys import id_of
from linehouse.edge.tmf.kit.shapes import Instant, RelatedParty, Representation

_OPENED = "an account is opened, changed and closed as billingAccount"


class FinancialAccount(Representation):
    """`FinancialAccount`: what the journal has for an account."""

    name: str
    description: str
    account_type: str
    state: str
    last_modified: Instant
    related_party: list[RelatedParty]
    account_balance: list[AccountBalance]


def _party_account(view: BillingAccountView, links: Links) -> BillingAccount:
    return billing_accounts([view], links)[0]


def _financial_accounts(views: Sequence[BillingAccountView], links: Links) -> list[FinancialAccount]:
    found = balances_of(views)
    return [
        FinancialAccount(
            id=str(view.id),
            name=f"receivable/{view.number}",
            description=f"What {view.number} owes, in {view.currency}",
            account_type="receivable",
            state=view.state,
            last_modified=view.changed_at,
            related_party=[holder(view, links)],
            account_balance=balance_list(view, found, ("receivable",)),
        )
        for view in views
    ]


PARTY_ACCOUNT: Resource[BillingAccountView] = Resource(
    name="partyAccount",
    kind="PartyAccount",
    description="Every account of a party; here each is a billing account",
    read="customer.read",
    representation=BillingAccount,
    represent=_party_account,
    represent_many=billing_accounts,
    search=BILLING_ACCOUNT.search,
    narrows=("relatedParty.id", "state"),
    get=lambda key: service.billing_account(id_of(key)),
    refused={"POST": _OPENED, "PATCH": _OPENED, "DELETE": _OPENED},
    events=(
        EventMapping(BillingAccountChanged, "PartyAccountAttributeValueChangeEvent"),
        EventMapping(BillingAccountStateChanged, "PartyAccountStateChangeEvent"),
    ),
)
FINANCIAL_ACCOUNT: Resource[BillingAccountView] = Resource(
    name="financialAccount",
    kind="FinancialAccount",
    description="What the journal has for an account: one for each billing account, with its id",
    read="customer.read",
    representation=FinancialAccount,
    represent=lambda view, links: _financial_accounts([view], links)[0],
    represent_many=_financial_accounts,
    search=BILLING_ACCOUNT.search,
    narrows=("relatedParty.id", "state"),
    get=lambda key: service.billing_account(id_of(key)),
    refused={
        "POST": "the journal opens it with its billing account",
        "PATCH": "what stands in the journal is changed by entries alone",
        "DELETE": "the journal keeps it for good",
    },
    events=(
        EventMapping(BillingAccountCreated, "FinancialAccountCreateEvent"),
        EventMapping(BillingAccountStateChanged, "FinancialAccountStateChangeEvent"),
    ),
)
