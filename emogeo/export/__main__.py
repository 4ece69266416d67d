"""`python -m emogeo.export RUN… --to FORMAT`: a run's vectors, states or RDMs in the files of other tools."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from emogeo.export.formats import ABOUT, Format
from emogeo.installation import command
from emogeo.machine import exit_code
from emogeo.signals import end_with_reader
from emogeo.terminal import Described

_ABOUT = """Writes vectors, states or RDMs of finished runs in the files of other tools.
docs/exports.md shows how these read them."""
_FORMATS = "formats:\n" + "\n".join(f"  {name:17} {about}" for name, about in ABOUT.items())
_EXAMPLES = f"""

examples:
  {command("export")} store/runs/3fa9 --to npz
  {command("export")} 3fa9 77b1 --to gguf --blocks 8,12 --unit --output vectors
  {command("export")} 3fa9 --store old/store --to states
"""


def main(words: Sequence[str] | None = None) -> int:
    """0 when everything is written, 1 with the reason why something is not."""
    asked = _parser().parse_args(words)
    return exit_code(lambda: _export(asked))


def _export(asked: argparse.Namespace) -> int:
    """Finds all runs before it writes any."""
    from emogeo.export.exporting import make
    from emogeo.export.found import finished_run, found_run
    from emogeo.export.made import write
    from emogeo.store.store import Store

    found = [found_run(word, Store(asked.store)) for word in asked.runs]
    for store, key in {(store.path.resolve(), key): (store, key) for store, key in found}.values():
        made = make(finished_run(store, key), store, Format(asked.to), asked.blocks, asked.unit)
        for note in made.notes:
            print(f"{key[:12]}: {note}", flush=True)
        for file in write(made, asked.output.expanduser(), asked.overwrite):
            print(file, flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=command("export"),
        description=_ABOUT,
        epilog=_FORMATS + _EXAMPLES,
        formatter_class=Described,
    )
    parser.add_argument("runs", metavar="RUN", nargs="+", help="a folder STORE/runs/KEY, a key, or how it begins")
    parser.add_argument(
        "--to", required=True, choices=[own.value for own in Format], metavar="FORMAT", help=", ".join(Format)
    )
    parser.add_argument("--store", default="store", metavar="STORE", help="the folder of keys (default: store)")
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("exports"),
        metavar="FOLDER",
        help="the folder to write to (default: exports)",
    )
    parser.add_argument(
        "--blocks", help="all, selected, or blocks from 0 as in 3,7 (default: selected; all for states and rdms)"
    )
    parser.add_argument("--unit", action="store_true", help="scale each vector to length 1")
    parser.add_argument("--overwrite", action="store_true", help="replace files that are there already")
    return parser


if __name__ == "__main__":
    end_with_reader()
    sys.exit(main())
