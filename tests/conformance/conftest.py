"""The brand and the clients of the APIs' own tests, for what is asked of every resource alike."""

from tests.edge.tmf.conftest import (  # noqa: F401 - fixtures are found by their names
    api,
    host,
    jane,
    month,
    no_messages,
    only_these_addresses,
    paid,
    reader,
    shop,
    specifications,
    stocked,
    stranger,
    used,
)
