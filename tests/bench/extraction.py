"""Texts/s against a plain one-at-a-time loop, and the share of the machine's matmul peak: `make bench`.

Both sides read the package's passages with the default model at the same dtype in one
process; rounds alternate, so that a change of the machine's speed meets both. The
plain loop is what a notebook would do: the causal language model with its head,
`output_hidden_states=True`, one text at a time, last token kept. The loop without the
head is printed beside it.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from hydra import compose, initialize_config_dir
from transformers import AutoModelForCausalLM

from emogeo.config.compose import parse_train, register
from emogeo.config.precision import Quantization
from emogeo.config.states import PoolingConfig
from emogeo.models.activations import PassPlan, n_blocks_of, read
from emogeo.models.loading import TORCH_DTYPES, LoadedModel, load_model, show_progress
from emogeo.models.precision import Precision, resolve_precision, resolve_token_budget
from emogeo.models.weights.resolve import resolve_weights
from emogeo.stimuli.corpus import load_corpus
from emogeo.stimuli.templates import Text

ROUNDS = 5
CONF = Path(__file__).parents[2] / "conf"


def matmul_peak(dtype: torch.dtype, size: int = 2048, repeats: int = 8) -> float:
    """Best of several square products, in FLOP/s."""
    a, b = torch.randn(size, size).to(dtype), torch.randn(size, size).to(dtype)
    best = min(_seconds(lambda: a @ b) for _ in range(repeats))
    return 2 * size**3 / best


def forward_flops(model: LoadedModel, tokens: int, share: float) -> float:
    """Multiply-adds of the blocks' linear layers, counted as two; attention and norms are left out."""
    weights = sum(m.weight.numel() for m in model.body.modules() if isinstance(m, torch.nn.Linear))
    return 2.0 * weights * tokens * share


def plain_loop(body: torch.nn.Module, model: LoadedModel, texts: list[Text]) -> None:
    with torch.inference_mode():
        for text in texts:
            inputs = model.tokenizer(text.content, return_tensors="pt")
            output: Any = body(**inputs, output_hidden_states=True)
            torch.stack([states[0, -1] for states in output.hidden_states[1:]]).float().numpy()


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def main() -> None:
    register()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        config = parse_train(compose("config"))
    threads = os.cpu_count() or 1
    torch.set_num_threads(threads)
    show_progress(False)
    weights = resolve_weights(config.model, Path(config.runtime.weights_cache).expanduser())
    dtype = resolve_precision(config.precision, "cpu").dtype
    model = load_model(weights, Precision(dtype, Quantization.none, None), "cpu", None)
    with_head = AutoModelForCausalLM.from_pretrained(weights.folder, dtype=TORCH_DTYPES[dtype]).eval()
    texts = [Text(content, special_tokens=True) for content in load_corpus(topics=6).texts]
    blocks, budget = n_blocks_of(model), resolve_token_budget(None, "cpu")

    def reading(n_blocks: int) -> Callable[[], object]:
        return lambda: read(model, texts, PassPlan(PoolingConfig(), n_blocks, budget, False, progress=False))

    arms: dict[str, Callable[[], object]] = {
        "plain loop, with head": lambda: plain_loop(with_head, model, texts),
        "plain loop, no head": lambda: plain_loop(model.body, model, texts),
        "emogeo, all blocks": reading(blocks),
        "emogeo, max_depth=0.5": reading(blocks // 2),
    }
    tokens = sum(len(model.tokenizer(t.content)["input_ids"]) for t in texts)
    print(f"{weights.name} {dtype.value}, {threads} threads, {len(texts)} texts, {tokens} tokens, {ROUNDS} rounds")
    for call in arms.values():
        call()
    peaks: list[float] = []
    times: dict[str, list[float]] = {name: [] for name in arms}
    for _ in range(ROUNDS):
        peaks.append(matmul_peak(TORCH_DTYPES[dtype]))
        for name, call in arms.items():
            times[name].append(_seconds(call))
    _report(times, peaks, model, tokens, len(texts))


def _report(times: dict[str, list[float]], peaks: list[float], model: LoadedModel, tokens: int, n_texts: int) -> None:
    print(f"matmul peak {statistics.median(peaks) / 1e9:.0f} GFLOP/s (median of rounds)\n")
    print(f"{'':24}{'texts/s':>9}{'x loop with head':>18}{'x loop, no head':>17}{'of peak':>9}")
    for name, own in times.items():
        ratios = [
            statistics.median(loop / mine for loop, mine in zip(times[base], own, strict=True))
            for base in ("plain loop, with head", "plain loop, no head")
        ]
        share = 0.5 if "0.5" in name else 1.0
        of_peak = statistics.median(
            forward_flops(model, tokens, share) / mine / peak for mine, peak in zip(own, peaks, strict=True)
        )
        print(f"{name:24}{n_texts / statistics.median(own):9.1f}{ratios[0]:18.2f}{ratios[1]:17.2f}{of_peak:9.0%}")


if __name__ == "__main__":
    main()
