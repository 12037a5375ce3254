"""What a peer sent that RFC 6455 or RFC 7692 forbids."""

__all__ = ["Violation"]


class Violation(Exception):
    """A breach of the WebSocket protocol, in words, with the section that it breaks.

    It ends our reading of a connection and nothing else: the bytes go on to the endpoint, which deals with them as it
    would without us.
    """

    def __init__(self, what: str, section: str) -> None:
        super().__init__(f"{what} ({section})")
        self.what = what
        self.section = section
