"""Our SMPP against Kannel and against Perl's Net::SMPP, which share no code with us.

Kannel's SMS centre for its own tests (drive_smpp) is an SMPP server on Kannel's library: we bind to it as a transmitter
and a receiver. It gives no message numbers, so that receipts are tested against Net::SMPP. Kannel's gateway (bearerbox)
is an ESME: it binds to our simulated centre and so says whether that one speaks SMPP.
"""

from __future__ import annotations

import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from linehouse.edge.partner.sms.address import SmppAddress
from linehouse.edge.partner.sms.centre import SmppCentre
from linehouse.edge.partner.sms.session import Session
from linehouse.notify.sms import Receipt, ReceiptState, Segment
from linehouse.notify.sms_text import segmented
from linehouse.simulators.sms_centre.server import SmsCentre
from tests.peers.programs import free_port, listens, program, running, until

pytestmark = pytest.mark.peers
NUMBER = "+31612345678"
KANNEL = "/usr/lib/kannel/test/drive_smpp"


def connected(port: int, receipts: list[Receipt], options: str = "timeout=5") -> Session:
    def take(receipt: Receipt) -> bool:
        receipts.append(receipt)
        return True

    return Session(SmppAddress.parse(f"smpp://foo:bar@127.0.0.1:{port}?{options}"), take)


def say(centre: SmppCentre, text: str) -> list[str]:
    cut = segmented(text)
    parts = enumerate(cut.segments, 1)
    made = [Segment("Robin", NUMBER, octets, cut.is_gsm, number, cut.count, 9) for number, octets in parts]
    return [centre.submit(segment).centre_id for segment in made]


