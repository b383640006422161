"""OpenTelemetry traces, off unless the setting `traces` names an exporter."""

from importlib.metadata import entry_points

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter

from linehouse.platform.settings import SettingRefused, Settings

_EXPORTERS = "opentelemetry_traces_exporter"


def configure(settings: Settings, process: str) -> None:
    """Send this process's spans to the exporter that the settings name; nothing happens for `none`.

    Raises SettingRefused when no such exporter is installed.
    """
    if settings.traces == "none":
        return
    provider = TracerProvider(resource=Resource.create({"service.name": "linehouse", "linehouse.process": process}))
    provider.add_span_processor(BatchSpanProcessor(_exporter(settings.traces)))
    trace.set_tracer_provider(provider)


def tracer(room: str) -> trace.Tracer:
    """The tracer of a room. Attributes of spans follow the rules of logs: no personal values."""
    return trace.get_tracer(f"linehouse.{room}")


def _exporter(name: str) -> SpanExporter:
    installed = {entry.name: entry for entry in entry_points(group=_EXPORTERS)}
    wanted = {"otlp": "otlp_proto_http"}.get(name, name) if name not in installed else name
    if wanted not in installed:
        raise SettingRefused(
            "LINEHOUSE_TRACES names an exporter that is not installed",
            field="LINEHOUSE_TRACES",
            value=name,
            expected="none, or one of " + ", ".join(sorted(installed)),
        )
    exporter = installed[wanted].load()()
    if not isinstance(exporter, SpanExporter):
        raise SettingRefused(
            "LINEHOUSE_TRACES names something that is no exporter of spans", field="LINEHOUSE_TRACES", value=name
        )
    return exporter
