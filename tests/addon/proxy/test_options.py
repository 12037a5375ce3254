"""Our options in mitmproxy: declared, read, and checked for names that are none."""

import pytest

from paperknife.proxy.options import OPTIONS, PREFIX, misspelt


def test_each_option_has_a_prefix_a_default_and_help(options) -> None:
    """All of the table is declared, with a sentence of help."""
    for option in OPTIONS:
        assert option.name.startswith(PREFIX)
        assert option.help.endswith(".")
        assert options.default(option.name) == option.default


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("paperknife_shema", "Did you mean paperknife_schema?"),
        ("paperknifeschema", "Did you mean paperknife_schema?"),
        ("paperknife-schema", "Did you mean paperknife_schema?"),
        ("paperknife_clients", "Did you mean paperknife_client?"),
        ("paperknife_colour", "There is no option paperknife_colour. There are: paperknife_schema"),
        ("paperknife_", "There is no option paperknife_. "),
        ("paperknife", "There is no option paperknife. "),
    ],
)
def test_a_name_that_is_none_is_told_with_the_nearest(name: str, sentence: str) -> None:
    """What begins like an option of ours is checked."""
    (said,) = misspelt([name])
    assert sentence in said


def test_names_of_others_are_not_ours_to_judge() -> None:
    """Real options, and those of other addons, pass."""
    assert misspelt([*(option.name for option in OPTIONS), "my_option", "paper"]) == []
