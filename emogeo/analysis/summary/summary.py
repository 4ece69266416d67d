"""The account that `analyze.py` prints, and the longer one that it keeps.

Both begin with the answer, and no line is wider than the terminal.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from emogeo.analysis.comparing.twins import subjects
from emogeo.analysis.report.answer import answer
from emogeo.analysis.report.finetune import finetune_lines
from emogeo.analysis.report.material import Material
from emogeo.analysis.summary.commands import study_lines, twin_lines
from emogeo.analysis.summary.effects import effect_lines, variance_lines
from emogeo.analysis.summary.letters import letters
from emogeo.analysis.summary.pairs import baseline_lines, named_in, pair_lines, shown_pairs
from emogeo.analysis.summary.remarks import flag_lines, note_lines
from emogeo.analysis.summary.runs import figures, legend, others
from emogeo.analysis.summary.unanswered import opposite_signs
from emogeo.analysis.tables.effects import Effect
from emogeo.terminal import harmless, paragraph, pasteable

_STUDIES = 2
"""The most commands of studies in the longer account."""
_COMMAND = ": python "
"""What an answer that ends in a command has before it."""
KEPT = "summary.txt"
"""The file of the longer account."""
KEPT_WIDTH = 80
_ALL = 26
"""The most runs that all have a letter; of more, those of the pairs that are printed."""


def summary(
    material: Material, effects: Sequence[Effect], store: str, output: Path, width: int, *, whole: bool = False
) -> str:
    """Writes the answer, what stands in its way, runs, pairs, effects, what to type next, and where all of it is.

    Args:
        store: where the runs are.
        width: the columns that a line may take; paths alone are never broken.
        whole: whether it has the baselines, too, their notes, the commands of studies where none was begun, and every
            kind of file.
    """
    of = letters(_named(material))
    blocks = [
        _answer(material, width),
        flag_lines(of, material, width),
        [*legend(of, material, width), *others(of, material, width)] if of else ["Runs: no geometry."],
        figures(of, material, width),
        pair_lines(of, material, width),
        _checkpoints(of, material, width),
        baseline_lines(of, material, width) if whole else [],
        effect_lines(material, width),
        [line for said in opposite_signs(effects) for line in paragraph(said, width, rest="  ")],
        variance_lines(material, width),
        note_lines(of, material, shown_pairs(material), width, baselines=whole),
        twin_lines(material, store, width),
        study_lines(material, effects, store, width, _STUDIES if whole else 1) if whole or effects else [],
        _where(material, output, width, whole),
    ]
    return harmless("\n".join(line for block in blocks if block for line in ["", *block]))


def _named(material: Material) -> list[str]:
    """Chooses the runs that have a letter: no rereads; untrained twins only where there are no other runs."""
    own = subjects([each for each in material.prepared if each.run.reread_of is None])
    keys = [each.run.key for each in own] + [each.run.key for each in material.bare]
    if len(keys) <= _ALL:
        return keys
    return [*named_in(shown_pairs(material))] or keys


def _answer(material: Material, width: int) -> list[str]:
    found = answer(material)
    said, _, command = " ".join([found.headline, *found.said]).partition(_COMMAND)
    typed = pasteable(shlex.split(_COMMAND[2:] + command), width, "    ") if command else []
    said += ":" if command else ""
    return [*paragraph(found.question, width), *paragraph(said, width, "  "), *typed]


def _checkpoints(of: dict[str, str], material: Material, width: int) -> list[str]:
    lines = finetune_lines(material.table("finetune"), of) if len(material.table("finetune")) else []
    return [
        part for line in lines if line for part in paragraph(line.strip(), width, "  " * line.startswith(" "), "    ")
    ]


def _where(material: Material, output: Path, width: int, whole: bool) -> list[str]:
    """Says where everything is, in paths that stay whole."""
    found = [("report", f"{output}/report.html, one page that opens in a browser")]
    if whole:
        found += [
            ("tables", f"{output}/*.csv, {len(material.tables)} of them, also .parquet; columns: docs/columns.md"),
            ("figures", f"{output}/figures/"),
            ("RDMs", f"{output}/rdms.h5, for rsatoolbox"),
        ]
    else:
        found += [
            ("more", f"{output}/{KEPT}, with the baselines; {len(material.tables)} tables, and figures, beside it")
        ]
    return [line for what, where in found for line in paragraph(where, width, f"{what:9}", " " * 9, whole=True)]
