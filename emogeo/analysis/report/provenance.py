"""Where every figure comes from."""

from __future__ import annotations

from typing import Any

import pandas as pd

from emogeo.analysis.records.catalogue import Run
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Absent, Section, sheet, word

_OF_MODEL = ("source", "id", "revision")


def provenance_section(material: Material) -> Section:
    """A row per record: weights, libraries, device, key."""
    about = "Every record that this page is made of. A key is the sha256 of all that gives a cell its meaning."
    if not material.records:
        return Section("provenance", "Provenance", about, [Absent("No record.", "python train.py")])
    table = pd.DataFrame([_row(run, material.names) for run in material.records])
    columns = [
        word("run", "run"),
        word("status", "status"),
        word("weights", "id"),
        word("revision", "revision"),
        word("created", "created"),
        word("device", "device"),
        word("libraries", "libraries", style="long"),
        word("platform", "platform"),
        word("key", "key"),
    ]
    return Section("provenance", "Provenance", about, [sheet(table, "Records", "provenance", columns, open=False)])


def _row(run: Run, names: dict[str, str]) -> dict[str, Any]:
    record, made = run.record, run.record["provenance"]
    libraries = [f"python {made['python']}"]
    libraries += [f"{name} {version}" for name, version in made["libraries"].items() if version is not None]
    return {
        "run": names.get(run.key, f"{record['title']} ({record['mode']})"),
        "status": record["status"],
        **{name: record["model"][name] for name in _OF_MODEL},
        **{name: made[name] for name in ("created", "device", "platform")},
        "libraries": ", ".join(libraries),
        "key": run.key,
    }
