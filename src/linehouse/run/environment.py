"""The one door through which the environment comes in."""

import os

from linehouse.platform.settings import Settings, unknown_variables
from linehouse.run.home import with_secret_key


def settings() -> Settings:
    """The settings of this process, with the signing key. Raises SettingRefused, HomeRefused."""
    return with_secret_key(Settings.from_env(os.environ))


def settings_without_key() -> Settings:
    """The settings as the environment has them; nothing is made in the home. Raises SettingRefused."""
    return Settings.from_env(os.environ)


def strangers() -> dict[str, str]:
    """Variables that look like settings and are none, with the setting that was probably meant."""
    return unknown_variables(os.environ)


def child_environment(chosen: Settings, extra: dict[str, str]) -> dict[str, str]:
    """What a child process gets to see: this environment with the settings spelled out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LINEHOUSE_")}
    return {**kept, **chosen.to_env(), **extra}


def adopt(chosen: Settings) -> None:
    """Make the settings those of this process, for code that reads them when it is imported (Django's)."""
    os.environ.update(chosen.to_env())
