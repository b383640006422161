"""TMF638 Service Inventory: what products are made of towards the network."""

from linehouse.edge.tmf.kit.declaration import Api
from linehouse.edge.tmf.service_inventory.service import SERVICE

API = Api(number="TMF638", path="serviceInventory", title="Service Inventory", resources=(SERVICE,))
