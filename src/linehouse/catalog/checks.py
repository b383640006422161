"""Everything that a catalogue must pass before it is published: examples in its files, and what other rooms check."""

from __future__ import annotations

from collections.abc import Iterator

from linehouse.catalog.files import Written
from linehouse.catalog.ports import first_bill, publication_checks
from linehouse.catalog.text.examples import failed_examples
from linehouse.kernel.outcome import Problem
from linehouse.rating.service import failed_examples as failed_tariff_examples


def red(written: Written) -> tuple[Problem, ...]:
    """Every example that does not come out as it says, and everything that another room refuses."""
    return (*_tariffs(written), *_offerings(written), *_others(written))


def _tariffs(written: Written) -> Iterator[Problem]:
    for key, tariff in written.catalogue.tariffs.items():
        for sentence in failed_tariff_examples(tariff):
            yield Problem("catalog.example_failed", sentence, f"tariffs.{key}")


def _offerings(written: Written) -> Iterator[Problem]:
    calculate = first_bill()
    for key, offering in written.offerings.items():
        if not offering.examples:
            continue
        if calculate is None:
            message = f"{offering.node.source}: nobody here can compute a first bill, so its examples were not run"
            yield Problem("catalog.example_not_run", message, f"offerings.{key}")
            continue
        for sentence in failed_examples(offering.examples, offering.offering, written.catalogue.brand, calculate):
            yield Problem("catalog.example_failed", sentence, f"offerings.{key}")


def _others(written: Written) -> Iterator[Problem]:
    for check in publication_checks():
        yield from check(written.catalogue)
