"""The client trusts, for each kind of endpoint, AWS's roots for it and no others."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

import botocore
import pytest
from cryptography import x509

from keyless_client import ConnectError, trust_roots
from scripts import trust_roots as regenerate

PROXY = "app.proxy-0a1b2c3d4e5f.us-east-1.rds.amazonaws.com"
CLUSTER = "app.cluster-0a1b2c3d4e5f.us-east-1.rds.amazonaws.com"
FILES = ("amazon_trust.pem", "rds.pem")

pytestmark = pytest.mark.filterwarnings(
    "ignore:Parsed a serial number:cryptography.utils.CryptographyDeprecationWarning"
)


@pytest.fixture(autouse=True)
def no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGSSLROOTCERT", raising=False)


@pytest.fixture(scope="module")
def packaged() -> dict[str, list[str]]:
    return regenerate.packaged()


def committed(file: str) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates((regenerate.ROOTS / file).read_bytes())


@pytest.mark.parametrize(
    "host",
    [
        PROXY,
        PROXY.upper(),
        "readers.endpoint.proxy-0a1b2c3d4e5f.us-east-1.rds.amazonaws.com",
        "app.proxy-0a1b2c3d4e5f.rds.cn-north-1.amazonaws.com.cn",
    ],
)
def test_a_proxy_is_verified_with_the_roots_of_amazon_trust_services(host: str) -> None:
    assert trust_roots(host).name == "amazon_trust.pem"


@pytest.mark.parametrize(
    "host",
    [
        CLUSTER,
        "app.cluster-ro-0a1b2c3d4e5f.us-gov-west-1.rds.amazonaws.com",
        "proxy-for-tests.0a1b2c3d4e5f.us-east-1.rds.amazonaws.com",
        "app.cluster-0a1b2c3d4e5f.rds.cn-north-1.amazonaws.com.cn",
    ],
)
def test_a_cluster_or_instance_is_verified_with_the_roots_of_rds_whatever_its_name(host: str) -> None:
    assert trust_roots(host).name == "rds.pem"


@pytest.mark.parametrize(
    "host", ["localhost", "db.example.com", f"{PROXY}.example.com", "rds.amazonaws.com", f"{PROXY}\n", ""]
)
def test_a_name_that_is_not_an_endpoint_is_refused(host: str) -> None:
    with pytest.raises(ConnectError, match="is not the name of an RDS endpoint; allowed: "):
        trust_roots(host)


@pytest.mark.parametrize("host", [PROXY, CLUSTER, "localhost"])
def test_pgsslrootcert_wins(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLROOTCERT", "/some/roots.pem")
    assert trust_roots(host) == Path("/some/roots.pem")


@pytest.mark.parametrize("file", FILES)
def test_committed_roots_are_those_of_the_package(file: str, packaged: dict[str, list[str]]) -> None:
    package = [x509.load_pem_x509_certificate(pem.encode()) for pem in packaged[file]]
    valid = [c for c in package if c.subject == c.issuer and c.not_valid_after_utc > datetime.now(UTC)]
    for_tests = [c for c in valid if "Beta" in c.subject.rfc4514_string() or "Preview" in c.subject.rfc4514_string()]
    assert set(committed(file)) == set(valid) - set(for_tests)
    assert (regenerate.ROOTS / file).read_text() == regenerate.bundle(packaged[file]), "run scripts/trust_roots.py"


def test_amazon_trust_roots_are_the_ones_every_browser_trusts() -> None:
    mozilla = x509.load_pem_x509_certificates((Path(botocore.__file__).parent / "cacert.pem").read_bytes())
    assert set(committed("amazon_trust.pem")) <= set(mozilla)


def test_rds_roots_cover_the_public_regions() -> None:
    names = " ".join(certificate.subject.rfc4514_string() for certificate in committed("rds.pem"))
    assert [
        region
        for region in ("us-east-1", "eu-central-1", "ap-southeast-2", "sa-east-1", "me-central-1")
        if region not in names
    ] == []


@pytest.mark.parametrize("file", FILES)
def test_every_root_is_a_valid_self_signed_authority(file: str) -> None:
    for root in committed(file):
        root.verify_directly_issued_by(root)
        assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        assert root.not_valid_before_utc < datetime.now(UTC) < root.not_valid_after_utc


@pytest.mark.parametrize("file", FILES)
def test_openssl_reads_every_root(file: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(regenerate.ROOTS / file)
    assert context.cert_store_stats()["x509_ca"] == len(committed(file))


def test_an_expired_or_dependent_certificate_is_never_written(packaged: dict[str, list[str]]) -> None:
    left_out = [
        pem for pem in packaged["rds.pem"] if not regenerate.trusted(x509.load_pem_x509_certificate(pem.encode()))
    ]
    assert left_out
    assert regenerate.bundle(left_out) == ""
