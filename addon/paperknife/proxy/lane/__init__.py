"""The lane: a WebSocket layer of our own in mitmproxy's place, at about a hundredth of its cost.

All frames of a received chunk are read at once and handed on as one batch; the chunk itself, the very bytes that came,
is what goes out to the other side. Data flows so::

    socket -> direct -> relaying (way, frames, assembly, deflate) -> telling -> the tap's audience
                |          |
                |          +-> mitmproxy's hook, where somebody listens (relay_kept)
                +-> socket of the other side

* `install` puts `layer` and `handler` in the place of mitmproxy's own, once it has checked the shape they rely on.
* `layer` is a connection from its handshake to its end, `relaying` what passes meanwhile, `way` one direction of it.
* `frames` reads (RFC 6455), `assembly` puts together what comes in several frames or is beyond the limit, `received` is
  what a chunk gives. `deflate` inflates (RFC 7692), `writing` makes frames of our own, and `violation` says what a peer
  did wrong: then a direction passes unread.
* `telling` hands on what was read; `track` is what is kept of a connection, and `history` what mitmproxy's interfaces
  see of it.
* `injection` is what can be put into a live connection, at a point between two messages.
* Where rules, scripts or a user's hand decide on messages (`paperknife.mutation`), as `decided` knows, `ruled` relays
  in place of `relaying`: `ruling` asks for verdicts and `outgoing` carries them out, `course` is one direction with
  what waits in it, `untold` what is still to be told of it, and `waking` has the lane called when something is due.
* `handler` reads from each peer only as fast as the other takes it. `peers` is what the layer asks of it.
* `direct` takes plain TCP from socket to socket past all layers while nothing has to wait; `upgrade` sees to what comes
  in one packet with the handshake.

Two ways of relaying alternate on a connection. Where nothing can change a message, chunks pass at once and the reader
only looks on. Where a hook may, each message is kept until it has run, and unchanged ones still leave as they came.
"""
