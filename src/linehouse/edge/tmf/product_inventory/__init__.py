"""TMF637 Product Inventory: what customers have."""

from linehouse.edge.tmf.kit.declaration import Api
from linehouse.edge.tmf.product_inventory.product import PRODUCT

API = Api(number="TMF637", path="productInventory", title="Product Inventory", resources=(PRODUCT,))
