"""TMF635 Usage Management: what subscribers used."""

from linehouse.edge.tmf.kit.declaration import Api
from linehouse.edge.tmf.usage.specification import SPECIFICATION
from linehouse.edge.tmf.usage.usage import USAGE

API = Api(number="TMF635", path="usageManagement", title="Usage Management", resources=(USAGE, SPECIFICATION))
