"""TMF620 Product Catalog Management: what the brand sells, as it is published."""

from linehouse.edge.tmf.kit.declaration import Api
from linehouse.edge.tmf.kit.exchange import jobs_of
from linehouse.edge.tmf.product_catalog.catalog import CATALOG, CATEGORY
from linehouse.edge.tmf.product_catalog.offering import OFFERING
from linehouse.edge.tmf.product_catalog.price import PRICE
from linehouse.edge.tmf.product_catalog.published import API_PATH
from linehouse.edge.tmf.product_catalog.specification import SPECIFICATION

_RESOURCES = (CATALOG, CATEGORY, OFFERING, PRICE, SPECIFICATION)
API = Api(
    number="TMF620",
    path=API_PATH,
    title="Product Catalog Management",
    resources=(*_RESOURCES, *jobs_of(API_PATH, *_RESOURCES)),
)
