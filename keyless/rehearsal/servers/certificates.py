"""A throw-away certificate authority for the rehearsal's endpoints, whose key is kept in memory only.

Must not be used for anything that is deployed.
"""

import datetime
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LIFETIME = datetime.timedelta(days=2)


@dataclass(frozen=True)
class Certificate:
    """PEM files: the certificate, and its private key (mode 0600)."""

    chain: Path
    key: Path


class Authority:
    """Issues certificates into `folder` and leaves its own root there, for clients to trust.

    Parameters:
        folder: an existing folder, best one that only this user can enter.
        name: part of its files' names and its subject, to distinguish it from another authority.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name, self._issued = folder, name, 0
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._certificate = self._sign(_subject(name), self._key, x509.BasicConstraints(ca=True, path_length=0), [])
        self.root = folder / f"{name}-root.pem"
        _write(self.root, _pem(self._certificate))

    def server(self, *names: str) -> Certificate:
        """A server's certificate, valid for the DNS names."""
        alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        return self._issue(_subject(names[0][:64]), [alternatives, usage])

    def client(self, common_name: str) -> Certificate:
        """A client's certificate. `common_name` is at most 64 bytes of UTF-8."""
        return self._issue(_subject(common_name), [x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])])

    def _issue(self, subject: x509.Name, extensions: list[x509.ExtensionType]) -> Certificate:
        key = ec.generate_private_key(ec.SECP256R1())
        signed = self._sign(subject, key, x509.BasicConstraints(ca=False, path_length=None), extensions)
        self._issued += 1
        stem = self._folder / f"{self._name}-{self._issued}"
        issued = Certificate(chain=stem.with_suffix(".pem"), key=stem.with_suffix(".key"))
        _write(issued.chain, _pem(signed))
        _write(issued.key, _private_pem(key))
        return issued

    def _sign(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        constraints: x509.BasicConstraints,
        extensions: list[x509.ExtensionType],
    ) -> x509.Certificate:
        now, issuer_key = datetime.datetime.now(datetime.UTC), self._key.public_key()
        builder = (
            x509.CertificateBuilder(issuer_name=_subject(self._name), subject_name=subject, public_key=key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))  # clocks of a host and its containers differ
            .not_valid_after(now + _LIFETIME)
            .add_extension(constraints, critical=True)
            .add_extension(_usage(constraints.ca), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _subject(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
