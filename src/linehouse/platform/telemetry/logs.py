"""Structured logs, one line per event, through structlog; foreign libraries' records take the same way."""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from linehouse.platform import scope
from linehouse.platform.settings import Settings
from linehouse.platform.telemetry.redaction import redacted

# These say at "info" what our own records already say, or far too much.
_QUIETER = {"httpx": logging.WARNING, "httpcore": logging.WARNING, "mail.log": logging.WARNING}


def configure(settings: Settings, process: str, stream: TextIO | None = None) -> None:
    """Send every log record of this process to `stream` (standard error by default), redacted.

    `process` names the process kind and stands in every record.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _naming(process),
    ]
    console = settings.log_format == "console"
    ending: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        _redact,
        structlog.dev.ConsoleRenderer(colors=False)
        if console
        else structlog.processors.JSONRenderer(sort_keys=True, default=str),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=ending)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(settings.log_level.upper())
    for name, level in _QUIETER.items():
        logging.getLogger(name).setLevel(max(level, root.level))
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _naming(process: str) -> Processor:
    def name_process_and_brand(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["process"] = process
        brand = scope.brand_or_none()
        if brand is not None:
            event.setdefault("brand", brand)
        return event

    return name_process_and_brand


# Set by ourselves or by the logging library, never by a caller's data.
_OURS = frozenset({"timestamp", "level", "logger", "process", "brand"})


def _redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {name: value if name in _OURS else redacted(name, value) for name, value in event.items()}
