"""Editing: a message as a file for an editor, and what was changed in that file as changes of the message's bytes.

::

    message -> rows -> text -> the user's editor -> text -> nodes -> differing -> splice changes -> the message's bytes

* `rows` writes an envelope as YAML with comments: types, what an enum can be, what is unset.
* `nodes` reads YAML with the place of each value; `words` says what a value is meant to be in a field.
* `differing` compares the file as it was written with the file as it came back. What is the same in both is not
  touched in the message, whatever stands there: so placeholders for secrets and for what is very long keep their bytes.
* `raw` is for what is not decoded: text or hex.
* `sheet` is all of it for one message.

A file that is saved as it was gives the very bytes of the message.
"""
