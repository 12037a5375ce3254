"""What differs between two messages.

Both are brought into a `normal` form first (`json_normal` and `unknown_normal` are those of JSON and unknown fields) in
which nothing is left of what is volatile (`paperknife_decoders.volatile`). A `fingerprint` is a hash of that, and so
says whether anything differs; what it is, `differences` finds by going through both field by field::

    envelope ── normal ──> bytes ── hash ──> fingerprint
        └──────────┴── messages, json_values ──> differences

* `messages` compares messages (`places` is where they are) and `json_values` JSON; `alignment` says which elements of
  two lists belong together.
* `blanking` takes out of a message what is volatile.
* `wording` says values, on one line and with secrets masked; `found` is what is given back.
* `comparing` is what others call; `nearest_of` finds the one of many messages that differs least.
"""

from paperknife_decoders.difference.comparing import MOST, Nearest, differences, fingerprint, nearest_of
from paperknife_decoders.difference.found import Difference, Differences, What

__all__ = ["MOST", "Difference", "Differences", "Nearest", "What", "differences", "fingerprint", "nearest_of"]
