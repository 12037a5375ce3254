"""The content view: when it is the automatic choice, and what it shows."""

from pathlib import Path

import pytest
from mitmproxy import http
from mitmproxy.contentviews import Metadata, registry
from mitmproxy.test import tflow
from mitmproxy.websocket import WebSocketMessage
from wsproto.frame_protocol import Opcode

from paperknife.demo.api import Api
from paperknife.demo.files import given_schema
from paperknife.proxy.contentview import CACHED_BYTES, CACHED_VIEWS, EnvelopeView
from paperknife.proxy.keeper import Keeper
from paperknife.settings.reading import Reading, load

API = Api(given_schema())
ORDER = API.client.encode("order", {"client_tag": "tag-1", "side": "BUY"})


def view_for(*match: str, schema: str = "") -> EnvelopeView:
    """The view of a reading."""
    reading = Reading(schema=(schema or str(given_schema()),), match=match)
    return EnvelopeView(Keeper(load(reading), reading, lambda *_: None))


def metadata(*, from_client: bool = True, kind: Opcode = Opcode.BINARY, content: bytes = ORDER) -> Metadata:
    """What mitmproxy says of a message to ``ws://example.com/ws``."""
    flow = tflow.twebsocketflow()
    flow.request.host, flow.request.path = "venue.example", "/v1/feed?token=x"
    message = flow.websocket.messages[0]
    message.from_client, message.type, message.content = from_client, kind, content
    return Metadata(flow=flow, websocket_message=message)


@pytest.mark.parametrize(
    ("match", "ours"),
    [
        ((), True),
        (("venue.example",), True),
        (("*.example/v1*",), True),
        (("other.example", "VENUE.example/*"), True),
        (("*.example/v2*",), False),
        (("venue.example:1",), False),
        (("other.example",), False),
    ],
)
def test_it_is_the_choice_for_connections_that_are_read(match: tuple[str, ...], ours: bool) -> None:
    """Higher than every view of mitmproxy for a connection that matches, and never for another."""
    view = view_for(*match)
    for kind in (Opcode.BINARY, Opcode.TEXT):
        about = metadata(kind=kind)
        others = max(
            other.render_priority(ORDER, about) for name, other in registry.items() if name != view.name.lower()
        )
        assert (view.render_priority(ORDER, about) > others) is ours
        assert ours or view.render_priority(ORDER, about) < 0


def test_it_is_no_choice_for_what_is_no_websocket() -> None:
    """Requests, responses and TCP messages are left to mitmproxy."""
    view = view_for()
    flow = tflow.tflow(resp=True)
    assert view.render_priority(b"", Metadata(flow=flow, http_message=flow.response)) < 0
    assert view.render_priority(b"", Metadata(flow=tflow.ttcpflow())) < 0
    assert view.render_priority(b"", Metadata()) < 0
    with pytest.raises(ValueError, match="shows messages of WebSockets"):
        view.prettify(b"", Metadata(flow=flow, http_message=flow.response))


def test_the_direction_fixes_the_type() -> None:
    """The same bytes are read as the client's type, or as the server's."""
    view = view_for()
    assert view.prettify(ORDER, metadata()).startswith("order:\n")
    assert "trading.v1.ServerMessage" in view.prettify(ORDER, metadata(from_client=False))


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"\xff" * 40, b"\x1b[31m", "\x1b]0;x\x07\x9b".encode(), b"\x0a" * 5000]
)
@pytest.mark.parametrize("kind", [Opcode.BINARY, Opcode.TEXT])
def test_whatever_comes_is_shown_without_control_characters(content: bytes, kind: Opcode) -> None:
    """No message raises, and none brings a control character of its own."""
    text = view_for().prettify(content, metadata(kind=kind, content=content))
    assert not [character for character in text if character != "\n" and not character.isprintable()]


def test_a_text_is_kept_until_the_schema_changes(schema_folder: Path) -> None:
    """mitmproxy asks for every visible message at each redraw: the same message is the same text, until a reload."""
    view = view_for(schema=str(schema_folder))
    ask = b"\x0a\x02\x08\x05"
    first = view.prettify(ask, metadata(content=ask))
    assert view.prettify(bytes(ask), metadata(content=ask)) is first
    assert "id: 5" in first
    file = schema_folder / "tiny.proto"
    file.write_text(file.read_text().replace("int64 id", "int64 number"))
    view.keeper.use(load(view.keeper.reading), view.keeper.reading)
    assert "number: 5" in view.prettify(ask, metadata(content=ask))


def test_the_texts_that_are_kept_are_bounded() -> None:
    """Neither many messages nor large ones add up."""
    view = view_for()
    for number in range(CACHED_VIEWS + 10):
        content = b"\x08" + number.to_bytes(2, "little")
        view.prettify(content, metadata(content=content))
    large = b"\x12" + b"\x00" * (CACHED_BYTES + 1)
    view.prettify(large, metadata(content=large))
    assert len(view.texts) == CACHED_VIEWS
    assert max(len(key[1]) for key in view.texts) < CACHED_BYTES


def test_the_flow_is_not_touched() -> None:
    """Looking at a message does not change it."""
    about = metadata()
    assert isinstance(about.flow, http.HTTPFlow)
    before = about.flow.get_state()
    view_for().prettify(ORDER, about)
    assert about.flow.get_state() == before


def test_what_goes_on_in_the_next_message(tmp_path: Path) -> None:
    """A message is shown with what those before it left; of several it does not matter which is looked at first."""
    (tmp_path / "paperknife.yaml").write_text("protocols: [{name: g, match: {host: '*'}, steps: [grpc-websockets]}]")
    reading = Reading(config=str(tmp_path / "paperknife.yaml"))
    view = EnvelopeView(Keeper(load(reading), reading, lambda *_: None))
    flow = tflow.twebsocketflow()
    frame = b"\0\0\0\0\x04\x0a\x02ES"
    contents = [frame, frame[:5], frame[5:], b"\xff", frame[5:], frame]
    flow.websocket.messages = [WebSocketMessage(Opcode.BINARY, False, content) for content in contents]
    texts = [
        view.prettify(m.content, Metadata(flow=flow, websocket_message=m)) for m in reversed(flow.websocket.messages)
    ]
    shown = [text.splitlines()[0] for text in reversed(texts)]
    assert "begins a gRPC frame of 4 bytes that goes on in the next message" in shown[1]
    assert "81, and ff was found" in shown[3]
    assert "81, and 0a was found" in shown[4]
    assert texts[0] == texts[3] == texts[5]
    assert "ES" in texts[0]
    strange = WebSocketMessage(Opcode.BINARY, False, frame)
    assert view.prettify(frame, Metadata(flow=flow, websocket_message=strange)) == texts[0]
