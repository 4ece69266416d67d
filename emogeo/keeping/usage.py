"""What takes room in a store, and what the states save."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from emogeo.amounts import in_bytes, in_time
from emogeo.analysis.summary.narrow import Column, narrow
from emogeo.installation import command
from emogeo.keeping.contents import ANALYSIS, LOCKS, PARTIAL, SCRATCH, SWAP, WANDB, StoredRun, size_of
from emogeo.keeping.costs import of_passes
from emogeo.keeping.listing import clipped
from emogeo.keeping.uses import ForwardPass, Uses
from emogeo.store.keys import Json
from emogeo.store.store import ACTIVATIONS, GENERATIONS, RUNS, Store
from emogeo.terminal import one_line, paragraph

_KNOWN = {RUNS, ACTIVATIONS, GENERATIONS, WANDB, PARTIAL, ANALYSIS, SCRATCH, LOCKS, SWAP}
NO_RUN = "(of no run)"
_REST = 50


@dataclass(frozen=True)
class Share:
    """One kind of content."""

    name: str
    count: int
    size: int


@dataclass(frozen=True)
class ModelShare:
    """What a model takes, at one precision, and what its states save."""

    model: str
    precision: str
    runs: int
    size: int
    """Bytes of its runs."""
    passes: tuple[ForwardPass, ...]

    @property
    def states(self) -> int:
        return sum(own.size for own in self.passes)


def shares(uses: Uses) -> list[Share]:
    """Gives the size of every kind of content of a store."""
    contents, path = uses.contents, uses.contents.store.path
    unused = [own for own in uses.passes if not own.users]
    spare = [each for own in uses.passes if own.users for each in own.spare]
    return [
        Share("runs", len(contents.runs), sum(run.size for run in contents.runs)),
        Share("states of passes", len(contents.passes), sum(own.size for own in contents.passes)),
        Share("  of no run", sum(len(own.keys) for own in unused), sum(own.size for own in unused)),
        Share("  in poolings that no run used", len(spare), sum(own.size for own in spare)),
        Share("written texts", len(contents.texts), sum(own.size for own in contents.texts)),
        _folder("unfinished work", path / PARTIAL),
        _folder("W&B folders", path / WANDB),
        _folder("rows of earlier analyses", path / ANALYSIS),
        _folder("temporary files", path / SCRATCH),
        _folder("locks", path / LOCKS),
        _others(contents.store),
    ]


def by_model(uses: Uses) -> list[ModelShare]:
    """Gives what each model takes at each precision, the largest first; a pass that several use counts once."""
    runs: dict[tuple[str, str], list[StoredRun]] = defaultdict(list)
    passes: dict[tuple[str, str], list[ForwardPass]] = defaultdict(list)
    called = {run.key: _called(run) for run in uses.contents.runs}
    for run in uses.contents.runs:
        runs[called[run.key]].append(run)
    for own in uses.passes:
        passes[min((called[key] for key in own.users), default=(NO_RUN, ""))].append(own)
    found = [
        ModelShare(*name, len(runs[name]), sum(run.size for run in runs[name]), tuple(passes[name]))
        for name in {*runs, *passes}
    ]
    return sorted(found, key=lambda share: (-share.size - share.states, share.model, share.precision))


def usage(uses: Uses, width: int) -> list[str]:
    """Gives lines of at most `width` columns: kinds of content, models, and what the states save."""
    kinds, models = shares(uses), by_model(uses)
    total = sum(kind.size for kind in kinds if not kind.name.startswith(" "))
    shown = [kind for kind in kinds if kind.count]
    title = f"{one_line(str(uses.contents.store.path))}: {in_bytes(total)}"
    columns = [
        Column("kind", [kind.name for kind in shown], right=False),
        Column("size", [in_bytes(kind.size) for kind in shown]),
        Column("number", [f"{kind.count:,}" for kind in shown]),
        Column("share", [f"{100 * kind.size / max(total, 1):.0f}%" for kind in shown]),
    ]
    lines = narrow(title, columns, "--json", width)
    return [*lines, "", *([*_models(models, width), ""] if models else []), *_saved(uses, width)]


def as_json(uses: Uses) -> Json:
    """Gives the same for JSON; sizes are in bytes, times in seconds."""
    kinds = [{"kind": own.name.strip(), "number": own.count, "size": own.size} for own in shares(uses)]
    models = [
        {"model": own.model, "precision": own.precision, "runs": own.runs, "size": own.size, "states": own.states}
        | {"passes": (cost := of_passes(each.made for each in own.passes)).passes}
        | {"tokens": cost.tokens, "seconds": cost.seconds}
        for own in by_model(uses)
    ]
    return {"kinds": kinds, "models": models}


def _models(models: list[ModelShare], width: int) -> list[str]:
    costs = [of_passes(own.made for own in share.passes) for share in models]
    letters = max(20, width - _REST)
    columns = [
        Column("model", [clipped(share.model, letters) for share in models], right=False),
        Column("runs", [str(share.runs) for share in models]),
        Column("size", [in_bytes(share.size) for share in models]),
        Column("states", [in_bytes(share.states) for share in models]),
        Column("to read again", [in_time(cost.seconds) if cost.passes else "" for cost in costs]),
        Column("precision", [share.precision for share in models], right=False),
        Column("tokens", [f"{cost.tokens:,}" if cost.passes else "" for cost in costs]),
    ]
    return narrow("By model", columns, "--json", width)


def _saved(uses: Uses, width: int) -> list[str]:
    size = sum(own.size for own in uses.passes)
    if not size:
        return ["There are no states: another pooling, block, centring or norm costs a pass."]
    cost = of_passes(own.made for own in uses.passes)
    said = (
        f"The states ({in_bytes(size)}) save passes where a run differs after them alone: in pooling, block, centring, "
        f"denoising, norm. Without them these cost {cost}. `{command('analyze')}` does not need them."
    )
    return paragraph(said, width)


def _called(run: StoredRun) -> tuple[str, str]:
    if run.record is None:
        return "(cannot be read)", ""
    return one_line(run.record.model.title), one_line(run.record.precision)


def _folder(name: str, path: Path) -> Share:
    found = [] if path.is_symlink() or not path.is_dir() else list(path.iterdir())
    return Share(name, len(found), sum(map(size_of, found)))


def _others(store: Store) -> Share:
    found = list(_foreign(store))
    return Share("other files", len(found), sum(map(size_of, found)))


def _foreign(store: Store) -> Iterator[Path]:
    """Finds what no record is: beside the folders of a store, and in those of its records."""
    for path in store.path.iterdir():
        if path.name not in _KNOWN:
            yield path
    for kind in (RUNS, ACTIVATIONS, GENERATIONS):
        folder, keys = store.path / kind, set(store.keys(kind))
        yield from (path for path in (folder.iterdir() if folder.is_dir() else ()) if path.name not in keys)
