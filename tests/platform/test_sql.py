"""Rows inserted by a statement whose plan is kept."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from linehouse.platform.numbers.models import NumberSeries
from linehouse.platform.sql import insert_row


@pytest.mark.usefixtures("brand")
def test_a_row_is_inserted_as_the_model_would() -> None:
    row = NumberSeries(name="test", pattern="T-{n}")
    insert_row(row)
    kept = NumberSeries.objects.get(name="test")
    assert (kept.pattern, kept.next) == ("T-{n}", row.next)
    row.pattern = "U-{n}"
    row.save()
    assert NumberSeries.objects.get(name="test").pattern == "U-{n}"


@pytest.mark.usefixtures("brand")
def test_a_row_is_inserted_once() -> None:
    insert_row(NumberSeries(name="test", pattern="T-{n}"))
    with pytest.raises(IntegrityError):
        insert_row(NumberSeries(name="test", pattern="T-{n}"))
