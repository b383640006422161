"""What of this room can have the brand's own characteristics."""

from linehouse.platform.characteristics.entities import declare_entity

NUMBER = declare_entity("number", "Numbers", read="resource.read", write="resource.write")
SIM = declare_entity("sim", "SIM cards", read="resource.read", write="resource.write")
