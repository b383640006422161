"""Every setting of a Linehouse process: name, type, meaning, default. The reference page is printed from here.

Settings come from environment variables. Only `linehouse.run` reads the environment; everything else is handed a
`Settings` value.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_type_hints

import msgspec

from linehouse.kernel.error import DomainError, Kind
from linehouse.platform.postgres.dsn import Dsn

PREFIX = "LINEHOUSE_"
_PORT_OFFSETS = {
    "charging_port": 1,
    "network_port": 2,
    "smtp_port": 3,
    "simulators_port": 4,
    "postgres_port": 5,
    "smpp_port": 6,
    "diameter_port": 7,
    "diameter_tls_port": 8,
}
_PUBLIC_URL = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")
_HIGHEST_BASE_PORT = 65535 - max(_PORT_OFFSETS.values())


class SettingRefused(DomainError, code="platform.setting_refused", kind=Kind.INVALID):
    """An environment variable holds a value that the setting cannot take."""


def _setting(variable: str, description: str, default: str, *, secret: bool = False, **limits: Any) -> msgspec.Meta:
    return msgspec.Meta(
        description=description,
        extra={"variable": PREFIX + variable, "default": default, "secret": secret},
        **limits,
    )


def _port(variable: str, who: str, default: str) -> msgspec.Meta:
    return _setting(variable, f"TCP port of {who}.", default, ge=1, le=65535)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one process, complete and checked; see `Settings.from_env`."""

    home: Annotated[
        Path,
        _setting(
            "HOME",
            "Folder for everything this installation keeps outside the database's reach: the embedded database, the "
            "inbox and outbox folders, logs and secrets. One home is served by one supervisor at a time.",
            "`$XDG_DATA_HOME/linehouse`, or `~/.local/share/linehouse`",
        ),
    ]
    host: Annotated[
        str,
        _setting(
            "HOST",
            "Address that the web and charging processes listen on. The simulators and the embedded database always "
            "stay on 127.0.0.1.",
            "127.0.0.1",
            min_length=1,
        ),
    ] = "127.0.0.1"
    web_port: Annotated[
        int,
        _setting(
            "PORT",
            "TCP port of the web process (desk, self-care, APIs). The other ports follow it unless they are set.",
            "8080",
            ge=1,
            le=_HIGHEST_BASE_PORT,
        ),
    ] = 8080
    charging_port: Annotated[int, _port("CHARGING_PORT", "the charging process", "LINEHOUSE_PORT + 1")] = 8081
    diameter_port: Annotated[
        int, _port("DIAMETER_PORT", "Diameter (Gy, Ro and Sy) in the charging process", "LINEHOUSE_PORT + 7")
    ] = 8087
    diameter_tls_port: Annotated[
        int,
        _port(
            "DIAMETER_TLS_PORT",
            "Diameter over TLS; it listens when LINEHOUSE_DIAMETER_CERTIFICATE is set",
            "LINEHOUSE_PORT + 8",
        ),
    ] = 8088
    diameter_host: Annotated[
        str,
        _setting(
            "DIAMETER_HOST",
            "Diameter identity of this charging process, such as `ocs1.brand.example`. What stands behind its first "
            "dot is its realm. Each process of an installation needs its own name, all in one realm.",
            "charging.linehouse.invalid",
            pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
        ),
    ] = "charging.linehouse.invalid"
    diameter_certificate: Annotated[
        str,
        _setting(
            "DIAMETER_CERTIFICATE",
            "File with the certificate (and its chain, PEM) that Diameter peers are shown over TLS.",
            "none: no TLS",
        ),
    ] = ""
    diameter_key: Annotated[
        str,
        _setting("DIAMETER_KEY", "File with the key of that certificate (PEM).", "in the file of the certificate"),
    ] = ""
    diameter_ca: Annotated[
        str,
        _setting(
            "DIAMETER_CA",
            "File with the authorities (PEM) of peers' certificates. With it a peer over TLS must show one, and its "
            "name must be the peer's Diameter identity.",
            "none: peers over TLS show no certificate",
        ),
    ] = ""
    charging_fault: Annotated[
        str,
        _setting(
            "CHARGING_FAULT",
            "For rehearsals: the charging process kills itself when it reaches this commit point for the nth time "
            "(`committed:20`). Its supervisor starts it again.",
            "none",
            pattern="^([a-z]+(:[1-9][0-9]*)?)?$",
        ),
    ] = ""
    trace_days: Annotated[
        int,
        _setting(
            "TRACE_DAYS",
            "Days (machine clock) for which the messages at the charging doors are kept, personal values masked, and "
            "the rates of each minute beside them. 0: no message is kept, rates for a day.",
            "7",
            ge=0,
            le=366,
        ),
    ] = 7
    charging_trust: Annotated[
        str,
        _setting(
            "CHARGING_TRUST",
            "Degraded mode of online charging, `LINE/TOTAL` such as `2.00/500.00`: how much a line, and all lines of a "
            "charging process together, may use while the database is away. It is charged when the database is back; "
            "what balances cannot pay then is lost. Empty: nothing is granted while the database is away.",
            "empty",
            pattern=r"^([0-9]{1,9}(\.[0-9]{1,6})?/[0-9]{1,9}(\.[0-9]{1,6})?)?$",
        ),
    ] = ""
    charging_tls_port: Annotated[
        int,
        _setting(
            "CHARGING_TLS_PORT",
            "TCP port on which a second charging process answers with TLS (HTTP/2 by ALPN). 0: none does. It needs "
            "`LINEHOUSE_CHARGING_TLS_CERTIFICATE` and `LINEHOUSE_CHARGING_TLS_KEY`.",
            "0",
            ge=0,
            le=65535,
        ),
    ] = 0
    charging_tls_certificate: Annotated[
        str,
        _setting("CHARGING_TLS_CERTIFICATE", "File of the certificate chain that it shows, PEM.", "none"),
    ] = ""
    charging_tls_key: Annotated[
        str,
        _setting("CHARGING_TLS_KEY", "File of the certificate's private key, PEM (PKCS 8).", "none"),
    ] = ""
    charging_tls_clients: Annotated[
        str,
        _setting(
            "CHARGING_TLS_CLIENTS",
            "File of the authorities whose certificates clients of the TLS port must show. A network function that "
            "shows one needs no token. Empty: no certificate is asked for.",
            "none",
        ),
    ] = ""
    nchf_trusted: Annotated[
        str,
        _setting(
            "NCHF_TRUSTED",
            "Addresses of network functions that may charge over Nchf without a token, as a list such as "
            "`10.1.0.0/16=robin, 10.2.0.7`; without a brand, the brand whose subscriber it is. Empty: a token or a "
            "client certificate is needed.",
            "none",
        ),
    ] = ""
    nchf_failure_handling: Annotated[
        Literal["TERMINATE", "CONTINUE", "RETRY_AND_TERMINATE"],
        _setting(
            "NCHF_FAILURE_HANDLING",
            "What network functions are told to do with a session when charging does not answer.",
            "TERMINATE",
        ),
    ] = "TERMINATE"
    nchf_quota_holding: Annotated[
        int,
        _setting(
            "NCHF_QUOTA_HOLDING",
            "Seconds without traffic after which a network function gives a quota back. 0: it is not told to.",
            "0",
            ge=0,
            le=86400,
        ),
    ] = 0
    network_port: Annotated[
        int, _port("NETWORK_PORT", "the simulated host network's provisioning API", "LINEHOUSE_PORT + 2")
    ] = 8082
    smtp_port: Annotated[int, _port("SMTP_PORT", "the simulated mail server", "LINEHOUSE_PORT + 3")] = 8083
    smpp_port: Annotated[int, _port("SMPP_PORT", "the simulated SMS centre", "LINEHOUSE_PORT + 6")] = 8086
    simulators_port: Annotated[int, _port("SIMULATORS_PORT", "the simulators' web page", "LINEHOUSE_PORT + 4")] = 8084
    postgres_port: Annotated[int, _port("POSTGRES_PORT", "the embedded PostgreSQL", "LINEHOUSE_PORT + 5")] = 8085
    database_url: Annotated[
        str,
        _setting(
            "DATABASE_URL",
            "Address of a PostgreSQL server of version 16 or newer, `postgresql://user:password@host:port/database`. "
            "The user must be allowed to create databases. Empty: the embedded PostgreSQL is started and used.",
            "empty",
            secret=True,
        ),
    ] = ""
    database_prefix: Annotated[
        str,
        _setting(
            "DATABASE_PREFIX",
            "Beginning of the names of this installation's databases. Two installations on one server need different "
            "ones; a second that would take the first's databases for its own is refused.",
            "linehouse",
            pattern="^[a-z][a-z0-9_]{0,20}$",
        ),
    ] = "linehouse"
    postgres_account: Annotated[
        str,
        _setting(
            "POSTGRES_ACCOUNT",
            "Operating-system account that the embedded PostgreSQL runs as when Linehouse is started by root.",
            "`linehouse` where that account exists, else `nobody`",
        ),
    ] = ""
    smtp_url: Annotated[
        str,
        _setting(
            "SMTP_URL",
            "Address of the mail server that takes mail to customers: `smtp://host:25`, "
            "`smtp+starttls://user:password@host:587` or `smtps://user:password@host:465`; `?ca=FILE` names the "
            "authority of its certificate. Empty: the simulated mail server.",
            "empty",
            secret=True,
        ),
    ] = ""
    mail_from: Annotated[
        str,
        _setting(
            "MAIL_FROM",
            "Sender of the house's own mails to staff, such as a new password. Mail to customers comes from the "
            "address of the brand's legal entity.",
            "`Linehouse <no-reply@linehouse.invalid>`",
        ),
    ] = "Linehouse <no-reply@linehouse.invalid>"
    smpp_url: Annotated[
        str,
        _setting(
            "SMPP_URL",
            "Address of the SMS centre: `smpp://system_id:password@host:2775`, or `smpps` with TLS. Options after `?`: "
            "`bind=pair` for a transmitter and a receiver instead of one transceiver, `system_type`, `service_type`, "
            "`sender`, `timeout` in seconds, `ca`. Empty: the simulated SMS centre, and none without the simulators.",
            "empty",
            secret=True,
        ),
    ] = ""
    secret_key: Annotated[
        str,
        _setting(
            "SECRET_KEY",
            "Key that signs sessions and tokens. Several machines that serve one installation need the same one.",
            "made at the first start and kept in the file `secret-key` of the home",
            secret=True,
        ),
    ] = ""
    keys: Annotated[
        str,
        _setting(
            "KEYS",
            "Folder of the master keys under which personal values are encrypted, and of the log of erasures. Several "
            "machines that serve one installation share it; it is backed up apart from the databases. Without it no "
            "personal value can be read.",
            "the folder `keys` of the home",
        ),
    ] = ""
    demo: Annotated[
        bool,
        _setting(
            "DEMO",
            "Whether the first start makes the demo brand Robin Mobile, and whether the simulators run.",
            "true",
        ),
    ] = True
    backup_folder: Annotated[
        str,
        _setting(
            "BACKUP_FOLDER",
            "Folder of backups, of the archived log and of drill reports. It should lie on another machine's disk: "
            "what lies beside the database is lost with it.",
            "the folder `backups` of the home",
        ),
    ] = ""
    backup_key_file: Annotated[
        str,
        _setting(
            "BACKUP_KEY_FILE",
            "File of the keys that seal backups, made with the first backup. Keep a copy away from the backups "
            "(`linehouse backup keys`): without it no backup opens.",
            "the file `backup-key` of the home",
        ),
    ] = ""
    backup_hours: Annotated[
        int,
        _setting("BACKUP_HOURS", "Hours (machine clock) between two backups; 0 makes none.", "24", ge=0, le=8784),
    ] = 24
    backup_keep: Annotated[
        int, _setting("BACKUP_KEEP", "Backups that are kept; older ones go when a new one is made.", "7", ge=1, le=1000)
    ] = 7
    wal_archive: Annotated[
        bool,
        _setting(
            "WAL_ARCHIVE",
            "Whether the embedded PostgreSQL's log is archived as it is written, so that a restore can go to any "
            "instant. An external server's log is archived by who runs that server.",
            "true",
        ),
    ] = True
    drill_days: Annotated[
        int,
        _setting(
            "DRILL_DAYS",
            "Days (machine clock) between two drills that run by themselves; 0 runs none. A drill restores the last "
            "backup beside the running server and needs as much disk again.",
            "0",
            ge=0,
            le=366,
        ),
    ] = 0
    callbacks_to_loopback: Annotated[
        bool,
        _setting(
            "CALLBACKS_TO_LOOPBACK",
            "Whether listeners of the TM Forum APIs may be on this machine. For development only: a server that calls "
            "its own machine on somebody's word is an open door.",
            "false",
        ),
    ] = False
    public_url: Annotated[
        str,
        _setting(
            "PUBLIC_URL",
            "Where people reach the desk from outside, such as `https://desk.brand.example`, without a slash at the "
            "end. With https, cookies are sent over TLS alone and browsers are told to stay with it (HSTS).",
            "none: only this machine's own names reach the desk",
        ),
    ] = ""
    behind_proxy: Annotated[
        bool,
        _setting(
            "BEHIND_PROXY",
            "Whether one proxy stands before the web process that sets X-Forwarded-Proto and X-Forwarded-For itself, "
            "and never passes on a caller's. Only then are these header fields believed.",
            "false",
        ),
    ] = False
    web_threads: Annotated[
        int, _setting("WEB_THREADS", "Threads of one web process that serve requests.", "4", ge=1, le=64)
    ] = 4
    web_workers: Annotated[int, _setting("WEB_WORKERS", "Web processes that share the port.", "1", ge=1, le=64)] = 1
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        _setting("LOG_LEVEL", "Least severe level that is logged: `debug`, `info`, `warning` or `error`.", "info"),
    ] = "info"
    log_format: Annotated[
        Literal["json", "console"],
        _setting(
            "LOG_FORMAT",
            "`json` writes one JSON object per line, `console` lines for people. Neither holds personal values.",
            "json",
        ),
    ] = "json"
    traces: Annotated[
        str,
        _setting(
            "TRACES",
            "Where OpenTelemetry traces go: `none`, `console` (the log), or the name of an installed exporter, such as "
            "`otlp`, which reads its own `OTEL_EXPORTER_…` variables.",
            "none",
        ),
    ] = "none"

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> Self:
        """Read and check the settings. An empty variable counts as not set.

        Raises SettingRefused naming the variable, its value and what would be right.
        """
        values: dict[str, Any] = {}
        for setting in described():
            text = environment.get(setting.variable, "").strip()
            if text:
                values[setting.field] = _converted(setting, text)
        values.setdefault("home", _default_home(environment))
        for field, offset in _PORT_OFFSETS.items():
            values.setdefault(field, values.get("web_port", 8080) + offset)
        settings = cls(**values)
        settings._require_distinct_ports()
        if settings.public_url and not _PUBLIC_URL.fullmatch(settings.public_url):
            raise SettingRefused(
                "LINEHOUSE_PUBLIC_URL cannot be used",
                field="LINEHOUSE_PUBLIC_URL",
                value=settings.public_url,
                expected="scheme and host, such as https://desk.brand.example",
            )
        if settings.database_url:
            try:
                Dsn.parse(settings.database_url)
            except ValueError as error:
                raise SettingRefused(
                    f"LINEHOUSE_DATABASE_URL cannot be used: {error}",
                    expected="postgresql://user:password@host:port/database",
                ) from None
        return settings

    @property
    def keys_folder(self) -> Path:
        """Where the master keys lie."""
        return Path(self.keys) if self.keys else self.home / "keys"

    @property
    def backups(self) -> Path:
        """The folder of backups."""
        return Path(self.backup_folder) if self.backup_folder else self.home / "backups"

    @property
    def backup_keys(self) -> Path:
        """The file of the keys that seal backups."""
        return Path(self.backup_key_file) if self.backup_key_file else self.home / "backup-key"

    def to_env(self) -> dict[str, str]:
        """The variables that make another process read the same settings."""
        found = {}
        for setting in described():
            value = getattr(self, setting.field)
            found[setting.variable] = str(value).lower() if isinstance(value, bool) else str(value)
        return found

    def ports(self) -> dict[str, int]:
        """Every port of this installation by the variable that sets it, those that are not used left out."""
        chosen = {
            setting.variable: getattr(self, setting.field)
            for setting in described()
            if setting.field == "web_port" or setting.field in _PORT_OFFSETS
        }
        if self.database_url:
            del chosen["LINEHOUSE_POSTGRES_PORT"]
        if not self.diameter_certificate:
            del chosen["LINEHOUSE_DIAMETER_TLS_PORT"]
        if not self.demo:
            for variable in (
                "LINEHOUSE_NETWORK_PORT",
                "LINEHOUSE_SMTP_PORT",
                "LINEHOUSE_SMPP_PORT",
                "LINEHOUSE_SIMULATORS_PORT",
            ):
                del chosen[variable]
        return chosen

    def __repr__(self) -> str:
        """The settings without their secrets."""
        shown = []
        for setting in described():
            value = getattr(self, setting.field)
            shown.append(f"{setting.field}={'***' if setting.secret and value else repr(value)}")
        return f"Settings({', '.join(shown)})"

    def _require_distinct_ports(self) -> None:
        seen: dict[int, str] = {}
        for variable, port in self.ports().items():
            if port in seen:
                raise SettingRefused(
                    f"{variable} and {seen[port]} are both {port}", field=variable, value=port, expected="another port"
                )
            seen[port] = variable


