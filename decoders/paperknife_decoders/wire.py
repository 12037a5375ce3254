"""The wire walker."""


def is_wire_format(data: bytes) -> bool:
    """True if `data` is well-formed Protobuf wire format."""
    return bool(data)
