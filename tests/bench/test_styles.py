"""Messages in every style that is measured."""

from bench.styles import bench_schema, styles

from paperknife_decoders.message import Direction, Opcode


def test_all_say_the_same() -> None:
    """However a message is put on the WebSocket, the same payload is read of it, whole."""
    for style in styles(bench_schema(), 300, 3).values():
        reader = style.protocol.reader()
        found = [reader.read(Direction.SERVER, Opcode.BINARY, message) for message in style.messages]
        payloads = [str(getattr(each.message, each.payload)) for (each,) in found]
        assert {len(payload) > 100 for payload in payloads} == {True}
        assert {each.payload for (each,) in found} <= {"market_data", "MarketUpdate"}
