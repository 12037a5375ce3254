"""Carrying: messages that lie in a bytes field of another one, or behind a header, under a type of their own.

Many systems have no `oneof`. Their envelope holds a number or a name and beside it the payload's bytes, or a header
comes first, or the payload tells by an id inside what it is. To whoever reads, all of these are the same: one of many
types. So they are rewritten into just that, an envelope with a `oneof`, which is a *union*::

    ProtoMessage {payloadType: 2106, payload: <bytes>, clientMsgId: "7"}
    ProtoMessage {payloadType: 2106, oneof {NewOrderReq: {...}}, clientMsgId: "7"}

A bytes field and a message field look alike on the wire, so only the field's number changes, and everything else stays
where it is. The way back gives the same bytes for what was not changed, and anew the tag, the length and the
compression of what was.

* `choices` say which type it is: by a table, by a name, by the type's own default, by a service's method.
* `union` makes the type of the rewritten envelope, in the schema's own pool.
* `rewriting` changes the bytes, and changes them back.
"""
