"""TMF629 Customer Management: parties that buy."""

from linehouse.edge.tmf.customer.customer import CUSTOMER
from linehouse.edge.tmf.kit.declaration import Api

API = Api(number="TMF629", path="customerManagement", title="Customer Management", resources=(CUSTOMER,))
