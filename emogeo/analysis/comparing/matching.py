"""In what two runs of one model differ, read from their configurations alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from emogeo.analysis.records.catalogue import Run
from emogeo.geometry.halves import MIN_STAR

WRITING = ("template", "chat", "samples", "decoding", "length")
READING = ("position", "layer", "centring")
SUB_PARAMETERS = (*WRITING, *READING)
"""The eight that differ between the published recipes of generation."""
SUCH = (*SUB_PARAMETERS, "banned words", "denoising", "topics", "passages", "passage template")
"""All that may differ between two ways of extraction at one precision; the last two are of comprehension alone."""
NAMES = ("method", "precision", "writer", *SUCH, "repetition", "seed")
LAYERS = ("method", "sub_parameter", "precision", "cross_experiment")
NULL = "regeneration (null)"
OWN_PRECISION = "replay at its own precision"
AS_PUBLISHED = "as published"
IN_COMPREHENSION, IN_REPLAY, REGENERATED, OF_WRITER = (
    "in comprehension",
    "in replay",
    "regenerated",
    "of the writer alone",
)
TEXT = "text"
"""Aliased with whatever changes what is written."""
OF_COMPREHENSION = " (comprehension)"
_AGAIN = {"repetition", "seed"}


@dataclass(frozen=True)
class Matched:
    """Two runs of one model that answer a question."""

    layer: str
    """Of effect: method, sub_parameter, precision or cross_experiment."""
    factor: str
    aliased: tuple[str, ...]
    """What else differs, so that the effect may be theirs."""
    a: Run
    b: Run

    @property
    def published_sets(self) -> str | None:
        """A-C, say, where the two runs are read and written as two sets of the published design."""
        sets = [published_set(run) for run in (self.a, self.b)]
        return "-".join(sorted(name for name in sets if name)) if all(sets) else None


def levels(run: Run) -> dict[str, str]:
    """What a run was made with, factor by factor; "" where a factor has no meaning (a passage has no decoding)."""
    config, generation = run.record["config"], run.record["generation"]
    denoising = config["denoising"]
    values: dict[str, Any] = {
        "method": "comprehension",
        "precision": run.record["precision"],
        "position": config["pooling"],
        "layer": [config["layer_selection"], config["max_depth"]],
        "centring": [config["centring"], config["norm"]],
        "denoising": "none" if denoising["method"] == "none" else denoising,
    }
    if generation is None:
        template = config["prompt_template"]
        values["passage template"] = [template["text"], template["chat"]]
        values["passages"] = run.text_digest
        return {name: _written(values.get(name, "")) for name in NAMES}
    written = generation["written"]
    asked, template = written["generation"], written["prompt_template"]
    values.update(
        method="generation",
        writer=written["precision"] if _by_itself(run) else [written["model"], written["precision"]],
        template=template["prompts"],
        chat=template["chat"],
        samples=[asked["samples"], asked["replicates"]],
        decoding=[asked["temperature"], asked["top_p"]],
        length=[asked["max_new_tokens"], asked["min_new_tokens"]],
        topics=written.get("topics"),
        repetition=asked["repetition"],
        seed=written["seed"],
    )
    values["banned words"] = asked["retries"] if asked["ban_emotion_words"] else "none"
    return {name: _written(values.get(name, "")) for name in NAMES}


def published_set(run: Run) -> str | None:
    """A, B, C or D of the published design, where a run is written and read so; length, samples and topics are free."""
    own, quantized = levels(run), run.record["config"]["precision"]["quantization"]
    if own["denoising"] != "none" or quantized not in {"none", "int8"} or not _own(run):
        return None
    position, selection = run.record["config"]["pooling"], run.record["config"]["layer_selection"]["name"]
    reading = (position["position"], position["skip"], selection, *json.loads(own["centring"]))
    if own["method"] == "comprehension":
        plain = own["passage template"] == _written(["{passage}", False])
        as_published = plain and reading == ("last", 0, "min_mean_cosine", "grand_mean", "none")
        return "A" if as_published and quantized == "none" else None
    if reading == ("middle", 0, "middle", "neutral", "unit") and writing_of(run) == "matched":
        return "C" if quantized == "none" else "D"
    loosely = reading in {("last", 0, selection, "grand_mean", "none") for selection in ("min_mean_cosine", "index")}
    return "B" if loosely and writing_of(run) == "loose" and quantized == "none" else None


def writing_of(run: Run) -> str:
    """`loose` or `matched`, where texts were written as in the published recipe, but for length, samples and topics."""
    own = levels(run)
    if own["banned words"] != "none":
        return "other writing"
    kinds = {
        (_written(False), _written([0.7, 0.9])): "loose",
        (_written(True), _written([None, 1.0])): "matched",
    }
    return kinds.get((own["chat"], own["decoding"]), "other writing")


def without_echoes(runs: Sequence[Run]) -> list[Run]:
    """Neither rereads nor replays that repeat the reading of the run whose texts they read."""
    usual = [run for run in runs if run.twin is None]
    known = {run.key: levels(run) for run in usual}
    read = {(run.text_digest, *known[run.key].values()) for run in usual if _is(run, "generation")}
    return [run for run in usual if not _is(run, "replay") or (run.text_digest, *known[run.key].values()) not in read]


def matched(runs: Sequence[Run]) -> list[Matched]:
    """Every two runs of one model that differ in one factor, or in factors that the published design moves together."""
    usual = [run for run in runs if run.twin is None and _by_itself(run)]
    kept, known = {run.key for run in without_echoes(usual)}, {run.key: levels(run) for run in usual}
    found = []
    for a, b in combinations(usual, 2):
        if not same_model(a, b):
            continue
        one, two = (b, a) if _order(b) < _order(a) else (a, b)
        for match in _matched(one, two, known[one.key], known[two.key]):
            if match.factor == OWN_PRECISION or {a.key, b.key} <= kept:
                found.append(match)
    return sorted(found, key=lambda m: (m.a.model, LAYERS.index(m.layer), m.factor, len(m.aliased)))


def partner(runs: Sequence[Run], a: Run, d: Run) -> Run | None:
    """C of the published design: d's configuration at a's precision; of several, the first."""
    wanted = {**levels(d), "precision": a.record["precision"], "writer": a.record["precision"]}
    like = (run for run in without_echoes(runs) if _written_and_read(run) and same_model(run, d))
    return next((run for run in like if levels(run) == wanted), None)


def same_model(a: Run, b: Run) -> bool:
    """Whether two runs are of the same weights."""
    return a.reader[:2] == b.reader[:2]


def _matched(a: Run, b: Run, one: dict[str, str], two: dict[str, str]) -> Iterator[Matched]:
    """`a` is the run of comprehension, if one is; the unquantized one, if one is; a generation before its replay."""
    differ = [name for name in NAMES if one[name] != two[name]]
    if one["method"] != two["method"]:
        yield from _between_methods(a, b, differ)
    elif one["method"] == "comprehension":
        if differ == ["precision"] and not _quantized(a):
            yield Matched("precision", f"{IN_COMPREHENSION}, {_precisions(a, b)}", (), a, b)
        elif "precision" not in differ:
            yield from _sub_parameter(a, b, differ, OF_COMPREHENSION)
    elif {"precision", "writer"} & set(differ) or (_same_texts(a, b) and not differ):
        yield from _between_precisions(a, b, differ)
    elif differ and set(differ) <= _AGAIN and not _same_texts(a, b):
        yield Matched("precision", NULL, (), a, b)
    elif not set(differ) & _AGAIN and (_same_texts(a, b) or (_written_and_read(a) and _written_and_read(b))):
        yield from _sub_parameter(a, b, differ, "")


def _between_methods(a: Run, b: Run, differ: Sequence[str]) -> Iterator[Matched]:
    """Runs read alike, or each as its published recipe reads."""
    reading = tuple(name for name in differ if name in {*READING, "denoising"})
    sets = {published_set(a), published_set(b)}
    published = len(sets) == 2 and None not in sets
    if not (_written_and_read(b) and _first(b) and _alike_in_units(a, b)) or (reading and not published):
        return
    how = f"{AS_PUBLISHED if published else 'read alike'}, {writing_of(b)}"
    if "precision" not in differ:
        at = f" ({a.record['precision']})" if _quantized(a) else ""
        yield Matched("method", how + at, (TEXT, "template", *reading), a, b)
    elif _quantized(b) and not _quantized(a):
        aliased = (TEXT, "template", *reading, "precision")
        yield Matched("cross_experiment", f"{how}, {_precisions(a, b)}", aliased, a, b)


def _between_precisions(a: Run, b: Run, differ: Sequence[str]) -> Iterator[Matched]:
    same, both = _same_texts(a, b), _precisions(a, b)
    if same and not differ:
        if _is(a, "generation") and _own(b):
            yield Matched("precision", OWN_PRECISION, (), a, b)
    elif _quantized(a) and _quantized(b) and list(differ) != ["writer"]:
        return
    elif same and list(differ) == ["precision"]:
        yield Matched("precision", f"{IN_REPLAY}, {both}", (), a, b)
    elif list(differ) == ["precision", "writer"] and _written_and_read(a) and _written_and_read(b):
        how = f", {AS_PUBLISHED}" if {published_set(a), published_set(b)} == {"C", "D"} else ""
        yield Matched("precision", f"{REGENERATED}{how}, {both}", (TEXT,), a, b)
    elif list(differ) == ["writer"]:
        yield Matched("precision", f"{OF_WRITER}, read at {a.record['precision']}", (TEXT,), a, b)


def _sub_parameter(a: Run, b: Run, differ: Sequence[str], where: str) -> Iterator[Matched]:
    """A single factor; or all of those of writing, of reading, or both."""
    own = [name for name in differ if name in SUCH]
    text: tuple[str, ...] = (TEXT,) if a.record["generation"] and not _same_texts(a, b) else ()
    if "template" in own and "topics" in own:  # prompts with topics have other units than prompts without
        own.remove("topics")
        text = (*text, "units")
    if own == ["passages"] and set(a.texts) & set(b.texts):
        return  # some of the same passages, not others
    if not own or not (_first(a) and _first(b) and _alike_in_units(a, b)):
        return
    if len(own) == 1:
        yield Matched("sub_parameter", own[0] + where, text, a, b)
    elif where:
        return
    elif set(own) >= set(SUB_PARAMETERS) - {"samples"}:
        published = {published_set(a), published_set(b)} == {"B", "C"}
        how = f", {AS_PUBLISHED}" if published else ""
        yield Matched("sub_parameter", f"all at once{how}", (*own, *text), a, b)
    elif set(own) >= set(WRITING) - {"samples"} and not set(own) & set(READING):
        yield Matched("sub_parameter", "all of the writing", (*own, *text), a, b)
    elif set(own) == set(READING):
        yield Matched("sub_parameter", "all of the reading", tuple(own), a, b)


def _alike_in_units(a: Run, b: Run) -> bool:
    """Both were planned with enough units for a rho*, or neither: the published design beside the one with units."""
    return (_planned_units(a) >= MIN_STAR) == (_planned_units(b) >= MIN_STAR)


def _planned_units(run: Run) -> int:
    if run.record["generation"] is None:
        return int(run.record["n_units"])
    written = run.record["generation"]["written"]
    prompts, replicates = len(written["prompt_template"]["prompts"]), written["generation"]["replicates"]
    return len(written.get("topics") or []) or (prompts if prompts > 1 else int(replicates))


def _first(run: Run) -> bool:
    """No text of it was written again for the null."""
    generation = run.record["generation"]
    return generation is None or not generation["written"]["generation"]["repetition"]


def _own(run: Run) -> bool:
    """Passages, or texts that the same model has written at the same precision."""
    generation = run.record["generation"]
    return generation is None or (_by_itself(run) and generation["written"]["precision"] == run.record["precision"])


def _written_and_read(run: Run) -> bool:
    return run.record["generation"] is not None and _own(run)


def _by_itself(run: Run) -> bool:
    """Whether the model reads passages or what it has written, and not what another model has."""
    generation = run.record["generation"]
    return generation is None or bool(generation["written"]["model"] == run.model)


def _is(run: Run, mode: str) -> bool:
    return bool(run.record["mode"] == mode)


def _same_texts(a: Run, b: Run) -> bool:
    """Of written texts; a record's texts may have been written again under their key."""
    keys = [(run.record["generation"] or {}).get("key") for run in (a, b)]
    return keys[0] is not None and keys[0] == keys[1] and a.text_digest == b.text_digest


def _order(run: Run) -> tuple[bool, bool, bool, bool, str]:
    lower = run.record["precision"] != "fp32"
    return (run.record["generation"] is not None, _quantized(run), lower, _is(run, "replay"), run.key)


def _quantized(run: Run) -> bool:
    return bool(run.record["config"]["precision"]["quantization"] != "none")


def _precisions(a: Run, b: Run) -> str:
    return f"{a.record['precision']}–{b.record['precision']}"


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
