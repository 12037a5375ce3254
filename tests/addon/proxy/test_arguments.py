"""mitmproxy's options on our command line."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from mitmproxy import addons
from mitmproxy.master import Master
from mitmproxy.options import Options

from paperknife.proxy.arguments import ArgumentError, apply_arguments


def applied(*arguments: str) -> Options:
    """The options after `arguments`, with all of mitmproxy's addons."""

    async def run() -> Options:
        options = Options()
        Master(options).addons.add(*addons.default_addons())
        apply_arguments(options, arguments, own_flags=["--schema", "--where"])
        return options

    return asyncio.run(run())


TAKEN: list[tuple[list[str], Callable[[Options], object]]] = [
    ([], lambda options: options.listen_port is None),
    (["-p", "0"], lambda options: options.listen_port == 0),
    (["--listen-port=9000"], lambda options: options.listen_port == 9000),
    (["-k"], lambda options: options.ssl_insecure),
    (["--ssl-insecure"], lambda options: options.ssl_insecure),
    (["--set", "tcp_timeout=5"], lambda options: options.tcp_timeout == 5),
    (["--set", "ssl_insecure"], lambda options: options.ssl_insecure),
    (["--ignore-hosts", "a", "--ignore-hosts", "b"], lambda options: list(options.ignore_hosts) == ["a", "b"]),
    (["-n"], lambda options: options.server is False),
]


@pytest.mark.parametrize(
    ("arguments", "holds"), TAKEN, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_mitmproxys_options_are_taken(arguments: list[str], holds: Callable[[Options], object], tmp_path: Path) -> None:
    """Each way in which mitmproxy takes an option works."""
    assert holds(applied("--set", f"confdir={tmp_path}", *arguments))


def test_mitmproxys_configuration_file_is_read_and_arguments_win(tmp_path: Path) -> None:
    """config.yaml of the configuration folder counts, below the command line."""
    (tmp_path / "config.yaml").write_text("ssl_insecure: true\nlisten_port: 9000\n")
    options = applied("--set", f"confdir={tmp_path}", "-p", "0")
    assert options.ssl_insecure
    assert options.listen_port == 0


def test_options_of_other_interfaces_in_the_configuration_file_are_left_alone(tmp_path: Path) -> None:
    """One configuration file serves mitmproxy, mitmweb and us."""
    (tmp_path / "config.yaml").write_text("web_port: 9001\nconsole_palette: light\nlisten_port: 9000\n")
    assert applied("--set", f"confdir={tmp_path}").listen_port == 9000


REFUSED = [
    (["--listen-prt", "1"], "There is no option --listen-prt. Did you mean --listen-port?"),
    (["--shema", "x"], "There is no option --shema. Did you mean --schema?"),
    (["--shema=x"], "There is no option --shema=x. Did you mean --schema?"),
    (["-Z"], "There is no option -Z. See --help"),
    (["--qqqq"], "There is no option --qqqq. See --help"),
    (["protos"], "An option was expected and 'protos' was found."),
    (["-p"], "Argument --listen-port/-p: expected one argument."),
    (["-p", "x"], "Argument --listen-port/-p: invalid int value: 'x'."),
    (["--set", "no_such_option=1"], "There is no mitmproxy option no_such_option for --set."),
    (["--set", "tcp_timeout=long"], "long"),
    (["--set", "body_size_limit=much"], "Invalid body_size_limit specification"),
    (["--version"], "Type: mitmdump --version"),
    (["--options"], "Type: mitmdump --options"),
    (["--commands"], "Type: mitmdump --commands"),
]


@pytest.mark.parametrize(("arguments", "sentence"), REFUSED)
def test_what_is_no_option_is_a_sentence(arguments: list[str], sentence: str, tmp_path: Path) -> None:
    """No usage text and no exit from inside: one error, with the flag that was meant."""
    with pytest.raises(ArgumentError) as refused:
        applied("--set", f"confdir={tmp_path}", *arguments)
    assert sentence in str(refused.value)


def test_a_broken_configuration_file_is_a_sentence(tmp_path: Path) -> None:
    """config.yaml that is no YAML, or no text, does not end in a traceback."""
    for content in (b"a: [", b"- a\n", b"\xff\xfe\x00", b"listen_port: many\n"):
        (tmp_path / "config.yaml").write_bytes(content)
        with pytest.raises(ArgumentError):
            applied("--set", f"confdir={tmp_path}")
