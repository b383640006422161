"""What of this room can have the brand's own characteristics."""

from linehouse.platform.characteristics.entities import declare_entity

PRODUCT = declare_entity("product", "Products", read="customer.read", write="customer.write")
