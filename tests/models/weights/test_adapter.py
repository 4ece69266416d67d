"""Adapters are merged as the formula has it, or refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from emogeo.errors import WeightsError
from emogeo.models.weights import adapter as module
from emogeo.models.weights.adapter import ADAPTER, adapter_digest, holds_adapter, merged, other_base
from emogeo.models.weights.index import verify
from tests.tiny import BLOCKS, CHAT, WIDTH, write_model, write_tokenizer

Q, V = "self_attn.q_proj", "self_attn.v_proj"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("adapters") / "base", "smollm2")


def write_lora(folder: Path, rank: int = 4, targets: tuple[str, ...] = (Q, V), **changes: Any) -> Path:
    """Writes a LoRA as peft does, by hand: A [rank, in] and B [out, rank] of every target of every block."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    about = {
        **{
            "peft_type": "LORA",
            "task_type": "CAUSAL_LM",
            "r": rank,
            "lora_alpha": 8,
            "lora_dropout": 0.0,
            "bias": "none",
        },
        **{"target_modules": [name.rpartition(".")[2] for name in targets], "base_model_name_or_path": "Org/Base"},
        **changes,
    }
    tensors = {}
    for block in range(BLOCKS):
        for name in targets:
            out = {Q: WIDTH, V: WIDTH // 2}[name]
            own = about.get("rank_pattern", {}).get(f"layers.{block}.{name}", rank)
            place = f"base_model.model.model.layers.{block}.{name}"
            tensors[f"{place}.lora_A.weight"] = torch.randn(own, WIDTH)
            tensors[f"{place}.lora_B.weight"] = torch.randn(out, own)
    (folder / "adapter_config.json").write_text(json.dumps(about))
    save_file(tensors, folder / "adapter_model.safetensors")
    return folder


def merge(base: Path, adapter: Path, cache: Path) -> Path:
    return merged(base, {"revision": "base"}, adapter, adapter_digest(adapter, cache), "base+own", cache)


def scale(about: dict[str, Any], rank: int, name: str) -> float:
    """Hu et al. 2021: alpha over rank; Kalajdzievski 2023 (rslora): alpha over its root."""
    alpha = about.get("alpha_pattern", {}).get(name, about["lora_alpha"])
    return float(alpha / (rank**0.5 if about.get("use_rslora") else rank))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"use_rslora": True},
        {"rank_pattern": {f"layers.1.{Q}": 2}},
        {"alpha_pattern": {f"layers.2.{V}": 32}},
    ],
    ids=["plain", "rslora", "ranks", "alphas"],
)
def test_lora_is_the_weights_and_its_product(changes: dict[str, Any], base: Path, tmp_path: Path) -> None:
    pytest.importorskip("peft")
    adapter = write_lora(tmp_path / "own", **changes)
    before, own = load_file(base / "model.safetensors"), load_file(adapter / "adapter_model.safetensors")
    about = json.loads((adapter / "adapter_config.json").read_text())
    folder = merge(base, adapter, tmp_path / "cache")
    verify(folder)
    after, touched = load_file(folder / "model.safetensors"), set()
    for name in own:
        if "lora_A" in name:
            place = name.removesuffix(".lora_A.weight")
            a, b = own[name], own[f"{place}.lora_B.weight"]
            target = place.removeprefix("base_model.model.")
            wanted = before[f"{target}.weight"].double().numpy().copy()
            for row in range(wanted.shape[0]):
                for column in range(wanted.shape[1]):
                    product = float(b[row].double() @ a[:, column].double())
                    wanted[row, column] += scale(about, len(a), target.removeprefix("model.")) * product
            np.testing.assert_allclose(after[f"{target}.weight"].numpy(), wanted, rtol=0, atol=2e-5)
            touched.add(f"{target}.weight")
    assert len(touched) == 2 * BLOCKS
    assert all(torch.equal(after[name], before[name]) for name in set(before) - touched)


def test_modules_that_were_trained_whole_replace_the_base_s(base: Path, tmp_path: Path) -> None:
    peft = pytest.importorskip("peft")
    model = AutoModelForCausalLM.from_pretrained(base)
    trained = peft.get_peft_model(
        model, peft.LoraConfig(r=2, target_modules=["q_proj"], modules_to_save=["embed_tokens"], use_dora=True)
    )
    with torch.no_grad():
        for name, tensor in trained.named_parameters():
            if "lora_B" in name or "modules_to_save" in name:
                tensor.add_(torch.randn(tensor.shape))
    trained.save_pretrained(tmp_path / "own")
    wanted = trained(torch.arange(8)[None]).logits
    folder = merge(base, tmp_path / "own", tmp_path / "cache")
    found = AutoModelForCausalLM.from_pretrained(folder)(torch.arange(8)[None]).logits
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)


