"""Log lines: one JSON object each, from us and from foreign libraries, redacted."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from linehouse.platform.scope import brand_scope
from linehouse.platform.settings import Settings
from linehouse.platform.telemetry import logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = (list(root.handlers), root.level, structlog.get_config())
    out = io.StringIO()
    logs.configure(Settings.from_env({"HOME": "/x", "LINEHOUSE_LOG_LEVEL": "info"}), "web", out)
    yield out
    root.handlers[:], configuration = before[0], before[2]
    root.setLevel(before[1])
    logging.captureWarnings(capture=False)
    structlog.configure(**configuration)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_our_records_name_process_and_brand(stream: io.StringIO) -> None:
    with brand_scope("robin"):
        structlog.get_logger("linehouse.test").info("invoice issued", invoice="INV-1", email="ada@x.example")
    (record,) = lines(stream)
    assert record["event"] == "invoice issued"
    assert record["process"] == "web"
    assert record["brand"] == "robin"
    assert record["invoice"] == "INV-1"
    assert record["email"] == "[hidden]"
    assert str(record["timestamp"]).endswith("Z")


def test_foreign_records_and_exceptions_are_redacted_too(stream: io.StringIO) -> None:
    try:
        raise ValueError("no such number +31612345678")
    except ValueError:
        logging.getLogger("foreign").exception("mail to %s failed", "ada@x.example")
    (record,) = lines(stream)
    assert record["event"] == "mail to [e-mail] failed"
    assert "[number]" in str(record["exception"])
    assert "31612345678" not in stream.getvalue()


def test_the_level_counts(stream: io.StringIO) -> None:
    structlog.get_logger("linehouse.test").debug("detail")
    logging.getLogger("httpx").info("GET http://x/?msisdn=1")
    assert lines(stream) == []
