"""TMF669 Party Role Management."""

from linehouse.edge.tmf.kit.declaration import Api
from linehouse.edge.tmf.party_role.role import PARTY_ROLE

API = Api(number="TMF669", path="partyRoleManagement", title="Party Role Management", resources=(PARTY_ROLE,))
