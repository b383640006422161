"""TMF678 Customer Bill Management: bills and what is on them."""

from linehouse.edge.tmf.customer_bill.bill import API_PATH, CUSTOMER_BILL
from linehouse.edge.tmf.customer_bill.on_demand import ON_DEMAND
from linehouse.edge.tmf.customer_bill.rate import RATE
from linehouse.edge.tmf.kit.declaration import Api

API = Api(number="TMF678", path=API_PATH, title="Customer Bill Management", resources=(CUSTOMER_BILL, RATE, ON_DEMAND))
