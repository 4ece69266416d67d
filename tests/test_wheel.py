"""The wheel alone, in an empty environment: a run of a tiny model, an analysis, and what is said on the way."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.conftest import CONF, ROOT

SOURCES = ("emogeo", "conf", "hydra_plugins", "pyproject.toml", "setup.py", "README.md", "LICENSE")
CELL = (
    *("precision=fp32", "stimuli=passages6", "layer_selection=middle", "tracking=disabled", "runtime.device=cpu"),
    *("runtime.threads=1", "runtime.progress=false"),
)


def pip(*words: str) -> None:
    here = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*here, *words], check=True, capture_output=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built without network from a copy, so that nothing of an earlier build is in it."""
    copy, built = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        own = ROOT / name
        if own.is_dir():
            shutil.copytree(own, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(own, copy / name)
    pip("wheel", "--quiet", "--no-build-isolation", "--no-deps", "--no-index", f"--wheel-dir={built}", str(copy))
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def emogeo(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment that has the wheel, and sees other packages where they are installed here.

    A path in a .pth file is searched and its own .pth files are not, so the clone's editable installation is not seen.
    """
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, symlinks=True)
    pip(f"--python={environment / 'bin' / 'python'}", "install", "--no-deps", "--no-index", str(wheel))
    packages = next(environment.glob("lib/python*/site-packages"))
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    return environment / "bin" / "emogeo"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("elsewhere")


def run(program: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "COLUMNS"}}
    return subprocess.run([program, *words], cwd=cwd, env=env, capture_output=True, text=True, check=False)


def test_it_is_the_wheel_that_is_imported_with_the_groups_inside(emogeo: Path, elsewhere: Path) -> None:
    code = "import emogeo; from emogeo.installation import CONF; print(emogeo.__file__, CONF, sep='\\n')"
    package, groups = map(Path, run(emogeo.with_name("python"), "-c", code, cwd=elsewhere).stdout.split())
    assert package.is_relative_to(emogeo.parents[1]) and groups == package.parent / "conf"
    assert {file.relative_to(groups) for file in groups.rglob("*.yaml")} == {
        file.relative_to(CONF) for file in CONF.rglob("*.yaml")
    }
    top = {path.name for path in package.parents[1].iterdir() if not path.name.endswith((".pth", ".dist-info"))}
    assert top - {"__pycache__"} == {"emogeo", "hydra_plugins"}


def test_two_commands_from_weights_to_a_report(emogeo: Path, elsewhere: Path, tiny_llama: Path) -> None:
    done = run(emogeo, "train", f"model.weights={tiny_llama}", *CELL, cwd=elsewhere)
    assert done.returncode == 0, done.stderr
    assert next(elsewhere.glob("outputs/*/*/train.log"))
    done = run(emogeo, "analyze", "output=out", "permutations=100", cwd=elsewhere)
    assert done.returncode == 0, done.stderr
    assert "emogeo train model=" in done.stdout
    page = (elsewhere / "out" / "report.html").read_text()
    assert "emogeo train" in page
    for text in (done.stdout, page):
        assert "train.py" not in text and "analyze.py" not in text and "python -m emogeo" not in text


def test_its_own_texts_its_own_options_and_its_own_words(emogeo: Path, elsewhere: Path) -> None:
    """Studies, which need the plugins, and options in a folder of the user's."""
    shown = run(emogeo, "train", "+study=precision", "--cfg", "hydra", cwd=elsewhere).stdout
    assert "emogeo_study.StudySweeper" in shown
    (elsewhere / "mine" / "model").mkdir(parents=True)
    (elsewhere / "mine" / "model" / "own.yaml").write_text("name: own-name\nweights: Org/Name@main\n")
    shown = run(emogeo, "train", "--config-dir", "mine", "model=own", "--cfg", "job", cwd=elsewhere)
    assert "name: own-name" in shown.stdout, shown.stderr
    for words in (["--help"], ["train", "--help"], ["analyze", "--help"], ["stimuli", "show", "--help"]):
        shown = run(emogeo, *words, cwd=elsewhere)
        assert shown.returncode == 0 and "emogeo train" in shown.stdout + "emogeo train" * (words[0] == "analyze")
        assert "python " not in shown.stdout
    done = run(emogeo, "analyze", "store.path=nowhere", cwd=elsewhere)
    assert done.returncode == 1 and "Run `emogeo train` first" in done.stderr
