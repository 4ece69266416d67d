"""The hub's cache, local folders, and what is said when weights are not there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from emogeo.config.model import Init, ModelConfig, Source
from emogeo.config.precision import Dtype, Quantization
from emogeo.errors import WeightsError
from emogeo.models.loading import load_model
from emogeo.models.precision import Precision
from emogeo.models.weights.hub import called
from emogeo.models.weights.resolve import Weights, resolve_weights
from emogeo.runs.heading import card_of
from tests.conftest import compose_train
from tests.models.weights.other_files import pickled
from tests.models.weights.test_adapter import write_lora
from tests.models.weights.test_gguf import tensors_of_a_llama, write_gguf
from tests.quantised import FORMATS, quantise, write_plain
from tests.tiny import BLOCKS, CHAT, write_for, write_model


def option(name: str) -> ModelConfig:
    return compose_train(f"model={name}").model


def test_a_pinned_commit_comes_from_the_cache(hub_cache: Path, tmp_path: Path) -> None:
    model = option("llama-3.2-3b")
    folder = write_for(model, hub_cache, tmp_path)
    weights = resolve_weights(model, tmp_path)
    assert weights.folder.samefile(folder)
    assert weights.identity == {"id": "meta-llama/Llama-3.2-3B", "revision": model.revision}
    assert weights.n_layers == BLOCKS


def test_checkpoints_are_called_by_their_revision() -> None:
    assert called("Org/My-Model", "") == called("Org/My-Model", "main") == "my-model"
    assert called("Org/My-Model", "stage1-step1000") == "my-model@stage1-step1000"
    assert called("Org/My-Model", "0123456789" * 4) == "my-model@01234567"


def test_pickles_of_a_folder_and_of_the_hub_are_converted(hub_cache: Path, tmp_path: Path) -> None:
    model = option("llama-3.2-3b")
    folder, own = write_for(model, hub_cache, tmp_path), pickled(tmp_path / "own")
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes((own / "pytorch_model.bin").read_bytes())
    of_hub = resolve_weights(model, tmp_path / "cache")
    assert of_hub.identity == {"id": model.id, "revision": model.revision} and of_hub.converted
    of_folder = resolve_weights(replace(model, weights=str(own)), tmp_path / "cache")
    assert of_folder.name == "own" and of_folder.revision.startswith("sha256:") and of_folder.converted
    for weights in (of_hub, of_folder):
        assert load_model(weights, Precision(Dtype.fp32, Quantization.none, None), "cpu", None).body is not None
    (of_folder.folder / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(WeightsError, match="is not what was written"):
        load_model(of_folder, Precision(Dtype.fp32, Quantization.none, None), "cpu", None)


def test_a_gguf_file_is_called_what_it_is(tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "tiny.gguf", tensors_of_a_llama())
    for given in (file, tmp_path):
        weights = resolve_weights(replace(compose_train().model, weights=str(given)), tmp_path / "cache")
        assert (weights.name, weights.family, weights.n_layers) == ("tiny (gguf F32)", "llama", 2)
        assert list(weights.identity) == ["revision"] and weights.revision.startswith("gguf sha256:")


def test_an_adapter_names_label_and_key(tmp_path: Path) -> None:
    pytest.importorskip("peft")
    base, cache = write_model(tmp_path / "base", "smollm2"), tmp_path / "cache"
    model = replace(compose_train().model, weights=str(base))
    plain = resolve_weights(model, cache)
    tuned = resolve_weights(replace(model, adapter=str(write_lora(tmp_path / "tuned"))), cache)
    again = resolve_weights(replace(model, adapter=str(write_lora(tmp_path / "again"))), cache)
    other = resolve_weights(replace(model, adapter=str(write_lora(tmp_path / "other", lora_alpha=9))), cache)
    assert (tuned.name, tuned.family, tuned.variant) == ("base+tuned", plain.family, plain.variant)
    assert tuned.revision.startswith(f"{plain.revision} adapter sha256:")
    assert tuned.identity == again.identity != other.identity
    assert tuned.folder.is_relative_to(cache) and tuned.converted


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        (
            "hf_quant_config.json",
            '{"quantization": {"quant_algo": "FP8"}}',
            "are quantised by modelopt, and no tensor is",
        ),
        ("adapter_config.json", '{"base_model_name_or_path": "Other/Thing"}', "holds an adapter"),
    ],
)
def test_an_adapter_is_merged_only_into_whole_plain_weights(file: str, content: str, said: str, tmp_path: Path) -> None:
    base, adapter = write_model(tmp_path / "base", "smollm2"), write_lora(tmp_path / "lora")
    (base / file).write_text(content)
    with pytest.raises(WeightsError, match=said):
        resolve_weights(replace(compose_train().model, weights=str(base), adapter=str(adapter)), tmp_path / "cache")


def test_an_adapter_is_not_merged_into_quantised_weights(tmp_path: Path) -> None:
    _, settings, encode = FORMATS["modelopt"]
    base, adapter = tmp_path / "base", write_lora(tmp_path / "lora")
    quantise(write_plain(tmp_path / "plain"), base, settings, encode)
    with pytest.raises(WeightsError, match="its weights are stored in fp8, into which no adapter is merged"):
        resolve_weights(replace(compose_train().model, weights=str(base), adapter=str(adapter)), tmp_path / "cache")


@pytest.mark.parametrize("field", ["weights", "adapter"])
def test_a_name_that_is_no_id_is_refused(field: str, tmp_path: Path) -> None:
    model = replace(compose_train().model, weights=str(write_model(tmp_path / "base", "smollm2")))
    with pytest.raises(WeightsError, match=rf"model\.{field}=/nowhere: neither a .*folder that exists nor a hub id"):
        resolve_weights(replace(model, **{field: "/nowhere"}), tmp_path / "cache")


def test_a_branch_is_resolved_to_its_commit(hub_cache: Path, tmp_path: Path) -> None:
    model = option("gemma-3-1b-it")
    write_for(model, hub_cache, tmp_path)
    model.weights = "google/gemma-3-1b-it"
    weights = resolve_weights(model, tmp_path)
    assert weights.revision == model.revision
    assert (weights.name, weights.variant, weights.source) == ("gemma-3-1b-it", "instruct", Source.hub)


def load_folder(folder: Path, cache: Path) -> None:
    model = compose_train().model
    model.weights = str(folder)
    weights = resolve_weights(model, cache)
    assert weights.n_layers == BLOCKS
    load_model(weights, Precision(Dtype.fp32, Quantization.none, None), "cpu", None)


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("model.safetensors", b"\x10" * 40, "is not a whole safetensors file"),
        ("config.json", b"{", "not a model's configuration"),
        ("config.json", b'{"model_type": "llama"}', "how many blocks"),
        ("tokenizer.json", b"{", "cannot be loaded"),
    ],
)
def test_broken_files_have_names(tmp_path: Path, file: str, content: bytes, words: str) -> None:
    folder = write_model(tmp_path / "broken", "smollm2")
    (folder / file).write_bytes(content)
    with pytest.raises(WeightsError, match=words):
        load_folder(folder, tmp_path / "cache")


def test_a_folder_s_name_and_a_broken_memory_do_not_matter(tmp_path: Path) -> None:
    model = compose_train().model
    identities = []
    for name in ("one", "two"):
        model.weights = str(write_model(tmp_path / name, "smollm2"))
        identities.append(resolve_weights(model, tmp_path / "cache").identity)
    assert identities[0] == identities[1]
    for remembered in (tmp_path / "cache" / "digests").iterdir():
        remembered.write_text("")
    assert resolve_weights(model, tmp_path / "cache").identity == identities[0]


def test_a_local_folder_is_named_by_its_content(tmp_path: Path) -> None:
    model = compose_train().model
    model.weights = str(write_model(tmp_path / "mine", "mistral", CHAT, seed=1))
    first = resolve_weights(model, tmp_path / "cache")
    assert (first.name, first.family, first.variant) == ("mine", "mistral", "instruct")
    assert resolve_weights(model, tmp_path / "cache").revision == first.revision
    write_model(tmp_path / "mine", "mistral", CHAT, seed=2)
    assert resolve_weights(model, tmp_path / "cache").revision != first.revision


@pytest.mark.parametrize("given", ["nowhere/at/all", "./missing", "just-a-word"])
def test_what_is_neither_folder_nor_hub_id(given: str, tmp_path: Path) -> None:
    model = compose_train().model
    model.weights = given
    with pytest.raises(WeightsError, match=r"Org/Name"):
        resolve_weights(model, tmp_path)


def test_a_folder_without_weights(tmp_path: Path) -> None:
    model = compose_train().model
    model.weights = str(tmp_path)
    with pytest.raises(WeightsError, match=r"config\.json"):
        resolve_weights(model, tmp_path)


def test_a_twin_is_known_by_its_kind_and_seed_and_trained_weights_as_ever(tiny_llama: Path, tmp_path: Path) -> None:
    found = {}
    for init, seed in ((Init.trained, 0), (Init.random, 1), (Init.random, 2), (Init.shuffled, 1)):
        model = replace(option("smollm2-135m-instruct"), weights=str(tiny_llama), init=init, init_seed=seed)
        found[init, seed] = resolve_weights(model, tmp_path)
    trained = found[Init.trained, 0]
    assert trained.identity == {"revision": trained.revision}
    assert all(twin.origin == trained.identity for twin in found.values())
    assert found[Init.random, 2].identity == {**trained.identity, "init": "random", "init_seed": 2}
    assert [twin.title for twin in found.values()] == [
        *("tiny-llama", "tiny-llama random 1", "tiny-llama random 2", "tiny-llama shuffled 1"),
    ]


def test_random_weights_need_a_config_and_a_tokenizer_alone(tiny_llama: Path, tmp_path: Path) -> None:
    folder = tmp_path / "described"
    folder.mkdir()
    model = replace(option("smollm2-135m-instruct"), weights=str(folder), init=Init.random)
    with pytest.raises(WeightsError, match="model.init=random needs config.json and a tokenizer"):
        resolve_weights(model, tmp_path)
    for name in ("config.json", "tokenizer.json"):
        (folder / name).write_bytes((tiny_llama / name).read_bytes())
    assert resolve_weights(model, tmp_path).n_layers == BLOCKS
    for init in (Init.trained, Init.shuffled):
        with pytest.raises(WeightsError, match="model.safetensors"):
            resolve_weights(replace(model, init=init), tmp_path)


def resolved(folder: Path) -> Weights:
    return resolve_weights(ModelConfig(name="mine", weights=str(folder)), folder.parent / "cache", False)


def test_half_a_model_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "half", "smollm2")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "num_hidden_layers": BLOCKS - 1}))
    with pytest.raises(WeightsError, match=rf"says {BLOCKS - 1} blocks, and the weights hold {BLOCKS} "):
        resolved(folder)


def test_an_adapter_beside_whole_weights_is_refused_with_peft_and_without(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "adapted", "smollm2")
    (folder / "adapter_config.json").write_text('{"peft_type": "LORA"}')
    with pytest.raises(WeightsError, match="holds an adapter"):
        resolved(folder)


def test_an_index_that_names_weights_elsewhere_is_refused(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "indexed", "smollm2")
    (folder / "model.safetensors").rename(tmp_path / "elsewhere.safetensors")
    index = {"weight_map": {"model.norm.weight": "../elsewhere.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(WeightsError, match=r"names \.\./elsewhere.safetensors, which is outside"):
        resolved(folder)


def test_weights_that_are_not_loaded_are_not_in_the_name_of_the_content(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "mine", "smollm2")
    first = resolved(folder).revision
    (folder / "consolidated.safetensors").write_bytes(b"other")
    assert resolved(folder).revision == first


@pytest.mark.parametrize("architectures", [["BertForMaskedLM"], None, ["BertForSentences"]])
def test_an_encoder_is_refused_before_it_is_loaded(architectures: list[str] | None, tmp_path: Path) -> None:
    folder = write_model(tmp_path / "encoder", "smollm2")
    about = {"model_type": "bert", "num_hidden_layers": BLOCKS, "architectures": architectures}
    (folder / "config.json").write_text(json.dumps(about))
    with pytest.raises(WeightsError, match=r"^encoder \(bert\) is an encoder"):
        resolved(folder)


def test_a_pointer_and_a_wrapped_model_are_refused_before_they_are_loaded(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "own", "smollm2")
    tensors = load_file(folder / "model.safetensors")
    save_file({f"_orig_mod.{name}": own for name, own in tensors.items()}, folder / "model.safetensors")
    with pytest.raises(WeightsError, match="saved within a wrapper"):
        resolved(folder)
    (folder / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    with pytest.raises(WeightsError, match=r"model\.safetensors is a pointer of git LFS"):
        resolved(folder)


def test_an_adapter_of_another_model_is_flagged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("peft")
    base = write_model(tmp_path / "base", "smollm2")
    for name, wanted in (("Org/Base", None), ("Org/Other", "Org/Other")):
        caplog.clear()
        adapter = write_lora(tmp_path / name.replace("/", "-"), base_model_name_or_path=name)
        model = ModelConfig(name="mine", weights=str(base), adapter=str(adapter))
        own = resolve_weights(model, tmp_path / "cache", False)
        assert own.adapter_of == wanted and card_of(own).adapter_of == wanted
        assert ("by its own word it was trained on Org/Other, and is merged into base" in caplog.text) is bool(wanted)
