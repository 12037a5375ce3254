"""What an importable file holds."""

from __future__ import annotations

import pytest

from paperknife.proxy.flow_source import FlowSource
from paperknife.recording.exchange.har_source import HarSource
from paperknife.recording.exchange.sources import Source


@pytest.mark.parametrize("kind", [HarSource, FlowSource])
def test_sources_are_of_one_form(kind):
    """Each kind of file answers what an import asks."""
    asked = {name for name in vars(Source) if not name.startswith("_")}
    assert asked == {"sessions", "messages", "notes"}
    assert asked <= set(dir(kind))
