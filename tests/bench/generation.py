"""New tokens/s that are written, in batches and one text at a time: `python -m tests.bench.generation`.

The default model at the number format that `precision=auto` means here, the prompts and the sampling of
`recipe=crossed`, 20 texts with 48 new tokens each; rounds alternate in one process.
"""

from __future__ import annotations

import argparse
import os
import statistics
from dataclasses import replace

import torch
from hydra import compose, initialize_config_dir

from emogeo.config.compose import parse_train, register
from emogeo.extraction.passes import Writing
from emogeo.extraction.plan import RunPlan, plan_run
from emogeo.models.generation import write
from emogeo.models.loading import LoadedModel, load_model, show_progress
from emogeo.stimuli.templates import Decoding
from tests.bench.extraction import CLOCKS, CONF

N_TEXTS, NEW_TOKENS, ROUNDS = 20, 48, 3


def planned(*words: str) -> RunPlan:
    register()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        return plan_run(parse_train(compose("config", overrides=["recipe=crossed", *words])))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--clock", choices=list(CLOCKS), default="wall", help="cpu: where others use the machine")
    given = parser.parse_args()
    cell = planned()
    torch.set_num_threads(given.threads)
    show_progress(False)
    model = load_model(cell.weights, cell.precision, "cpu", None, head=True)
    assert cell.source.writing is not None
    sampled = replace(cell.source.writing.decoding, max_new_tokens=NEW_TOKENS, min_new_tokens=NEW_TOKENS)
    greedy = Decoding(NEW_TOKENS, min_new_tokens=NEW_TOKENS)
    plans = {
        "greedy, one at a time": (greedy, 1),
        "greedy, in one batch": (greedy, N_TEXTS),
        "sampled, in one batch": (sampled, N_TEXTS),
    }
    rates: dict[str, list[float]] = {name: [] for name in plans}
    for _ in range(ROUNDS):
        for name, (decoding, batch_size) in plans.items():
            rates[name].append(_tokens_per_s(model, cell.source.writing, decoding, batch_size, given.clock))
    print(f"{cell.weights.name} {cell.precision.label}, {N_TEXTS} texts of {NEW_TOKENS} new tokens, {ROUNDS} rounds")
    print(f"{given.threads} threads, {given.clock} time; new tokens/s: median, least, most")
    for name, own in rates.items():
        print(f"  {name:24}{statistics.median(own):9.1f}{min(own):9.1f}{max(own):9.1f}")


def _tokens_per_s(model: LoadedModel, writing: Writing, decoding: Decoding, batch_size: int, clock: str) -> float:
    started = CLOCKS[clock]()
    texts = write(model, writing.prompts[:N_TEXTS], list(range(N_TEXTS)), decoding, batch_size)
    return sum(len(text.ids) for text in texts) / (CLOCKS[clock]() - started)


if __name__ == "__main__":
    main()
