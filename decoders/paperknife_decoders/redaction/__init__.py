"""Redaction: secrets taken out of what passes before anybody is told of it.

A view can leave a field out; a recording has to stay what it was, byte for byte, and still hold no secret. So a secret
is replaced in the bytes themselves, in equal length: text by asterisks, numbers by zeros as wide as they were. All
offsets, lengths and other fields stay. Nothing here ever touches what is forwarded.

    content --plan, fields--> edits of named fields --known--> edits of what was a secret anywhere before --> content

* `plan` says, once for each type, where secrets can be at all; `fields` finds them in the bytes of one envelope.
* `text` does the same for JSON and plain text.
* `unread` does it for bytes that nobody could read: `candidates` are what they may be, `careful` reads them so.
* `spellings` are the ways in which a value may be written; `known` finds all of them in anything that comes later.
* `edits` are what is replaced, and by what.
* `quiet` tells behind steps which messages hold none, without the way back; `suspects` of all others.
* `redactor` is for contents: single ones, and batches on the hot path.
* `parts` is for messages that are not decoded and come in parts.
* `handshake` is for URLs, headers and subprotocols.
"""

from paperknife_decoders.redaction.handshake import HandshakeMask
from paperknife_decoders.redaction.known import KnownSecrets
from paperknife_decoders.redaction.redactor import Mode, Redacted, Redactor

__all__ = ["HandshakeMask", "KnownSecrets", "Mode", "Redacted", "Redactor"]
