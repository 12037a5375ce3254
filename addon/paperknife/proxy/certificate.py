"""A certificate for a server of our own, by mitmproxy's authority: who trusts that for the proxy trusts this too."""

from __future__ import annotations

import ipaddress
import os
import ssl
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from mitmproxy import certs
from mitmproxy.options import CONF_BASENAME, CONF_DIR, KEY_SIZE

__all__ = ["client_context", "server_context"]

LOCAL = ("localhost", "127.0.0.1", "::1")


def server_context(host: str, folder: str = CONF_DIR) -> ssl.SSLContext:
    """What a TLS server at `host` needs; this machine's own names are in the certificate too.

    `folder` holds the authority, which is made if there is none. Raises `OSError` where it cannot be read or written.
    """
    store = certs.CertStore.from_store(Path(folder).expanduser(), CONF_BASENAME, KEY_SIZE)
    entry = store.get_cert(host, [general_name(name) for name in dict.fromkeys((host, *LOCAL))])
    key = entry.privatekey.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # It can be loaded from a file only; that one is ours alone, and gone at once.
    descriptor, name = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key + entry.cert.to_pem())
        context.load_cert_chain(name)
    finally:
        Path(name).unlink()
    return context


def client_context(folder: str = CONF_DIR) -> ssl.SSLContext:
    """What a TLS client behind the proxy needs: it trusts the system's authorities, and mitmproxy's if there is one."""
    context = ssl.create_default_context()
    authority = Path(folder).expanduser() / f"{CONF_BASENAME}-ca-cert.pem"
    if authority.is_file():
        context.load_verify_locations(authority)
    return context


def general_name(name: str) -> x509.GeneralName:
    """A host's name or address as certificates have it (RFC 5280, section 4.2.1.6)."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
