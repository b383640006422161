"""The address of a PostgreSQL server."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from psycopg.conninfo import make_conninfo


@dataclass(frozen=True, slots=True)
class Dsn:
    """Where a server listens and how to log in; the database is named per use, since each brand has its own."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    options: tuple[tuple[str, str], ...] = ()
    """Further libpq parameters, such as `sslmode`."""
    database: str | None = None
    """The database that the address itself named, if any; where one may connect before others exist."""

    @classmethod
    def parse(cls, url: str) -> "Dsn":
        """Read `postgresql://user:password@host:port/database?sslmode=require`.

        Raises ValueError with a sentence that does not repeat the password.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise ValueError("the database address is not a valid URL") from error
        if parts.scheme not in {"postgresql", "postgres"}:
            raise ValueError("the database address must start with postgresql://")
        options = dict(parse_qsl(parts.query))
        host = options.pop("host", None) or unquote(parts.hostname or "")
        if not host:
            raise ValueError("the database address names no host")
        if not parts.username:
            raise ValueError("the database address names no user")
        return cls(
            host=host,
            port=port or int(options.pop("port", "5432")),
            user=unquote(parts.username),
            password=unquote(parts.password or ""),
            options=tuple(sorted(options.items())),
            database=unquote(parts.path.lstrip("/")) or None,
        )

    def url(self, dbname: str) -> str:
        """The address as a URL. It carries the password: do not log it."""
        socket = self.host.startswith("/")
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        place = "" if socket else f"[{self.host}]" if ":" in self.host else self.host
        options = self.options + ((("host", self.host),) if socket else ())
        query = f"?{urlencode(options)}" if options else ""
        return f"postgresql://{login}@{place}:{self.port}/{quote(dbname, safe='')}{query}"

    def psycopg_kwargs(self, dbname: str) -> dict[str, str]:
        """Keyword arguments for `psycopg.connect`."""
        return {
            "host": self.host,
            "port": str(self.port),
            "user": self.user,
            "password": self.password,
            "dbname": dbname,
            **dict(self.options),
        }

    def conninfo(self, dbname: str) -> str:
        """The address as a libpq connection string. It carries the password: do not log it."""
        return make_conninfo("", **self.psycopg_kwargs(dbname))

    def __str__(self) -> str:
        """The address without the password, for people and logs."""
        return f"postgresql://{self.user}@{self.host}:{self.port}"
