"""The order of conditions in every matrix of an analysis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from emogeo.analysis.comparing.prepared import Compared, PreparedRun
from emogeo.geometry.ordering import NamedRdm, consensus_order

MANY = 24
"""The most runs that decide how conditions are ordered and maps are turned, so that one more among many moves none."""


def shared_order(compared: Sequence[Compared]) -> list[str]:
    """Gives the conditions of runs in the order of their consensus's tree.

    Rereads do not count, and untrained twins only where there are no other runs. Of more than `MANY` runs, the first
    count, and those that have other conditions.
    """
    own = [each for each in compared if not (isinstance(each, PreparedRun) and each.run.reread_of is not None)]
    learned = [each for each in own if not (isinstance(each, PreparedRun) and each.run.untrained)] or own
    known = {name for each in learned[:MANY] for name in each.run.conditions}
    others = [each for each in learned[MANY:] if not known.issuperset(each.run.conditions)]
    return consensus_order(
        [
            NamedRdm(each.run.conditions, np.asarray(each.run.rdm, dtype=np.float64))
            for each in [*learned[:MANY], *others]
        ]
    )
