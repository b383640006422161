"""What of this room can have the brand's own characteristics."""

from linehouse.platform.characteristics.entities import declare_entity

ORDER = declare_entity("order", "Orders", read="order.read", write="order.write")
