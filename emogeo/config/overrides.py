"""Reads the command line before Hydra does, to answer a typo or an empty glob with what is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from shlex import quote
from typing import Any, get_args, get_origin, get_type_hints

import yaml
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, Override, OverrideType, ValueType
from hydra.errors import HydraException

from emogeo.config.options import options_in
from emogeo.config.values import check_value, kind_of, shown
from emogeo.errors import ConfigError, first_line
from emogeo.installation import install


def check_overrides(arguments: Sequence[str], schema: type, conf: Path) -> None:
    """Checks every `key=value` argument against the schema and the groups under `conf`.

    Raises:
        ConfigError: an unknown key, an unknown option, or a glob without a match; several values of what has one, or
            several runs without `-m`. It says what is allowed.
    """
    own_groups = not any(a.startswith(("--config-dir", "-cd", "--config-path", "-cp")) for a in arguments)
    words = [a for a in arguments if "=" in a and not a.startswith("-")]
    overrides = [_parsed(word) for word in words]
    swept = not _SWEEPS.isdisjoint(argument.partition("=")[0] for argument in arguments)
    _check_study([override for override in overrides if override.key_or_group == "study"], swept)
    _check_cluster(overrides, swept)
    for override in overrides:
        _check_one(override, schema, conf, own_groups)
    if overrides and own_groups:
        _check_plus(overrides, schema, conf)
    _check_runs(overrides, not _MULTIRUN.isdisjoint(argument.partition("=")[0] for argument in arguments))


_MULTIRUN = {"-m", "--multirun", "hydra.mode"}
"""Arguments that ask for a sweep."""
_SWEEPS = {*_MULTIRUN, "--cfg", "-c", "--info", "-i"}
"""Arguments that ask for a sweep, or only to show the configuration."""
_LAUNCHERS = {
    "gpus": "hydra_joblib_launcher",
    "slurm": "hydra_submitit_launcher",
    "ray": "hydra_ray_launcher",
}
"""The Hydra plugin of each cluster; the extra that installs it has the cluster's name."""


def _check_study(studies: Sequence[Override], swept: bool) -> None:
    """Refuses `-m` together with a study, which is a sweep by itself."""
    if studies and not swept:
        raise ConfigError("A study is a sweep: type -m before +study=.")
    if any(override.is_sweep_override() for override in studies):
        raise ConfigError("One study at a time: each has runs of its own.")


def _check_cluster(overrides: Sequence[Override], swept: bool) -> None:
    """Refuses a cluster whose launcher is not installed, has no number of jobs, or has no sweep to launch."""
    chosen = [override for override in overrides if override.key_or_group == "cluster"]
    if any(override.is_sweep_override() for override in chosen):
        raise ConfigError("One cluster at a time: it launches the whole sweep.")
    name = str(chosen[-1].value()) if chosen else "local"
    if name not in _LAUNCHERS:
        return
    if not swept:
        raise ConfigError(f"cluster={name} launches the runs of a sweep: type -m.")
    if find_spec(f"hydra_plugins.{_LAUNCHERS[name]}") is None:
        command = install(name, pinned=name != "ray")  # whose libraries do not go with ours
        raise ConfigError(f"cluster={name} needs a launcher. Type: {command}")
    slots = [override.value() for override in overrides if override.key_or_group == "cluster.slots"]
    if name == "gpus" and not (slots and isinstance(slots[-1], int) and slots[-1] > 0):
        raise ConfigError("cluster=gpus: how many jobs at once, one a GPU? Type cluster.slots=4, say.")


def _check_runs(overrides: Sequence[Override], multirun: bool) -> None:
    """Refuses several values without `-m`, and a second value of what has one, which Hydra would take alone."""
    given: dict[str, Override] = {}
    for override in overrides:
        key, word = override.key_or_group, str(override.input_line)
        if override.is_sweep_override() and not multirun:
            raise ConfigError(
                f"{word} is several runs: type -m before it, as in -m {quote(word)}."
                + (f" One text with a comma is quoted twice, as in \"{key}='A, B'\"." if "." in key else "")
            )
        if override.is_delete() or key.startswith("hydra") or isinstance(override.value(), dict):  # dicts are merged
            continue
        before = given.setdefault(f"{key}@{override.package}", override)  # a group may be chosen for several places
        if before.input_line != word:
            raise ConfigError(f"{before.input_line} and {word}: type one. Several runs are typed as -m {key}=A,B.")


