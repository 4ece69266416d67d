"""One architecture tried: what emogeo reads, writes, scores and steers, against loops that do one text at a time."""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from emogeo.config.model import ModelConfig
from emogeo.config.precision import Dtype, Quantization
from emogeo.config.states import PoolingConfig
from emogeo.errors import EmogeoError, WeightsError
from emogeo.models.activations import PassPlan, read
from emogeo.models.blocks import watched
from emogeo.models.generation import write
from emogeo.models.habits import habits_of, one_at_a_time
from emogeo.models.inputs import forward_inputs
from emogeo.models.loading import LoadedModel, load_model
from emogeo.models.precision import Precision
from emogeo.models.scoring import continuation_logprobs
from emogeo.models.steering import steered
from emogeo.models.weights.resolve import Weights, resolve_weights
from emogeo.stimuli.templates import Decoding, Text
from tests.models_table.checkpoints import write_checkpoint
from tests.models_table.configs import N_LAYERS
from tests.models_table.oracle import NoOracle, states_by_a_plain_loop

PRECISIONS = {
    "fp32": Precision(Dtype.fp32, Quantization.none, None),
    "bf16": Precision(Dtype.bf16, Quantization.none, None),
    "int8": Precision(Dtype.fp32, Quantization.int8, None),
    "nf4": Precision(Dtype.fp32, Quantization.nf4, None),
}
TEXTS = (
    "She closed the door",
    "Nobody said a word for the rest of the way home, and the rain went on and on against the windows.",
    "It was late when the letter came at last, and he read it twice.",
    "Why now?",
)
_PREFIX = "emogeo-models-"
RIGHT = 1e-4
"""The largest relative error of a state that counts as read right."""


@dataclass
class Row:
    """What was found for one architecture."""

    architecture: str
    reads: str = ""
    """`right`, `wrong`, `refused`, `failure` (no named error), `not built`, or `no oracle`."""
    error: float | None = None
    """The largest relative error of a state."""
    how: str = ""
    """`batched`, or `one at a time`."""
    attention: str = ""
    precisions: list[str] = field(default_factory=list)
    writes: str = ""
    scores: str = ""
    steers: str = ""
    note: str = ""


def tried(architecture: str) -> Row:
    """Builds the architecture's checkpoint in a folder of its own and tries all on it."""
    row = Row(architecture)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    logging.disable(logging.WARNING)
    try:
        try:
            write_checkpoint(folder / "model", architecture)
        except Exception as error:
            row.reads, row.note = "not built", _line(error)
            return row
        _try_all(row, folder)
    finally:
        logging.disable(logging.NOTSET)
        shutil.rmtree(folder, ignore_errors=True)
    return row


def _try_all(row: Row, folder: Path) -> None:
    try:
        weights = resolve_weights(
            ModelConfig(name=row.architecture, weights=str(folder / "model")), folder / "cache", False
        )
        _try_reading(row, weights)
    except EmogeoError as error:
        row.reads, row.note = "refused", _line(error)
        return
    except NoOracle as error:
        row.reads, row.note = "no oracle", _line(error)
        return
    except Exception as error:
        row.reads, row.note = "failure", _line(error)
        return
    row.precisions = [name for name in ("bf16", "int8", "nf4") if _reads_at(weights, name, row)]
    _try_head(row, weights)


def _try_reading(row: Row, weights: Weights) -> None:
    model = _loaded(weights, "fp32")
    found = _read(model, weights.n_layers).states
    row.attention = model.attention or "none"
    row.how = "one at a time" if habits_of(model).reads_alone else "batched"
    row.note = "; ".join(filter(None, [_passed_by(model), habits_of(model).stream]))
    tokens = [model.tokenize(text) for text in _texts()]
    wanted = states_by_a_plain_loop(weights.folder, tokens).numpy()
    if found.shape != wanted.shape:
        row.reads, row.note = "wrong", f"states of shape {found.shape}, and by a plain loop {wanted.shape}"
        return
    row.error = _relative(found, wanted)
    row.reads = "right" if row.error < RIGHT else "wrong"


def _passed_by(model: LoadedModel) -> str:
    own = habits_of(model).passed_by
    return f"text passes by blocks {', '.join(map(str, own))}" if own else ""


def _reads_at(weights: Weights, name: str, row: Row) -> bool:
    try:
        model = _loaded(weights, name)
        return bool(np.isfinite(_read(model, weights.n_layers).states).all())
    except EmogeoError:
        return False
    except Exception as error:
        row.note = "; ".join(filter(None, [row.note, f"{name}: {_line(error)}"]))
        return False


