"""Both entry points share this: checks before Hydra, and errors without a stack trace."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hydra.core.hydra_config import HydraConfig
from hydra.errors import CompactHydraException
from hydra.types import RunMode

from emogeo.config.checkpoints import as_sweep
from emogeo.config.compose import register
from emogeo.config.help import register_help
from emogeo.config.overrides import check_overrides
from emogeo.config.own_names import as_hydra_wants
from emogeo.errors import EmogeoError
from emogeo.signals import Ended, end_cleanly, in_joblib_worker
from emogeo.terminal import told

T = TypeVar("T")
log = logging.getLogger("emogeo")


def prepare(schema: type, conf: Path) -> None:
    """Registers the schemas and refuses a command line that is contradictory; exits with 1 and what is allowed."""
    register()
    register_help(conf)
    end_cleanly()
    try:
        sys.argv[1:] = [as_hydra_wants(argument) for argument in sys.argv[1:]]
        sys.argv[1:] = as_sweep(sys.argv[1:], conf)
        check_overrides(sys.argv[1:], schema, conf)
    except EmogeoError as error:
        sys.exit(told(f"emogeo: {error}"))


def shown(call: Callable[[], T]) -> T:
    """Runs `call`; an emogeo error reaches Hydra without a stack trace, and signals end it cleanly.

    A run that is alone ends with the error, and 1; a sweep logs an error at once, goes on with the next run and exits
    with 1 at its end; a signal ends the sweep. `HYDRA_FULL_ERROR=1` shows the trace.
    """
    try:
        end_cleanly()
        return call()
    except Ended as end:
        log.warning("%s", end)
        if in_joblib_worker():
            raise CompactHydraException(str(end)) from None
        raise
    except EmogeoError as error:
        said = f"{type(error).__name__}: {error}"
        if HydraConfig.get().mode is RunMode.MULTIRUN:
            log.error("%s", said)
        elif "HYDRA_FULL_ERROR" not in os.environ:
            print(told(said), file=sys.stderr)  # Hydra would repeat every override before it
            sys.exit(1)
        raise CompactHydraException(said) from error
