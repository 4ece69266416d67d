"""The order of conditions in every matrix of an analysis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from emogeo.analysis.comparing.prepared import Compared, PreparedRun
from emogeo.geometry.ordering import NamedRdm, consensus_order

MANY = 24
"""The most runs that decide how conditions are ordered and maps are turned."""


def deciding(keys: Iterable[str]) -> set[str]:
    """Gives the keys of the runs that decide for all: of more than `MANY`, those whose keys come first.

    That is a choice at random which stays, so that one run more among many seldom changes it.
    """
    return set(sorted(keys)[:MANY])


def shared_order(compared: Sequence[Compared]) -> list[str]:
    """Gives the conditions of runs in the order of the tree of a consensus.

    Rereads do not count, and untrained twins only where there are no other runs. Of many runs, those of `deciding`
    count, and those that have other conditions.
    """
    own = [each for each in compared if not (isinstance(each, PreparedRun) and each.run.reread_of is not None)]
    learned = [each for each in own if not (isinstance(each, PreparedRun) and each.run.untrained)] or own
    keys = deciding(each.run.key for each in learned)
    known = {name for each in learned if each.run.key in keys for name in each.run.conditions}
    return consensus_order(
        [
            NamedRdm(each.run.conditions, np.asarray(each.run.rdm, dtype=np.float64))
            for each in learned
            if each.run.key in keys or not known.issuperset(each.run.conditions)
        ]
    )
