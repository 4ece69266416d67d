"""Steering and behaviour as they are shown."""

from __future__ import annotations

from pathlib import Path

from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.probes import behaviour_section, readout_section, steering_section
from tests.analysis.report.planted import MODEL, bare, material
from tests.analysis.report.shown import absent, cells, pictures, sheets


def test_steering_has_regimes_shifts_and_texts(tmp_path: Path) -> None:
    (tmp_path / "steering_shifts.png").write_bytes(b"drawn")
    section = steering_section(material(tmp_path))
    shown = sheets(section)
    assert list(shown) == ["Regimes", "Shifts against random directions", "Texts, steered and not"]
    (regime,) = cells(shown["Regimes"])
    assert (regime["model"], regime["texts"], regime["share repeated / short"]) == (MODEL, "6", "0.50 / –")
    assert (regime["regime, published rule"], regime["regime by perplexity"]) == ("surgical", "explosive")
    (shift,) = cells(shown["Shifts against random directions"])
    assert shift["shift, nats"] == "1.25"
    assert shift["random: mean [least, largest]"] == "0.10 [-0.50, 0.60]"
    assert (shift["random directions"], shift["p"], shift["least p possible"]) == ("20", "0.050", "0.048")
    (text,) = cells(shown["Texts, steered and not"])
    assert (text["emotion"], text["strength"], text["perplexity / ratio"]) == ("afraid", "0.500", "20.0 / –")
    assert pictures(section) == ["steering_shifts.png"]


def test_behaviour_has_facets_distances_and_items(tmp_path: Path) -> None:
    shown = sheets(behaviour_section(material(tmp_path)))
    assert list(shown) == ["Facets", "Behaviour beside geometry", "Items"]
    stance, format = cells(shown["Facets"])
    assert (stance["facet"], stance["items"], stance["value"]) == ("stance", "20", "0.35 [0.15, 0.55]")
    assert (format["facet"], format["capability"], format["value"]) == ("format", "0.20", "–")
    (distance,) = cells(shown["Behaviour beside geometry"])
    assert (distance["distance in behaviour"], distance["distance in geometry"]) == ("0.30", "0.20")
    (item,) = cells(shown["Items"])
    assert (item["item"], item["met"], item["before / after"]) == ("1", "1 of 2", "– / –")


def test_readouts_have_accuracies_beside_words_and_texts(tmp_path: Path) -> None:
    (tmp_path / "readout_1_text_0.png").write_bytes(b"drawn")
    section = readout_section(material(tmp_path))
    shown = sheets(section)
    assert list(shown) == ["Labels that are found", "Texts that were read"]
    (row,) = cells(shown["Labels that are found"])
    assert (row["texts that count"], row["accuracy"], row["words alone"], row["chance"]) == ("4", "0.50", "0.25", "–")
    (text,) = cells(shown["Texts that were read"])
    assert (text["top"], text["z"]) == ("calm", "2.50")
    assert pictures(section) == ["readout_1_text_0.png"]
    assert set(absent(readout_section(bare(tmp_path)).parts).values()) == {
        "python train.py mode=readout mode.source=KEY stimuli.path=FILE"
    }


def test_what_was_answered_is_folded_however_short(tmp_path: Path) -> None:
    own = material(tmp_path)
    shown = {**sheets(steering_section(own)), **sheets(behaviour_section(own))}
    assert {title for title, sheet in shown.items() if not sheet.open} == {"Texts, steered and not", "Items"}


def test_without_probes_every_part_says_what_to_type(tmp_path: Path) -> None:
    steering, behaviour = (section(bare(tmp_path)).parts for section in (steering_section, behaviour_section))
    assert len(absent(steering)) == len(steering) == 3
    assert set(absent(steering).values()) == {"python train.py mode=steering"}
    assert len(absent(behaviour)) == len(behaviour) == 3
    assert all(command.startswith("python train.py mode=behaviour") for command in absent(behaviour).values())
    assert steering_section(Material({}, [], Catalogue(), tmp_path)).parts == steering
