"""The bias of a comparison across experiments: its excess over the effect of precision alone."""

from __future__ import annotations

from collections.abc import Mapping

from emogeo.analysis.comparing.matching import MinimalPair, partner
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.records.published import published_bias
from emogeo.analysis.tables.frame import Row, columns
from emogeo.analysis.tables.notes import Note
from emogeo.errors import GeometryError
from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import cross_experiment_bias
from emogeo.geometry.sharing import over, over_shared, raw_rho


def put_bias(figures: Row, pair: MinimalPair, by_key: Mapping[str, PreparedRun]) -> list[Note]:
    """Puts A-D minus C-D into a row, over the runs' shared conditions; or notes why there is none."""
    if pair.published_sets == "A-D":
        figures["published_bias"] = published_bias(pair.model)
    between = partner([each.run for each in by_key.values()], pair.a, pair.b)
    if between is None:
        return [Note(f"bias: needs the run of {pair.b.key[:12]} at {pair.a.record.precision} as well")]
    a, c, d = (by_key[run.key] for run in (pair.a, between, pair.b))
    figures["bias_raw"] = raw_rho(a, d) - raw_rho(c, d)
    try:
        bias = cross_experiment_bias(*_three(a, c, d))
    except GeometryError as error:
        return [Note(f"bias: {error}")]
    if bias is None:
        return [Note("bias: not identifiable (a run is not reliable enough)")]
    figures.update(columns("bias", bias))
    return []


def _three(a: PreparedRun, c: PreparedRun, d: PreparedRun) -> tuple[Halves, Halves, Halves]:
    """Restricts A, C and D to the units of all three; where A has none of theirs, C and D to those of both."""
    shared = over_shared(a, c, d)
    first, second, third = shared.halves
    if shared.paired:
        return first, second, third
    second, third = over_shared(c, d).halves
    return over(first, first.products.units, second.products.conditions), second, third
