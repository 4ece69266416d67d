"""Texts/s against what others would write (`tests.bench.rivals`), and the share of the matmul peak: `make bench`.

Everybody reads the package's passages with the same weights at the same number format in one process, and gives
the last token's state after each block; rounds alternate, so that a change of the machine's speed meets all. How far
a rival's states lie from emogeo's is printed, so that all are seen to do the same.

    python -m tests.bench.extraction --models smollm2-135m-instruct --formats bf16 --texts 126 --threads 1 --clock cpu
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from hydra import compose, initialize_config_dir

from emogeo.config.compose import parse_train, register
from emogeo.config.precision import Dtype, Quantization
from emogeo.config.states import PoolingConfig, Position
from emogeo.models.activations import PassPlan, read
from emogeo.models.batching import plan_even_batches
from emogeo.models.blocks import n_blocks_of
from emogeo.models.inputs import forward_inputs, padded_on_the_right
from emogeo.models.loading import TORCH_DTYPES, LoadedModel, load_model, show_progress
from emogeo.models.precision import Precision, resolve_token_budget
from emogeo.models.weights.resolve import Weights, resolve_weights
from emogeo.stimuli.corpus import load_corpus
from emogeo.stimuli.templates import Text
from tests.bench.rivals import RIVALS, Read, States, installed

CONF = Path(__file__).parents[2] / "conf"
MODELS = ("smollm2-135m-instruct", "qwen2.5-coder-0.5b-instruct")
TOPICS = {21: 1, 126: 6, 504: 24}
"""Topics of the corpora by their number of texts."""
OURS, ALL_POOLINGS, PASSES = "emogeo", "emogeo, three poolings", "its forward passes alone"
CLOCKS: dict[str, Callable[[], float]] = {"wall": time.perf_counter, "cpu": time.process_time}


@dataclass(frozen=True)
class Trial:
    """One model at one number format, with everybody who reads with it."""

    model: LoadedModel
    dtype: torch.dtype
    readers: dict[str, Read]


def model_words(name: str) -> list[str]:
    """What is typed for a model option, or for a folder of weights."""
    return [f"model.weights='{name}'" if Path(name).is_dir() else f"model={name}"]


def weights_of(name: str) -> Weights:
    with initialize_config_dir(str(CONF), version_base="1.3"):
        config = parse_train(compose("config", overrides=model_words(name)))
    return resolve_weights(config.model, Path(config.runtime.weights_cache).expanduser())


def trial(weights: Weights, dtype: Dtype) -> Trial:
    model = load_model(weights, Precision(dtype, Quantization.none, None), "cpu", None)
    there = {name: load for name, load in RIVALS.items() if installed(name)}
    for name in RIVALS.keys() - there.keys():
        print(f"{name} is not installed: pip install -c constraints.txt -e '.[rivals]'")
    rivals = {name: load(weights.folder, TORCH_DTYPES[dtype]) for name, load in there.items()}
    also = (PoolingConfig(Position.middle), PoolingConfig(Position.mean))
    own = {OURS: emogeo(model), ALL_POOLINGS: emogeo(model, also)}
    return Trial(model, TORCH_DTYPES[dtype], {**own, **rivals})


def emogeo(model: LoadedModel, also: tuple[PoolingConfig, ...] = ()) -> Read:
    """The pass as a run makes it; a run keeps states in all three poolings."""
    plan = PassPlan(
        PoolingConfig(), n_blocks_of(model.body), resolve_token_budget(None, "cpu"), progress=False, also=also
    )
    return lambda texts: read(model, [Text(own, special_tokens=True) for own in texts], plan).states


def passes(model: LoadedModel) -> Callable[[list[str]], None]:
    """The forward passes over the same batches, of which no state is taken: less time is not to be had with them."""

    def run(texts: list[str]) -> None:
        tokens = [model.tokenize(Text(own, special_tokens=True)) for own in texts]
        with torch.inference_mode():
            for batch in plan_even_batches([len(own) for own in tokens], resolve_token_budget(None, "cpu")):
                ids, mask = padded_on_the_right([tokens[row] for row in batch], model.pad_token_id, "cpu")
                model.body(**forward_inputs(model.body, ids, mask))

    return run


def matmul_peak(dtype: torch.dtype, clock: Callable[[], float], size: int = 2048, repeats: int = 8) -> float:
    """Best of several square products, in FLOP/s."""
    a, b = torch.randn(size, size).to(dtype), torch.randn(size, size).to(dtype)
    best = min(_seconds(lambda: a @ b, clock) for _ in range(repeats))
    return 2 * size**3 / best


def forward_flops(model: LoadedModel, tokens: int) -> float:
    """Multiply-adds of the blocks' linear layers, counted as two; attention and norms are left out."""
    weights = sum(own.weight.numel() for own in model.body.modules() if isinstance(own, torch.nn.Linear))
    return 2.0 * weights * tokens