def _check_one(override: Override, schema: type, conf: Path, own_groups: bool) -> None:
    key = override.key_or_group
    if key.split(".")[0].split("/")[0] == "hydra" or override.is_delete():
        return
    if key in groups_of(schema, conf):
        _check_single(override)
        if own_groups:
            _check_options(override, options_in(conf / key))
        return
    if key == "dry" and override.is_sweep_override():
        raise ConfigError(f"{override.input_line}: dry is for the whole sweep: type dry=true, or leave it out.")
    hint = check_key(key, schema, conf)
    if hint is not None:
        check_value(override, hint)


def _parsed(word: str) -> Override:
    """Raises:
    ConfigError: a word that Hydra's grammar does not take."""
    try:
        return OverridesParser.create().parse_override(word)
    except HydraException as error:
        raise ConfigError(
            f"{word} cannot be read as FIELD=VALUE ({first_line(error)}). A text with spaces, brackets, commas, equals "
            "signs, colons, or letters beyond a to z is quoted twice, as in \"store.path='my, store'\"; lists are "
            "'FIELD=[A,B]'."
        ) from None


def _check_single(override: Override) -> None:
    """Refuses a list of options, of which Hydra would take the last alone."""
    group, value = override.key_or_group, override.value()
    if isinstance(value, list):
        listed = ",".join(map(shown, value))
        raise ConfigError(f"{group}=[{listed}]: a run has one option of {group}. Several runs: -m {group}={listed}.")


def _check_plus(overrides: Sequence[Override], schema: type, conf: Path) -> None:
    """Refuses an option of a group that has none yet without the plus sign that adds it, and of another with it."""
    groups = groups_of(schema, conf)
    chosen = _chosen_groups(overrides, conf) if groups else set()
    for override in overrides:
        group, word = override.key_or_group, str(override.input_line)
        if group in groups and group not in chosen and override.type is OverrideType.CHANGE:
            raise ConfigError(f"{word}: no option of {group} is chosen yet, so a plus sign adds one: type +{word}")
        if group in groups and group in chosen and override.type is OverrideType.ADD:
            raise ConfigError(f"{word}: type {word[1:]}, without the plus sign.")


def _chosen_groups(overrides: Sequence[Override], conf: Path) -> set[str]:
    """Names the groups of which `config.yaml`, or the study, chooses an option."""
    studies = [o.value() for o in overrides if o.key_or_group == "study" and o.value_type is ValueType.ELEMENT]
    files = [conf / "config.yaml", *(conf / "study" / f"{study}.yaml" for study in studies)]
    read = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files if file.is_file()]
    entries = [entry for content in read for entry in content.get("defaults", []) if isinstance(entry, dict)]
    return {str(group).lstrip("/") for entry in entries for group in entry}


def _check_options(override: Override, options: list[str]) -> None:
    group, value = override.key_or_group, override.value()
    if isinstance(value, Glob):
        swept = [option for option in options if "/" not in option]  # as Hydra has it
        if not value.filter(swept):
            raise ConfigError(
                f"{group}=glob({','.join(value.include)}) matches none of the options of {group}: {', '.join(swept)}."
            )
        return
    if not override.is_sweep_override():
        chosen: Iterable[Any] = value if isinstance(value, list) else [value]
    elif override.is_choice_sweep():
        chosen = override.sweep_iterator()
    else:
        return
    for name in map(shown, chosen):
        if name not in options:
            raise ConfigError(f"{group}={name} is not an option.{_hint(name, options)} Allowed: {', '.join(options)}.")


def check_key(key: str, schema: type, conf: Path) -> Any:
    """Gives the type of a field; None where its name or its values are the user's own."""
    node: Any = schema
    hint: Any = None
    path: list[str] = []
    for part in key.split("."):
        if get_origin(node) is dict:  # whose names are the user's
            node, hint = get_args(node)[1], None
            path.append(part)
            continue
        if node is Any:
            return None
        names = field_names(node)
        if part not in names:
            allowed = sorted({*names, *(groups_of(schema, conf) if not path else [])})
            where = f" under {'.'.join(path)}" if path else ""
            listed = f"Allowed{where}: {', '.join(allowed)}." if allowed else f"{'.'.join(path)} has no fields."
            raise ConfigError(f"There is no field {key}.{_hint(part, allowed)} {listed}")
        hint = get_type_hints(node)[part]
        node = kind_of(hint)
        path.append(part)
    return None if hint is Any else hint


def groups_of(schema: type, conf: Path) -> list[str]:
    """The groups of this program: folders that are a field of its schema."""
    return [name for name in field_names(schema) if (conf / name).is_dir()]


def field_names(node: Any) -> list[str]:
    return [f.name for f in fields(node)] if is_dataclass(node) else []


def _hint(word: str, allowed: list[str]) -> str:
    close = get_close_matches(word, allowed, n=1)
    return f" Did you mean {close[0]}?" if close else ""
