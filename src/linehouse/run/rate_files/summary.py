"""What a run came to: for people, and as plain data for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.rating.values import UsageType
from linehouse.run.rate_files.rate_one import Done, Sum

_PROBLEMS_TOLD = 10
_MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Everything in records, micro-units and base units. ``memory``: most bytes that all processes held at a time."""

    records: int
    rated: int
    verdicts: Mapping[str, int]
    refused: Mapping[str, int]
    sums: Mapping[tuple[str, str], Sum]
    currency: str
    catalog: str
    subscribers: int
    problems: Sequence[str]
    """What is wrong with rows of the file of subscribers."""
    seconds: float
    memory: int
    out: Path
    refused_file: Path

    @classmethod
    def of(cls, done: Iterable[Done], **known: Any) -> Summary:
        """All pieces together."""
        verdicts: Counter[str] = Counter()
        refused: Counter[str] = Counter()
        sums: dict[tuple[str, str], Sum] = {}
        rated = 0
        for one in done:
            rated += one.rated
            verdicts += one.verdicts
            refused += one.refused
            for key, more in one.sums.items():
                whole = sums.setdefault(key, Sum())
                whole.records += more.records
                whole.quantity += more.quantity
                whole.covered += more.covered
                whole.micros += more.micros
        in_order = dict(sorted(sums.items()))
        return cls(
            rated=rated,
            verdicts=verdicts,
            refused=refused,
            sums=in_order,
            **known,
        )

    @property
    def total(self) -> Money:
        """The money of everything that was rated."""
        return Money(sum(one.micros for one in self.sums.values()), self.currency)

    @property
    def each_second(self) -> int:
        """Records in a second, from the first byte read to the last written."""
        return int(self.records / self.seconds) if self.seconds else 0

    def plain(self) -> dict[str, Any]:
        """As JSON tells it; money is decimal text."""
        return {
            "records": self.records,
            "rated": self.rated,
            "verdicts": dict(sorted(self.verdicts.items())),
            "rejected": dict(sorted(self.refused.items())),
            "total": {self.currency: self.total.text},
            "sums": [
                {
                    "tariff": tariff,
                    "type": kind,
                    "records": one.records,
                    "quantity": one.quantity,
                    "covered": one.covered,
                    "price": Money(one.micros, self.currency).text,
                }
                for (tariff, kind), one in self.sums.items()
            ],
            "catalog": self.catalog,
            "subscribers": self.subscribers,
            "subscriber_problems": list(self.problems),
            "seconds": f"{self.seconds:.3f}",
            "records_per_second": self.each_second,
            "memory_bytes": self.memory,
            "out": str(self.out),
            "rejected_file": str(self.refused_file) if self.refused else None,
        }

    def show(self, console: Console) -> None:
        """A table of sums, then a line for each fact."""
        if self.sums:
            table = Table("tariff", "type", "records", "quantity", "from allowances", "price")
            for (tariff, kind), one in self.sums.items():
                unit = UsageType(kind).unit
                price = str(Money(one.micros, self.currency))
                table.add_row(
                    tariff, kind, f"{one.records:,}", _human(one.quantity, unit), _human(one.covered, unit), price
                )
            console.print(table)
        for line in self._lines():
            console.print(line, markup=False, soft_wrap=True)

    def _lines(self) -> Iterator[str]:
        split = ", ".join(f"{count:,} {verdict}" for verdict, count in sorted(self.verdicts.items()))
        yield f"{self.records:,} records of {self.subscribers:,} subscribers: {split or 'nothing rated'}."
        yield f"Total {self.total}, catalog {self.catalog}."
        if self.refused:
            yield f"{sum(self.refused.values()):,} rejected, in {self.refused_file}:"
            for code, count in sorted(self.refused.items(), key=lambda one: (-one[1], one[0])):
                yield f"  {count:,} {code}"
        for problem in self.problems[:_PROBLEMS_TOLD]:
            yield f"Subscriber: {problem}"
        if len(self.problems) > _PROBLEMS_TOLD:
            yield f"… and {len(self.problems) - _PROBLEMS_TOLD:,} more subscribers, whose usage tells it."
        memory = self.memory // _MIB
        yield f"{self.out}: {self.seconds:.1f} s, {self.each_second:,} records/s, at most {memory:,} MiB of memory."


def _human(amount: int, unit: Unit) -> str:
    return Quantity(amount, unit).human()
