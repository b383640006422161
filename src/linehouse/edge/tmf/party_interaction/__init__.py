"""TMF683 Party Interaction Management."""

from linehouse.edge.tmf.kit.declaration import Api
from linehouse.edge.tmf.party_interaction.interaction import INTERACTION

API = Api(number="TMF683", path="partyInteraction", title="Party Interaction", resources=(INTERACTION,))
