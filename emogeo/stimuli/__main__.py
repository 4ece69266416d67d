"""`python -m emogeo.stimuli show FILE`: what would be read of one's own texts, before anything is computed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from hydra import compose, initialize_config_dir
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from emogeo.config.compose import register
from emogeo.config.overrides import check_overrides
from emogeo.config.own_names import as_hydra_wants
from emogeo.config.texts import StimuliConfig
from emogeo.config.train import TrainConfig
from emogeo.config.typed import override
from emogeo.config.words import is_option, refuse_spaces
from emogeo.errors import ConfigError, EmogeoError
from emogeo.installation import CONF, command
from emogeo.machine import exit_code
from emogeo.signals import end_with_reader
from emogeo.stimuli.corpus import corpus_from
from emogeo.stimuli.show import shown_corpus
from emogeo.terminal import Described

_ABOUT = """Shows what would be read: conditions, topics, counts, lengths, what was noticed, warnings, and roughly what
can be inferred from so many units. Nothing is computed by a model, and nothing is written."""
_EXAMPLES = f"""examples:
  {command("stimuli")} show mine.jsonl
  {command("stimuli")} show stories/ 'stimuli.fields={{emotion: label, text: story}}'
  {command("stimuli")} show 'parts/*.csv' 'stimuli.fields=[emotion,topic,text]'
  {command("stimuli")} show mine.tsv stimuli.neutral=baseline stimuli.mend=[spellings]

The same options, with stimuli.path=FILE, read the texts: {command("train")} stimuli.path=mine.jsonl
"""


def main(words: Sequence[str] | None = None) -> int:
    """0 with a description, 1 with the reason why the texts cannot be read."""
    asked = _parser().parse_args(words)
    return exit_code(lambda: _show(asked))


def _show(asked: argparse.Namespace) -> int:
    for line in shown_corpus(corpus_from(_options(asked.file, asked.options))):
        print(line, flush=True)
    return 0


def _options(file: str, options: Sequence[str]) -> StimuliConfig:
    """The options of texts, as `train.py` takes them.

    Raises:
        ConfigError: an option that there is not, or a second file.
    """
    refuse_spaces(options)
    second = next((word for word in options if not is_option(word)), None)
    if second is not None:
        raise ConfigError(
            f"{second}: one file, one folder, or one glob in quotes, such as 'parts/*.csv', is shown at a time. "
            "Options are typed as NAME=VALUE."
        )
    words = [as_hydra_wants(option) for option in (override("stimuli.path", file), *options)]
    check_overrides(words, TrainConfig, CONF)
    register()
    try:
        with initialize_config_dir(str(CONF), version_base="1.3"):
            found: StimuliConfig = OmegaConf.to_object(compose("config", words).stimuli)  # type: ignore[assignment]
    except (HydraException, OmegaConfBaseException) as error:
        raise EmogeoError(str(error)) from error
    found.decode()
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=command("stimuli"))
    commands = parser.add_subparsers(dest="command", required=True)
    show = commands.add_parser(
        "show",
        help="what would be read",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=Described,
    )
    show.add_argument("file", metavar="FILE", help="a file, a folder or a glob")
    show.add_argument("options", metavar="OPTION=VALUE", nargs="*", help=f"options of {command('train')} about texts")
    return parser


if __name__ == "__main__":
    end_with_reader()
    sys.exit(main())