@dataclass(frozen=True, slots=True)
class Described:
    """What the reference says of one setting."""

    field: str
    variable: str
    kind: Any
    description: str
    default: str
    secret: bool


def described() -> tuple[Described, ...]:
    """Every setting, in the order of its declaration."""
    return _DESCRIBED


def unknown_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Variables with our prefix that are no setting, each with the setting that it resembles (or empty)."""
    known = [setting.variable for setting in described()]
    strangers = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    return {name: next(iter(difflib.get_close_matches(name, known, n=1)), "") for name in strangers}


def _describe() -> tuple[Described, ...]:
    found = []
    for field, hint in get_type_hints(Settings, include_extras=True).items():
        meta: msgspec.Meta = hint.__metadata__[0]
        extra = meta.extra or {}
        found.append(
            Described(
                field=field,
                variable=extra["variable"],
                kind=hint,
                description=meta.description or "",
                default=extra["default"],
                secret=extra["secret"],
            )
        )
    return tuple(found)


_DESCRIBED = _describe()


def _converted(setting: Described, text: str) -> Any:
    if setting.field in {"home", "backup_folder", "backup_key_file"}:
        home = Path(text).expanduser()
        if not home.is_absolute():
            raise SettingRefused(
                f"{setting.variable} is a relative path",
                field=setting.variable,
                value=text,
                expected="an absolute path",
            )
        return home if setting.field == "home" else str(home)
    try:
        return msgspec.convert(text.lower() if setting.kind.__origin__ is bool else text, setting.kind, strict=False)
    except msgspec.ValidationError as error:
        expected = str(error).removeprefix("Expected ").partition(", got")[0].partition(" - at")[0]
        if hasattr(setting.kind.__origin__, "__args__"):
            expected = "one of " + ", ".join(setting.kind.__origin__.__args__)
        raise SettingRefused(
            f"{setting.variable} cannot be used",
            field=setting.variable,
            value="***" if setting.secret else text,
            expected=expected.replace("`", "").replace("int", "a whole number").replace("bool", "true or false"),
        ) from None


def _default_home(environment: Mapping[str, str]) -> Path:
    data = environment.get("XDG_DATA_HOME", "").strip()
    if data and Path(data).is_absolute():
        return Path(data) / "linehouse"
    home = environment.get("HOME", "").strip()
    return (Path(home) if home else Path("~").expanduser()) / ".local" / "share" / "linehouse"
