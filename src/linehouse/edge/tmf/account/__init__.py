"""TMF666 Account Management: accounts, what the journal has for them, and the terms that they choose from."""

from linehouse.edge.tmf.account.bill_terms import CYCLE, FORMAT, MEDIUM
from linehouse.edge.tmf.account.billing_account import BILLING_ACCOUNT
from linehouse.edge.tmf.account.party_account import FINANCIAL_ACCOUNT, PARTY_ACCOUNT
from linehouse.edge.tmf.kit.declaration import Api

API = Api(
    number="TMF666",
    path="accountManagement",
    title="Account Management",
    resources=(BILLING_ACCOUNT, PARTY_ACCOUNT, FINANCIAL_ACCOUNT, CYCLE, FORMAT, MEDIUM),
    absent={"settlementAccount": "nothing is settled with partners through accounts of their own yet"},
)
