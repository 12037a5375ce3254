"""The one exception that leaves the decoders when bytes do not mean what was expected."""

__all__ = ["DecodeError"]


class DecodeError(ValueError):
    """Bytes that could not be decoded: what is wrong, at which byte, inside which field.

    `offset` counts bytes from the start of the input that was given; `path` holds field numbers or names from the
    outermost message inwards and is empty at the top level.
    """

    def __init__(self, reason: str, offset: int = 0, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(reason, offset, path)
        self.reason = reason
        self.offset = offset
        self.path = path

    def __str__(self) -> str:
        where = f" in field {'.'.join(map(str, self.path))}" if self.path else ""
        return f"{self.reason} at byte {self.offset}{where}"
