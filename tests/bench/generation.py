"""New tokens/s written in batches against one text at a time: `python -m tests.bench.generation`.

The default model at the dtype that `precision=auto` means here, greedy, 20 of the topic
stories with 48 new tokens each; rounds alternate in one process.
"""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

import torch
from hydra import compose, initialize_config_dir

from emogeo.config.compose import parse_train, register
from emogeo.extraction.passes import Writing
from emogeo.extraction.plan import plan_run
from emogeo.models.generation import write
from emogeo.models.loading import LoadedModel, load_model, show_progress
from emogeo.stimuli.templates import Decoding

CONF = Path(__file__).parents[2] / "conf"
N_TEXTS, NEW_TOKENS, ROUNDS = 20, 48, 3


def main() -> None:
    register()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        cell = plan_run(parse_train(compose("config", overrides=["recipe=crossed"])))
    torch.set_num_threads(os.cpu_count() or 1)
    show_progress(False)
    model = load_model(cell.weights, cell.precision, "cpu", None, head=True)
    assert cell.source.writing is not None
    plans = {"one at a time": 1, "in one batch": N_TEXTS}
    rates: dict[str, list[float]] = {name: [] for name in plans}
    for _ in range(ROUNDS):
        for name, batch_size in plans.items():
            rates[name].append(_tokens_per_s(model, cell.source.writing, batch_size))
    print(
        f"{cell.weights.name} {cell.precision.label}, {N_TEXTS} texts of up to {NEW_TOKENS} new tokens, {ROUNDS} rounds"
    )
    for name, own in rates.items():
        print(f"  {name:14} {statistics.median(own):7.1f} new tokens/s")
    ratios = [batch / alone for batch, alone in zip(rates["in one batch"], rates["one at a time"], strict=True)]
    print(f"  ratio          {statistics.median(ratios):7.1f}")


def _tokens_per_s(model: LoadedModel, writing: Writing, batch_size: int) -> float:
    started = time.perf_counter()
    decoding = Decoding(NEW_TOKENS, min_new_tokens=NEW_TOKENS)
    texts = write(model, writing.prompts[:N_TEXTS], [0] * N_TEXTS, decoding, batch_size)
    return sum(len(text.ids) for text in texts) / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
