"""Where the SMS centre is and how it wants to be spoken to, as one address."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from linehouse.kernel.error import Invalid

_OPTIONS = {"system_type", "bind", "sender", "service_type", "ca", "timeout"}
EXPECTED = (
    "smpp://system_id:password@host:port or smpps://…, with the options system_type, bind (transceiver or pair), "
    "sender, service_type, ca, timeout"
)


@dataclass(frozen=True, slots=True)
class SmppAddress:
    """The centre. ``pair`` binds a transmitter and a receiver instead of one transceiver; ``sender`` is used instead of
    the brand's name; ``timeout_seconds`` is how long an answer is waited for."""

    host: str
    port: int
    system_id: str
    password: str = field(repr=False)
    tls: bool = False
    ca_file: str = ""
    system_type: str = ""
    service_type: str = ""
    pair: bool = False
    sender: str = ""
    timeout_seconds: int = 10

    @classmethod
    def parse(cls, url: str) -> SmppAddress:
        """From ``smpp://user:password@host:2775?bind=pair``. Raises Invalid, which never repeats the password."""
        try:
            parts = urlsplit(url)
            port = parts.port or 2775
        except ValueError:
            raise _wrong("the address cannot be read") from None
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if parts.scheme not in ("smpp", "smpps") or not parts.hostname:
            raise _wrong("the address of the SMS centre cannot be read")
        if unknown := options.keys() - _OPTIONS:
            raise _wrong(f"unknown option {', '.join(sorted(unknown))}")
        if options.get("bind", "transceiver") not in ("transceiver", "pair"):
            raise _wrong("bind is transceiver or pair")
        timeout = options.get("timeout", "10")
        if not timeout.isdigit() or not 1 <= int(timeout) <= 60:
            raise _wrong("timeout is a number of seconds, 1 to 60")
        return cls(
            host=parts.hostname,
            port=port,
            system_id=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls=parts.scheme == "smpps",
            ca_file=options.get("ca", ""),
            system_type=options.get("system_type", ""),
            service_type=options.get("service_type", ""),
            pair=options.get("bind") == "pair",
            sender=options.get("sender", ""),
            timeout_seconds=int(timeout),
        )


def _wrong(message: str) -> Invalid:
    return Invalid(message, field="LINEHOUSE_SMPP_URL", expected=EXPECTED)
