"""Which zone: the longest prefix over all number zones; the network itself before its country."""

from __future__ import annotations

from linehouse.kernel.numbering import Plmn
from linehouse.rating.countries import country_of_mcc
from linehouse.rating.values import (
    UNKNOWN_ZONE,
    NetworkMatch,
    NumberMatch,
    Tariff,
    UsageEvent,
)


def match_number(tariff: Tariff, event: UsageEvent) -> NumberMatch:
    """The number zone of the other party: short codes as a whole, E.164 by the longest prefix, else ``unknown``."""
    digits = event.e164
    if digits is not None:
        index, network = tariff.prefix_index, event.other_network
        if network is not None and network in tariff.ported_index:
            return NumberMatch(tariff.ported_index[network], network=str(network))
        for length in tariff.prefix_lengths:
            zone = index.get(digits[:length])
            if zone is not None and length <= len(digits) and (network is None or _takes(tariff, zone, network)):
                return NumberMatch(zone, digits[:length])
        return NumberMatch(UNKNOWN_ZONE)
    code = event.short_code
    if code is not None and code in tariff.short_index:
        return NumberMatch(tariff.short_index[code], code)
    return NumberMatch(UNKNOWN_ZONE)


def _takes(tariff: Tariff, zone: str, network: Plmn) -> bool:
    """A zone for the numbers of certain networks takes none that is known to be in another."""
    networks = tariff.number_zones[zone].networks
    return not networks or network in networks


def match_network(tariff: Tariff, event: UsageEvent) -> NetworkMatch:
    """The zone of the serving network: by its PLMN, else by the country of its MCC, else by the country given."""
    plmn = event.serving_plmn
    if plmn is not None and plmn in tariff.plmn_index:
        return NetworkMatch(tariff.plmn_index[plmn], str(plmn))
    country = country_of_mcc(plmn.mcc) if plmn is not None else event.serving_country
    if country is not None and country in tariff.country_index:
        return NetworkMatch(tariff.country_index[country], country)
    return NetworkMatch(UNKNOWN_ZONE)
