"""Messages of small schemas, as the tests of the decoders make them."""

from tests.decoders.conftest import decoded, proto_schema

__all__ = ["decoded", "proto_schema"]
