"""A custom characteristic and its values, as TMF's CharacteristicSpecification and Characteristic mean them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class ValueKind(StrEnum):
    """What sort of value a characteristic holds; it decides how it is entered, stored, compared and shown."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    YES_NO = "yes-no"
    DATE = "date"
    CHOICE = "choice"


TMF_TYPE: dict[ValueKind, str] = {
    ValueKind.TEXT: "string",
    ValueKind.INTEGER: "integer",
    ValueKind.DECIMAL: "number",
    ValueKind.YES_NO: "boolean",
    ValueKind.DATE: "date",
    ValueKind.CHOICE: "string",
}
"""The ``valueType`` of TM Forum's APIs."""

Scalar = str | int | Decimal | bool | date


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a brand says when it declares a characteristic.

    ``key`` names it in APIs, files and addresses; ``label`` is what people read, by language, the empty language being
    the one for all others. ``choices`` maps each allowed value to what people read. ``minimum`` and ``maximum`` bound
    numbers and the length of texts. ``required`` holds whenever values are given. A ``searchable`` one can be a
    condition of lists. A ``personal`` one says something of a person: it is taken away when the person is erased and
    shown only to who may see personal data.
    """

    entity: str
    key: str
    label: dict[str, str]
    kind: ValueKind = ValueKind.TEXT
    description: str = ""
    unit: str = ""
    choices: dict[str, str] = field(default_factory=dict)
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    pattern: str = ""
    required: bool = False
    searchable: bool = True
    personal: bool = False
    position: int = 0

    def label_in(self, language: str) -> str:
        """What people who read ``language`` see."""
        return self.label.get(language) or self.label.get("") or next(iter(self.label.values()), self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Characteristic(Declaration):
    """A declared characteristic. A ``retired`` one keeps its values and takes no new ones."""

    id: UUID
    state: str

    @property
    def retired(self) -> bool:
        """Whether it takes no new values."""
        return self.state == "retired"


@dataclass(frozen=True, slots=True)
class Held:
    """A value that an object has."""

    spec: Characteristic
    value: Scalar

    @property
    def shown(self) -> str:
        """The value as people read it."""
        match self.value:
            case bool():
                return "yes" if self.value else "no"
            case Decimal():
                text = format(self.value.normalize(), "f")
                return f"{text} {self.spec.unit}".strip()
            case int():
                return f"{self.value} {self.spec.unit}".strip()
            case date():
                return self.value.isoformat()
            case _:
                return self.spec.choices.get(self.value, self.value)

    @property
    def text(self) -> str:
        """The value as files hold it: what ``reading.read`` takes back."""
        match self.value:
            case bool():
                return "yes" if self.value else "no"
            case Decimal():
                return format(self.value, "f")
            case date():
                return self.value.isoformat()
            case _:
                return str(self.value)
