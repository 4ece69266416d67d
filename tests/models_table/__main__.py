"""Tries every architecture and writes docs/models_table.md: `make models`; goes on where it was stopped."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
from dataclasses import asdict
from pathlib import Path

from tests.models_table.configs import architectures
from tests.models_table.table import TABLE, as_markdown
from tests.models_table.trial import Row, tried

KEPT = Path("results/models/rows.jsonl")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("architectures", nargs="*", help="all, if none is named")
    parser.add_argument("--again", action="store_true", help="tries those again that were tried before")
    given = parser.parse_args()
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    rows = {} if given.again and not given.architectures else _kept()
    asked = given.architectures or architectures()
    pending = [own for own in asked if own not in rows or given.again]
    os.environ["HF_HUB_OFFLINE"] = "1"
    with multiprocessing.get_context("fork").Pool(2, _single_threaded, maxtasksperchild=20) as pool:
        for row in pool.imap_unordered(tried, pending):
            rows[row.architecture] = row
            KEPT.write_text("".join(json.dumps(asdict(own)) + "\n" for own in rows.values()))
            print(f"{row.architecture}: {row.reads} {row.error or ''} {row.writes} {row.note}", flush=True)
    if set(architectures()) <= set(rows):
        TABLE.write_text(as_markdown(list(rows.values())))


def _single_threaded() -> None:
    import torch

    from emogeo.models.loading import show_progress

    torch.set_num_threads(1)
    show_progress(False)


def _kept() -> dict[str, Row]:
    if not KEPT.is_file():
        return {}
    rows = [Row(**json.loads(line)) for line in KEPT.read_text().splitlines()]
    return {row.architecture: row for row in rows}


if __name__ == "__main__":
    main()
