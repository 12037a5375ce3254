"""Replay: a recording in the place of the server, or of the client.

Nothing is compared by bytes, which differ at the first timestamp. Requests are the same where their fields are, but for
those that are volatile, and what a live peer has chosen itself (ids, tags, tokens) is put where the recorded ones
stand, by splices that leave all other bytes alone.

As the server::

    recording -> timeline (acts) -> conditions (what each waits for) -> cursor -> visit <-> a live client

* `timeline` reads what happened on one connection as it is needed, so that no recording is too long.
* `conditions` finds for each message of the server the request that it answers, or the subscription that it comes
  under.
* `cursor` stands somewhere in that for one live connection: it knows what may be sent now and what the client's
  messages mean. `pace` says when a message is due, `heartbeats` keeps them up meanwhile. None of these has a clock or
  does I/O.
* `visit` is a cursor with a WebSocket and a clock; `venue` is the server that gives each client its own, and `passing`
  the way to the real one for what is not in the recording.
* `wording` says what happens in sentences.

Messages are sent in the order in which they were recorded, always: each waits for its own condition and for the message
before it. A client that decides by what it receives so decides the same, however fast the replay is.
"""
