"""TMF681 Communication Management: messages to customers and others."""

from linehouse.edge.tmf.communication.message import COMMUNICATION_MESSAGE
from linehouse.edge.tmf.kit.declaration import Api

API = Api(
    number="TMF681",
    path="communicationManagement",
    title="Communication Management",
    resources=(COMMUNICATION_MESSAGE,),
)
