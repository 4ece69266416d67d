"""The section on where every number comes from."""

from __future__ import annotations

import pandas as pd

from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Absent, Section, sheet, word
from emogeo.analysis.tables.frame import Row
from emogeo.installation import command
from emogeo.record.run import AnyRun


def provenance_section(material: Material) -> Section:
    """Shows a row per record: weights, libraries, device, key."""
    about = "Every record that this page is made of. A key is the sha256 of everything that gives a run its meaning."
    if not material.records:
        return Section("provenance", "Provenance", about, [Absent("No record.", command("train"))])
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


def _row(run: AnyRun, names: dict[str, str]) -> Row:
    record, made = run.record, run.record.provenance
    libraries = [f"python {made.python}"]
    libraries += [f"{name} {version}" for name, version in made.libraries.items() if version is not None]
    return {
        "run": names.get(run.key, f"{record.title} ({record.mode.value})"),
        "status": record.status,
        "source": record.model.source.value,
        "id": record.model.id,
        "revision": record.model.revision,
        "created": made.created,
        "device": made.device,
        "platform": made.platform,
        "libraries": ", ".join(libraries),
        "key": run.key,
    }
