"""Model fields whose values are encrypted, and the column by which an exact value is found.

A row's values come from the database as ``Sealed`` text and are opened when an attribute is read; the first that is
opened brings the keys of all that were fetched with it, so that a list costs one more query, however long it is.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from linehouse.platform.personal import keys
from linehouse.platform.personal.blind import blind
from linehouse.platform.personal.cipher import PREFIX, Purpose, head_of
from linehouse.platform.personal.errors import SealBroken
from linehouse.platform.personal.seal import seal, unseal

_HIDDEN = "_sealed_"


class Sealed(str):
    """A value as it is stored."""

    __slots__ = ()


class _Opening(DeferredAttribute):
    """Opens the value when it is read, and remembers its sealed form: what was not changed is stored as it was."""

    field: EncryptedTextField

    def __get__(self, instance: models.Model | None, cls: type | None = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if not isinstance(value, Sealed):
            return value
        plain = self.field.opened(value, instance)
        instance.__dict__[self.field.attname] = plain
        instance.__dict__[_HIDDEN + self.field.attname] = (plain, value)
        return plain

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # generic only for the type checker
    """A text, encrypted under a key of its subject.

    ``of``: the place, ``table.column``, to which the ciphertext is bound. ``subject``: the attribute of the row that
    tells whose it is (a UUID). ``purpose``: which of the subject's keys. ``erased``: what is read when that key was
    destroyed. It is neither filtered nor sorted by: see ``BlindIndexField`` and ``names``.
    """

    description = "encrypted text"
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any
    descriptor_class = _Opening

    def __init__(
        self,
        *args: Any,
        of: str = "",
        subject: str = "",
        purpose: str = Purpose.PERSONAL,
        erased: str = "",
        **kwargs: Any,
    ) -> None:
        self.of, self.subject, self.purpose, self.erased = of, subject, Purpose(purpose), erased
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """For migrations, which need to know the column's type alone."""
        name, path, args, kwargs = super().deconstruct()
        kwargs["of"] = self.of
        return name, path, args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """What stands in the column, still closed."""
        if not value:
            return value
        if value.startswith(PREFIX):
            head = head_of(value)
            keys.want(head.owner, head.purpose)
        return Sealed(value)

    def get_prep_value(self, value: Any) -> Any:
        """Only nothing and sealed values reach the database."""
        if value is None or value == "" or isinstance(value, Sealed):
            return value
        raise TypeError(f"{self.of} is encrypted: it is written with its row, and found by a blind index")

    def get_lookup(self, lookup_name: str) -> Any:
        """Whether there is a value is all that can be asked of the column."""
        return super().get_lookup(lookup_name) if lookup_name in ("isnull", "exact", "in") else None

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The value as it is stored; one that was not changed keeps its ciphertext."""
        value = model_instance.__dict__.get(self.attname)
        if value is None or value == "" or isinstance(value, Sealed):
            return value
        kept = model_instance.__dict__.get(_HIDDEN + self.attname)
        if kept is not None and kept[0] == value:
            return kept[1]
        sealed = Sealed(seal(self.to_text(value), self.of, self._subject(model_instance), self.purpose))
        model_instance.__dict__[_HIDDEN + self.attname] = (value, sealed)
        return sealed

    def opened(self, value: Sealed, instance: models.Model) -> Any:
        """The value of a row. Raises SealBroken when it was made for another subject than the row's."""
        text = self.unsealed(value)
        if self.subject and head_of(value).subject != self._subject(instance):
            raise SealBroken("a stored value belongs to somebody else", field=self.of, expected="the row's own value")
        return text

    def unsealed(self, value: str) -> Any:
        """The value, from its stored form alone."""
        text = unseal(value, self.of, erased=_GONE)
        return self.when_erased() if text == _GONE else self.from_text(text)

    def when_erased(self) -> Any:
        """What is read when the key was destroyed."""
        return self.erased

    def to_text(self, value: Any) -> str:
        """The value as text, before it is sealed."""
        return str(value)

    def from_text(self, text: str) -> Any:
        """The value from its text."""
        return text

    def _subject(self, instance: models.Model) -> UUID:
        found = getattr(instance, self.subject)
        if not isinstance(found, UUID):
            raise TypeError(f"{self.of} needs its subject in {self.subject}, not {found!r}")
        return found


_GONE = "\x00"
"""No text of a person holds it: PostgreSQL has no text with it."""


class EncryptedDateField(EncryptedTextField):
    """A date, encrypted; nothing when its key was destroyed."""

    description = "encrypted date"

    def to_text(self, value: Any) -> str:
        """ISO 8601."""
        return value.isoformat() if isinstance(value, date) else date.fromisoformat(value).isoformat()

    def from_text(self, text: str) -> Any:
        """The date."""
        return date.fromisoformat(text)

    def when_erased(self) -> Any:
        """Nothing."""
        return None


class EncryptedJSONField(EncryptedTextField):
    """A structure of JSON, encrypted as a whole; empty when its key was destroyed. An empty one is nothing."""

    description = "encrypted JSON"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """What stands in the column, still closed."""
        return super().from_db_value(value, expression, connection) if value else {}

    def get_prep_value(self, value: Any) -> Any:
        """Only nothing and sealed values reach the database."""
        return super().get_prep_value(value or "")

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The structure as it is stored."""
        value = model_instance.__dict__.get(self.attname)
        return super().pre_save(model_instance, add) if value else ""

    def to_text(self, value: Any) -> str:
        """JSON without spaces."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def from_text(self, text: str) -> Any:
        """The structure."""
        return json.loads(text)

    def when_erased(self) -> Any:
        """An empty structure."""
        return {}


class BlindIndexField(models.CharField):  # type: ignore[type-arg]  # generic only for the type checker
    """By what an exact value is found: a keyed hash of the encrypted attribute ``source``, made whenever the row is
    saved. Filter it with ``blind(of, value)``."""

    description = "keyed index of an encrypted value"

    def __init__(self, *args: Any, of: str = "", source: str = "", **kwargs: Any) -> None:
        self.of, self.source = of, source
        kwargs.setdefault("max_length", 32)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """For migrations, which need to know the column's type alone."""
        name, path, args, kwargs = super().deconstruct()
        kwargs["of"] = self.of
        return name, path, args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The index of the value as it is now."""
        value = getattr(model_instance, self.source) if self.source else super().pre_save(model_instance, add)
        if self.source:
            value = blind(self.of, value) if value else ""
            setattr(model_instance, self.attname, value)
        return value
