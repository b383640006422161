"""Django app of the network edge: it has no tables, only what a process must know when it starts."""

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    """Formats and protocols of the network."""

    name = "linehouse.edge.network"
    label = "network"

    def ready(self) -> None:
        """Bring the readers of usage files to the usage room."""
        from linehouse.edge.network.usage_formats import install_formats

        install_formats()
