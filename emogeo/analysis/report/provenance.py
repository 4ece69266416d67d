"""The section on where every number comes from."""

from __future__ import annotations

import pandas as pd

from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Absent, Section, sheet, word
from emogeo.analysis.tables.frame import Row
from emogeo.installation import command
from emogeo.record.run import AnyRun, Run
from emogeo.record.versions import STATES, TEXTS, in_words, origins


def provenance_section(material: Material) -> Section:
    """Shows a row per record: weights, libraries, device, key."""
    about = (
        "Every record that this page is made of. A key is the sha256 of everything that gives a run its meaning. "
        "Libraries, device and date are those that measured the run; its states and texts may have been made before, "
        "with others."
    )
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
        word("states made with", "states", style="long"),
        word("texts written with", "texts", style="long"),
        word("platform", "platform"),
        word("key", "key"),
    ]
    return Section("provenance", "Provenance", about, [sheet(table, "Records", "provenance", columns, open=False)])


def _row(run: AnyRun, names: dict[str, str]) -> Row:
    record, here, made = run.record, run.record.provenance, origins(run.record)
    libraries = [f"python {here.python}"]
    libraries += [f"{name} {version}" for name, version in here.libraries.items() if version is not None]
    return {
        "run": names.get(run.key, f"{record.title} ({record.mode.value})"),
        "status": record.status,
        "source": record.model.source.value,
        "id": record.model.id,
        "revision": record.model.revision,
        "created": here.created,
        "device": here.device,
        "platform": here.platform,
        "libraries": ", ".join(libraries),
        "states": in_words(made[STATES]) if STATES in made else None,
        "texts": in_words(made.get(TEXTS)) if _has_written_texts(run) else None,
        "key": run.key,
    }


def _has_written_texts(run: AnyRun) -> bool:
    return isinstance(run, Run) and run.record.generation is not None
