"""What a process of ours sets."""

import subprocess
import sys

from mitmproxy import version

from paperknife.proxy import tuning

CONTEXTS = """
from mitmproxy.net import tls
from paperknife.proxy.tuning import RELEASE_BUFFERS, tune_process
for _ in range(2):
    tune_process()
common = dict(
    min_version=tls.Version.TLS1_2, max_version=tls.Version.TLS1_3, cipher_list=None, ecdh_curve=None
)
to_server = tls.create_proxy_server_context(
    method=tls.Method.TLS_CLIENT_METHOD, verify=tls.Verify.VERIFY_NONE, ca_path=None, ca_pemfile=None,
    client_cert=None, legacy_server_connect=False, **common
)
to_client = tls.create_client_proxy_context(
    method=tls.Method.TLS_SERVER_METHOD, chain_file=None, alpn_select_callback=None, request_client_cert=False,
    extra_chain_certs=(), dhparams=None, **common
)
for context in (to_server, to_client):
    assert context.set_mode(0) & RELEASE_BUFFERS
"""


def test_a_tuned_process_switches_fast_and_leaves_old_objects_alone() -> None:
    """After tuning, threads give way within a millisecond and what was there is out of garbage collection."""
    script = (
        "import gc, sys; from paperknife.proxy.tuning import tune_process; tune_process();"
        "assert sys.getswitchinterval() <= 0.001; assert gc.get_freeze_count() > 1000; assert gc.isenabled()"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_tls_connections_of_a_tuned_process_keep_no_idle_buffers() -> None:
    """On both sides of the proxy, however often it is tuned."""
    subprocess.run([sys.executable, "-W", "error", "-c", CONTEXTS], check=True, timeout=60)


def test_mitmproxy_makes_its_tls_contexts_where_this_relies_on() -> None:
    """For a new version of mitmproxy that fails here, look at where its contexts are made."""
    assert tuning.STOCK_MAKER is not None, (
        f"mitmproxy {version.VERSION} is made differently: it is no longer so that all its TLS contexts are made by "
        "_create_ssl_context. Until tuning is adapted, an open connection with TLS takes half as much memory again."
    )
