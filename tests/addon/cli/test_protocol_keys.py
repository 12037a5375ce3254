"""What `paperknife protocol keys` explains."""

from __future__ import annotations

from click.testing import CliRunner

from paperknife.cli import main
from paperknife_decoders.definition.reading import KEYS
from paperknife_decoders.steps import Limits
from paperknife_decoders.steps.registry import STEPS, options_of

EXPLAINED_BY_THE_EXAMPLE = {"name", "match", "schema", "client", "server"}


def test_all_is_explained() -> None:
    """Each key has a row or stands in the example; each step has its options, each limit its default."""
    result = CliRunner().invoke(main, ["protocol", "keys"])
    assert result.exit_code == 0
    text = result.output
    rows = [key for key in KEYS if f"\n``{key}" not in text.partition("\nSteps,")[0]]
    assert set(rows) == EXPLAINED_BY_THE_EXAMPLE
    assert [key for key in rows if f"    {key}: " not in text] == []
    for name, kind in STEPS.items():
        own = text.partition(f"\n\n{name}\n")[2].partition("\n\n")[0] + text.partition(f"\n\n{name}\n")[2]
        assert [option.name for option in options_of(kind) if f"    * {option.name}: " not in own] == []
    assert "codec: one of gzip, zlib, deflate, zstd; needed" in text
    assert f"parts: {Limits().parts:,} by default" in text
    assert "ValueError" not in text
