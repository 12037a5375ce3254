"""paperknife: a debugging proxy for Protobuf over WebSocket.

This package is the shell, everything that acts in time; what bytes mean is settled in `paperknife_decoders`. Traffic
flows one way through it::

    mitmproxy -> proxy (the tap) -> traffic (batches of messages) -> consumers: live view, tally, ...

* `entry` is where the command begins; `cli` has one file for each verb, which parses, makes one call and prints.
* `proxy` is the only place that imports mitmproxy: the tap and its hooks, the content view, the embedded masters.
* `traffic` holds the values that the tap hands on and the interface of those who receive them.
* `live` turns batches into lines of text, through a bounded queue and a thread of its own.
* `recording` keeps what passed in files, and reads, mends, cuts and converts these.
* `replay` lets a recording speak, as the server or as the client, and compares; `testing` is a pytest fixture of that.
* `mutation` decides what becomes of messages on their way, by rules, by scripts and by hand.
* `stats` measures traffic and recordings: rates, latencies, gaps, heartbeats.
* `settings` turns options into frozen values.
* `demo` is a small trading venue and its client, so that all of this can be tried with no venue at all.

A debugger never breaks, slows or changes what it watches: whatever fails in here, the bytes pass untouched and the user
is told.
"""

__version__ = "0.1.0"
