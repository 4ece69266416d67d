"""Writes the page of the report."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from emogeo.analysis.charts.chart import library
from emogeo.analysis.report import (
    about,
    agreement,
    claims,
    comparing,
    decoding,
    depth,
    factors,
    geometries,
    maps,
    overview,
    probes,
    provenance,
)
from emogeo.analysis.report.answer import Answer, answer
from emogeo.analysis.report.findings import findings_of
from emogeo.analysis.report.fitting import fitted
from emogeo.analysis.report.heatmap import palette
from emogeo.analysis.report.maps import first_map
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Absent, Chart, Section, definitions

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SECTIONS = (
    agreement.agreement_section,
    maps.map_section,
    geometries.rdms_section,
    about.about_section,
    depth.depth_section,
    decoding.decoding_section,
    comparing.stimulus_section,
    comparing.universality_section,
    factors.layers_section,
    factors.precision_section,
    geometries.descriptors_section,
    probes.steering_section,
    probes.behaviour_section,
    probes.readout_section,
    overview.run_section,
    provenance.provenance_section,
    claims.claims_section,
)


def write_report(file: Path, material: Material, vega: Callable[[], str] = library) -> None:
    """Writes one HTML file that fetches nothing.

    Args:
        vega: gives the JavaScript that draws charts.
    """
    sections = fitted(arranged([_with_findings(section(material), material) for section in _SECTIONS]))
    file.write_text(_page(answer(material), sections, material, vega), encoding="utf-8")


def _with_findings(section: Section, material: Material) -> Section:
    """Puts a section's findings before its figures and tables; a section that is not shown has none."""
    return (
        replace(section, parts=[*findings_of(section.anchor, material), *section.parts]) if section.parts else section
    )


def arranged(sections: Sequence[Section]) -> list[Section]:
    """Keeps the sections that have something to show, and lists what was never run at the end, a line each."""
    kept = [replace(own, parts=[part for part in own.parts if not isinstance(part, Absent)]) for own in sections]
    absent = dict.fromkeys(part for own in sections for part in own.parts if isinstance(part, Absent))
    last = Section("not-run", "Not run", "What these runs cannot answer, and what to type.", list(absent))
    return [own for own in [*kept, last] if own.parts]


def _page(answered: Answer, sections: Sequence[Section], material: Material, vega: Callable[[], str]) -> str:
    """Builds the page with style and script inline, and their checksums in its policy, so that no others can run."""
    style, scripts = _file("page.css") + palette(), [_file("page.js"), _file("tables.js")]
    shown = first_map(material, answered.pair)
    parts = [*shown, *(part for section in sections for part in section.parts)]
    if any(isinstance(part, Chart) for part in parts):
        scripts = [vega(), _file("charts.js"), *scripts]
    environment = Environment(
        loader=PackageLoader("emogeo.analysis.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.jinja").render(
        answer=answered,
        shown=shown,
        counts=overview.counted(material),
        sections=sections,
        noun=material.noun,
        definitions=definitions(parts),
        style=Markup(style),
        scripts=[{"text": Markup(text), "sum": _sum(text)} for text in scripts],
        style_sum=_sum(style),
        version=version("emogeo"),
    )


def visible(value: Any) -> Any:
    """Writes control characters, which texts may hold and HTML may not, as their escapes; lines and tabs stay."""
    if not isinstance(value, str) or _CONTROL.search(value) is None:
        return value
    return type(value)(_CONTROL.sub(lambda found: repr(found[0])[1:-1], value))


def _file(name: str) -> str:
    return (files("emogeo.analysis.report") / "templates" / name).read_text(encoding="utf-8")


def _sum(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
