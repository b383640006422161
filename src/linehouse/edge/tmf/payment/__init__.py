"""TMF676 Payment Management: money that came in. The published base path lacks `/tmf-api`; ours has it."""

from linehouse.edge.tmf.kit.declaration import Api
from linehouse.edge.tmf.payment.payment import PAYMENT
from linehouse.edge.tmf.payment.refund import REFUND

API = Api(number="TMF676", path="payment", title="Payment Management", resources=(PAYMENT, REFUND))
