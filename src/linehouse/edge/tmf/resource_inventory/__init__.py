"""TMF639 Resource Inventory: numbers and SIM cards."""

from linehouse.edge.tmf.kit.declaration import Api
from linehouse.edge.tmf.resource_inventory.resource import RESOURCE

API = Api(
    number="TMF639", path="resourceInventoryManagement", title="Resource Inventory Management", resources=(RESOURCE,)
)
