"""The account as it is printed: a table by model, and what the numbers rest on."""

from __future__ import annotations

from collections.abc import Sequence

from emogeo.amounts import counted, in_bytes, in_time
from emogeo.forecast.absent import USUAL_B
from emogeo.forecast.account import LOADING, MEASURING, Sum, total
from emogeo.forecast.machine import Needs, Room
from emogeo.forecast.speeds import ASSUMED, CPU_FLOPS, CPU_WRITING, GPU_FLOPS, GPU_WRITING, RECORDED, SCALED
from emogeo.forecast.tokens import LETTERS
from emogeo.stimuli.messages import listed
from emogeo.terminal import aligned, cells, columns, paragraph

_HEAD = ("model", "runs", "done", "loads", "passes", "read", "written", "time", "memory", "disk")
_LEAST_NAME = 12


def lines_of(sums: Sequence[Sum], room: Room, store: str, needs: Needs) -> list[str]:
    """Lays the account out in the terminal's columns.

    Args:
        store: what the store is called.
        needs: what runs need on each disk, those of other stores too.
    """
    every = total(sums)
    rows = [_row(own) for own in sums] + ([_row(every)] if len(sums) > 1 else [])
    head: tuple[str, ...] = _HEAD
    if not every.tokens_written:
        at = _HEAD.index("written")
        rows, head = [_without(row, at) for row in rows], _without(_HEAD, at)
    said = [*_work(every, sums), *_rests_on(every), *_room(every, room, store), *_fits(sums, every, room, needs)]
    return [*_table(head, rows), "", *(line for own in said for line in paragraph(own, columns(), rest="  "))]


def misfits(sums: Sequence[Sum], room: Room, needs: Needs) -> list[str]:
    """Names what does not fit: models by their memory, records and weights by the room on their disks."""
    large = [own for own in sums if room.memory is not None and own.memory > room.memory]
    found = [f"{own.name} needs {_about(own.memory)} of memory, and there are {_about(room.memory)}" for own in large]
    return found + [f"{what} need {_about(size)}, and {_about(free)} are free" for what, size, free in needs.too_much]


def _about(n_bytes: float | None) -> str:
    """Gives an estimate of bytes, with two digits."""
    return in_bytes(n_bytes or 0, 2)


def number(value: float) -> str:
    """Writes a number of tokens in thousands or millions."""
    if value < 1000:
        return f"{value:.0f}"
    return f"{value / 1e3:.0f}k" if value < 1e6 else f"{value / 1e6:.1f}M" if value < 1e9 else f"{value / 1e9:.1f}G"


def _row(own: Sum) -> tuple[str, ...]:
    busy = _left(own) > 0
    spent = [in_time(own.seconds), _about(own.memory) if own.memory else "–", _about(own.disk)] if busy else ["–"] * 3
    counts = (own.runs, own.finished, len(own.loads), own.passes)
    return (own.name, *map(str, counts), number(own.tokens_read), number(own.tokens_written), *spent)


def _without(row: tuple[str, ...], at: int) -> tuple[str, ...]:
    return (*row[:at], *row[at + 1 :])


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Aligns columns; names are cut in the middle where the table would be wider than the terminal."""
    widths = [max(cells(own) for own in column) for column in zip(head, *rows, strict=True)]
    gaps, free = len(widths) - 1, columns() - sum(widths[1:])
    gap = 2 if widths[0] <= free - 2 * gaps else 1
    widths[0] = min(widths[0], max(_LEAST_NAME, free - gap * gaps))
    return [_line(row, widths, " " * gap) for row in (head, *rows)]


def _line(row: tuple[str, ...], widths: Sequence[int], gap: str) -> str:
    own = [aligned(_cut(row[0], widths[0]), widths[0])]
    own += [aligned(cell, width, right=True) for cell, width in zip(row[1:], widths[1:], strict=True)]
    return gap.join(own).rstrip()


def _cut(name: str, width: int) -> str:
    half = (width - 1) // 2
    return name if len(name) <= width else f"{name[: width - 1 - half]}…{name[-half:]}"


def _left(own: Sum) -> int:
    return own.runs - own.finished - own.repeated - own.passed_over


def _work(every: Sum, sums: Sequence[Sum]) -> list[str]:
    models = f"{len(sums)} {'models' if len(sums) > 1 else 'model'}"
    said = [f"To be done: {_left(every)} of {counted(every.runs, 'run')}, by {models}."]
    if every.repeated:
        said.append(f"The same as another of these: {counted(every.repeated, 'run')}.")
    if every.refused:
        said.append(f"Refused before, for states that overflow: {every.refused} of those that are done.")
    if every.passed_over:
        said.append(f"Passed over: {counted(every.passed_over, 'run')}, since mode=behaviour asks no base model.")
    return said


def _rests_on(every: Sum) -> list[str]:
    """Says where times come from."""
    if not every.speeds:
        return [f"Time: {MEASURING:.0f} s a run (assumed)."] if _left(every) else []
    flops = f"{GPU_FLOPS:.0e} operations a second" if every.on_gpu else f"{CPU_FLOPS:.0e} operations a second and core"
    known = {
        RECORDED: "speeds that this machine has recorded for the model",
        SCALED: "speeds of other models here, by their parameters",
        ASSUMED: f"an assumed speed ({flops})",
    }
    words = "; ".join(known[own] for own in (RECORDED, SCALED, ASSUMED) if own in every.speeds)
    slower = GPU_WRITING if every.on_gpu else CPU_WRITING
    written = f", a written token as {slower:.0f} that are read" if every.tokens_written else ""
    return [f"Time: {words}{written}; {LOADING:.0f} s and more a load, {MEASURING:.0f} s a run (assumed)."]


def _room(every: Sum, room: Room, store: str) -> list[str]:
    kind = "the GPU" if every.on_gpu else "this machine"
    said = [f"Memory: {_about(room.memory)} of {kind}."] if room.memory is not None else []
    said += [f"Disk: {_about(room.store.free)} free for {store}."] if room.store is not None else []
    by_place: dict[str, list[str]] = {}
    for name, (own, where) in every.fetched.items():
        by_place.setdefault(where, []).append(f"{name} {_about(own)}")
    said += [f"To be {where} first, about: {', '.join(names)}." for where, names in by_place.items()]
    if every.fetched:
        said.append(
            f"Of these, blocks and tokens are guessed (a token is {LETTERS:.0f} letters), and whether runs of them are "
            "finished is known once their weights are here."
        )
    if every.sizeless:
        names = listed(sorted(every.sizeless))
        said.append(f"Assumed: {USUAL_B:g} billion parameters, where a model's name does not say how many ({names}).")
    return said


def _fits(sums: Sequence[Sum], every: Sum, room: Room, needs: Needs) -> list[str]:
    found = [f"Does not fit: {own}." for own in misfits(sums, room, needs)]
    if found:
        return found
    return ["What is known of fits."] if every.sizeless else ["All of it fits."]