def test_a_tokenizer_of_its_own_goes_along(base: Path, tmp_path: Path) -> None:
    pytest.importorskip("peft")
    plain, chatting = write_lora(tmp_path / "plain"), write_lora(tmp_path / "chatting")
    write_tokenizer(chatting, CHAT)
    for adapter, has in ((plain, False), (chatting, True)):
        folder = merge(base, adapter, tmp_path / "cache")
        assert (folder / "tokenizer.json").is_file()
        assert (CHAT in "".join(f.read_text() for f in folder.glob("*emplate*"))) is has


@pytest.mark.parametrize("brings", ["base", "adapter"])
def test_no_file_of_the_tokenizer_is_lost(brings: str, tmp_path: Path) -> None:
    pytest.importorskip("peft")
    base, adapter = write_model(tmp_path / "base", "smollm2"), write_lora(tmp_path / "own")
    source = base if brings == "base" else adapter
    if brings == "adapter":
        write_tokenizer(adapter, None)
    beside = ("chat_template.json", "additional_chat_templates/rag.jinja", "vocab.txt")
    for name in beside:
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_text("{}")
    before = adapter_digest(adapter, tmp_path / "cache")
    folder = merge(base, adapter, tmp_path / "cache")
    assert all((folder / name).read_text() == "{}" for name in beside)
    verify(folder)
    (source / "additional_chat_templates" / "rag.jinja").write_text("{{ other }}")
    assert (adapter_digest(adapter, tmp_path / "cache") != before) is (brings == "adapter")


def test_tensors_of_the_base_that_do_not_fit_are_named(tmp_path: Path) -> None:
    pytest.importorskip("peft")
    for change, said in (
        ({"model.layers.0.mlp.up_proj.weight": torch.zeros(3, 5)}, r"layers\.0\.mlp\.up_proj\.weight is \[3, 5\]"),
        ({"model.layers.0.mlp.up_proj.bias": torch.zeros(3)}, r"no place for, the first: .*up_proj\.bias"),
    ):
        base = write_model(tmp_path / said[:8].strip("\\"), "smollm2")
        tensors = load_file(base / "model.safetensors")
        save_file({**tensors, **change}, base / "model.safetensors", {"format": "pt"})
        with pytest.raises(WeightsError, match=said):
            merge(base, write_lora(tmp_path / "own"), tmp_path / "cache")


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (("Org/Base", "base"), None),
        (("base", "base"), None),
        (("ORG/BASE", "x"), None),
        (("Org/Other", "other"), "Org/Base"),
        (("Org/Base-2", "base-2"), "Org/Base"),
    ],
)
def test_an_adapter_of_another_model_is_known(names: tuple[str, str], wanted: str | None, tmp_path: Path) -> None:
    adapter = write_lora(tmp_path / "own")
    assert other_base(adapter, names) == wanted
    for base in (None, ""):
        edited(base_model_name_or_path=base)(adapter)
        assert other_base(adapter, names) is None
    edited(base_model_name_or_path="/home/me/Base/")(adapter)
    assert other_base(adapter, ("Org/Base",)) is None


def refused(change: Callable[[Path], object], said: str, base: Path, tmp_path: Path, **changes: Any) -> None:
    adapter = write_lora(tmp_path / "own", **changes)
    change(adapter)
    with pytest.raises(WeightsError, match=said):
        merge(base, adapter, tmp_path / "cache")
    assert not [made for made in (tmp_path / "cache").glob("base+own-*") if made.is_dir()]


def edited(**changes: Any) -> Callable[[Path], object]:
    def edit(adapter: Path) -> None:
        file = adapter / "adapter_config.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))

    return edit


def without(word: str) -> Callable[[Path], object]:
    def edit(adapter: Path) -> None:
        file = adapter / "adapter_model.safetensors"
        save_file({name: own for name, own in load_file(file).items() if word not in name}, file)

    return edit


