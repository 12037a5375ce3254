"""One line for an envelope: the fields that matter, within a width.

`plan` finds for a type, by general rules and the names in `conventions`, which of its fields come first: `slots`, some
of them `pairs` such as quantity and price. `compiled` makes one function of that, `wording` says single values, and
`summarize` is what others call.
"""

from paperknife_decoders.summary.summarize import summarize

__all__ = ["summarize"]
