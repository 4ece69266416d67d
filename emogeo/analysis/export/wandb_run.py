"""The analysis as a W&B run of its own, in the project that its runs came from."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2.utils import htmlsafe_json_dumps

from emogeo.analysis.charts.chart import ENDINGS, library
from emogeo.analysis.figures.runs import MATRICES
from emogeo.analysis.report.beyond import verdict_counts
from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.runtime import TrackingMode
from emogeo.tracking.pull import Pulled
from emogeo.tracking.session import ArtifactSpec, Mirror, log_run

_LOGS = "wandb"
_CHART = ".vl.json"
_OF_RUNS = re.compile(r"([a-z]+)_(?:.*_)?[0-9a-f]{8}(?:_[0-9a-f]{8})?")
"""The name of a figure of one run, or of two, which ends in the beginnings of their keys."""
_MOST = 100
"""The most pictures of a kind that W&B is given; it shows no more of one name."""


def track_analysis(config: AnalyzeConfig, output: Path, pulled: Pulled, tables: Mapping[str, pd.DataFrame]) -> bool:
    """Logs tables and figures, and every file of the analysis as an artifact made from the runs' artifacts."""
    if config.tracking.mode is TrackingMode.disabled:
        return False
    files = {name: (output / name).read_bytes() for name in _written(output, tables)}
    pictures = {Path(name).stem: content for name, content in _drawn(files, ".png")}
    charts = {Path(name).name: content for name, content in _drawn(files, _CHART)}
    mirror = Mirror(
        run_id=None,
        title=f"analysis of {len(pulled.keys)} runs",
        job_type="analysis",
        config={"permutations": config.permutations, "seed": config.seed, "keys": sorted(pulled.keys)},
        summary={
            "beyond_words": verdict_counts(tables["beyond"], tables["runs"]),
            "runs": len(pulled.keys),
            "left_out": pulled.left_out,
        },
        artifacts=[ArtifactSpec("analysis", "analysis", files)],
        figures={f"figures/{name}": content for name, content in pictures.items() if _of_runs(name) is None},
        galleries=_galleries(pictures),
        pages={f"charts/{name.removesuffix(_CHART)}": _page(content) for name, content in charts.items()},
        tables={f"tables/{name}": _rows(table) for name, table in tables.items()},
        used=pulled.used,
    )
    return log_run(config.tracking, output / _LOGS, mirror, f"The tables are in {output}.")


def _written(output: Path, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Lists the files of an analysis; `output` may hold others. Without geometries there are no RDMs."""
    drawn = [file for ending in ENDINGS for file in (output / "figures").glob(f"*{ending}")]
    figures = sorted(file.relative_to(output).as_posix() for file in drawn)
    matrices = [f"{name}_matrix.csv" for name in MATRICES]
    return [
        *(f"{name}.{kind}" for name in tables for kind in ("csv", "parquet")),
        *(*matrices, *(["rdms.h5"] if (output / "rdms.h5").is_file() else []), "report.html", *figures),
    ]


def _drawn(files: Mapping[str, bytes], kind: str) -> list[tuple[str, bytes]]:
    """Lists the figures of a kind."""
    return [(name, content) for name, content in files.items() if name.startswith("figures/") and name.endswith(kind)]


def _of_runs(name: str) -> str | None:
    """Gives the kind of a figure of one run or two; None for a figure of all runs."""
    found = _OF_RUNS.fullmatch(name)
    return None if found is None else found[1]


def _galleries(pictures: Mapping[str, bytes]) -> dict[str, dict[str, bytes]]:
    """Puts the pictures of single runs and pairs of runs together by kind: maps, trees, depth grids, RDMs."""
    found: dict[str, dict[str, bytes]] = {}
    for name, content in pictures.items():
        if (kind := _of_runs(name)) is not None:
            gallery = found.setdefault(f"galleries/{kind}", {})
            if len(gallery) < _MOST:
                gallery[name] = content
    return found


def _page(spec: bytes) -> str:
    """Draws a chart in a page of its own, which fetches nothing; its texts cannot end the script that they stand in."""
    drawing = f'vegaEmbed("#chart", {htmlsafe_json_dumps(json.loads(spec))})'
    scripts = "".join(f"<script>{text}</script>" for text in (library(), drawing))
    return f'<!doctype html><html><meta charset="utf-8"><body><div id="chart"></div>{scripts}</body></html>'


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Gives rows with None for what is missing."""
    return [
        {str(name): v for name, v in row.items()}
        for row in json.loads(table.to_json(orient="records", double_precision=15))
    ]
