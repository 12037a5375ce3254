"""What `mitmproxy -s`, `mitmweb -s` and `mitmdump -s` load."""

try:
    from paperknife.proxy.addon import Paperknife
except ImportError as error:
    import sys

    raise ImportError(
        f"paperknife is not installed in the Python that runs this mitmproxy ({sys.executable}): {error}."
        " With pipx, type: pipx inject mitmproxy paperknife."
        " With uv, type: uv tool install mitmproxy --with paperknife."
        " With pip, type: pip install paperknife, in mitmproxy's own environment."
        " A standalone or packaged mitmproxy cannot take it: type pipx install paperknife, then paperknife proxy --ui"
        " console."
    ) from None

addons = [Paperknife()]
