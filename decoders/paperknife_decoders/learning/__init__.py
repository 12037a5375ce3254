"""What one live connection has learned beside a recorded one: which live value stands where a recorded one stood.

A recorded session is full of ids that somebody chose then: request ids and tags of the client, order ids and tokens of
the server. In a replay the live peer chooses its own. Whenever a live message was matched with a recorded one, both are
gone through side by side, and what differs in an identifying field is remembered; a recorded message that is about to
be sent gets the live values in place of the recorded ones::

    recorded request ┐                      ┌> recorded response
                     ├> learn ── kept ── rewrite ── changes ── splice ──> live response
    live request ────┘

* `naming` says by names, and by declared pairs, which fields identify something, and which of them are of one family.
* `kept` remembers, within bounds, what stood for what.
* `learned` is what a replay has one of for each connection.
* `shifting` moves the times in a message to now.

JSON messages, the contents of Any and Struct, and the keys of maps are left as they are.
"""

from paperknife_decoders.learning.learned import Learned
from paperknife_decoders.learning.shifting import shifted

__all__ = ["Learned", "shifted"]
