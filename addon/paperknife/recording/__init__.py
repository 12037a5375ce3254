"""Recordings: what passed on WebSockets, kept in MCAP files (https://mcap.dev/spec) that explain themselves.

A recording holds its schema, so that it can be read years later and by other tools. Every file goes this way::

    items -> encoder -> plain records, appended as they come -> packing -> chunks, zstd, index, summary

* `items` are what a recording consists of: connections, messages, pieces, ends, notices.
* `channels` and `happenings` say how an item is laid down in MCAP, and are read by both sides.
* `encoder` turns items into records, on channels of their `kinds`; `recorder` is the consumer of traffic that appends
  them to a file before the traffic is passed on. A file that was cut off (a crash, a full disk) is whole up to its last
  record.
* `packing` makes the final file of it when a session ends, and in a process of its own (`packer`, `pack_process`) when
  a segment is full.
* `records` reads and bounds the records of any file, whoever wrote it (`inflation` the chunks of them), `ordering`
  keeps them in their order where another tool has sorted them; `reading` turns them back into items by `making`, with
  `protocols` out of the schemas in the file, which `embedded_schemas` gives to others. `seeking` begins in the middle
  of a packed file, `following` reads one that is still being written. `redacting` masks items anew.
* `counter` makes a `summary` of items, which `ending` finds at the end of a packed file.
* `selection` is a part of a recording, by times (`moments`), connections and expressions; `excerpt` makes a recording
  of it, with the `state` that holds before it: what is newest of its `subjects` and was not taken back (`undoing`).
  Messages of which one goes on in the next are kept together (`chains`).
* `salvage` finds the records that are whole (`shapes`) in a `damaged_file`, `spool` makes a plain file of them, and
  `recovery` a packed one, which it reads back.
* `redaction` makes a recording for others, in two passes, tells which fields were masked (`field_paths`), and has
  `secret_search` look through the result.

The layout of a file, version 1:

* The profile of the header is ``paperknife``. Metadata records are called ``paperknife.session`` (at the start: the
  version of this layout, the program that wrote it, when it began, how secrets were masked) and, in a packed file,
  ``paperknife.summary`` (what `info` tells, so that it need not read the whole file).
* One channel ``/paperknife`` carries what happened, as JSON: protocols, connections that opened or closed, notices, and
  which parts of a message stand in place of a secret.
* Every message is on a channel of its connection, direction, opcode, kind, fate and protocol. Where it is exactly one
  envelope, the channel says ``protobuf`` and has the envelope's type as its schema; everything else says ``paperknife``
  and is kept as it was on the wire, reassembled and inflated.
* Schemas are FileDescriptorSets with all files that were loaded. A schema that is loaded anew gives a new protocol.
* `sequence` counts the records of a file that are messages, from 1 on, and is their order. The messages of one received
  chunk share a time. Masked parts, and rules that had a part in it, are told of before the message that they belong to;
  an original stands there too.
"""
