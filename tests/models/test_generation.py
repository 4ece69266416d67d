"""Written texts: batched as alone, reproducible by seed, stopped where they should, sampled as probabilities say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import chisquare
from transformers import GenerationConfig

from emogeo.models import generation
from emogeo.models.generation import Written, write
from emogeo.models.loading import LoadedModel, _take_stops, load_model
from emogeo.models.weights.resolve import resolve_weights
from emogeo.stimuli.templates import Decoding, Text, Thought
from tests.conftest import compose_train
from tests.models.lent import lent
from tests.models.test_activations import FP32
from tests.scripted_writer import writes
from tests.tiny import CHAT, write_model

PROMPTS = [Text(content, True) for content in ("A", "A letter", "A letter lay on the mat", "On the last bus", "So")]
SEEDS = [11, 12, 13, 14, 15]


def load(folder: Path, cache: Path) -> LoadedModel:
    config = compose_train(f"model.weights='{folder}'").model
    return load_model(resolve_weights(config, cache), FP32, "cpu", None, head=True)


@pytest.fixture(scope="module", params=["smollm2", "qwen2.5", "gemma-3", "mistral"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    folder = tmp_path_factory.mktemp("writers")
    return load(write_model(folder / request.param, request.param, CHAT), folder)


def written(model: LoadedModel, decoding: Decoding, batches: list[list[int]]) -> list[Written]:
    found: dict[int, Written] = {}
    for rows in batches:
        texts = write(model, [PROMPTS[row] for row in rows], [SEEDS[row] for row in rows], decoding)
        found.update(zip(rows, texts, strict=True))
    return [found[row] for row in range(len(PROMPTS))]


@pytest.mark.parametrize(
    "decoding", [Decoding(12), Decoding(12, temperature=0.7, top_p=0.9)], ids=["greedy", "sampled"]
)
def test_a_batch_writes_what_each_would_alone(model: LoadedModel, decoding: Decoding) -> None:
    alone = written(model, decoding, [[row] for row in range(5)])
    assert written(model, decoding, [[0, 1, 2, 3, 4]]) == alone
    assert written(model, decoding, [[4, 2], [0, 3, 1]]) == alone
    assert write(model, PROMPTS, SEEDS, decoding, batch_size=2) == alone


@pytest.mark.parametrize("mates_matter", [True, False])
def test_only_llm_int8_writes_in_batches_that_change_states(
    model: LoadedModel, mates_matter: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    generate = generation._write_batch

    def counted(own: LoadedModel, tokens: list[list[int]], *rest: Any) -> list[Written]:
        sizes.append(len(tokens))
        return generate(own, tokens, *rest)

    monkeypatch.setattr(generation, "_write_batch", counted)
    monkeypatch.setattr(generation, "one_at_a_time", lambda _: True)
    write(replace(model, batch_mates_matter=mates_matter), PROMPTS[:4], SEEDS[:4], Decoding(2), batch_size=2)
    assert sizes == ([2, 2] if mates_matter else [1, 1, 1, 1])


def test_greedy_equals_a_plain_loop_without_a_cache(model: LoadedModel) -> None:
    causal, stops = model.with_head
    for prompt, got in zip(PROMPTS, written(model, Decoding(8), [[0, 1, 2, 3, 4]]), strict=True):
        ids = model.tokenize(prompt)
        new: list[int] = []
        while len(new) < 8:
            with torch.inference_mode():
                logits = causal(torch.tensor([ids + new]), use_cache=False).logits[0, -1]
            token = int(logits.argmax())
            if token in stops:
                break
            new.append(token)
        assert got.prompt_ids == ids
        assert got.ids == new
        assert got.stop == ("length" if len(new) == 8 else "stopped")
        assert got.text == model.tokenizer.decode(new, skip_special_tokens=True)


def test_seeds_decide_what_is_sampled(model: LoadedModel) -> None:
    decoding = Decoding(12, temperature=1.5)
    first, again, other = (write(model, PROMPTS[:1], [seed], decoding)[0].ids for seed in (1, 1, 2))
    assert first == again != other


def test_a_text_ends_at_a_stop_token_but_not_before_its_least_length(model: LoadedModel) -> None:
    causal, _ = model.with_head
    decoding = Decoding(10, temperature=2.0)
    alone = written(model, decoding, [[row] for row in range(5)])
    stop = next(t for text in alone for i, t in enumerate(text.ids) if i >= 2 and t not in text.ids[:i])
    stopping = LoadedModel(model.body, model.tokenizer, causal, (stop,))
    stopped = 0
    for before, after in zip(alone, written(stopping, decoding, [[0, 1, 2, 3, 4]]), strict=True):
        if stop in before.ids:
            assert after.ids == before.ids[: before.ids.index(stop)]
            assert after.stop == "stopped"
            stopped += 1
    assert stopped
    least = Decoding(10, min_new_tokens=7, temperature=2.0)
    assert all(len(text.ids) >= 7 for text in written(stopping, least, [[0, 1, 2, 3, 4]]))


def test_the_model_reads_with_the_head_as_without(model: LoadedModel, tmp_path: Path) -> None:
    bare = load_model(
        resolve_weights(compose_train(f"model.weights='{model.tokenizer.name_or_path}'").model, tmp_path),
        FP32, "cpu", None,
    )  # fmt: skip
    ids = torch.tensor([model.tokenize(PROMPTS[2])])
    with torch.inference_mode():
        torch.testing.assert_close(model.body(ids).last_hidden_state, bare.body(ids).last_hidden_state)
    with pytest.raises(ValueError, match="without an LM head"):
        _ = bare.with_head


def test_temperature_and_top_p_shape_what_is_drawn(model: LoadedModel) -> None:
    """First tokens over many seeds against the softmax of the model's own logits, warmed and cut."""
    causal, stops = model.with_head
    with torch.inference_mode():
        logits = causal(torch.tensor([model.tokenize(PROMPTS[0])])).logits[0, -1].double()
    temperature = 2.0 * float(logits.std())
    probabilities = (logits / temperature).softmax(0)
    order = probabilities.argsort(descending=True)
    kept = order[: int((probabilities[order].cumsum(0) < 0.5).sum()) + 1]
    assert len(kept) > 50
    prompts, seeds = [PROMPTS[0]] * 500, list(range(500))
    decoding = Decoding(1, temperature=temperature, top_p=0.5)
    texts = write(model, prompts, seeds, decoding)
    drawn = [text.ids[0] for text in texts if text.ids]
    assert set(drawn) <= set(kept.tolist())
    groups = np.array_split(np.array([token for token in kept.tolist() if token not in stops]), 5)
    expected = np.array([float(probabilities[torch.tensor(group)].sum()) for group in groups])
    observed = np.array([np.isin(drawn, group).sum() for group in groups])
    assert observed.sum() == len(drawn)
    assert chisquare(observed, expected / expected.sum() * len(drawn)).pvalue > 1e-4


