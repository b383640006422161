"""`linehouse diameter`: who may charge over Diameter, and whose subscribers a realm has."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from linehouse.kernel.error import Invalid
from linehouse.run.at_work import installation, operator

_reason = click.option("--reason", default="at the command line", show_default=True, help="Why, for the record.")


@click.group("diameter")
def command() -> None:
    """Configure Diameter peers and realms; charging follows within seconds."""


@command.group("peer")
def peer() -> None:
    """Peers: who is not configured is denied."""


@peer.command("allow")
@click.argument("host")
@click.option("--realm", default="", help="Only with this Origin-Realm.")
@click.option(
    "--brand", default="", help="The only brand whose subscribers it reaches; else realm or number say whose."
)
@click.option("--connect", default="", help="HOST:PORT to which we connect; else the peer connects to us.")
@click.option("--tls", is_flag=True, help="Only over TLS.")
@click.option("--from", "sources", multiple=True, help="Address or network from which it may connect; repeat it.")
@_reason
def allow(host: str, realm: str, brand: str, connect: str, tls: bool, sources: tuple[str, ...], reason: str) -> None:
    """Let HOST connect (its Diameter identity, or *.DOMAIN), or change what it may."""
    with installation():
        from linehouse.platform.access.diameter import PeerView, allow_peer

        wished = PeerView(host=host, realm=realm, brand=brand, connect=connect, tls=tls, sources=sources)
        made = allow_peer(wished, actor=operator(), reason=reason)
    click.echo(f"{made.host} may {'be connected to' if made.connect else 'connect'}.")


@peer.command("list")
def list_peers() -> None:
    """List the peers."""
    table = Table("host", "realm", "brand", "from", "connect to", "TLS only")
    with installation():
        from linehouse.platform.access.diameter import peers

        for one in peers():
            sources = " ".join(one.sources) or "anywhere"
            table.add_row(one.host, one.realm or "any", one.brand, sources, one.connect, "yes" if one.tls else "no")
    Console(highlight=False, width=200).print(table)


@peer.command("withdraw")
@click.argument("host")
@_reason
def withdraw(host: str, reason: str) -> None:
    """Deny HOST from now on; its connection is ended."""
    with installation():
        from linehouse.platform.access.diameter import withdraw_peer

        withdraw_peer(host, actor=operator(), reason=reason)
    click.echo(f"{host} is denied.")


@command.group("realm")
def realm() -> None:
    """Realms that are served, besides the one of our own identity."""


@realm.command("serve")
@click.argument("name")
@click.option("--brand", required=True, help="Whose subscribers it has.")
@click.option(
    "--service",
    "services",
    multiple=True,
    metavar="CONTEXT:NAME=VALUE",
    help="A setting of a service context, such as 32251:failure=continue; repeat it.",
)
@_reason
def serve(name: str, brand: str, services: tuple[str, ...], reason: str) -> None:
    """Serve the realm NAME for a brand; settings that are not given are taken away."""
    said = _services(services)
    with installation():
        from linehouse.platform.access.diameter import serve_realm

        made = serve_realm(name, brand, said, actor=operator(), reason=reason)
    click.echo(f"{made.name} is served for {made.brand}.")


@realm.command("list")
def list_realms() -> None:
    """List the realms."""
    table = Table("realm", "brand", "services")
    with installation():
        from linehouse.platform.access.diameter import realms

        for one in realms():
            settings = [f"{key}:{name}={value}" for key, inner in one.services.items() for name, value in inner.items()]
            table.add_row(one.name, one.brand, " ".join(settings))
    Console(highlight=False, width=200).print(table)


@realm.command("drop")
@click.argument("name")
@_reason
def drop(name: str, reason: str) -> None:
    """Serve the realm NAME no more."""
    with installation():
        from linehouse.platform.access.diameter import drop_realm

        drop_realm(name, actor=operator(), reason=reason)
    click.echo(f"{name} is not served.")


def _services(texts: tuple[str, ...]) -> dict[str, dict[str, str]]:
    from linehouse.edge.network.diameter.credit.contexts import mistake_in

    said: dict[str, dict[str, str]] = {}
    for text in texts:
        context, colon, setting = text.partition(":")
        name, equals, value = setting.partition("=")
        if not colon or not equals:
            raise Invalid("this is no setting", field="service", value=text, expected="32251:failure=continue")
        said.setdefault(context, {})[name] = value
    if wrong := mistake_in(said):
        raise Invalid(wrong, field="service", expected="a setting of a service context")
    return said
