"""A schema out of messages for which there is none.

Messages of one type go into a sketch, one after the other, and a `.proto` comes out that explains all of them::

    bytes -> sketch (all samples of each field) -> guess (type and label) -> draft (text of a .proto)

* `sketch` walks the bytes and keeps for each field number what all its samples have in common, never the samples
  themselves: `numbers` for varints and fixed bytes, `content` for what has a length.
* `guess` says what a field most likely is, and in a comment what else it could be. `members` finds the `oneof` that
  carries an envelope's payloads.
* `draft` writes messages for a sketch.
* `widening` makes a draft that is there already explain more traffic: `places` finds definitions in its text, `fitting`
  tells whether a declared field explains its samples and what it has to become where it does not, and `rewriting`
  changes the text where that is so, and nowhere else.

A guess is narrowed by all samples: a field is a string only if each of them is UTF-8, a message only if each of them
parses as one. What is guessed never loses anything: whatever the draft's types are, the messages that they were made
of have no unknown field and are written again as they were, but for the order of fields. That is why numbers are 64
bits wide where nothing says otherwise, for a field that is too narrow cuts numbers off in silence.

Messages are hostile: fields, levels and all that is kept are bounded, and what goes beyond becomes bytes.
"""