def renamed(adapter: Path) -> None:
    file = adapter / "adapter_model.safetensors"
    save_file({name.replace("layers.3", "layers.7"): own for name, own in load_file(file).items()}, file)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (renamed, "no place for 4 of the adapter's tensors, the first: .*layers.7"),
        (
            without("layers.3.self_attn.v_proj.lora_B"),
            "no values for 1 of the adapter's tensors, the first: .*layers.3",
        ),
        (edited(target_modules=["nothing"]), "cannot be merged into .*nothing"),
        (edited(r=8), "cannot be merged into"),
        (edited(of_another_year=3), "this peft does not know its options of_another_year"),
        (edited(megatron_config={"a": 1}), "names a Megatron module to import"),
        (edited(peft_type="PROMPT_TUNING", num_virtual_tokens=2), "puts tokens before a text|cannot be merged"),
        (edited(peft_type="UNHEARD_OF"), "cannot be merged into"),
    ],
    ids=["place", "value", "target", "rank", "option", "megatron", "prompts", "kind"],
)
def test_what_does_not_fit_is_refused(change: Callable[[Path], object], said: str, base: Path, tmp_path: Path) -> None:
    pytest.importorskip("peft")
    refused(change, said, base, tmp_path)


def test_quantized_weights_are_refused(base: Path, tmp_path: Path) -> None:
    pytest.importorskip("peft")
    other = write_model(tmp_path / "quantized", "smollm2")
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps({**config, "quantization_config": {"quant_method": "gptq"}}))
    with pytest.raises(WeightsError, match="the weights are quantized; give the model that they were made of"):
        merge(other, write_lora(tmp_path / "own"), tmp_path / "cache")


def test_without_peft_one_is_told_what_to_type(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(WeightsError, match=r"model\.adapter needs peft\. Type: pip install .*\[adapters\]"):
        merge(base, write_lora(tmp_path / "own"), tmp_path / "cache")


def test_an_adapter_has_two_parts_and_all_its_files_name_it(tmp_path: Path) -> None:
    adapter, cache = write_lora(tmp_path / "own"), tmp_path / "cache"
    assert holds_adapter(adapter)
    first = adapter_digest(adapter, cache)
    (adapter / "README.md").write_text("notes")
    assert adapter_digest(adapter, cache) == first
    edited(lora_alpha=16)(adapter)
    assert adapter_digest(adapter, cache) != first
    (adapter / "adapter_model.safetensors").unlink()
    with pytest.raises(WeightsError, match=r"lacks its tensors \(adapter_model\.safetensors or adapter_model\.bin\)"):
        adapter_digest(adapter, cache)
    (adapter / "adapter_config.json").unlink()
    with pytest.raises(WeightsError, match=r"lacks adapter_config\.json"):
        adapter_digest(adapter, cache)


@pytest.mark.parametrize("content", [b"cos\nsystem\n(S'true'\ntR.", b"nonsense"])
def test_a_pickle_that_holds_more_than_tensors_is_said(base: Path, content: bytes, tmp_path: Path) -> None:
    pytest.importorskip("peft")
    adapter = write_lora(tmp_path / "lora")
    (adapter / "adapter_model.safetensors").unlink()
    (adapter / "adapter_model.bin").write_bytes(content)
    with pytest.raises(WeightsError, match="cannot be merged"):
        merged(base, {}, adapter, "digest", "both", tmp_path / "cache")


@pytest.mark.parametrize(("content", "said"), [("{", "is not JSON"), ("[]", "is no object with settings")])
def test_a_configuration_that_is_none_is_said(base: Path, content: str, said: str, tmp_path: Path) -> None:
    pytest.importorskip("peft")
    adapter = write_lora(tmp_path / "lora")
    (adapter / "adapter_config.json").write_text(content)
    with pytest.raises(WeightsError, match=said):
        merged(base, {}, adapter, "digest", "both", tmp_path / "cache")


def test_what_a_repository_lacks_to_be_an_adapter_is_said(tmp_path: Path) -> None:
    assert not ADAPTER.wants_pickles(tmp_path)
    assert ADAPTER.lacks("Org/Name", tmp_path) == (
        "is no adapter: it lacks adapter_config.json. For a whole model type model.weights=Org/Name, without "
        "model.adapter."
    )
    (tmp_path / "adapter_config.json").write_text("{}")
    assert ADAPTER.wants_pickles(tmp_path), "its tensors may be in a pickle"
    assert "lacks its tensors (adapter_model.safetensors or adapter_model.bin)" in ADAPTER.lacks("Org/Name", tmp_path)
    (tmp_path / "adapter_model.bin").touch()
    assert ADAPTER.whole(tmp_path) and not ADAPTER.wants_pickles(tmp_path)
