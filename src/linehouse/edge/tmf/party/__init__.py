"""TMF632 Party Management: people and organisations."""

from linehouse.edge.tmf.kit.declaration import Api
from linehouse.edge.tmf.kit.exchange import jobs_of
from linehouse.edge.tmf.party.individual import INDIVIDUAL
from linehouse.edge.tmf.party.organization import ORGANIZATION

_RESOURCES = (INDIVIDUAL, ORGANIZATION)
API = Api(
    number="TMF632",
    path="party",
    title="Party Management",
    resources=(*_RESOURCES, *jobs_of("party", *_RESOURCES)),
)
