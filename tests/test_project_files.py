"""Files about the project itself agree with the package, and with each other."""

from __future__ import annotations

import os
import re
import tomllib
from typing import Any

import yaml

import emogeo
from emogeo.store.keys import SCHEMA
from tests.conftest import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PATH = re.compile(r"`((?:conf|emogeo|docs|tests|sweeps|hydra_plugins|examples)/[\w./-]+|[A-Z]\w+\.md)`")


def test_one_version_stands_everywhere() -> None:
    assert PROJECT["version"] == emogeo.__version__
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"] == emogeo.__version__
    log = (ROOT / "CHANGELOG.md").read_text()
    assert re.findall(r"^## (\S+)", log, re.MULTILINE)[0] == emogeo.__version__


def test_each_version_says_what_it_does_to_older_stores() -> None:
    versions = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)[1:]
    said = [re.search(r"^Schema (\d+)", version, re.MULTILINE) for version in versions]
    assert all(said) and said[0] is not None and int(said[0][1]) == SCHEMA


def test_the_citation_has_what_its_format_asks_for() -> None:
    """The fields that version 1.2.0 requires, of the work and of what it refers to."""
    found = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert found["cff-version"] == "1.2.0" and found["message"] and found["title"]
    assert found["authors"] == [{"name": "The emogeo authors"}] and found["license"] == PROJECT["license"] == "MIT"
    for reference in found["references"]:
        assert {"type", "title", "authors"} <= set(reference)
    assert "2604.11050" in str(found["references"])


def test_the_workflow_runs_the_one_command_on_a_python_that_is_supported() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]
    steps = [step for job in jobs.values() for step in job["steps"]]
    assert [step["run"] for step in steps if "run" in step] == [".ci/run"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    (python,) = (step["with"]["python-version"] for step in steps if "python-version" in step.get("with", {}))
    assert PROJECT["requires-python"] == f">={python}"


def test_metadata_are_complete_and_name_no_address_that_there_is_not() -> None:
    assert {"name", "version", "description", "readme", "license", "authors", "keywords", "classifiers"} <= set(PROJECT)
    assert "urls" not in PROJECT
    assert "The emogeo authors" in (ROOT / "LICENSE").read_text()


def test_files_that_recipes_name_are_there() -> None:
    named = [path for path in PATH.findall((ROOT / "CONTRIBUTING.md").read_text()) if "NAME" not in path]
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []
