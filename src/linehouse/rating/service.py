"""What other rooms ask of rating. All of it is pure: values in, values out."""

from __future__ import annotations

from linehouse.rating.asks import asked_by, asked_in, counts_period
from linehouse.rating.buckets import consume
from linehouse.rating.burn_order import burn_key, in_burn_order
from linehouse.rating.cost import Cost, cost_key_of, cost_of
from linehouse.rating.countries import country_of_mcc, country_of_tadig
from linehouse.rating.example_run import run as run_example
from linehouse.rating.example_text import FailedExample, event_in_words, example_in_words, failed_examples, failing
from linehouse.rating.explain import PlainPriced, explain, explain_plain, explain_takes, plain
from linehouse.rating.invoice_lines import line_of
from linehouse.rating.lint import lint
from linehouse.rating.matching import network_identifier
from linehouse.rating.period_charges import charge_period, due_early
from linehouse.rating.portability import Ported, PortedNumbers, is_on_net, read_ported
from linehouse.rating.price import price
from linehouse.rating.state_json import plain_state, state_of
from linehouse.rating.tariff_schema import tariff_schema, zone_schema
from linehouse.rating.tariff_text import read_tariffs
from linehouse.rating.walk_state import give_back
from linehouse.rating.yaml_source import FieldSet, MarkedNode, Plain, from_plain, load_marked
from linehouse.rating.zones import match_network, match_number

__all__ = [
    "Cost",
    "FailedExample",
    "FieldSet",
    "MarkedNode",
    "Plain",
    "PlainPriced",
    "Ported",
    "PortedNumbers",
    "asked_by",
    "asked_in",
    "burn_key",
    "charge_period",
    "consume",
    "cost_key_of",
    "cost_of",
    "country_of_mcc",
    "country_of_tadig",
    "counts_period",
    "due_early",
    "event_in_words",
    "example_in_words",
    "explain",
    "explain_plain",
    "explain_takes",
    "failed_examples",
    "failing",
    "from_plain",
    "give_back",
    "in_burn_order",
    "is_on_net",
    "line_of",
    "lint",
    "load_marked",
    "match_network",
    "match_number",
    "network_identifier",
    "plain",
    "plain_state",
    "price",
    "read_ported",
    "read_tariffs",
    "run_example",
    "state_of",
    "tariff_schema",
    "zone_schema",
]
