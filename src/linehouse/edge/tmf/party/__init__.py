"""TMF632 Party Management: people and organisations."""

from linehouse.edge.tmf.kit.declaration import Api
from linehouse.edge.tmf.party.individual import INDIVIDUAL
from linehouse.edge.tmf.party.organization import ORGANIZATION

API = Api(number="TMF632", path="party", title="Party Management", resources=(INDIVIDUAL, ORGANIZATION))
