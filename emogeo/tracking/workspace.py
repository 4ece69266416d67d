"""Panels for a project of emogeo's runs: a saved workspace that compares them, and a report on its analyses."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from emogeo.errors import TrackingError
from emogeo.installation import command, install
from emogeo.tracking.client import base_url, reason, sign_in

TITLE = "emogeo"
CURVES = ("layer/reliability", "layer/separation", "layer/mean_cosine", "layer/anisotropy", "layer/rdm_std")
"""Metrics by block; they are logged over `layer/index`."""
DESCRIPTORS = ("model/reliability", "model/anisotropy", "model/separation", "rdm/std", "layer/selected")
FACTORS = ("model.name", "resolved.precision", "mode.name", "prompt_template.name", "layer_selection.name")
"""Paths into a run's configuration."""
COMPARISONS = ("rho_matrix", "rho_star_matrix", "same_and_disjoint_half", "universality_1")
EFFECTS = ("layers_of_effect", "sub_parameters", "variance")
"""Figures of an analysis; like `COMPARISONS`, they are absent where there are no runs for them."""
GALLERIES = ("map", "shifts", "tree", "depth", "rdm")
"""Pictures of single runs and of pairs, by kind; shifts and depth are absent where there is one run."""
CHARTS = ("map", "decoding", "decoding_confusion", "about_shares")
"""Charts of an analysis that move; absent where there is nothing to draw."""
TEXTS = ("texts/written", "steering/texts", "behaviour/behaviour", "readout/readout")
"""Tables that runs log; an analysis logs `tables/…`."""
_READING = (
    "ρ alone is no finding. Read it with the reliability of both sides, with ρ on disjoint text (rho_disjoint_half), "
    "with the disattenuated ρ* and its interval, with p and the numerical floor; what is missing is in the note."
)
_MADE = f"Made by `{command('tracking')} workspace`, which makes it anew: save changes of your own elsewhere."
"""The description of the report, by which it is found again."""
_MAX_RUNS = 100
"""The most runs that one panel shows."""
_HEIGHT = 10
"""The height of a panel in a report, in W&B's units."""


