"""Settings: read, checked, described."""

from pathlib import Path

import pytest

from linehouse.platform.settings import SettingRefused, Settings, described, unknown_variables

BARE = {"HOME": "/people/ada"}


def test_defaults_follow_the_user_and_the_port() -> None:
    settings = Settings.from_env(BARE)
    assert settings.home == Path("/people/ada/.local/share/linehouse")
    assert settings.web_port == 8080
    moved = Settings.from_env({**BARE, "LINEHOUSE_PORT": "9000", "LINEHOUSE_SMTP_PORT": "2525"})
    assert moved.ports() == {
        "LINEHOUSE_PORT": 9000,
        "LINEHOUSE_CHARGING_PORT": 9001,
        "LINEHOUSE_DIAMETER_PORT": 9007,
        "LINEHOUSE_NETWORK_PORT": 9002,
        "LINEHOUSE_SMTP_PORT": 2525,
        "LINEHOUSE_SMPP_PORT": 9006,
        "LINEHOUSE_SIMULATORS_PORT": 9004,
        "LINEHOUSE_POSTGRES_PORT": 9005,
    }


def test_ports_that_nobody_uses_are_not_checked() -> None:
    outside = {**BARE, "LINEHOUSE_DATABASE_URL": "postgresql://a:b@c/d", "LINEHOUSE_DEMO": "no", "LINEHOUSE_PORT": "1"}
    with pytest.raises(SettingRefused, match="LINEHOUSE_DEMO"):
        Settings.from_env(outside)
    assert list(Settings.from_env({**outside, "LINEHOUSE_DEMO": "false"}).ports()) == [
        "LINEHOUSE_PORT",
        "LINEHOUSE_CHARGING_PORT",
        "LINEHOUSE_DIAMETER_PORT",
    ]
    sealed = Settings.from_env({**BARE, "LINEHOUSE_DIAMETER_CERTIFICATE": "/keys/ocs.pem"})
    assert sealed.ports()["LINEHOUSE_DIAMETER_TLS_PORT"] == 8088


def test_another_process_reads_the_same() -> None:
    settings = Settings.from_env({**BARE, "LINEHOUSE_DEMO": "0", "LINEHOUSE_SECRET_KEY": "k", "LINEHOUSE_PORT": "7000"})
    assert Settings.from_env(settings.to_env()) == settings


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("LINEHOUSE_PORT", "web", "a whole number"),
        ("LINEHOUSE_PORT", "65535", "65527"),
        ("LINEHOUSE_SMTP_PORT", "8080", "another port"),
        ("LINEHOUSE_HOME", "here", "absolute"),
        ("LINEHOUSE_LOG_LEVEL", "loud", "one of debug, info, warning, error"),
        ("LINEHOUSE_DATABASE_URL", "mysql://a:b@c/d", "postgresql://"),
    ],
)
def test_a_wrong_value_names_variable_and_what_would_be_right(variable: str, value: str, expected: str) -> None:
    with pytest.raises(SettingRefused) as caught:
        Settings.from_env({**BARE, variable: value})
    assert variable in str(caught.value)
    assert expected in str(caught.value)


def test_secrets_are_not_shown() -> None:
    text = repr(
        Settings.from_env(
            {**BARE, "LINEHOUSE_SECRET_KEY": "hush", "LINEHOUSE_DATABASE_URL": "postgresql://a:quiet@c/d"}
        )
    )
    assert "hush" not in text
    assert "quiet" not in text


def test_every_setting_is_described() -> None:
    assert [setting.field for setting in described()] == list(Settings.__struct_fields__)
    for setting in described():
        assert setting.variable.startswith("LINEHOUSE_")
        assert setting.description.endswith(".")
        assert setting.default


def test_a_mistyped_variable_is_noticed() -> None:
    assert unknown_variables({"LINEHOUSE_PROT": "1", "LINEHOUSE_PORT": "1", "OTHER": "1"}) == {
        "LINEHOUSE_PROT": "LINEHOUSE_PORT"
    }


@pytest.mark.parametrize("url", ["desk.example", "https://desk.example/", "ftp://desk.example", "https://a b"])
def test_the_public_address_is_scheme_and_host(url: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        Settings.from_env({"LINEHOUSE_PUBLIC_URL": url})
    assert refused.value.field == "LINEHOUSE_PUBLIC_URL"
    assert Settings.from_env({"LINEHOUSE_PUBLIC_URL": "https://desk.example:8443"}).public_url.endswith(":8443")
