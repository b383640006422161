"""The charging process once more, on a port with TLS: HTTP/2 by ALPN, and client certificates where settings ask."""

from __future__ import annotations

from pathlib import Path

from linehouse.kernel.error import Invalid
from linehouse.run import environment
from linehouse.run.charging_node import ChargingNode, serve

application = ChargingNode(tls=True)


def main() -> None:
    """Serve until SIGTERM. Raises Invalid when a file that is needed is missing."""
    settings = environment.settings()
    authorities = settings.charging_tls_clients
    serve(
        "linehouse.run.charging_tls:application",
        settings.host,
        settings.charging_tls_port,
        ssl_cert=_file(settings.charging_tls_certificate, "LINEHOUSE_CHARGING_TLS_CERTIFICATE"),
        ssl_key=_file(settings.charging_tls_key, "LINEHOUSE_CHARGING_TLS_KEY"),
        ssl_ca=_file(authorities, "LINEHOUSE_CHARGING_TLS_CLIENTS") if authorities else None,
        ssl_client_verify=bool(authorities),
    )


def _file(path: str, variable: str) -> Path:
    found = Path(path)
    if not path or not found.is_file():
        raise Invalid(f"{variable} names no file", field=variable, value=path, expected="a file in PEM")
    return found


if __name__ == "__main__":
    main()
