"""The lane: a WebSocket layer of our own in mitmproxy's place."""
