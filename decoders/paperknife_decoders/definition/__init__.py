"""Definitions: how one kind of connection is read, as plain data.

A definition is what stands in YAML under ``protocols:``, a mapping of names, lists, texts and numbers. The simplest
has a name and a schema; a broker that puts numbered messages into an envelope takes a few lines more::

    name: broker
    match: {host: "*.broker.example", path: "/stream*", subprotocol: v2}   # each one or several; * and ? are wildcards
    schema: [protos]                     # folders and files, from the definition's own folder
    client: ProtoMessage                 # what each side sends: a type's name, or json for a side without Protobuf;
    server: ProtoMessage                 # left out, it is the one type called ClientMessage, or ServerMessage
    steps: [{length-prefix: {size: 4}}]  # from the outside in; {client: [...], server: [...]} where they differ
    carries:
      - in: ProtoMessage                 # this type has another message
        at: payload                      # in this bytes field,
        by: payloadType                  # and here is the key that says of which type that is.
        types: {2106: NewOrderReq, HEARTBEAT: HeartbeatEvent}
    heartbeats: [HeartbeatEvent]
    correlate: [{request: NewOrderReq.clientMsgId, response: ExecutionEvent.clientMsgId}]
    secrets: [AuthReq.clientSecret]

================  ======================================================================================================
key               what it says
================  ======================================================================================================
``steps``         names of steps, with options where they have some (`paperknife_decoders.steps.registry`)
``text: true``    the steps are for text messages, and binary ones have none
``header``        ``{type: number, tag: text}``: values that a step reads in front of a message and that are shown with
                  it, where the step does not say so itself
``payload``       ``set-fields``: a type without a `oneof` names its payload by the messages and lists of messages that
                  are set in it, joined with ``+`` where there are several (``quotes+orders``); maps, times and other
                  single values are none. Where none is set, it is the type's name, as it is without this key.
                  ``{client: set-fields}`` where the sides differ
``carries``       types that hold another message, at any depth. ``in``, ``at`` and ``types``; ``by``, unless there is
                  one type only; ``from: client`` (or server) where the sides differ; ``steps`` between the bytes and
                  the message; ``remembers``
``behind``        there is no envelope: ``by`` and ``types`` say what the message itself is. ``{client: ..., server:
                  ...}`` where the sides differ
``by``            a field beside the bytes (``payloadType``, ``field 3``), a field of the message itself in ``behind``,
                  ``header.NAME``, or the URL's ``path``
``types``         a type's name; a mapping from keys to types (a number may be the name of an enum's value); or rules:
                  ``default-of: FIELD`` (proto2: each type's default of that field is its key), ``name: {prefix: P,
                  suffix: S}`` (P, key and S together are the type's full name), ``name: ".{type}"`` (the key is the
                  full name in this form; {package} and {name} are parts of {type}), ``method: "/{service}/{method}"``
                  (what that takes, and from the server what it returns; {package} and {name} are parts of {service}),
                  and ``table``, a mapping beside the rules, which wins over them. A key that a form gives to several
                  types is none
``remembers``     the place of an id (``header.id``) that a response repeats. One without a key of its own is typed by
                  the key of its request
``limits``        ``inflated_bytes``, ``parts``, ``nesting``, ``remembered``, ``gathered_bytes``, ``fields``
                  (`paperknife_decoders.steps.Limits`)
``partial``       ``true``: what ``types``, ``heartbeats``, ``correlate``, ``secrets`` and ``volatile`` name is left out
                  where the schema lacks it, so that one definition goes with several versions of a schema
``heartbeats``    names of payloads (in a type without a `oneof`, of the fields that are set then), and
                  ``empty-message`` for a message of no bytes
``correlate``     fields that requests and their responses have in common, from the envelope inwards
``secrets``       paths of fields, from the envelope inwards; ``"*.user_id"`` is every text field of that name, wherever
                  it is
``volatile``      fields whose values do not count when messages are compared: paths, in which ``*`` stands for one or
                  more names (``*.time``), or a name alone for all fields that are called so
                  (`paperknife_decoders.path_patterns`)
``decoder``       ``module:name`` of a step in Python for what data cannot say; behind the other steps. A recording
                  keeps no definition that has one
``about``         a sentence for lists
================  ======================================================================================================

A carried message becomes the payload under its type's short name, so that ``NewOrderReq.volume`` is its path in
expressions, in ``secrets`` and in ``correlate``.

* `reading` makes the `form` of the data; `node` is a value with its place, `faults` is what is wrong. Nothing ends at
  the first fault.
* `choosing` says which type a message is of: `sources` where the key is, `tables` which types there are; `header` has
  what stands in front.
* `building` makes each direction's type and steps, with one schema; `paths` leads to fields.
* `protocols` puts all together into a `Protocol`.
"""

from paperknife_decoders.definition.faults import DefinitionError, Fault, Path
from paperknife_decoders.definition.form import Definition, Match
from paperknife_decoders.definition.protocols import as_recorded, protocol_from
from paperknife_decoders.definition.reading import read_definition

__all__ = [
    "Definition",
    "DefinitionError",
    "Fault",
    "Match",
    "Path",
    "as_recorded",
    "protocol_from",
    "read_definition",
]
