"""TMF666 Account Management: billing accounts."""

from linehouse.edge.tmf.account.billing_account import BILLING_ACCOUNT
from linehouse.edge.tmf.kit.declaration import Api

API = Api(number="TMF666", path="accountManagement", title="Account Management", resources=(BILLING_ACCOUNT,))
