"""What a chart of a map shows, gathered from the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from emogeo.analysis.tables.map import WIDEST
from emogeo.arrays import Array

Tables = Mapping[str, pd.DataFrame]
MOST_PLACES = 1_000
"""The most places, blocks times conditions, of one chart: some blocks are left out where there would be more."""
SURE = 0.05
"""The p up to which a direction is more than chance."""


@dataclass(frozen=True, eq=False)
class MapData:
    """One run's rows of the tables of maps."""

    tables: Tables
    key: str
    by_block: bool
    """Whether other blocks than the selected one are shown."""

    @cached_property
    def places(self) -> pd.DataFrame:
        """Gives the run's rows of `map`, a condition each."""
        return self._of("map").reset_index(drop=True)

    @property
    def name(self) -> str:
        """Gives the run's short name."""
        return str(self.places["run"].iloc[0])

    @property
    def conditions(self) -> list[str]:
        """Lists the conditions."""
        return [str(name) for name in self.places["condition"]]

    @cached_property
    def selected(self) -> int | None:
        """Gives the selected block; None where there is none, or none is known."""
        block = self.places["block"].iloc[0]
        return None if pd.isna(block) else int(block)

    @cached_property
    def ellipses(self) -> Array | None:
        """Gives half axes and angle of each region, [condition, 3]; None where there are none."""
        own = self.places[["half_axis_long", "half_axis_short", "angle"]].to_numpy(dtype=float)
        return None if np.isnan(own).any() else own

    @property
    def vague(self) -> bool:
        """Whether the regions are as wide as the map, as the table says of such."""
        return self.ellipses is not None and bool(np.median(self.ellipses[:, 0]) > WIDEST)

    @cached_property
    def blocks(self) -> list[int]:
        """Lists the blocks that are shown, evenly spaced from the selected one on; none without a slider."""
        known = sorted({int(block) for block in self._by_block["block"]})
        if not self.by_block or self.selected not in known or len(known) < 2:
            return []
        step = -(-len(known) * len(self.places) // MOST_PLACES)
        at = known.index(self.selected)
        return [block for place, block in enumerate(known) if (place - at) % step == 0]

    @cached_property
    def start(self) -> int:
        """Gives the place of the selected block among those that are shown."""
        return 0 if self.selected is None or not self.blocks else self.blocks.index(self.selected)

    @cached_property
    def points(self) -> Array:
        """Gives the conditions at each block that is shown, [block, condition, 2]; those of `map` at the selected."""
        own = self.places[["x", "y"]].to_numpy(dtype=float)
        return np.stack([own if block == self.selected else self._at(block) for block in self.blocks] or [own])

    def share(self, block: int) -> float:
        """Gives what share two dimensions hold at a block."""
        rows = self.places if block == self.selected else self._by_block[self._by_block["block"] == block]
        return float(rows["share"].iloc[0])

    @cached_property
    def directions(self) -> pd.DataFrame:
        """Gives the run's rows of `map_directions`."""
        return self._of("map_directions")

    def ways(self, norm: str) -> pd.DataFrame:
        """Gives the directions of a norm at the blocks that are shown, in their order."""
        own = self.directions[self.directions["norm"] == norm]
        return own.set_index("block").loc[self.blocks] if self.blocks else own.iloc[:1]

    @property
    def norms(self) -> list[str]:
        """Lists the norms by which the map can be coloured."""
        return [str(name) for name in self.directions["norm"].unique()]

    @cached_property
    def ratings(self) -> pd.DataFrame:
        """Gives the rows of `map_ratings` of the run's conditions and norms."""
        own = self.tables["map_ratings"]
        return own[own["condition"].isin(self.conditions) & own["norm"].isin(self.norms)]

    def rated(self) -> dict[str, dict[str, list[float]]]:
        """Gives the ratings of each condition by norm: the rating, and what share of the norm's scale it is."""
        found: dict[str, dict[str, list[float]]] = {}
        for row in self.ratings.itertuples():
            share = (row.rating - row.lowest) / (row.highest - row.lowest)
            found.setdefault(str(row.condition), {})[str(row.norm)] = [round(row.rating, 2), round(share, 3)]
        return found

    def scale(self, norm: str) -> dict[str, str]:
        """Gives a norm's name and the ends of its scale, as they are written."""
        own = self.ratings[self.ratings["norm"] == norm].iloc[0]
        return {"norm": norm, "low": f"{own['lowest']:g}", "high": f"{own['highest']:g}"}

    @cached_property
    def nearest(self) -> pd.DataFrame:
        """Gives the run's rows of `map_nearest`."""
        return self._of("map_nearest")

    @cached_property
    def _by_block(self) -> pd.DataFrame:
        return self._of("map_by_block")

    def _at(self, block: int) -> Array:
        own = self._by_block[self._by_block["block"] == block].set_index("condition")
        return np.asarray(own.loc[self.conditions, ["x", "y"]], dtype=float)

    def _of(self, table: str) -> pd.DataFrame:
        own = self.tables[table]
        return own[own["key"] == self.key]
