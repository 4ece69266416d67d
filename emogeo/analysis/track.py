"""The analysis as a run of its own in the W&B project that its cells came from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from emogeo.config.schema import AnalyzeConfig
from emogeo.tracking.pull import Pulled
from emogeo.tracking.wandb_session import ArtifactSpec, Mirror, log_run

_LOGS = "wandb"


def track_analysis(config: AnalyzeConfig, output: Path, pulled: Pulled, tables: Mapping[str, pd.DataFrame]) -> bool:
    """Logs tables and figures, and every file of `output` as an artifact made of the cells' artifacts."""
    files = {
        file.relative_to(output).as_posix(): file.read_bytes()
        for file in sorted(output.rglob("*"))
        if file.is_file() and file.relative_to(output).parts[0] != _LOGS
    }
    mirror = Mirror(
        run_id=None,
        title=f"analysis of {len(pulled.keys)} runs",
        job_type="analysis",
        config={"permutations": config.permutations, "seed": config.seed, "keys": sorted(pulled.keys)},
        summary={"runs": len(pulled.keys), "left_out": pulled.left_out},
        artifacts=[ArtifactSpec("analysis", "analysis", files)],
        figures={
            f"figures/{Path(name).stem}": content
            for name, content in files.items()
            if Path(name).parent == Path("figures") and name.endswith(".png")
        },
        tables={f"tables/{name}": _rows(table) for name, table in tables.items()},
        used=pulled.used,
    )
    return log_run(config.tracking, output / _LOGS, mirror, f"The tables are in {output}.")


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with None for what is missing."""
    return [{str(name): v for name, v in row.items()} for row in json.loads(table.to_json(orient="records"))]