def _try_head(row: Row, weights: Weights) -> None:
    try:
        model = _loaded(weights, "fp32", head=True)
    except Exception as error:
        row.writes = row.scores = row.steers = _failed(error)
        return
    row.writes = _outcome(lambda: _writes(model))
    row.scores = _outcome(lambda: _scores(model))
    row.steers = _outcome(lambda: _steers(model))


def _outcome(attempt: Callable[[], str]) -> str:
    try:
        return attempt()
    except Exception as error:
        return _failed(error)


def _failed(error: Exception) -> str:
    return f"refused: {_line(error)}" if isinstance(error, EmogeoError) else f"failure: {_line(error)}"


def _writes(model: LoadedModel) -> str:
    """Whether texts written together are those written alone."""
    decoding = Decoding(max_new_tokens=6, min_new_tokens=6, temperature=None, top_p=1.0)
    together = [own.ids for own in write(model, _texts(), [0] * len(TEXTS), decoding)]
    alone = [write(model, [text], [0], decoding)[0].ids for text in _texts()]
    return _how(model) if together == alone else "wrong: other texts in a batch than alone"


def _scores(model: LoadedModel) -> str:
    """Whether log-probabilities are those of a plain loop over whole texts."""
    prefixes = [model.tokenize(text) for text in _texts()]
    continuations = [[5, 6, 7], [8], [9, 10], [5, 11]]
    found = continuation_logprobs(model, prefixes, continuations, 4)
    wanted = np.array([_plain_score(model, a, b) for a, b in zip(prefixes, continuations, strict=True)])
    apart = float(np.abs(found - wanted).max())
    return _how(model) if apart < 1e-3 else f"wrong by {apart:.1e} nats"


def _plain_score(model: LoadedModel, prefix: list[int], continuation: list[int]) -> float:
    causal, _ = model.with_head
    with torch.inference_mode():
        logits = causal(input_ids=torch.tensor([[*prefix, *continuation]])).logits[0].float()
    logprobs = torch.log_softmax(logits, dim=-1)
    return sum(float(logprobs[len(prefix) + i - 1, token]) for i, token in enumerate(continuation))


def _steers(model: LoadedModel) -> str:
    """Whether a vector that is added after a block moves the residual stream there by itself, and later states, too."""
    ids = torch.tensor([model.tokenize(_texts()[2])])
    before = _block_states(model, ids)
    addition = torch.ones(1, before[1].shape[-1])
    with steered(model.body, {1: addition}):
        after = _block_states(model, ids)
    apart = float((after[1] - before[1] - addition).abs().max())
    changed = float((after[max(after)] - before[max(before)]).abs().max())
    return "yes" if apart < 1e-3 and changed > 1e-3 else f"wrong: moved by {apart:.1e} too much, later {changed:.1e}"


def _block_states(model: LoadedModel, ids: torch.Tensor) -> dict[int, torch.Tensor]:
    found: dict[int, torch.Tensor] = {}
    with torch.inference_mode(), watched(model.body, N_LAYERS, lambda i, states: found.update({i: states.clone()})):
        model.body(**forward_inputs(model.body, ids, torch.ones_like(ids)))
    if 1 not in found:
        raise WeightsError("a text passes by block 1")
    return found


def _how(model: LoadedModel) -> str:
    return "one at a time" if one_at_a_time(model) else "batched"


def _loaded(weights: Weights, precision: str, head: bool = False) -> LoadedModel:
    return load_model(weights, PRECISIONS[precision], "cpu", None, head)


def _texts() -> list[Text]:
    return [Text(text, True) for text in TEXTS]


def _read(model: LoadedModel, n_blocks: int):  # type: ignore[no-untyped-def]
    return read(model, _texts(), PassPlan(PoolingConfig(), n_blocks, 1024, progress=False))


def _relative(found: np.ndarray, wanted: np.ndarray) -> float:
    return float((np.linalg.norm(found - wanted, axis=-1) / np.linalg.norm(wanted, axis=-1)).max())


def _line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    own = text if isinstance(error, EmogeoError) else f"{type(error).__name__}: {text}"
    own = re.sub(rf"{tempfile.gettempdir()}/{_PREFIX}\w+", "…", own)
    return own[:200].strip().replace("|", "/")
