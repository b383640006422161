"""What of this room can have the brand's own characteristics."""

from linehouse.platform.characteristics.entities import declare_entity

CUSTOMER = declare_entity("customer", "Customers", read="customer.read", write="customer.write")
BILLING_ACCOUNT = declare_entity("billing-account", "Billing accounts", read="customer.read", write="customer.write")