def _seconds(call: Callable[[], object], clock: Callable[[], float]) -> float:
    started = clock()
    call()
    return clock() - started


def apart(found: States, wanted: States) -> float:
    """The largest relative distance of a state."""
    return float((np.linalg.norm(found - wanted, axis=-1) / np.linalg.norm(wanted, axis=-1)).max())


def compare(own: Trial, n_texts: int, rounds: int, clock: Callable[[], float]) -> None:
    texts = list(load_corpus(topics=TOPICS[n_texts]).texts)
    tokens = sum(len(own.model.tokenize(Text(text, special_tokens=True))) for text in texts)
    wanted = own.readers[OURS](texts)
    distances = {name: apart(reader(texts), wanted) for name, reader in own.readers.items()}
    readers: dict[str, Callable[[list[str]], object]] = {**own.readers, PASSES: passes(own.model)}
    times: dict[str, list[float]] = {name: [] for name in readers}
    peaks = []
    for _ in range(rounds):
        peaks.append(matmul_peak(own.dtype, clock))
        for name, reader in readers.items():
            times[name].append(_seconds(lambda reader=reader: reader(texts), clock))  # type: ignore[misc]
    flops = forward_flops(own.model, tokens)
    print(f"\n{len(texts)} texts, {tokens} tokens; matmul peak {statistics.median(peaks) / 1e9:.0f} GFLOP/s")
    print(f"{'texts/s':24}{'median':>9}{'least':>9}{'most':>9}{'time x emogeo':>15}{'of peak':>9}{'apart':>10}")
    for name, taken in times.items():
        ratio = statistics.median(a / b for a, b in zip(taken, times[OURS], strict=True))
        share = statistics.median(flops / a / peak for a, peak in zip(taken, peaks, strict=True))
        rates = [len(texts) / own for own in (statistics.median(taken), max(taken), min(taken))]
        apart_by = _distance(distances.get(name))
        print(f"{name:24}{rates[0]:9.1f}{rates[1]:9.1f}{rates[2]:9.1f}{ratio:15.2f}{share:9.0%}{apart_by:>10}")


def _distance(value: float | None) -> str:
    return "" if value is None else f"{value:.1e}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", default=MODELS)
    parser.add_argument("--formats", nargs="+", default=["bf16", "fp32"], choices=["bf16", "fp32"])
    parser.add_argument("--texts", nargs="+", type=int, default=list(TOPICS), choices=list(TOPICS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--clock", choices=list(CLOCKS), default="wall", help="cpu: where others use the machine")
    given = parser.parse_args()
    register()
    torch.set_num_threads(given.threads)
    show_progress(False)
    for name in given.models:
        for dtype in given.formats:
            print(f"\n{name} {dtype}, {given.threads} threads, {given.rounds} rounds, {given.clock} time", flush=True)
            own = trial(weights_of(name), Dtype[dtype])
            for n_texts in given.texts:
                compare(own, n_texts, given.rounds, CLOCKS[given.clock])
            del own
            gc.collect()


if __name__ == "__main__":
    main()
