"""The file in which PINs leave the house: for the holder of a certificate, or under a passphrase."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from linehouse.platform.backup.keyring import make_bundle
from linehouse.resource.errors import BadRecipient

_LEAST = 12


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who can open the file: the holder of the certificate's key (PEM text, RSA), else whoever knows the passphrase."""

    certificate: str = ""
    passphrase: str = ""


def encrypted(name: str, plain: bytes, recipient: Recipient) -> tuple[str, str, bytes]:
    """Name, media type and content of the encrypted file. Raises BadRecipient.

    For a certificate it is CMS enveloped data (RFC 5652), which ``openssl cms -decrypt`` opens; under a passphrase it
    is sealed as the house's own bundles are (scrypt, AES-256-GCM), which ``linehouse voucher open`` opens.
    """
    if recipient.certificate.strip():
        try:
            certificate = x509.load_pem_x509_certificate(recipient.certificate.strip().encode())
        except ValueError as error:
            raise BadRecipient(
                "no certificate can be read",
                field="certificate",
                expected="PEM text that begins with BEGIN CERTIFICATE",
            ) from error
        if not isinstance(certificate.public_key(), RSAPublicKey):
            raise BadRecipient("the certificate's key cannot encrypt", field="certificate", expected="an RSA key")
        builder = pkcs7.PKCS7EnvelopeBuilder().set_data(plain).add_recipient(certificate)
        content = builder.set_content_encryption_algorithm(AES256).encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])
        return f"{name}.cms", "application/pkcs7-mime", content
    if len(recipient.passphrase) < _LEAST:
        raise BadRecipient(
            "the file is for nobody",
            field="passphrase",
            expected=f"a certificate, or a passphrase of at least {_LEAST} characters",
        )
    return f"{name}.sealed", "application/octet-stream", make_bundle({name: plain}, recipient.passphrase)
