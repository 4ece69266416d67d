"""What a loaded model does with its batch mates and its padding, found by reading two short texts."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import torch
from transformers import GenerationConfig, PreTrainedModel

from emogeo.errors import EmogeoError, WeightsError, first_line
from emogeo.models.blocks import embedding_of, find_blocks, watched
from emogeo.models.inputs import forward_inputs, padded_on_the_left, padded_on_the_right
from emogeo.models.loaded import LoadedModel
from emogeo.models.streams import described, output_states

log = logging.getLogger(__name__)
SHORT = "It was a long day"
LONG = "It rained, and the evening went on as slowly as the morning had begun, until somebody came in from outside."
TOLERANCE = {torch.float32: 1e-3, torch.float64: 1e-3}
"""The relative change of a state that rounding may make, by number format; padding alone makes 5e-7 at fp32."""
HALF_TOLERANCE = 0.1
"""The same at 16 bits, where padding alone makes 8e-3, and a mixture of experts more where it routes otherwise."""
_NEW_TOKENS = 3


@dataclass(frozen=True)
class Habits:
    """What was found about a loaded model."""

    reads_alone: bool = False
    """Whether batch mates or padding on the right change a text's states, so that texts are read one at a time."""
    passed_by: tuple[int, ...] = ()
    """Blocks that a text passes by: the states after them are those before."""
    stream: str | None = None
    """Which stream is read, where a block carries several."""


_READING: WeakKeyDictionary[PreTrainedModel, Habits] = WeakKeyDictionary()
_WRITES_ALONE: WeakKeyDictionary[PreTrainedModel, bool] = WeakKeyDictionary()


def habits_of(model: LoadedModel) -> Habits:
    """What batch mates and padding do to a text that is read; found once for a model that is loaded.

    Raises:
        WeightsError: see `reading_habits`.
    """
    if model.body not in _READING:
        _READING[model.body] = reading_habits(model)
    return _READING[model.body]


def one_at_a_time(model: LoadedModel) -> bool:
    """Whether texts are written and scored one at a time; found once for a model that is loaded with its head."""
    causal, _ = model.with_head
    if causal not in _WRITES_ALONE:
        _WRITES_ALONE[causal] = habits_of(model).reads_alone or writes_alone(model)
    return _WRITES_ALONE[causal]


def reading_habits(model: LoadedModel) -> Habits:
    """Reads a short text alone, then in a batch with a longer one whose positions lie beyond the trained length.

    A third pass, over the short text with another last word, shows whether the model looks ahead.

    Raises:
        WeightsError: a model that looks ahead, or whose blocks run more than once in a pass.
    """
    short, long = tokens_of(model, SHORT), tokens_of(model, LONG)
    other = [*short[:-1], long[-1] if long[-1] != short[-1] else long[0]]
    with torch.inference_mode():
        alone, stream = _states(model, [short], 0)
        changed, _ = _states(model, [other], 0)
        together, _ = _states(model, [short, long], _beyond(model.body))
        _states(model, [short], 0)  # frequencies that grew with a long text start over
    passed_by = tuple(sorted(set(range(_n_blocks(model.body))) - set(alone)))
    if 0 in passed_by:
        raise WeightsError(f"{_name(model)}: a text does not pass through the model's first block.")
    _refuse_looking_ahead(model, alone, changed)
    apart = max(relative(together[index][0, : len(short)], alone[index][0]) for index in alone)
    found = Habits(not apart <= tolerance_of(model.body), passed_by, stream)
    _say(_name(model), found, apart)
    return found


def writes_alone(model: LoadedModel) -> bool:
    """Whether a text that is padded on the left is continued or scored in another way than alone.

    Three tokens are written after a short text, alone and beside a longer one, and their logits compared; a model that
    cannot do both at once is taken to write alone.
    """
    short, long = tokens_of(model, SHORT), tokens_of(model, LONG)
    apart = max(_written_apart(model, short, long), _scored_apart(model, short, long))
    alone = not apart <= tolerance_of(model.body)
    if alone:
        log.warning("%s: padding on the left changes what is written; one text at a time", _name(model))
    return alone


def relative(found: torch.Tensor, wanted: torch.Tensor) -> float:
    """The largest relative distance of a vector, of [..., width]; 0 where a value is not finite in both."""
    found, wanted = found.float(), wanted.float()
    finite = torch.isfinite(found).all(dim=-1) & torch.isfinite(wanted).all(dim=-1)
    distance = (found - wanted).norm(dim=-1) / wanted.norm(dim=-1).clamp(min=1e-12)
    return float(torch.where(finite, distance, 0.0).max())


def tolerance_of(body: PreTrainedModel) -> float:
    """The relative change that rounding may make in this model."""
    return TOLERANCE.get(body.dtype, HALF_TOLERANCE)