@dataclass(frozen=True)
class _Section:
    name: str
    kind: str
    """The job type of the runs that it shows."""
    columns: int
    panels: list[Any]

    @property
    def rows(self) -> int:
        return -(-len(self.panels) // self.columns)


def specification() -> str:
    """Gives both views as JSON, as W&B stores them, without asking a server.

    Raises:
        TrackingError: the extra `workspaces` is not installed.
    """
    wr, ws = _library()
    views = {"workspace": _workspace(wr, ws, "", ""), "report": _report(wr, "", "")}
    models = {name: view._to_model().spec for name, view in views.items()}
    return json.dumps({n: m.model_dump(mode="json", by_alias=True, exclude_none=True) for n, m in models.items()})


def save(entity: str | None, project: str) -> list[str]:
    """Makes both views, or brings existing ones up to date; gives their addresses.

    Raises:
        TrackingError: the extra is not installed, the server is not there or does not let us in, or it has no such
            project; names it.
    """
    wr, ws = _library()
    api = sign_in()
    home = entity or api.default_entity
    try:
        workspace, report = _workspace(wr, ws, home, project), _report(wr, home, project)
        known = _known(ws, home, project)
        workspace._internal_name = f"nw-{view_name(home, project)}-v"
        workspace._internal_id = known._internal_id if known else ""
        made = (r.id for r in api.reports(f"{home}/{project}") if (r.display_name, r.description) == (TITLE, _MADE))
        report.id = next(made, "")
        return [workspace.save().url, report.save().url]
    except Exception as error:  # the client raises errors of many kinds
        raise TrackingError(f"{base_url()}, {home}/{project}: {reason(error)}") from error


def _known(ws: Any, entity: str, project: str) -> Any:
    """Finds the workspace that was made before, by the names in its address; None if there is none."""
    try:
        return ws.Workspace.from_url(f"https://wandb.ai/{entity}/{project}?nw={view_name(entity, project)}")
    except ValueError as error:
        if "not found in project" in str(error):
            return None
        raise


def view_name(entity: str, project: str) -> str:
    """Derives the workspace's name of eleven characters, the same each time, so that a project has one workspace."""
    return f"emogeo{hashlib.sha256(f'{entity}/{project}'.encode()).hexdigest()[:5]}"


def _library() -> tuple[Any, Any]:
    try:
        import wandb_workspaces.reports.v2 as wr
        import wandb_workspaces.workspaces as ws
    except ImportError as error:
        raise TrackingError(f"the panels need an extra ({error}). Type: {install('workspaces')}") from error
    return wr, ws


def _workspace(wr: Any, ws: Any, entity: str, project: str) -> Any:
    pinned = ("model.init", *FACTORS[:3])
    columns = [*(f"config:{_stored(path)}" for path in pinned), *(f"summary:{name}" for name in DESCRIPTORS)]
    return ws.Workspace(
        entity=entity,
        project=project,
        name=TITLE,
        sections=[
            ws.Section(
                name=section.name,
                panels=section.panels,
                is_open=True,
                layout_settings=ws.SectionLayoutSettings(columns=section.columns, rows=section.rows),
            )
            for section in _sections(wr)
        ],
        settings=ws.WorkspaceSettings(x_axis="layer/index", max_runs=_MAX_RUNS),
        runset_settings=ws.RunsetSettings(pinned_columns=["run:displayName", *columns]),
    )


def _report(wr: Any, entity: str, project: str) -> Any:
    blocks: list[Any] = [wr.P(_READING)]
    for section in _sections(wr):
        runs = wr.Runset(entity=entity, project=project, name=section.kind, filters=f'JobType == "{section.kind}"')
        blocks += [wr.H2(section.name), wr.PanelGrid(runsets=[runs], panels=_placed(wr, section))]
    return wr.Report(entity=entity, project=project, title=TITLE, description=_MADE, width="fluid", blocks=blocks)


def _sections(wr: Any) -> list[_Section]:
    return [
        _Section("RDMs side by side", "cell", 1, [_rdms(wr)]),
        _Section("Models, precision, mode", "cell", 2, _descriptors(wr)),
        _Section("Over blocks", "cell", 3, _curves(wr)),
        _Section("Maps, depth, decoding", "analysis", 2, _pictured(wr)),
        _Section("Comparisons", "analysis", 2, _comparisons(wr)),
        _Section("Effects", "analysis", 2, _effects(wr)),
        _Section("Texts", "cell", 1, [wr.WeavePanelSummaryTable(table_name=name) for name in TEXTS]),
    ]


def _rdms(wr: Any) -> Any:
    return wr.MediaBrowser(title="RDM of each run", media_keys=["rdm/heatmap"], gallery_axis="run", num_columns=4)


def _descriptors(wr: Any) -> list[Any]:
    def column(metric: Any, name: str) -> Any:
        return wr.ParallelCoordinatesPlotColumn(metric=metric, display_name=name)

    factors = [column(wr.Config(path), path.partition(".")[0].replace("resolved", "precision")) for path in FACTORS]
    described = [column(wr.SummaryMetric(name), name) for name in DESCRIPTORS]
    reliability = wr.SummaryMetric("model/reliability")
    return [
        wr.ParallelCoordinatesPlot(title="descriptors over models, precision and mode", columns=[*factors, *described]),
        wr.ScatterPlot(title="reliability by anisotropy", x=wr.SummaryMetric("model/anisotropy"), y=reliability),
        wr.ScatterPlot(
            title="reliability by size (billions of parameters)",
            x=wr.Config("model.params_b"),
            y=reliability,
            log_x=True,
        ),
        wr.ScatterPlot(
            title="RDM spread by selected block", x=wr.SummaryMetric("layer/selected"), y=wr.SummaryMetric("rdm/std")
        ),
    ]


def _curves(wr: Any) -> list[Any]:
    return [
        wr.LinePlot(
            title=name.partition("/")[2], x="layer/index", y=[name], title_x="block", max_runs_to_show=_MAX_RUNS
        )
        for name in CURVES
    ]


def _pictured(wr: Any) -> list[Any]:
    """Shows charts that move, and pictures of single runs side by side."""
    charts = [wr.MediaBrowser(title=name.replace("_", " "), media_keys=[f"charts/{name}"]) for name in CHARTS]
    pictures = [
        wr.MediaBrowser(title=f"{name}, run by run", media_keys=[f"galleries/{name}"], num_columns=2)
        for name in GALLERIES
    ]
    return [*charts, *pictures]


def _comparisons(wr: Any) -> list[Any]:
    return [
        wr.WeavePanelSummaryTable(table_name="tables/beyond"),
        _scatter(wr, "tables/pairs", "rho_star", "rho_partial", "ρ* given words and untrained twins, by ρ*"),
        _scatter(wr, "tables/pairs", "reliability_a", "rho", "ρ of each pair by the reliability of its first"),
        _scatter(wr, "tables/pairs", "rho_disjoint_half", "rho_same_half", "ρ on the same and on disjoint text"),
        *_figures(wr, COMPARISONS),
        wr.WeavePanelSummaryTable(table_name="tables/pairs"),
        wr.WeavePanelSummaryTable(table_name="tables/descriptors"),
        wr.WeavePanelSummaryTable(table_name="tables/claims"),
    ]


def _effects(wr: Any) -> list[Any]:
    return [wr.WeavePanelSummaryTable(table_name="tables/effects"), *_figures(wr, EFFECTS)]


def _figures(wr: Any, names: tuple[str, ...]) -> list[Any]:
    return [wr.MediaBrowser(title=name.replace("_", " "), media_keys=[f"figures/{name}"]) for name in names]


def _scatter(wr: Any, table: str, x: str, y: str, title: str) -> Any:
    """Makes a scatter plot of a table's rows, by W&B's own preset."""
    return wr.CustomChart(
        query={"summaryTable": {"tableKey": table}},
        chart_name="wandb/scatter/v0",
        chart_fields={"x": x, "y": y},
        chart_strings={"title": title},
    )


def _placed(wr: Any, section: _Section) -> list[Any]:
    """Places the section's panels in its number of columns, on a report's grid of 24."""
    width = 24 // section.columns
    for number, panel in enumerate(section.panels):
        row, column = divmod(number, section.columns)
        panel.layout = wr.Layout(x=column * width, y=row * _HEIGHT, w=width, h=_HEIGHT)
    return section.panels


def _stored(path: str) -> str:
    """Gives the path under which W&B keeps a nested value of a run's configuration."""
    first, _, rest = path.partition(".")
    return f"{first}.value.{rest}"
