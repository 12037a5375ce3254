"""Mutation: what is done to messages on their way, by rules, by scripts and by hand.

::

    a batch -> wants? -> no: the bytes pass as they came
                      -> yes: consider each message -> verdict -> flow (delay, order, throttle, hold) -> the peers

* `verdict` is what is to become of one message: the seam between those who decide and who carries it out. `chain` makes
  one of several who decide, and `flow` is the queue of a direction in which messages wait.
* `rules` are read from YAML, checked by the schema, and decide what they say.
* `scripts` are functions of the user's own.
* By hand: `hold_when` has messages kept that a condition is true for, `held` is what one that is kept is to those who
  ask the user, and `holding` what he says of them. `editing` makes a message a file for an editor, and of what was
  edited the message's bytes again. `recent` are those that have passed, for sending one again.
* Whoever decides is a `Changer`, one for each connection. It has no clock and does no I/O: times and chance come in.

What nobody wants is not slowed and not changed, and a fault in a decision lets the message pass as it came.
"""
