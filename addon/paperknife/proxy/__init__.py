"""The only place that imports mitmproxy.

* `addon` is what mitmproxy loads: it declares the `options` and puts the parts below together.
* `tap` sits in mitmproxy's hooks and hands connections and messages to the `audience`, which is all consumers at once.
* `lane` takes the place of mitmproxy's WebSocket layer, for speed, and feeds the tap with batches.
* `changers` says who decides on the messages of a connection: rules, `scripting`, and the user's `hands`, which hold
  messages and have them edited; `passed` are those that he can send again, `commands` what mitmproxy's interfaces call
  all that by, and `links` the way to an open connection.
* `recordings` writes what passes to files, and `finishing` ends these; `stand_in` answers from a recording.
* `keeper` holds the current schema and protocol and loads them anew when a file changes.
* `contentview` shows decoded messages in mitmproxy's own interfaces.
* `handshakes` says where a WebSocket is opened, and why one came to nothing; `trust` what to do when TLS fails for want
  of trust, with `client_process` to tell which program it was.
* `embedded` runs a mitmproxy inside our own event loop, `tuning` sets what such a process may set for itself,
  `dispatch` runs mitmproxy's hooks only where somebody listens, `listening` says where it listens, and `watch` is one
  such run until a signal ends it.
* `child` runs a command beside it, whose traffic it watches.
* `interfaces` runs mitmproxy's own console or web interface.
* `option_words` makes values of options, and options of values; `log_file` is our log in a file.
* `arguments` gives mitmproxy's options on our command line to mitmproxy's own parser.
"""
