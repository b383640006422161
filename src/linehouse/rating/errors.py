"""Errors of rating. Pricing itself never raises on data; only reading tariff text does."""

from __future__ import annotations

from linehouse.kernel.error import DomainError, Kind


class SourceTextInvalid(DomainError, code="rating.source_text_invalid", kind=Kind.INVALID):
    """A catalogue file (tariff, zones, offering …) says something that cannot be read; file and line are named."""


class TariffLinkBroken(DomainError, code="rating.tariff_link_broken", kind=Kind.INVALID):
    """A tariff names a fallback or a zone file that does not exist, in another currency, or in a circle."""


class TariffExampleFailed(DomainError, code="rating.tariff_example_failed", kind=Kind.REFUSED):
    """An example written in a tariff file gives another price than it says."""


class CountryUnknown(DomainError, code="rating.country_unknown", kind=Kind.INVALID):
    """No such country or group of countries is known to the zone tables."""
