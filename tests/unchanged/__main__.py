"""`python -m tests.unchanged`: records what the analysis gives now; CHANGELOG.md has to name what moved."""

from __future__ import annotations

import json

from tests.unchanged.computed import DATA, planted, real

for computed in (planted(), real()):
    folder = DATA / "now" / computed.name
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in computed.tables.items():
        (folder / f"{name}.csv").write_text(text)
    figures = json.dumps(computed.figures, indent=0, ensure_ascii=False, sort_keys=True)
    (folder / "figures.json").write_text(f"{figures}\n")
