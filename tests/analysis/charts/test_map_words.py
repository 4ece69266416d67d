"""What is said under a map."""

from __future__ import annotations

from emogeo.analysis.charts.map_data import MapData
from emogeo.analysis.charts.map_words import decimals, fitted, lines_of_blocks, lines_of_directions
from tests.analysis.charts.planted import BLOCKS, SELECTED, keys, tables


def test_each_block_says_what_it_holds_in_as_many_lines() -> None:
    data = MapData(tables(), keys()[0], by_block=True)
    said = lines_of_blocks(data, 520)
    assert len(said) == len(BLOCKS) and len({len(lines) for lines in said}) == 1
    whole = " ".join(said[SELECTED]).strip()
    share = tables()["map"].query("key == @data.key")["share"].iloc[0]
    assert whole == f"Block 2, selected: two dimensions hold {share:.0%} of the geometry; ellipses: 95% regions"
    assert " ".join(said[0]).startswith("Block 0, depth") and "turned onto the map of block 2" in " ".join(said[0])


def test_the_direction_has_its_interval_and_p_at_the_selected_block_alone() -> None:
    data = MapData(tables(), keys()[0], by_block=True)
    row = data.ways("valence").loc[SELECTED]
    said = [" ".join(lines).strip() for lines in lines_of_directions(data, "valence", 2_000)]
    interval = f"[{decimals(row['r_ci_low'])}, {decimals(row['r_ci_high'])}]"
    assert said[SELECTED].startswith(f"valence: r {decimals(row['r'])} {interval}, p {decimals(row['p'], 3)}; ")
    assert said[0] == f"valence: r {decimals(data.ways('valence').loc[0, 'r'])} in this block"


def test_few_units_say_why_there_are_no_regions() -> None:
    data = MapData(tables(4), keys(4)[0], by_block=False)
    assert "no regions: 4 units, 6 are needed" in " ".join(lines_of_blocks(data, 2_000)[0])


def test_lines_fit_and_numbers_are_short() -> None:
    assert fitted(["a b c", "a"], 12) == [["a", "b", "c"], ["a", "", ""]]
    assert [decimals(value) for value in (0.5, -0.25, 0.0, 1.0, 0.999)] == ["0.50", "-0.25", "0.00", "1.00", "1.00"]
