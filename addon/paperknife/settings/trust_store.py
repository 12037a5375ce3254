"""Files of trusted authorities: a PEM bundle for most clients, a key store for Java."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import ssl
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from paperknife.settings.child_environment import BUNDLE_VARIABLES, TrustFiles

__all__ = ["certificates", "java_store", "write_trust_files", "write_upstream_bundle"]

PEM_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----\s(.+?)-----END CERTIFICATE-----", re.DOTALL)

SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS, Alpine, the BSDs
)
"""Where systems keep their authorities, for when OpenSSL's own default is not there."""

JKS_MAGIC = 0xFEEDFEED
JKS_VERSION = 2
JKS_CERTIFICATE = 2
"""The JDK's oldest key store format, in the source of sun.security.provider.JavaKeyStore: read by every JVM, needs no
password for certificates, and is a dozen lines to write."""


def certificates(pem: bytes) -> list[bytes]:
    """The certificates in a PEM file, as DER. Those that are damaged are left out: OpenSSL refuses a file for one."""
    found = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for block in PEM_BLOCK.findall(pem):
        try:
            certificate = base64.b64decode(b"".join(block.split()), validate=True)
            context.load_verify_locations(cadata=certificate)
        except (binascii.Error, ssl.SSLError, ValueError):
            continue
        found.append(certificate)
    return found


def pem_bundle(authorities: Iterable[bytes]) -> bytes:
    """DER certificates as one PEM file."""
    return "".join(ssl.DER_cert_to_PEM_cert(authority) for authority in authorities).encode()


def java_store(authorities: Sequence[bytes]) -> bytes:
    """DER certificates as a Java key store (type JKS) of trusted entries.

    The digest at its end is keyed with an empty password; a JVM that is given none does not check it.
    """
    entries = b"".join(
        struct.pack(">I", JKS_CERTIFICATE) + java_text(f"authority-{number}") + struct.pack(">q", 0)
        + java_text("X.509") + struct.pack(">I", len(authority)) + authority
        for number, authority in enumerate(authorities)
    )  # fmt: skip
    body = struct.pack(">III", JKS_MAGIC, JKS_VERSION, len(authorities)) + entries
    return body + hashlib.sha1(b"Mighty Aphrodite" + body, usedforsecurity=False).digest()


def java_text(text: str) -> bytes:
    """ASCII text as java.io.DataOutput.writeUTF writes it."""
    return struct.pack(">H", len(text)) + text.encode("ascii")


def named_bundles(environment: Mapping[str, str]) -> list[Path]:
    """The files of authorities that the environment names."""
    return [Path(environment[name]) for name in BUNDLE_VARIABLES if environment.get(name)]


def trusted_bundles(environment: Mapping[str, str]) -> list[Path]:
    """The files that hold what the user's clients trust now: those that the environment names, and the system's."""
    candidates = (ssl.get_default_verify_paths().openssl_cafile, *SYSTEM_BUNDLES)
    system = next((path for path in map(Path, candidates) if path.is_file()), None)
    return list(dict.fromkeys([*named_bundles(environment), *([system] if system else [])]))


def trusted_in(environment: Mapping[str, str]) -> list[bytes]:
    """The authorities, as DER, that clients with this environment trust. Files that cannot be read are left out."""
    trusted: dict[bytes, None] = {}
    for path in trusted_bundles(environment):
        try:
            trusted.update(dict.fromkeys(certificates(path.read_bytes())))
        except OSError:
            continue
    return list(trusted)


def write_upstream_bundle(folder: Path, environment: Mapping[str, str]) -> Path | None:
    """Write what the user's clients trust now, for the proxy to check servers with.

    None where the environment names nothing: mitmproxy's own list then is as good as the system's.
    """
    trusted = trusted_in(environment) if any(path.is_file() for path in named_bundles(environment)) else []
    if not trusted:
        return None
    bundle = folder / "servers.pem"
    bundle.write_bytes(pem_bundle(trusted))
    return bundle


def write_trust_files(folder: Path, authority: Path, environment: Mapping[str, str]) -> TrustFiles:
    """Write the bundle and the Java key store into `folder`; `authority` is the proxy's certificate as PEM.

    `environment` is the user's own: authorities that it names (a company's proxy, a test lab) stay trusted. Raises
    `OSError` where `authority` cannot be read or `folder` not written to.
    """
    trusted = list(dict.fromkeys([*certificates(authority.read_bytes()), *trusted_in(environment)]))
    bundle, store = folder / "authorities.pem", folder / "authorities.jks"
    bundle.write_bytes(pem_bundle(trusted))
    store.write_bytes(java_store(trusted))
    return TrustFiles(str(authority), str(bundle), str(store))
