"""Options as the values that the rest of paperknife knows, and back."""

from __future__ import annotations

from collections.abc import Sequence

from mitmproxy import exceptions
from mitmproxy import options as mitmproxy_options

from paperknife.mutation import hold_when
from paperknife.mutation.hold_when import HoldWords
from paperknife.proxy.options import OPTIONS, PREFIX, RULES, SCRIPT
from paperknife.recording import segments
from paperknife.recording.segments import RecordWords
from paperknife.replay import words
from paperknife.replay.words import ReplayWords
from paperknife.settings.catalogue import config_or_none
from paperknife.settings.reading import Reading

__all__ = [
    "change_options_from",
    "options_from",
    "reading_from",
    "record_options_from",
    "record_words_from",
    "replay_options_from",
    "replay_words_from",
]


def reading_from(options: mitmproxy_options.Options) -> Reading:
    """The options of the moment as a value. Raises `OptionsError`: mitmproxy itself does not check choices."""
    for option in OPTIONS:
        value = getattr(options, option.name)
        if option.choices and value not in option.choices:
            raise exceptions.OptionsError(f"{option.name} is {' or '.join(option.choices)}, not {value!r}.")
    return Reading(
        schema=tuple(options.paperknife_schema),
        client=options.paperknife_client,
        server=options.paperknife_server,
        match=tuple(options.paperknife_match),
        redact=options.paperknife_redact,
        protocol=options.paperknife_protocol,
        config=config_or_none(options.paperknife_config),
    )


def record_words_from(options: mitmproxy_options.Options) -> RecordWords:
    """What the options of the moment say of recording."""
    return RecordWords(
        options.paperknife_record, tuple(options.paperknife_record_split), options.paperknife_record_keep
    )


def record_options_from(asked: RecordWords) -> dict[str, object]:
    """The options that `record_words_from` makes `asked` of; none where nothing was said."""
    if asked == segments.NOTHING:
        return {}
    return {
        f"{PREFIX}record": asked.path,
        f"{PREFIX}record_split": list(asked.split),
        f"{PREFIX}record_keep": asked.keep,
    }


def replay_words_from(options: mitmproxy_options.Options) -> ReplayWords:
    """What the options of the moment say of replaying."""
    return ReplayWords(
        options.paperknife_replay,
        options.paperknife_replay_mode,
        options.paperknife_replay_speed,
        options.paperknife_replay_on_miss,
        tuple(options.paperknife_replay_ignore),
    )


def replay_options_from(asked: ReplayWords) -> dict[str, object]:
    """The options that `replay_words_from` makes `asked` of; none where nothing was said."""
    if asked == words.NOTHING:
        return {}
    return {
        f"{PREFIX}replay": asked.path,
        f"{PREFIX}replay_mode": asked.mode,
        f"{PREFIX}replay_speed": asked.speed,
        f"{PREFIX}replay_on_miss": asked.on_miss,
        f"{PREFIX}replay_ignore": list(asked.ignore),
    }


def change_options_from(
    rules: Sequence[str], scripts: Sequence[str], hold: HoldWords = hold_when.NOTHING
) -> dict[str, object]:
    """The options for what changes messages; none where nothing was said."""
    given: dict[str, object] = {}
    if rules:
        given[RULES] = list(rules)
    if scripts:
        given[SCRIPT] = list(scripts)
    if hold != hold_when.NOTHING:
        given |= {
            f"{PREFIX}hold": hold.expression,
            f"{PREFIX}hold_seconds": hold.seconds,
            f"{PREFIX}hold_in_order": hold.in_order,
        }
    return given


def options_from(reading: Reading) -> dict[str, object]:
    """The options that `reading_from` makes `reading` of."""
    return {
        f"{PREFIX}schema": list(reading.schema),
        f"{PREFIX}client": reading.client,
        f"{PREFIX}server": reading.server,
        f"{PREFIX}match": list(reading.match),
        f"{PREFIX}redact": reading.redact,
        f"{PREFIX}protocol": reading.protocol,
        f"{PREFIX}config": reading.config,
    }
