"""The settings that the embedded server runs with."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal

Profile = Literal["normal", "tests"]
"""`normal` keeps every promise of PostgreSQL; `tests` forgets data at a power cut and is much faster."""

_COMMON: Mapping[str, str] = MappingProxyType(
    {
        "listen_addresses": "127.0.0.1",
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "logging_collector": "on",
        "log_filename": "postgresql-%a.log",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        "log_truncate_on_rotation": "on",
        # A failed statement or the detail of a violated constraint may hold a customer's data: neither is logged.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "shared_buffers": "128MB",
        "jit": "off",
    }
)

_PROFILES: Mapping[Profile, Mapping[str, str]] = MappingProxyType(
    {
        "normal": MappingProxyType(
            {
                "max_connections": "200",
                "max_wal_size": "1GB",
                # An archive that stands still must not fill the disk: beyond this the log is given up and the gap told.
                "max_slot_wal_keep_size": "4GB",
            }
        ),
        "tests": MappingProxyType(
            {
                "max_connections": "300",
                "fsync": "off",
                "synchronous_commit": "off",
                "full_page_writes": "off",
                "wal_level": "minimal",
                "max_wal_senders": "0",
                "max_wal_size": "4GB",
                "checkpoint_timeout": "1h",
                "autovacuum_naptime": "1h",
            }
        ),
    }
)


def configuration(profile: Profile, *, port: int, sockets: Path, logs: Path) -> str:
    """The text of the configuration file."""
    settings = {
        **_COMMON,
        **_PROFILES[profile],
        "port": str(port),
        # A list setting: the inner double quotes keep blanks and commas of the path together.
        "unix_socket_directories": '"' + str(sockets).replace('"', '""') + '"',
        "log_directory": str(logs),
    }
    lines = [f"{name} = {_quoted(value)}" for name, value in settings.items()]
    return "# Written anew at each start; changes made here do not last.\n" + "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


HOST_BASED_ACCESS = """\
# Written anew at each start; changes made here do not last.
local   all          all                  scram-sha-256
host    all          all  127.0.0.1/32    scram-sha-256
local   replication  all                  scram-sha-256
host    replication  all  127.0.0.1/32    scram-sha-256
"""
