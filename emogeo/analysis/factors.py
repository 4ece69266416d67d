"""In what two runs of one model differ, read from their configurations alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from emogeo.analysis.catalogue import Run
from emogeo.geometry.halves import MIN_STAR

WRITING = ("template", "chat", "samples", "decoding", "length")
READING = ("position", "layer", "centring")
SUB_PARAMETERS = (*WRITING, *READING)
"""The eight that differ between the published recipes of generation."""
SUCH = (*SUB_PARAMETERS, "banned words", "denoising", "topics", "passages", "passage template")
"""All that may differ between two ways of extraction at one precision; the last two are of comprehension alone."""
NULL = "regeneration (null)"
OWN_PRECISION = "replay at its own precision"
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
        "denoising": denoising if denoising["method"] != "none" else "",
    }
    if generation is None:
        template = config["prompt_template"]
        values["passage template"] = [template["text"], template["chat"]]
        values["passages"] = sorted(set(run.record["units"]))
        return {name: _written(values.get(name, "")) for name in NAMES}
    written = generation["written"]
    asked, template = written["generation"], written["prompt_template"]
    values.update(
        method="generation",
        writer=written["precision"],
        template=template["prompts"],
        chat=template["chat"],
        samples=[asked["samples"], asked["replicates"]],
        decoding=[asked["temperature"], asked["top_p"]],
        length=[asked["max_new_tokens"], asked["min_new_tokens"]],
        topics=written["topics"],
        repetition=asked["repetition"],
    )
    values["banned words"] = asked["retries"] if asked["ban_emotion_words"] else ""
    values["seed"] = written["seed"]
    return {name: _written(values.get(name, "")) for name in NAMES}


NAMES = ("method", "precision", "writer", *SUCH, "repetition", "seed")


def matched(runs: Sequence[Run]) -> list[Matched]:
    """Every two runs of one model that differ in one factor, or in factors that the published design moves together."""
    found = []
    usual = [run for run in runs if run.twin is None]
    known = {run.key: levels(run) for run in usual}
    for a, b in combinations(usual, 2):
        if _same_model(a, b):
            one, two = (b, a) if _order(b) < _order(a) else (a, b)
            found += list(_matched(one, two, known[one.key], known[two.key]))
    echoes = {match.b.key for match in found if match.factor == OWN_PRECISION}
    found = [match for match in found if match.factor == OWN_PRECISION or not {match.a.key, match.b.key} & echoes]
    return sorted(found, key=lambda m: (m.a.model, LAYERS.index(m.layer), m.factor, len(m.aliased)))


LAYERS = ("method", "sub_parameter", "precision", "cross_experiment")


def partner(runs: Sequence[Run], a: Run, d: Run) -> Run | None:
    """C of the published design: d's recipe at a's precision; of several, the first."""
    wanted = {**levels(d), "precision": a.record["precision"], "writer": a.record["precision"]}
    like = (run for run in runs if run.twin is None and _generated(run) and _same_model(run, d))
    return next((run for run in like if levels(run) == wanted), None)


def _matched(a: Run, b: Run, one: dict[str, str], two: dict[str, str]) -> Iterator[Matched]:
    """`a` is the run of comprehension, if one is; the unquantized one, if one is; a generation before its replay."""
    differ = [name for name in NAMES if one[name] != two[name]]
    if one["method"] != two["method"]:
        yield from _between_methods(a, b, differ)
    elif one["method"] == "comprehension":
        if differ == ["precision"]:
            yield Matched("precision", "in comprehension", (), a, b)
        elif "precision" not in differ:
            yield from _sub_parameter(a, b, differ, " (comprehension)")
    elif {"precision", "writer"} & set(differ) or (_same_texts(a, b) and not differ):
        yield from _between_precisions(a, b, differ)
    elif differ and set(differ) <= _AGAIN and not _same_texts(a, b):
        yield Matched("precision", NULL, (), a, b)
    elif not set(differ) & _AGAIN and (_same_texts(a, b) or (_generated(a) and _generated(b))):
        yield from _sub_parameter(a, b, differ, "")


def _between_methods(a: Run, b: Run, differ: Sequence[str]) -> Iterator[Matched]:
    """Runs read alike, or each as its published recipe reads."""
    reading = tuple(name for name in differ if name in {*READING, "denoising"})
    published = _as_published(a) and _as_published(b)
    if not (_generated(b) and _first(b) and _alike_in_units(a, b)) or (reading and not published):
        return
    how = f"{'as published' if published else 'read alike'}, {b.record['recipe'] or 'no recipe'}"
    if "precision" not in differ:
        at = f" ({a.record['precision']})" if _quantized(a) else ""
        yield Matched("method", how + at, ("text", "template", *reading), a, b)
    elif not _quantized(a):
        yield Matched("cross_experiment", how, ("text", "template", *reading, "precision"), a, b)


def _between_precisions(a: Run, b: Run, differ: Sequence[str]) -> Iterator[Matched]:
    if _same_texts(a, b) and not differ:
        yield Matched("precision", OWN_PRECISION, (), a, b)
    elif _same_texts(a, b) and list(differ) == ["precision"]:
        yield Matched("precision", "in replay", (), a, b)
    elif list(differ) == ["precision", "writer"] and _generated(a) and _generated(b):
        yield Matched("precision", "regenerated", ("text",), a, b)
    elif list(differ) == ["writer"]:
        yield Matched("precision", "of the writer alone", ("text",), a, b)


def _sub_parameter(a: Run, b: Run, differ: Sequence[str], where: str) -> Iterator[Matched]:
    """A single factor; or all of those of writing, of reading, or both."""
    own = [name for name in differ if name in SUCH]
    text: tuple[str, ...] = ("text",) if a.record["generation"] and not _same_texts(a, b) else ()
    if "template" in own and "topics" in own:  # prompts with topics have other units than prompts without
        own.remove("topics")
        text = (*text, "units")
    if own == ["passages"] and set(a.record["units"]) & set(b.record["units"]):
        return  # fewer of the same passages, not others
    if not (_first(a) and _first(b) and _alike_in_units(a, b)):
        return
    if len(own) == 1:
        yield Matched("sub_parameter", own[0] + where, text, a, b)
    elif where or not own:
        return
    elif set(own) >= set(SUB_PARAMETERS) - {"samples"}:
        yield Matched("sub_parameter", "all at once", (*own, *text), a, b)
    elif set(own) >= set(WRITING) - {"samples"} and not set(own) & set(READING):
        yield Matched("sub_parameter", "all of the writing", (*own, *text), a, b)
    elif set(own) == set(READING):
        yield Matched("sub_parameter", "all of the reading", tuple(own), a, b)


def _as_published(run: Run) -> bool:
    """Whether a run is read as its recipe has it; the loose one has no layer of its own."""
    changed = {field.split(".")[0] for field in run.record["recipe_departures"]}
    own = {"pooling", "centring", "norm", "denoising"} | (
        set() if run.record["recipe"] == "jeong_loose" else {"layer_selection"}
    )
    return str(run.record["recipe"]).startswith("jeong_") and not changed & own


def _same_model(a: Run, b: Run) -> bool:
    return a.reader[:2] == b.reader[:2]


def _alike_in_units(a: Run, b: Run) -> bool:
    """Both have enough units for a rho*, or neither has: the published design beside the one with units."""
    return bool((a.record["n_units"] >= MIN_STAR) == (b.record["n_units"] >= MIN_STAR))


def _first(run: Run) -> bool:
    """No text of it was written again for the null."""
    generation = run.record["generation"]
    return generation is None or not generation["written"]["generation"]["repetition"]


def _generated(run: Run) -> bool:
    """Written and read by the same model at the same precision, and no replay."""
    return bool(run.record["mode"] == "generation")


def _same_texts(a: Run, b: Run) -> bool:
    keys = [(run.record["generation"] or {}).get("key") for run in (a, b)]
    return keys[0] is not None and keys[0] == keys[1]


def _order(run: Run) -> tuple[bool, bool, bool, str]:
    return (run.record["generation"] is not None, _quantized(run), run.record["mode"] == "replay", run.key)


def _quantized(run: Run) -> bool:
    return bool(run.record["config"]["precision"]["quantization"] != "none")


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
