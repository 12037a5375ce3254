"""The demo: a small trading venue and a trading client, so that paperknife can be tried with nothing else at hand.

They speak the API of ``proto/trading/v1`` over a real WebSocket. As in real life the venue runs a newer revision of the
schema (`newer`) than its client and the proxy between them have, so unknown fields and enum values do occur.

* `files` finds the two schemas; `api` encodes and decodes their envelopes, and `decimals` the numbers in them.
* `market` is a random walk with a book for each instrument; `ledger` keeps money and positions; `risk` checks orders,
  `orders` says what they are, and `exchange` fills them against the market.
* `wording` turns what happened into messages; `session` is one client's conversation, without any I/O, and `users` says
  who may have one.
* `venue` is the WebSocket server around them, and a `seat` is a session on a connection of it.
* `acts` are what the client can do; `strategy` decides what it does, from what it receives alone; `client` is the
  WebSocket client around it.
* `stage` puts venue, proxy and client into one event loop.

Chance comes from one seed and time comes in as an argument, so a run can be repeated.
"""
