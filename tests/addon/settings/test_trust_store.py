"""Files of authorities: what a client trusted before it trusts still, and the proxy besides."""

import hashlib
import ssl
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from paperknife.settings.trust_store import certificates, java_store, write_trust_files, write_upstream_bundle


def authority(name: str) -> bytes:
    """A self-signed certificate as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = (
        builder.serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(now + timedelta(1))
    )
    signed = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), True).sign(key, SHA256())
    return signed.public_bytes(Encoding.PEM)


OURS, COMPANY = authority("the proxy"), authority("the company")


def names_in(path: str) -> set[str]:
    """What a client trusts that is given this bundle."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(path)
    return {
        value for one in context.get_ca_certs() for rdn in one["subject"] for key, value in rdn if key == "commonName"
    }


@pytest.fixture
def ca(tmp_path: Path) -> Path:
    """The proxy's certificate in its folder."""
    path = tmp_path / "ca.pem"
    path.write_bytes(OURS)
    return path


def test_the_bundle_holds_the_proxys_authority_and_those_of_the_user(tmp_path: Path, ca: Path) -> None:
    """OpenSSL loads the bundle and finds the proxy, the company and the system's own."""
    company = tmp_path / "company.pem"
    company.write_bytes(b"# ours\n" + COMPANY)
    files = write_trust_files(tmp_path, ca, {"REQUESTS_CA_BUNDLE": str(company)})
    assert {"the proxy", "the company"} <= names_in(files.bundle)
    assert files.authority == str(ca)
    before = ssl.create_default_context().cert_store_stats()["x509_ca"]
    assert len(certificates(Path(files.bundle).read_bytes())) >= min(before, 1) + 2


@pytest.mark.parametrize("value", ["", "/nowhere/at/all.pem", "."])
def test_what_cannot_be_read_is_left_out(tmp_path: Path, ca: Path, value: str) -> None:
    """A variable that names nothing, nothing that exists, or a folder, is no reason to fail."""
    assert "the proxy" in names_in(write_trust_files(tmp_path, ca, {"SSL_CERT_FILE": value}).bundle)


def test_a_missing_authority_is_an_error(tmp_path: Path) -> None:
    """Without the proxy's own certificate there is no trust to write."""
    with pytest.raises(OSError, match=r"ca\.pem"):
        write_trust_files(tmp_path, tmp_path / "ca.pem", {})


def test_servers_are_checked_with_what_the_user_named(tmp_path: Path) -> None:
    """The proxy, too, trusts a server that the command would have trusted without it."""
    company = tmp_path / "company.pem"
    company.write_bytes(COMPANY)
    bundle = write_upstream_bundle(tmp_path, {"SSL_CERT_FILE": str(company)})
    assert bundle is not None
    assert "the company" in names_in(str(bundle))
    assert "the proxy" not in names_in(str(bundle))


def test_servers_are_left_to_mitmproxy_where_the_user_names_nothing(tmp_path: Path) -> None:
    """mitmproxy's own list is as good as the system's."""
    assert write_upstream_bundle(tmp_path, {}) is None


def test_a_damaged_certificate_does_not_spoil_the_rest(tmp_path: Path, ca: Path) -> None:
    """OpenSSL refuses a whole bundle for one bad block, so such a block does not get in."""
    damaged = tmp_path / "damaged.pem"
    whole = COMPANY.splitlines()
    damaged.write_bytes(b"\n".join([whole[0], whole[1], whole[-1], b""]) + COMPANY)
    assert {"the proxy", "the company"} <= names_in(
        write_trust_files(tmp_path, ca, {"SSL_CERT_FILE": str(damaged)}).bundle
    )


@given(st.binary(max_size=400))
def test_any_file_gives_certificates_or_none(noise: bytes) -> None:
    """Reading a bundle never raises, and what is whole in it is found whatever stands around it."""
    certificates(noise)
    certificates(b"-----BEGIN CERTIFICATE-----\n" + noise + b"\n-----END CERTIFICATE-----")
    assert ssl.PEM_cert_to_DER_cert(OURS.decode()) in certificates(noise.replace(b"-", b"") + b"\n" + OURS)


@given(st.lists(st.binary(max_size=50), max_size=5))
def test_a_java_store_reads_back(authorities: list[bytes]) -> None:
    """The store holds the entries in JKS's layout, each under a name of its own, and ends with the digest of all."""
    data = java_store(authorities)
    magic, version, count = struct.unpack_from(">III", data)
    assert (magic, version, count) == (0xFEEDFEED, 2, len(authorities))
    at, found, names = 12, [], set()
    for _ in range(count):
        tag, length = struct.unpack_from(">IH", data, at)
        names.add(data[at + 6 : at + 6 + length])
        at += 6 + length + 8
        (length,) = struct.unpack_from(">H", data, at)
        assert (tag, data[at + 2 : at + 2 + length]) == (2, b"X.509")
        at += 2 + length
        (length,) = struct.unpack_from(">I", data, at)
        found.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    assert found == authorities
    assert len(names) == count
    assert data[at:] == hashlib.sha1(b"Mighty Aphrodite" + data[:at]).digest()
