"""Pairs of untrained networks through the whole program: `python -m tests.bench.untrained --tokenizer FOLDER`.

Seven networks that have learned nothing, 21 pairs, are written as ordinary checkpoints and read as any model is: of
three architectures, widths 256 to 2,560, one to thirty blocks, drawn as their classes draw them; and wide ones that
are nearly the identity, with random embeddings. Each has two untrained twins. Three corpora: the package's passages;
longer texts, which tell each scene in three languages; and 48 topics, those of two voices, taken as independent. It
fails where more than one pair agrees beyond words, or a claim holds.

What is computed stays in FOLDER, and is not computed again.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch
from transformers import AutoModel, Gemma3TextConfig, LlamaConfig, Olmo2Config, PreTrainedConfig, Qwen2Config

from emogeo.config.texts import Voice
from emogeo.stimuli.corpus import PACKAGED, load_corpus

ARCHITECTURES: dict[str, type[PreTrainedConfig]] = {
    "llama": LlamaConfig,
    "gemma3": Gemma3TextConfig,
    "qwen2": Qwen2Config,
    "olmo2": Olmo2Config,
}


@dataclass(frozen=True)
class Network:
    """A network that has learned nothing."""

    architecture: str
    width: int
    blocks: int
    seed: int
    identity: bool = False
    """Whether blocks add nearly nothing, and embeddings are wide normal noise."""

    @property
    def name(self) -> str:
        return f"{self.architecture}-{self.width}-{self.blocks}{'-identity' if self.identity else ''}-s{self.seed}"


NETWORKS = (
    Network("llama", 256, 30, 11),
    Network("gemma3", 512, 4, 12),
    Network("qwen2", 1024, 2, 13),
    Network("llama", 2560, 1, 14),
    Network("llama", 768, 2, 14, identity=True),
    Network("gemma3", 1536, 2, 11, identity=True),
    Network("qwen2", 2560, 1, 12, identity=True),
)


def write(network: Network, tokenizer: Path, folder: Path) -> Path:
    """Writes a network as a checkpoint folder."""
    path = folder / network.name
    if (path / "config.json").exists():
        return path
    torch.manual_seed(network.seed)
    config = ARCHITECTURES[network.architecture](
        vocab_size=50_000,
        hidden_size=network.width,
        intermediate_size=2 * network.width,
        num_hidden_layers=network.blocks,
        num_attention_heads=8,
        num_key_value_heads=4,
        head_dim=max(32, network.width // 8),
        max_position_embeddings=2048,
        pad_token_id=0,
    )
    model = AutoModel.from_config(config, dtype=torch.float32)
    if network.identity:
        with torch.no_grad():
            for block in model.layers:
                for weight in block.parameters():
                    weight.mul_(1e-2)
            torch.nn.init.normal_(model.get_input_embeddings().weight)
    model.save_pretrained(path)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tokenizer / file, path / file)
    return path


def in_three_languages(file: Path) -> Path:
    """Writes a corpus whose texts tell each scene in every language that the package has it in."""
    corpora = [load_corpus(language=language) for language in PACKAGED[Voice.passages]]
    rows = [
        (same[0].emotion, same[0].topic, " ".join(passage.text for passage in same))
        for same in zip(*(corpus.passages for corpus in corpora), strict=True)
    ]
    return _write(file, rows)


def in_two_voices(file: Path) -> Path:
    """Writes a corpus of twice as many topics: those of the passages, and those of the diaries under other names."""
    rows = [
        (passage.emotion, f"{passage.topic} in {voice.value}", passage.text)
        for voice in Voice
        for passage in load_corpus(voice=voice).passages
    ]
    return _write(file, rows)


def _write(file: Path, rows: list[tuple[str, str, str]]) -> Path:
    with file.open("w") as stream:
        for emotion, topic, text in rows:
            print(json.dumps({"emotion": emotion, "topic": topic, "text": text}, ensure_ascii=False), file=stream)
    return file


def read(networks: list[Path], corpus: list[str], store: Path) -> None:
    """Reads a corpus with every network and its twins."""
    folders = ",".join(f"'{path}'" for path in networks)
    for words in ([], ["model.init=random", "model.init_seed=1,2"]):
        run(
            *("train.py", "-m", f"model.weights={folders}", *words, *corpus, "pooling.position=mean", "precision=fp32"),
            *(f"store.path='{store}'", "tracking=disabled", "runtime.device=cpu", "runtime.progress=false"),
        )


@dataclass(frozen=True)
class Outcome:
    """What an analysis says of pairs of networks that have learned nothing."""

    corpus: str
    pairs: int
    given: int
    """Pairs with a rho*."""
    yes: int
    """Pairs that are said to agree beyond words."""
    held: tuple[str, ...]
    """Claims of sameness that are said to be reproduced, or to hold here."""

    def __str__(self) -> str:
        counts = f"{self.pairs} pairs, {self.given} with ρ*, {self.yes} beyond words"
        return f"{self.corpus}: {counts}; claims that hold: {', '.join(self.held) or 'none'}"


def outcome(corpus: str, results: Path) -> Outcome:
    """Reads it from the tables."""
    pairs, claims = pd.read_csv(results / "universality.csv"), pd.read_csv(results / "claims.csv")
    held = claims[claims["here"].str.startswith("holds here") | (claims["verdict"] == "reproduced")]["claim"]
    return Outcome(
        corpus,
        pairs=len(pairs),
        given=int(pairs["rho_star"].notna().sum()),
        yes=int((pairs["beyond_words"] == "yes").sum()),
        held=tuple(held),
    )


def run(*words: str) -> None:
    """Runs a command of the program.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    subprocess.run([sys.executable, *words], check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokenizer", type=Path, required=True, help="a folder with tokenizer.json")
    parser.add_argument("--folder", type=Path, default=Path("results/untrained"))
    parser.add_argument("--networks", type=int, default=len(NETWORKS), help="only the first so many")
    options = parser.parse_args()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    networks = [write(network, options.tokenizer, folder / "models") for network in NETWORKS[: options.networks]]
    corpora = {
        "passages": [],
        "long": [f"stimuli.path='{in_three_languages(folder / 'long.jsonl')}'"],
        "voices": [f"stimuli.path='{in_two_voices(folder / 'voices.jsonl')}'"],
    }
    found = []
    for name, corpus in corpora.items():
        read(networks, corpus, folder / name)
        run("analyze.py", f"store.path='{folder / name}'", f"output='{folder / name}_results'")
        found.append(outcome(name, folder / f"{name}_results"))
    print(*found, sep="\n")
    return 0 if sum(own.yes for own in found) <= 1 and not any(own.held for own in found) else 1


if __name__ == "__main__":
    sys.exit(main())
