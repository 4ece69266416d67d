"""A `tokenizer.model` without a `tokenizer.json`: read only where its tokens are those of sentencepiece itself.

transformers converts such a file by guessing the tokenizer's class, and a wrong guess gives other tokens without a word
(a first space lost, for one). So the conversion is compared with sentencepiece before anything is read.
"""

from __future__ import annotations

from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from emogeo.errors import WeightsError, first_line
from emogeo.models.weights.digests import folder_digest
from emogeo.stimuli.corpus import load_facts

_MODEL = "tokenizer.model"
_READ = ("config.json", _MODEL, "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")
_OTHERS = ("tokenizer.json", "vocab.json")


def check_tokenizer(folder: Path, cache: Path) -> None:
    """Refuses a `tokenizer.model` that is alone and would be read otherwise than sentencepiece reads it.

    Args:
        cache: remembers which tokenizers were found to be right.

    Raises:
        WeightsError: sentencepiece is not installed, or its tokens are others; shows a text.
    """
    if not (folder / _MODEL).is_file() or any((folder / name).is_file() for name in _OTHERS):
        return
    digest = folder_digest(folder, [name for name in _READ if (folder / name).is_file()], cache / "digests")
    known = cache / "tokenizers" / digest
    if known.is_file():
        return
    _compare(folder)
    with suppress(OSError):  # a cache that cannot be written: compared again next time
        known.parent.mkdir(parents=True, exist_ok=True)
        known.touch()


def _compare(folder: Path) -> None:
    if find_spec("sentencepiece") is None:
        raise WeightsError(
            f"{folder} has {_MODEL} and no tokenizer.json. Type: pip install sentencepiece, or where it is "
            "installed AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER), which writes tokenizer.json."
        )
    from sentencepiece import SentencePieceProcessor
    from transformers import AutoTokenizer

    own = SentencePieceProcessor(model_file=str(folder / _MODEL))
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except (ValueError, OSError, KeyError, ImportError) as error:
        raise WeightsError(f"{folder / _MODEL} cannot be converted: {first_line(error)}") from error
    for text in load_facts():
        wanted, found = own.encode(text), tokenizer(text, add_special_tokens=False)["input_ids"]
        if wanted != found:
            raise WeightsError(
                f"{folder / _MODEL}: transformers gives other tokens than sentencepiece itself ({found[:4]} and "
                f"{wanted[:4]} for {text[:30]!r}). A tokenizer.json is missing, or a tokenizer_config.json that names "
                "tokenizer_class, from the folder."
            )
