"""Reading and writing on a GPU: tokens/s, share of the matmul peak, and share of idle time.

`python -m tests.bench.gpu --models qwen2.5-coder-0.5b-instruct` runs where torch finds a GPU, and says so elsewhere.
A model is an option of `conf/model`, or a folder of weights.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch.profiler import ProfilerActivity, profile

from emogeo.config.compose import register
from emogeo.config.precision import Dtype, Quantization
from emogeo.config.states import PoolingConfig, Position
from emogeo.models.activations import PassPlan, read
from emogeo.models.blocks import n_blocks_of
from emogeo.models.generation import write
from emogeo.models.loading import TORCH_DTYPES, LoadedModel, load_model, show_progress
from emogeo.models.precision import Precision, resolve_token_budget
from emogeo.stimuli.corpus import load_corpus
from emogeo.stimuli.templates import Text
from tests.bench.extraction import MODELS, forward_flops, model_words, weights_of
from tests.bench.generation import planned

DEVICE, NEW_TOKENS = "cuda", 128


def no_gpu() -> str | None:
    """Says in a sentence why nothing is measured; None where there is a GPU."""
    if torch.cuda.is_available():
        return None
    return f"Nothing is measured: torch {torch.__version__} finds no GPU on this machine."


def timed(call: Callable[[], object]) -> float:
    """Seconds of a call, until the GPU has done all of it."""
    torch.cuda.synchronize()
    started = time.perf_counter()
    call()
    torch.cuda.synchronize()
    return time.perf_counter() - started


def idle(call: Callable[[], object]) -> float:
    """The share of a call's time in which no kernel runs; kernels of one stream do not overlap."""
    with profile(activities=[ProfilerActivity.CUDA]) as watched:
        seconds = timed(call)
    busy = sum(own.self_device_time_total for own in watched.key_averages()) / 1e6
    return max(0.0, 1 - busy / seconds)


def matmul_peak(dtype: torch.dtype, size: int = 8192, repeats: int = 10) -> float:
    """Best of several square products, in FLOP/s."""
    a, b = (torch.randn(size, size, device=DEVICE).to(dtype) for _ in range(2))
    return 2 * size**3 / min(timed(lambda: a @ b) for _ in range(repeats))


def reading(model: LoadedModel) -> tuple[Callable[[], object], int]:
    """The pass over the package's 504 passages in all poolings, and its tokens."""
    texts = [Text(own, special_tokens=True) for own in load_corpus().texts]
    also = (PoolingConfig(Position.middle), PoolingConfig(Position.mean))
    budget = resolve_token_budget(None, DEVICE)
    plan = PassPlan(PoolingConfig(), n_blocks_of(model.body), budget, progress=False, also=also)
    return lambda: read(model, texts, plan), sum(len(model.tokenize(text)) for text in texts)


def writing(model: LoadedModel, name: str, at_once: int) -> tuple[Callable[[], object], int]:
    """Texts of `recipe=crossed` in one batch, none of which ends early, and their new tokens."""
    asked = planned(*model_words(name)).source.writing
    assert asked is not None
    prompts = [replace(own, thought=None) for own in asked.prompts[:at_once]]
    decoding = replace(asked.decoding, max_new_tokens=NEW_TOKENS, min_new_tokens=NEW_TOKENS)
    return lambda: write(model, prompts, list(range(len(prompts))), decoding), len(prompts) * NEW_TOKENS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", default=MODELS)
    parser.add_argument("--formats", nargs="+", default=["bf16", "fp16"], choices=["bf16", "fp16", "fp32"])
    parser.add_argument("--at-once", nargs="+", type=int, default=[64, 256], help="texts that are written in a batch")
    given = parser.parse_args()
    if (absent := no_gpu()) is not None:
        print(absent)
        return
    register()
    show_progress(False)
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}")
    print(f"{'':56}{'tokens/s':>10}{'of peak':>9}{'idle':>7}")
    for name in given.models:
        for dtype in given.formats:
            peak = matmul_peak(TORCH_DTYPES[Dtype[dtype]])
            model = load_model(weights_of(name), Precision(Dtype[dtype], Quantization.none, None), DEVICE, None, True)
            calls = {"reads": reading(model)}
            calls |= {f"writes {size} at once": writing(model, name, size) for size in given.at_once}
            for what, (call, tokens) in calls.items():
                call()
                seconds = min(timed(call) for _ in range(3))
                share = forward_flops(model, tokens) / seconds / peak
                row = f"{Path(name).name} {dtype} {what}"
                print(f"{row:56}{tokens / seconds:10.0f}{share:9.1%}{idle(call):7.0%}", flush=True)


if __name__ == "__main__":
    main()
