"""The core of paperknife: bytes to meaning, and back.

A WebSocket message travels through this package in one direction when it is read::

    content -> steps (framing) -> envelope (one Protobuf message) -> payload (the set oneof member) -> text

* `message` names the values that come in: a direction, an opcode, a message.
* `schema` turns `.proto` files and descriptors into a private descriptor pool and reports every fault it met.
* `protocol` says how one kind of connection is read: an `envelope_type` for each direction, the steps, what is secret.
  A `reader` reads one connection so, and `parsing` is the last step, from bytes to one envelope.
  `direction_types` finds these types in a schema.
* `overlay` finds by one parse what holds of many messages of one type.
* `steps` are small reversible transformations of bytes; the plain protocol has none. `carrying` makes one form of all
  ways in which an envelope says what its payload is, and `definition` makes a protocol of plain data.
* `envelope` is the result: a parsed message, or the honest reason why there is none.
* `wire` walks bytes for which there is no schema, with a byte span for each field, and shows what they may mean;
  `inference` makes a schema of many of them.
* `summary`, `tree` and `documents` render an envelope: on one line, as YAML, as JSON or in the text format. They stand
  on `values`, `open_types`, `unknown`, `unknown_values`, `raw_text`, `yaml_words`, `columns`, `masking`, `reflection`.
* `splice` changes one field of an encoded message and keeps every other byte.
* `oddities` tells what is odd about an envelope; `printable` keeps a peer's control characters away from the terminal
  and `secrets` (with `secret_spans` and `secret_text` for what does not parse) its passwords.
* `expression` compiles ``--where``; `correlation` pairs responses with requests by the rules of `pairing`, after
  those that a protocol declares (`declared_pairs`).
* `difference` tells what differs between two messages but for what is `volatile`, and `learning` which ids of a live
  peer stand for recorded ones. Both look only where something is to be found: `sites`, `path_patterns`,
  `moments`.
* `transfer_encoding` reads single messages from hex and base64; `nearest` finds the name that was meant.

Everything here is synchronous and pure: no sockets, clock, environment or framework. Only `schema` reads files. Peer
bytes are hostile input: whatever they hold, reading gives an envelope, and the one exception that can leave this
package for its input's sake is `errors.DecodeError` (`schema.SchemaError`, `expression.ExpressionError` and those of
`splice` are for the user's).
"""
