"""One run in full: what it is, how to have it again, its files, and what it shares with others."""

from __future__ import annotations

from emogeo.amounts import counted, in_bytes
from emogeo.keeping.again import words_again
from emogeo.keeping.contents import StoredRun, files_of
from emogeo.keeping.costs import of_passes, of_texts
from emogeo.keeping.listing import SHORT, settings
from emogeo.keeping.uses import ForwardPass, Uses, recorded_passes, run_behind, texts_of
from emogeo.record.types import AnyRecord
from emogeo.stimuli.messages import listed
from emogeo.store.store import RUNS
from emogeo.terminal import one_line, paragraph, pasteable

_SHOWN = 6
_LIBRARIES = ("emogeo", "torch", "transformers", "bitsandbytes")
"""Those that change numbers."""


def shown(run: StoredRun, uses: Uses, width: int) -> list[str]:
    """Gives lines about a run."""
    folder = uses.contents.store.folder(RUNS, run.key)
    lines = [f"{run.title}", f"  key       {run.key}", f"  status    {run.status}"]
    if run.record is None:
        lines += _told("why", run.reason, width)
    else:
        lines += [*_about(run.record, width), "", "To have it again", *_again(run.record, uses, width)]
    files = files_of(folder)
    lines += ["", f"Files ({in_bytes(run.size)} in {one_line(str(folder))})"]
    lines += [f"  {in_bytes(size):>8}  {one_line(name)}" for name, size in files.items()]
    return [*lines, "", "Passes and texts", *_used(run, uses, width), *_others(run, uses, width)]


def _about(record: AnyRecord, width: int) -> list[str]:
    own, model = record.provenance, record.model
    libraries = [f"{name} {own.libraries[name]}" for name in _LIBRARIES if own.libraries.get(name)]
    tracking = record.config.tracking
    tags = [*([f"group {tracking.group}"] if tracking.group else []), *tracking.tags]
    said = {
        "why": record.reason or "",
        "model": f"{model.title}: {model.id} {model.revision}",
        "settings": ", ".join(word for word in settings(record).values() if word),
        "recipe": record.recipe or "",
        "tags": ", ".join(tags),
        "computed": f"{own.created} on {own.device}, {own.platform}",
        "with": ", ".join([f"python {own.python}", *libraries]),
    }
    return [line for name, text in said.items() if text for line in _told(name, text, width)]


def _told(name: str, text: str, width: int) -> list[str]:
    return paragraph(one_line(text), width, f"  {name:8}  ", " " * 12)


def _again(record: AnyRecord, uses: Uses, width: int) -> list[str]:
    words = words_again(record.config, str(uses.contents.store.path))
    return pasteable([one_line(word) for word in words], width)


def _used(run: StoredRun, uses: Uses, width: int) -> list[str]:
    passes, texts = uses.passes_of(run.key), uses.texts_of(run.key)
    lines = [line for own in passes for line in _pass(own, run.key, width)]
    for own in texts:
        users = dict(uses.texts)[own] - {run.key}
        lines += paragraph(f"texts  {own.key[:12]}  {in_bytes(own.size)}{_by(users)}", width, "  ", " " * 9)
    gone = len(recorded_passes(run.record)) - len(passes)
    if gone > 0:
        lines.append(f"  {counted(gone, 'pass', 'passes')} whose states are not in the store")
    if texts_of(run.record) is not None and not texts:
        lines.append("  the written texts are not in the store; the run has its own copy of them")
    cost = of_passes(own.made for own in passes) + of_texts(texts)
    return [*lines, *paragraph(f"To have them again: {cost}", width, "  ")] if passes or texts else lines or ["  none"]


def _pass(own: ForwardPass, key: str, width: int) -> list[str]:
    named = ", ".join(each[:12] for each in own.keys)
    text = f"pass   {named}  {in_bytes(own.size)}{_by(own.users - {key})}"
    return paragraph(text, width, "  ", " " * 9)


def _by(users: frozenset[str]) -> str:
    return (
        f"; used by {listed([key[:SHORT] for key in sorted(users)], _SHOWN)} as well"
        if users
        else "; used by no other run"
    )


def _others(run: StoredRun, uses: Uses, width: int) -> list[str]:
    lines = []
    behind = None if run.record is None else run_behind(run.record)
    if behind is not None:
        lines += paragraph(f"It builds on the run {behind[:SHORT]}.", width, "  ")
    later = [other.key for other in uses.built_on({run.key})]
    if later:
        lines += paragraph(f"Built on it: {listed([key[:SHORT] for key in later], _SHOWN)}.", width, "  ")
    return lines
