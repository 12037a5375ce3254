"""What rules can do. Each action is a row of the `catalogue`: what it takes, an example, and what compiles it.

* `edits` change fields, `raw_bytes` the bytes of a message as they are.
* `passing` says when and how often a message goes on, `sending` sends messages of our own, `ending` ends connections.
* `telling` keeps and tells: logs, counts, values to remember; and calls a function of the user's script.

A compiled action is a closure over a `Course`. What cannot be done with the message at hand is a `SpliceError`.
"""
