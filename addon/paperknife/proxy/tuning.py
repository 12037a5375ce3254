"""What a process that is ours alone may set so that the relay is not held up.

Left as they are: the thresholds of garbage collection. mitmproxy's closed connections go only with a full collection,
with TLS some hundred KiB each until then. Lower thresholds make it come earlier, after 100 instead of 500 connections,
but with a thousand connections open each takes some hundred milliseconds, in which nothing is relayed.
"""

from __future__ import annotations

import gc
import sys

from mitmproxy.net import tls
from OpenSSL import SSL

from paperknife.proxy.file_limit import raise_file_limit

__all__ = ["tune_process"]

SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter while the event loop waits: rendering must not show up as latency."""

RELEASE_BUFFERS = SSL.MODE_RELEASE_BUFFERS
"""See SSL_CTX_set_mode(3): an idle connection gives its buffers back."""

STOCK_MAKER = getattr(tls, "_create_ssl_context", None)
"""What makes all TLS contexts of mitmproxy, None in a mitmproxy that is made differently."""


def tune_process() -> None:
    """To be called once mitmproxy is set up, in a process that does nothing else.

    The some hundred thousand objects that are there by then stay to the end; leaving them out of later garbage
    collections saves a pause of some fifty milliseconds each time.
    """
    raise_file_limit()
    sys.setswitchinterval(SWITCH_SECONDS)
    if STOCK_MAKER is not None:
        tls._create_ssl_context = make_context
    gc.collect()
    gc.freeze()


def make_context(**settings: object) -> SSL.Context:
    """A context as mitmproxy makes it, for connections of which each takes 116 KiB in place of 164 on both sides.

    The mode can be set only here: contexts are kept, and are not to be changed once there is a connection.
    """
    assert STOCK_MAKER is not None
    context: SSL.Context = STOCK_MAKER(**settings)
    context.set_mode(RELEASE_BUFFERS)
    return context
