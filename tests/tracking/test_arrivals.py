"""What the server has of a run, by name and by bytes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from emogeo.tracking.arrivals import has_version, media_not_arrived, not_arrived


class Api:
    """A server with one run and, by path and type, the digests of versions."""

    def __init__(self, state: str = "finished", **versions: list[str]) -> None:
        self.state = state
        self.versions = {("me/mine/" + name, name): digests for name, digests in versions.items()}

    def run(self, path: str) -> Any:
        assert path == "me/mine/r1"
        return SimpleNamespace(state=self.state)

    def artifact_collection_exists(self, path: str, kind: str) -> bool:
        return (path, kind) in self.versions

    def artifacts(self, kind: str, path: str) -> list[Any]:
        return [SimpleNamespace(digest=digest) for digest in self.versions[path, kind]]


def test_a_version_is_known_by_its_bytes_and_its_type() -> None:
    api = Api(rdm=["old", "new"])
    assert has_version(api, "me/mine/rdm", "rdm", "old")
    assert not has_version(api, "me/mine/rdm", "rdm", "other")
    assert not has_version(api, "me/mine/rdm", "record", "old"), "which the server would answer with an error"


def test_what_is_missing_is_named_and_the_end_of_the_run_with_it() -> None:
    digests = {("rdm", "rdm"): "new", ("record", "record"): "new"}
    assert not_arrived(Api(rdm=["new"], record=["new"]), "me/mine/r1", digests) == []
    assert not_arrived(Api(rdm=["old"]), "me/mine/r1", digests) == ["rdm", "record"]
    crashed = Api("crashed", rdm=["new"])
    assert not_arrived(crashed, "me/mine/r1", digests) == ["record", "the end of run r1 (it is crashed)"]


@pytest.mark.parametrize(
    ("file", "size", "there"),
    [
        ("media/images/layer/curves_4_0a1b.png", 9, True),
        ("media/images/layer/curves_4_0a1b.png", 0, False),
        ("media/images/layer/curves_b_4_0a1b.png", 9, False),
        ("media/images/layer/curves.png", 9, False),
        ("media/images/layer/curves_4_0a1b/x.png", 9, False),
        ("media/table/layer/curves_4_0a1b.table.json", 9, False),
    ],
)
def test_a_figure_is_a_file_of_its_name_with_a_step_and_a_digest(file: str, size: int, there: bool) -> None:
    run = SimpleNamespace(files=lambda: [SimpleNamespace(name=file, size=size)])
    assert media_not_arrived(run, ["layer/curves"], []) == ([] if there else ["layer/curves"])


def test_figures_and_tables_are_told_apart_and_names_are_no_patterns() -> None:
    names = ("media/images/a.b_0_x.png", "media/table/t_12_x.table.json")
    run = SimpleNamespace(files=lambda: [SimpleNamespace(name=name, size=1) for name in names])
    assert media_not_arrived(run, ["a.b"], ["t"]) == []
    assert media_not_arrived(run, ["a+b", "t"], ["a.b"]) == ["a+b", "t", "a.b"]
