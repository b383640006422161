"""Addresses of databases, read and written."""

import pytest

from linehouse.platform.postgres.dsn import Dsn


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ada:s%40%2Fcret@db.example:6432/linehouse",
        "postgresql://ada:pw@[::1]:5432/linehouse",
        "postgresql://ada:pw@db.example:5432/linehouse?sslmode=require",
        "postgresql://ada:pw@:5432/linehouse?host=%2Fvar%2Frun%2Fpostgresql",
    ],
)
def test_an_address_comes_back_as_it_was(url: str) -> None:
    assert Dsn.parse(url).url("linehouse") == url


def test_another_database_of_the_same_server() -> None:
    dsn = Dsn.parse("postgres://ada:pw@db.example/first?sslmode=require")
    assert dsn.database == "first"
    assert dsn.url("a b") == "postgresql://ada:pw@db.example:5432/a%20b?sslmode=require"
    assert dsn.psycopg_kwargs("second") == {
        "host": "db.example",
        "port": "5432",
        "user": "ada",
        "password": "pw",
        "dbname": "second",
        "sslmode": "require",
    }


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://a:secret@b/c", "must start with postgresql://"),
        ("postgresql:///c", "names no host"),
        ("postgresql://b/c", "names no user"),
        ("postgresql://a:secret@b:x/c", "not a valid URL"),
    ],
)
def test_what_is_wrong_is_said_without_the_password(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        Dsn.parse(url)
    assert "secret" not in str(caught.value)
