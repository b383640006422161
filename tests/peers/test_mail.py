"""Our mail against Exim, Debian's mail server: TLS, log-in, refusals, and a mail that really comes back."""

from __future__ import annotations

import email
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from os import chown, geteuid
from pathlib import Path
from pwd import getpwnam, getpwuid
from shutil import rmtree
from tempfile import mkdtemp

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from linehouse.edge.partner.mail.address import SmtpAddress
from linehouse.edge.partner.mail.bounces import read_bounce
from linehouse.edge.partner.mail.smtp import SmtpMailer
from linehouse.kernel.clock import MachineClock
from linehouse.notify.mailer import Attachment, Mail, Refusal, Unreachable
from tests.peers.programs import free_port, listens, program, running, until

pytestmark = pytest.mark.peers

# Two ways: known@ is kept in a folder, later@ is taken and then fails, which makes Exim write a bounce to the sender.
CONFIG = """
primary_hostname = mx.exim.example
daemon_smtp_ports = {port} : {tls_port}
tls_on_connect_ports = {tls_port}
local_interfaces = 127.0.0.1
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
pid_file_path = {folder}/exim.pid
exim_user = {user}
exim_group = {group}
never_users =
tls_advertise_hosts = *
tls_certificate = {folder}/cert.pem
tls_privatekey = {folder}/key.pem
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
acl_smtp_rcpt = check_rcpt
acl_smtp_data = accept
bounce_return_size_limit = 20K
keep_environment =
begin acl
check_rcpt:
  deny  local_parts = unknown
        message = 5.1.1 no such mailbox
  defer local_parts = busy
        message = 4.3.0 come back later
  require message = 5.7.0 log in first
          condition = ${{if or{{ {{eq{{$received_port}}{{{port}}}}} {{def:authenticated_id}} }}}}
  accept
begin routers
later:
  driver = redirect
  local_parts = later
  allow_fail
  data = :fail: the mailbox was closed yesterday
keep:
  driver = accept
  local_parts = known : tls : service
  transport = folder
begin transports
folder:
  driver = appendfile
  file = {folder}/box/$local_part_data
  create_directory
  user = {user}
  group = {group}
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{ {{eq{{$auth2}}{{robin}}}} {{eq{{$auth3}}{{s3cret}}}} }}}}
  server_set_id = $auth2
"""
SENDER = "service@robin-mobile.example"


@dataclass
class Exim:
    """The running server."""

    folder: Path
    port: int
    tls_port: int

    def box(self, name: str) -> list[EmailMessage]:
        """The mails in a mailbox."""
        file = self.folder / "box" / name
        parts = file.read_bytes().split(b"\nFrom ")[0:] if file.exists() else []
        found = []
        for part in parts:
            message = email.message_from_bytes(part.partition(b"\n")[2], policy=policy.default)
            assert isinstance(message, EmailMessage)
            found.append(message)
        return found


def _certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = MachineClock().now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@pytest.fixture(scope="module")
def exim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exim]:
    folder = tmp_path_factory.mktemp("exim")
    user = getpwuid(geteuid())
    if user.pw_uid == 0:
        # Exim never delivers as root. Its own account must reach the folder, which pytest keeps to root.
        user = getpwnam("Debian-exim")
        folder = Path(mkdtemp(prefix="linehouse-exim-"))
    for place in (folder / "spool", folder / "box"):
        place.mkdir()
    _certificate(folder)
    for place in (folder, *folder.iterdir()):
        chown(place, user.pw_uid, user.pw_gid)
    made = Exim(folder, free_port(), free_port())
    config = CONFIG.format(port=made.port, tls_port=made.tls_port, folder=folder, user=user.pw_name, group=user.pw_gid)
    (folder / "exim.conf").write_text(config)
    command = [program("exim4", "/usr/sbin/exim4"), "-bdf", "-q5s", "-C", str(folder / "exim.conf")]
    try:
        with running(command, folder / "out", lambda: listens(made.port) and listens(made.tls_port)):
            yield made
    finally:
        rmtree(folder, ignore_errors=True)


def mail(local: str, number: int = 1) -> Mail:
    return Mail(
        f"<{number}.{local}@linehouse.invalid>",
        "Robin Mobile",
        SENDER,
        "Jörg Müller",
        f"{local}@mail.example",
        "Ihre Rechnung über 27,95 €",
        "Guten Tag,\n.\nein Punkt am Zeilenanfang bleibt.\n",
        "de",
        (Attachment("Rechnung Nº 1.pdf", "application/pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40),),
        "<p>Guten Tag</p>",
    )


def test_a_mail_arrives_whole(exim: Exim) -> None:
    said = SmtpMailer(SmtpAddress("127.0.0.1", exim.port)).send(mail("known"))
    assert said.startswith("250 OK id=")
    until(lambda: exim.box("known"))
    (found,) = exim.box("known")
    assert found["Message-ID"] == "<1.known@linehouse.invalid>"
    assert found["Subject"] == "Ihre Rechnung über 27,95 €"
    text, html = found.get_body(("plain",)), found.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == ["Guten Tag,", ".", "ein Punkt am Zeilenanfang bleibt."]
    (file,) = found.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("Rechnung Nº 1.pdf", mail("known").attachments[0].content)


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_tls_and_log_in(exim: Exim, scheme: str) -> None:
    port = exim.tls_port if scheme == "smtps" else exim.port
    ca = f"?ca={exim.folder}/cert.pem"
    right = SmtpAddress.parse(f"{scheme}://robin:s3cret@localhost:{port}{ca}")
    assert SmtpMailer(right).send(mail("tls", port)).startswith("250 OK")
    wrong = SmtpAddress.parse(f"{scheme}://robin:guess@localhost:{port}{ca}")
    with pytest.raises(Unreachable, match="535"):
        SmtpMailer(wrong).send(mail("tls", port))
    with pytest.raises(Unreachable, match="certificate verify failed"):
        SmtpMailer(SmtpAddress.parse(f"{scheme}://robin:s3cret@localhost:{port}")).send(mail("tls", port))
    if scheme == "smtps":
        with pytest.raises(Refusal, match=r"5\.7\.0 log in first"):
            SmtpMailer(SmtpAddress.parse(f"{scheme}://localhost:{port}{ca}")).send(mail("tls", port))


def test_refused_for_good_and_for_now(exim: Exim) -> None:
    mailer = SmtpMailer(SmtpAddress("127.0.0.1", exim.port))
    with pytest.raises(Refusal, match=r"550 5\.1\.1 no such mailbox"):
        mailer.send(mail("unknown"))
    with pytest.raises(Unreachable, match=r"451 4\.3\.0 come back later"):
        mailer.send(mail("busy"))


def test_a_mail_that_comes_back_is_read(exim: Exim) -> None:
    mailer = SmtpMailer(SmtpAddress("127.0.0.1", exim.port))
    assert mailer.send(mail("later")).startswith("250 OK")
    until(lambda: exim.box("service"))
    (bounce,) = exim.box("service")
    found = read_bounce(bounce.as_bytes())
    assert found is not None
    assert (found.message_id, found.for_good) == ("<1.later@linehouse.invalid>", True)
    assert found.words.startswith("failed 5.0.0")
    (kept,) = exim.box("service")
    assert read_bounce(mail_of(kept)) == found


def mail_of(message: EmailMessage) -> bytes:
    """The message once more, as a file of the inbox would hold it."""
    return message.as_bytes(policy=policy.SMTP)
