"""What Hydra keeps is what it would compose anew: fields, types and choices, of single runs and of sweeps."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.conftest import ROOT

_CODE = """
import json, sys
from hydra._internal.hydra import Hydra
from hydra._internal.utils import create_automatic_config_search_path
from hydra.types import RunMode
from omegaconf import OmegaConf
from emogeo.config.compose import register
from emogeo.config.once import compose_once
from emogeo.installation import CONF

register()
if sys.argv[1] == "once":
    compose_once()
search = create_automatic_config_search_path(None, None, str(CONF))
hydra = Hydra.create_main_hydra2("train", search)
found = []
for words in json.loads(sys.argv[2]):
    try:
        mode = str(hydra.get_mode("config", list(words)))
        alone = hydra.compose_config("config", list(words), RunMode.RUN)
        master = hydra.compose_config("config", list(words), RunMode.MULTIRUN)
        jobs = [hydra.config_loader.load_sweep_config(master, [*words, f"seed={n % 2}"]) for n in range(4)]
        found.append([mode, *(OmegaConf.to_yaml(config) for config in (alone, master, *jobs))])
        found[-1] += [repr(OmegaConf.get_type(config, "stimuli")) for config in (alone, *jobs)]
        alone.seed = 99  # nobody else sees it
    except Exception as error:
        found.append(f"{type(error).__name__}: {error}")
print(json.dumps(found))
"""
WORDS = (
    (),
    ("norm=unit", "prompt_template=feeling", "seed=3"),
    ("norm=none", "prompt_template=feeling", "stimuli=passages6"),
    ("norm=none", "prompt_template=feeling", "stimuli=passages6", "+study=universality"),
    ("precision=int8", "layer_selection=index", "layer_selection.index=2"),
    ("hydra.mode=MULTIRUN",),
    ("prompt_template=raw",),
    ("model=nothing",),
    ("nothing=1",),
)


def _composed(how: str) -> list[object]:
    words = [sys.executable, "-c", _CODE, how, json.dumps(WORDS)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def test_it_composes_what_hydra_composes() -> None:
    assert _composed("once") == _composed("as it is")