def test_the_models_own_decoding_defaults_are_dropped(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "tuned", "smollm2", CHAT)
    plain = written(load(folder, tmp_path), Decoding(8), [[0, 1, 2, 3, 4]])
    GenerationConfig(repetition_penalty=5.0, do_sample=True, top_k=3, eos_token_id=[1, 7]).save_pretrained(folder)
    tuned = load(folder, tmp_path)
    assert tuned.stops == (1, 7)
    tuned.tokenizer.add_special_tokens({"additional_special_tokens": ["<|endoftext|>"]})
    end = tuned.tokenizer.convert_tokens_to_ids("<|endoftext|>")
    assert end in _take_stops(tuned.with_head[0], tuned.tokenizer)
    cut = [text.ids[: text.ids.index(7)] if 7 in text.ids else text.ids for text in plain]
    assert [text.ids for text in written(tuned, Decoding(8), [[0, 1, 2, 3, 4]])] == cut


THINK = Thought("<think>", "</think>")


@pytest.mark.parametrize(
    "case",
    [
        ("So", "<think>Hm.</think>\n\nA story.", "Hm.", "A story.", "stopped"),
        ("So", "<think>\n\n</think>\n\nA story.", "", "A story.", "stopped"),
        ("So<think>\n", "Hm.</think>A story.", "Hm.", "A story.", "stopped"),
        ("So<think>\n", "Hm, so it goes on", "Hm, so it goes on", "", "thought"),
        ("So", "<think>" + "Hm. " * 20, ("Hm. " * 20)[:36].strip(), "", "thought"),
        ("So", "A story.", "", "A story.", "stopped"),
    ],
)
@pytest.mark.parametrize("as_tokens", [True, False])
def test_a_thought_is_stripped_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: tuple[str, ...], as_tokens: bool
) -> None:
    prompt, said, thought, text, stop = case
    model = load(write_model(tmp_path / "thinks", "smollm2", CHAT), tmp_path)
    if as_tokens:
        model.tokenizer.add_special_tokens({"extra_special_tokens": ["<think>", "</think>"]})
    writes(monkeypatch, lambda _prompt, _seed: said)
    (whole,) = write(model, [Text(prompt, False)], [0], Decoding(40))
    (got,) = write(model, [Text(prompt, False, thought=THINK)], [0], Decoding(40))
    assert (got.text, got.stop) == (text, stop)
    assert [*got.thought_ids, *got.ids] == whole.ids
    assert got.thought.startswith(thought[:10]) and bool(got.thought) == bool(thought)
    assert model.tokenizer.decode(got.ids, skip_special_tokens=True) == text


@pytest.mark.parametrize("architecture", ["llama", "recurrent_gemma"])
def test_each_prompt_is_steered_by_its_own_vector_in_a_batch_or_alone(architecture: str) -> None:
    model = lent(architecture, head=True)
    prompts = [Text(text, True) for text in ("She closed the door", "Why", "Nobody said a word on the way home")]
    vectors = {2: 20 * torch.randn(3, 64, generator=torch.Generator().manual_seed(0))}
    together = [own.ids for own in write(model, prompts, [0] * 3, EIGHT, additions=vectors)]
    for row, prompt in enumerate(prompts):
        own = {2: vectors[2][row : row + 1]}
        assert write(model, [prompt], [0], EIGHT, additions=own)[0].ids == together[row]
    assert together != [own.ids for own in write(model, prompts, [0] * 3, EIGHT)]


EIGHT = Decoding(max_new_tokens=8, min_new_tokens=8, temperature=None, top_p=1.0)
