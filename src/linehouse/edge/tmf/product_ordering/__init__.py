"""TMF622 Product Ordering: orders and requests to cancel them."""

from linehouse.edge.tmf.kit.declaration import Api
from linehouse.edge.tmf.product_ordering.cancel import CANCEL
from linehouse.edge.tmf.product_ordering.order import PRODUCT_ORDER

API = Api(
    number="TMF622",
    path="productOrderingManagement",
    title="Product Ordering",
    resources=(PRODUCT_ORDER, CANCEL),
)