def _states(model: LoadedModel, texts: list[list[int]], shift: int) -> tuple[dict[int, torch.Tensor], str | None]:
    """States [text, token, d_model] after each block that runs, and which stream is read.

    Args:
        shift: is added to the positions of the second text.
    """
    ids, mask = padded_on_the_right(texts, model.pad_token_id, model.input_device)
    positions = (mask.cumsum(dim=1) - 1).clamp(min=0)
    if len(texts) > 1:
        positions[1] += shift
    found: dict[int, torch.Tensor] = {}
    calls: Counter[int] = Counter()

    def watch(index: int, states: torch.Tensor) -> None:
        if states.shape[:2] != ids.shape:
            raise WeightsError(
                f"{_name(model)}: a block's states have the shape {list(states.shape)} for {list(ids.shape)} tokens; "
                "emogeo reads states [text, token, width]."
            )
        found[index] = states.cpu()
        calls[index] += 1

    said: list[str | None] = []
    first = find_blocks(model.body)[2][0]
    config = model.body.config.get_text_config(decoder=True)
    handle = first.register_forward_hook(lambda _m, _i, out: said.append(described(output_states(out), config)))
    try:
        with _named(model, "read"), watched(model.body, _n_blocks(model.body), watch):
            model.body(**forward_inputs(model.body, ids, mask, positions))
    finally:
        handle.remove()
    if not found:
        raise WeightsError(f"{_name(model)}: a text passes through none of the blocks that were found.")
    if max(calls.values()) > 1:
        raise WeightsError(
            f"{_name(model)} runs each block {max(calls.values())} times for a text, so that a block has no one state; "
            "emogeo reads transformers whose blocks run once."
        )
    return found, said[0] if said else None


@contextmanager
def _named(model: LoadedModel, does: str) -> Iterator[None]:
    """Makes a named error of whatever the library's own code raises, of any architecture."""
    try:
        yield
    except (EmogeoError, torch.OutOfMemoryError):
        raise
    except Exception as error:
        kind = type(model.body).__name__
        said = f"{_name(model)}: {kind} cannot {does} a short text as it is loaded here: {first_line(error)}"
        raise WeightsError(said) from error


def _refuse_looking_ahead(model: LoadedModel, one: dict[int, torch.Tensor], other: dict[int, torch.Tensor]) -> None:
    """Refuses a model in which a later token changes the states of earlier ones."""
    apart = max(relative(other[index][0, :-1], one[index][0, :-1]) for index in one)
    if apart > tolerance_of(model.body):
        raise WeightsError(
            f"{_name(model)} reads in both directions (a later word changes earlier states by {apart:.0%}): it is "
            "an encoder, or takes a text for one. emogeo reads models that write text from left to right; take "
            "one of those."
        )


def _beyond(body: PreTrainedModel) -> int:
    """A position beyond the trained length, where positions are computed and not looked up in a table; else 0."""
    length = getattr(body.config.get_text_config(decoder=True), "max_position_embeddings", None)
    computed = any(name.endswith("inv_freq") for name, _ in body.named_buffers())
    return int(length) if computed and isinstance(length, int) else 0


def _written_apart(model: LoadedModel, short: list[int], long: list[int]) -> float:
    (alone, first), (together, second) = _continued(model, [short]), _continued(model, [short, long])
    same = next((i for i, (a, b) in enumerate(zip(first, second, strict=True)) if a != b), _NEW_TOKENS - 1)
    return max(relative(together[i][:1], alone[i][:1]) for i in range(same + 1))


def _continued(model: LoadedModel, texts: list[list[int]]) -> tuple[list[torch.Tensor], list[int]]:
    """The logits [text, token id] of three new tokens, and the tokens of the first text."""
    causal, _ = model.with_head
    ids, mask = padded_on_the_left(texts, model.pad_token_id, model.input_device)
    options = {"do_sample": False, "max_new_tokens": _NEW_TOKENS, "min_new_tokens": _NEW_TOKENS}
    config = GenerationConfig(
        **options, pad_token_id=model.pad_token_id, return_dict_in_generate=True, output_logits=True
    )
    with torch.inference_mode(), _named(model, "write"):
        output = causal.generate(input_ids=ids, attention_mask=mask, generation_config=config)
    return [own.cpu() for own in output.logits], output.sequences[0, ids.shape[1] :].tolist()


def _scored_apart(model: LoadedModel, short: list[int], long: list[int]) -> float:
    alone, together = (_last_states(model, texts) for texts in ([short], [short, long]))
    return relative(together[:1], alone)


def _last_states(model: LoadedModel, texts: list[list[int]]) -> torch.Tensor:
    ids, mask = padded_on_the_left(texts, model.pad_token_id, model.input_device)
    with torch.inference_mode(), _named(model, "score"):
        output = model.body(**forward_inputs(model.body, ids, mask))
    last: torch.Tensor = output.last_hidden_state[:, -1].cpu()
    return last


def tokens_of(model: LoadedModel, text: str) -> list[int]:
    """Tokens of a text that the model has embeddings for."""
    rows = embedding_of(model.body).weight.shape[0]
    ids: list[int] = model.tokenizer(text, add_special_tokens=False)["input_ids"]
    return [token if token < rows else 0 for token in ids]


def _n_blocks(body: PreTrainedModel) -> int:
    return len(find_blocks(body)[2])


def _name(model: LoadedModel) -> str:
    return str(getattr(model.body.config, "_name_or_path", "") or type(model.body).__name__).rstrip("/").split("/")[-1]


def _say(name: str, found: Habits, apart: float) -> None:
    if found.reads_alone:
        log.warning("%s: batch mates change a text's states by %.1e, so texts are read one at a time", name, apart)
    if found.passed_by:
        log.warning("%s: text passes by blocks %s", name, ", ".join(map(str, found.passed_by)))
    if found.stream:
        log.info("%s: a block carries several streams; read is %s", name, found.stream)
