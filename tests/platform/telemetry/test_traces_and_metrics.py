"""Metrics in the text format; traces only to an exporter that exists."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from linehouse.platform.settings import SettingRefused, Settings
from linehouse.platform.telemetry import metrics, traces


def test_the_exposition_can_be_read_back() -> None:
    metrics.jobs.labels("robin", "billing.run", "done").observe(0.2)
    body, media_type = metrics.exposition()
    assert media_type.startswith("text/plain")
    names = {family.name for family in text_string_to_metric_families(body.decode())}
    assert {"linehouse_request_seconds", "linehouse_job_seconds", "linehouse_jobs_due"} <= names


def test_an_exporter_that_is_not_installed_is_refused() -> None:
    with pytest.raises(SettingRefused, match="LINEHOUSE_TRACES") as caught:
        traces.configure(Settings.from_env({"HOME": "/x", "LINEHOUSE_TRACES": "nowhere"}), "web")
    assert "console" in caught.value.expected


def test_no_exporter_no_spans() -> None:
    traces.configure(Settings.from_env({"HOME": "/x"}), "web")
    with traces.tracer("test").start_as_current_span("x") as span:
        assert not span.is_recording()
