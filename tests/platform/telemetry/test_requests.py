"""What is measured of requests has few names, whoever asks whatever."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from linehouse.platform.telemetry import metrics
from linehouse.platform.telemetry.requests import RequestTelemetry


@pytest.mark.parametrize(("asked", "counted"), [("GET", "GET"), ("BREW", "OTHER")])
def test_a_method_that_nobody_knows_makes_no_time_series(asked: str, counted: str) -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=418)

    response = RequestTelemetry(answer)(RequestFactory().generic(asked, "/no/such/route"))
    assert response.headers["X-Request-ID"]
    text = metrics.exposition()[0].decode()
    assert f'method="{counted}",route="unknown",status="418"' in text
    assert 'method="BREW"' not in text