@pytest.fixture
def kannel(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """Kannel as an SMS centre: its port, and its log."""
    port, admin, unused = (free_port() for _ in range(3))
    smsbox = 13001  # where drive_smpp looks for its gateway, whatever the configuration says
    config = tmp_path / "kannel.conf"
    config.write_text(
        f"""
group = core
admin-port = {admin}
admin-password = x
smsbox-port = {smsbox}
box-allow-ip = "127.0.0.1"

group = smsc
smsc = fake
smsc-id = fake
host = 127.0.0.1
port = {unused}
connect-allow-ip = 127.0.0.1

group = smpp-tlv
name = my_receipted_message_id
tag = 0x001E
type = octetstring
length = 65

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {free_port()}
"""
    )
    log = tmp_path / "drive.log"
    box = [program("bearerbox", "/usr/sbin/bearerbox"), "-v", "4", str(config)]
    drive = [program(KANNEL), "-v", "0", "-p", str(port), "-m", "2", "-c", str(config)]
    with running(box, tmp_path / "bearerbox.log", lambda: listens(smsbox)), running(drive, log, lambda: listens(port)):
        yield port, log


def test_kannel_takes_what_we_submit(kannel: tuple[int, Path]) -> None:
    port, log = kannel
    receipts: list[Receipt] = []
    session = connected(port, receipts, "bind=pair&timeout=5")
    try:
        numbers = say(SmppCentre(session), "Hello from Robin: 5 €") + say(SmppCentre(session), "b" * 200)
        # Kannel brings two messages of its own, when it likes: who hangs up before that has not answered them.
        until(lambda: log.read_text(errors="replace").count("type deliver_sm_resp") == 2)
    finally:
        session.stop()
    assert numbers == ["", "", ""]
    until(lambda: log.read_text(errors="replace").count("Handling SMPP PDU of type submit_sm") == 3)
    seen = log.read_text(errors="replace")
    for role in ("bind_transmitter", "bind_receiver"):
        assert f"type {role}" in seen
    assert "Hello from Robin: 5" in seen
    # It asks whether we are alive, too: all of it was answered.
    assert "Unhandled" not in seen
    assert receipts == []


PERL = r"""
use strict; use warnings; use Net::SMPP; use IO::Select;
$| = 1;
my ($port, $log) = @ARGV;
open(my $out, '>', $log) or die; $out->autoflush(1);
my %version = (smpp_version => 0x34, interface_version => 0x34, async => 1);
my $server = Net::SMPP->new_listen('127.0.0.1', port => $port, %version) or die;
print $out "listening\n";
my $number = 4096;
while (my $esme = $server->accept) {
  while (my $pdu = $esme->read_pdu) {
    if ($pdu->{cmd} == Net::SMPP::CMD_bind_transceiver) {
      $esme->set_version(0x34);
      $esme->bind_transceiver_resp(system_id => 'perl', seq => $pdu->{seq});
      print $out "bound $pdu->{system_id} $pdu->{password}\n";
    } elsif ($pdu->{cmd} == Net::SMPP::CMD_submit_sm) {
      my $id = sprintf('%X', ++$number);
      my $full = $number % 3 == 0 ? 'UNDELIV' : 'DELIVRD';
      print $out join(' ', 'submit', $id, $pdu->{destination_addr}, $pdu->{source_addr}, $pdu->{data_coding},
        $pdu->{esm_class}, unpack('H*', $pdu->{short_message})), "\n";
      $esme->submit_sm_resp(message_id => $id, seq => $pdu->{seq});
      $esme->deliver_sm(source_addr => $pdu->{destination_addr}, destination_addr => $pdu->{source_addr},
        esm_class => 4, short_message =>
        "id:$id sub:001 dlvrd:001 submit date:2611010900 done date:2611010901 stat:$full err:000 text:");
    } elsif ($pdu->{cmd} == Net::SMPP::CMD_enquire_link) {
      $esme->enquire_link_resp(seq => $pdu->{seq});
    } elsif ($pdu->{cmd} == Net::SMPP::CMD_unbind) {
      $esme->unbind_resp(seq => $pdu->{seq}); last;
    } elsif ($pdu->{cmd} == Net::SMPP::CMD_deliver_sm_resp) {
      print $out "answered $pdu->{status}\n";
    }
  }
}
"""


def test_receipts_of_net_smpp_are_taken(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "perl.log"
    script = tmp_path / "smsc.pl"
    script.write_text(PERL)
    log.touch()
    receipts: list[Receipt] = []
    with running(
        [program("perl"), str(script), str(port), str(log)], tmp_path / "out", lambda: "listening" in log.read_text()
    ):
        session = connected(port, receipts)
        try:
            numbers = say(SmppCentre(session), "Größe {1} €") + say(SmppCentre(session), "Привет " * 20)
            until(lambda: len(receipts) == len(numbers), why=log.read_text)
            until(lambda: log.read_text().count("answered 0") == len(numbers), why=log.read_text)
        finally:
            session.stop()
    assert numbers == ["1001", "1002", "1003", "1004"]
    assert [receipt.state for receipt in receipts] == [
        ReceiptState.FAILED if int(number, 16) % 3 == 0 else ReceiptState.DELIVERED for number in numbers
    ]
    lines = log.read_text().splitlines()
    assert lines[1] == "bound foo bar"
    first = next(line for line in lines if line.startswith("submit 1001"))
    # Größe {1} € in GSM 03.38, one octet each, { } and € behind an escape.
    assert first == "submit 1001 31612345678 Robin 0 0 47727c1e65201b28311b29201b65"
    second = next(line for line in lines if line.startswith("submit 1002"))
    assert second.startswith("submit 1002 31612345678 Robin 8 64 050003090301041f")


def test_kannel_binds_to_our_centre(tmp_path: Path) -> None:
    """Kannel's gateway sends through the simulated centre, in parts and in both alphabets, and gets its receipts."""
    centre = SmsCentre(tmp_path / "centre", 0, "kannel", "secret")
    centre.start()
    admin, smsbox, http = free_port(), free_port(), free_port()
    access = tmp_path / "access.log"
    config = tmp_path / "kannel.conf"
    config.write_text(
        f"""
group = core
admin-port = {admin}
admin-password = x
smsbox-port = {smsbox}
box-allow-ip = "127.0.0.1"
dlr-storage = internal
access-log = {access}

group = smsc
smsc = smpp
smsc-id = ours
host = 127.0.0.1
port = {centre.port}
transceiver-mode = true
smsc-username = kannel
smsc-password = secret
system-type = ""
msg-id-type = 0x00

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {http}
global-sender = 12345

group = sendsms-user
username = t
password = t
max-messages = 5
concatenation = true
"""
    )
    box = [program("bearerbox", "/usr/sbin/bearerbox"), "-v", "1", str(config)]
    sender = [program("smsbox", "/usr/sbin/smsbox"), "-v", "1", str(config)]
    texts = ["Hello 5 € from Kannel", "c" * 300, "Привет"]
    with ExitStack() as open_things:
        open_things.callback(centre.stop)
        open_things.enter_context(running(box, tmp_path / "box.log", lambda: listens(smsbox)))
        open_things.enter_context(running(sender, tmp_path / "smsbox.log", lambda: listens(http)))
        for text in texts:
            coding = {"coding": "2", "charset": "UTF-8"} if "П" in text else {"charset": "UTF-8"}
            query = urllib.parse.urlencode(
                {"username": "t", "password": "t", "to": NUMBER, "text": text, "dlr-mask": "31"} | coding
            )
            url = f"http://127.0.0.1:{http}/cgi-bin/sendsms?{query}&dlr-url=http%3A%2F%2F127.0.0.1%3A9%2F"
            with urllib.request.urlopen(url, timeout=10) as answer:
                assert answer.status == 202
        until(lambda: len(centre.handsets.texts()) == 3 and not centre.handsets.texts()[0].missing)
        # Kannel asks for one receipt of a text in parts; each text is acknowledged and then delivered.
        until(lambda: [one.receipt for one in centre.handsets.all()].count("receipt taken") == 3)
        until(lambda: access.read_text(errors="replace").count("Receive DLR") == 6, why=access.read_text)
    assert sorted(one.text for one in centre.handsets.texts()) == sorted(texts)
