"""TMF654 Prepay Balance Management: buckets, what is left in all of them, what moved, and what is kept aside."""

from linehouse.edge.tmf.kit.declaration import Api
from linehouse.edge.tmf.prepay_balance.accumulated import ACCUMULATED
from linehouse.edge.tmf.prepay_balance.adjust import ADJUST
from linehouse.edge.tmf.prepay_balance.bucket import BUCKET
from linehouse.edge.tmf.prepay_balance.history import HISTORY
from linehouse.edge.tmf.prepay_balance.reserve import RESERVE
from linehouse.edge.tmf.prepay_balance.shapes import API_PATH
from linehouse.edge.tmf.prepay_balance.topup import TOPUP
from linehouse.edge.tmf.prepay_balance.transfer import TRANSFER

API = Api(
    number="TMF654",
    path=API_PATH,
    title="Prepay Balance Management",
    resources=(BUCKET, ACCUMULATED, HISTORY, TOPUP, TRANSFER, ADJUST, RESERVE),
)
