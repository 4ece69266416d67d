"""The runs that words of a command mean: keys, and the filters of `analyze.py`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from emogeo.config.analyze import RecordSource, RunsConfig
from emogeo.config.mode import Mode
from emogeo.errors import ConfigError, StoreError
from emogeo.keeping.contents import BROKEN, Contents, StoredRun
from emogeo.record.chosen import TRIAL, Facts, is_filtered, nothing_suits, strays, suits
from emogeo.stimuli.messages import listed

_SHORT = 12
STATUSES = ("finished", "refused", BROKEN)


@dataclass(frozen=True)
class Asked:
    """The words that choose runs; each narrows the choice, and without any it is every run."""

    keys: tuple[str, ...] = ()
    """Keys of runs, or what they begin with."""
    filters: RunsConfig = field(default_factory=RunsConfig)
    status: tuple[str, ...] = ()

    @property
    def given(self) -> bool:
        return bool(self.keys or self.status or self.filters != RunsConfig())


def chosen(contents: Contents, asked: Asked) -> list[StoredRun]:
    """Gives the runs that are meant; trials are runs like others here.

    A run that cannot be read is meant by its key and its status alone.

    Raises:
        StoreError: a key, a status or a name that no run has, or no run that passes the filters; says what there is.
        ConfigError: a date that is none, or a status that there is not.
    """
    _check(asked)
    _refuse_strays(contents, asked)
    runs = (
        list({run.key: run for run in (of_key(contents, word) for word in asked.keys)}.values())
        if asked.keys
        else list(contents.runs)
    )
    runs = [run for run in runs if not asked.status or run.status in asked.status]
    if is_filtered(asked.filters):
        meant = {key for key, own in _facts(runs, asked.filters).items() if suits(own, asked.filters)}
        runs = [run for run in runs if run.key in meant]
    if not runs and asked.given:
        raise StoreError(_nothing(contents))
    return runs


def modes_of(words: Sequence[str]) -> list[Mode]:
    """Reads modes.

    Raises:
        ConfigError: a word that is none; lists them.
    """
    return [Mode(_one_of(word, [mode.value for mode in Mode], "--mode")) for word in words]


def _check(asked: Asked) -> None:
    for word in asked.status:
        _one_of(word, STATUSES, "--status")
    try:
        asked.filters.check(RecordSource.store)
    except ConfigError as error:
        raise ConfigError(_in_words(str(error))) from None


def _refuse_strays(contents: Contents, asked: Asked) -> None:
    """Refuses a status or a name that no run of the store has, and filters that none passes."""
    where, filters = contents.store.path, asked.filters
    there = sorted({run.status for run in contents.runs})
    absent = [word for word in asked.status if word not in there]
    if there and absent:
        raise StoreError(
            f"No run of {where} fits --status {','.join(absent)}. The statuses of its runs are {listed(there)}: "
            f"type --status {there[0]}, say."
        )
    facts = list(_facts(contents.runs, filters).values())
    mistyped = strays(facts, filters)
    refused = mistyped if is_filtered(mistyped) else filters
    if facts and not any(suits(own, refused) for own in facts):
        raise StoreError(_in_words(nothing_suits(facts, refused, str(where))))


def _nothing(contents: Contents) -> str:
    """Says that all that was typed leaves no run together."""
    if not contents.runs:
        return f"{contents.store.path} holds no run."
    return (
        f"No run of {contents.store.path} fits all that was typed; leave a filter or a key out. "
        f"A run that cannot be read fits its key and --status {BROKEN} alone."
    )


def _one_of(word: str, allowed: Sequence[str], option: str) -> str:
    if word not in allowed:
        raise ConfigError(f"{option} {word}: there are {listed(allowed)}.")
    return word


def of_key(contents: Contents, word: str) -> StoredRun:
    """Gives the run whose key is this, or begins so.

    Raises:
        StoreError: none, or several; lists them.
    """
    found = [run for run in contents.runs if word and run.key.startswith(word)]
    if len(found) == 1:
        return found[0]
    there = listed([run.key if found else run.key[:_SHORT] for run in found or contents.runs])
    who = f"{len(found)} runs have" if found else f"no run of {contents.store.path} has"
    raise StoreError(f"{word or repr(word)}: {who} a key that begins so ({there}).")


def _facts(runs: Iterable[StoredRun], wanted: RunsConfig) -> dict[str, Facts]:
    """Gives the facts of the runs that can be read, by key.

    The tag of trials is left out where nobody asks for it: an analysis leaves them out, a list does not.
    """
    facts = {run.key: run.facts for run in runs if run.facts is not None}
    if TRIAL in wanted.tags:
        return facts
    return {key: replace(own, tags=tuple(tag for tag in own.tags if tag != TRIAL)) for key, own in facts.items()}


def _in_words(message: str) -> str:
    """Names filters as this command does: `--model gemma*` for `runs.model=gemma*`, and `--no-twins`."""
    said = re.sub(r"'runs\.(\w+)=\"(.*?)\"'", r"--\1 \2", message)
    said = re.sub(r"runs\.(twins|rereads)=false", r"--no-\1", said)
    said = re.sub(r"type runs\.(twins|rereads)=true, or leave it out", r"leave --no-\1 out", said)
    return re.sub(r"runs\.(\w+)(?:=|(?=\b))", r"--\1 ", said).replace("  ", " ")
