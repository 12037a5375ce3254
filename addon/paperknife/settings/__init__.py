"""Settings: what the user asked for, as frozen values.

Options come from the command line or from mitmproxy's ``--set``; both end here.

* `reading` turns schema options into a protocol.
* `modes` translates the proxy modes that mitmproxy does not know (``reverse:wss://host/path``).
* `child_environment` is what a command that paperknife runs finds in its environment; `client_kinds` knows how each
  kind of client is made to go through the proxy and to trust it, and `trust_store` writes the files for that.
* `zstd_codec` brings Zstandard to the steps of a protocol, whose package knows only what Python itself can inflate.
"""
