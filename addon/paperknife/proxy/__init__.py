"""The only place that imports mitmproxy.

* `addon` is what mitmproxy loads: it declares the options and puts the parts below together.
* `tap` sits in mitmproxy's hooks and hands connections and messages to consumers.
* `keeper` holds the current schema and protocol and loads them anew when a file changes.
* `contentview` shows decoded messages in mitmproxy's own interfaces.
* `embedded` runs a mitmproxy inside our own event loop; `interfaces` runs its console or web interface.
* `arguments` gives mitmproxy's options on our command line to mitmproxy's own parser.
"""
