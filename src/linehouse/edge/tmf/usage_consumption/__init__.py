"""TMF677 Usage Consumption: what is left, and what was used, told at one instant."""

from linehouse.edge.tmf.kit.declaration import Api
from linehouse.edge.tmf.usage_consumption.query import QUERY

API = Api(number="TMF677", path="usageConsumption", title="Usage Consumption", resources=(QUERY,))
