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
  messages mean, and says so in `moves`. `pace` says when a message is due, `heartbeats` keeps them up meanwhile, and
  `echoes` knows a pong by its ping. None of these has a clock or does I/O.
* `visit` is a cursor with a WebSocket and a clock; `venue` is the server that gives each client its own, and `passing`
  the way to the real one for what is not in the recording.
* `wording` says what happens in sentences.

As the client::

    recording -> survey -> player -> a live server      a second recording
                             |            |                    |
                             +---> comparison <----------------+  (contrast)
                                       |
                              findings -> verdict, report

* `survey` goes through the recording once: what is a stream, what keeps connections alive, and which secrets are
  missing, which `blanks` fills in from the environment, or by asking.
* `player` speaks one connection: `speech` makes what is sent, `hearing` what comes, and `farewell` ends it. A `gate`
  waits for what the recorded client had heard by then, which `waits` knows, and `givers` what a request cannot do
  without.
* `client` opens all connections, each as it was to the others, by the `call` that each is. What was said on them comes
  from `supply`, which reads small ones together.
* `comparison` takes in both sides and says of each envelope what it is: `lineup` finds which is which and what has
  become of it, `streams` compares what comes too often to be compared one by one. `contrast` feeds it with two
  recordings, of which `bundles` reads many small connections at a time. None of these has a clock or does I/O, and none
  keeps more than a window.
* `findings` are what is not as it was; `verdict` says them in lines, `report` as JSON and JUnit.

As the server, messages are sent in the order in which they were recorded, always: each waits for its own condition and
for the message before it. A client that decides by what it receives so decides the same, however fast the replay is.
"""
