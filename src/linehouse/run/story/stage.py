"""The stage: a brand of its own, and the outside world around it, on free ports and in a folder of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from linehouse.activation import connector
from linehouse.edge.network.tmf640.connector import Tmf640Connector
from linehouse.edge.partner.mail.address import SmtpAddress
from linehouse.edge.partner.mail.smtp import SmtpMailer
from linehouse.notify import mailer
from linehouse.platform.work import Actor
from linehouse.simulators.host_network.server import HostNetwork
from linehouse.simulators.mailbox.server import MailServer
from linehouse.simulators.world.brands import bank_inbox, usage_inbox
from linehouse.simulators.world.server import World

PLAYER = Actor("staff", "story", "Sam Story")
"""Who does in the story what a person would do."""
CHECKER = Actor("staff", "story-finance", "Fay Finance")
"""The second person, who approves what the first one has started."""


@dataclass(slots=True)
class Stage:
    """Where the story plays. ``seed`` decides what the customers do."""

    brand: str
    home: Path
    brand_files: Path
    clock: datetime
    seed: str
    network: HostNetwork
    world: World
    actor: Actor = PLAYER

    @property
    def usage_inbox(self) -> Path:
        """Where the host and the roaming partners leave files."""
        return usage_inbox(self.home, self.brand)

    @property
    def bank_inbox(self) -> Path:
        """Where the bank leaves statements."""
        return bank_inbox(self.home, self.brand)


@contextmanager
def stage(brand: str, home: Path, brand_files: Path, clock: datetime, seed: str) -> Iterator[Stage]:
    """Set the stage: a host network, a mail server and a bank, and the rooms' ports connected to them."""
    stop = threading.Event()
    with ExitStack() as closing:
        network = HostNetwork(home / "simulators" / "host-network")
        serving = threading.Thread(target=network.serve, args=(stop,), name="story-network")
        serving.start()
        closing.callback(serving.join)
        closing.callback(stop.set)
        world = World(home, network.url)
        mail = MailServer(world.mailbox, 0)
        mail.start()
        closing.callback(mail.stop)
        before = connector.current_factory(), mailer.current_factory()
        closing.callback(mailer.set_factory, before[1])
        closing.callback(connector.set_factory, before[0])
        connector.set_factory(lambda: Tmf640Connector(network.url))
        mailer.set_factory(lambda: SmtpMailer(SmtpAddress("127.0.0.1", mail.port)))
        yield Stage(brand, home, brand_files, clock, seed, network, world)
