"""Settings: what the user asked for, as frozen values.

Options come from the command line or from mitmproxy's ``--set``; both end here. `modes` translates the proxy modes that
mitmproxy does not know (``reverse:wss://host/path``), `reading` turns schema options into a protocol.
"""
