"""Both entry points share this: checks before Hydra, and errors without a stack trace."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from hydra._internal import utils as hydra_utils
from hydra.core.hydra_config import HydraConfig
from hydra.errors import CompactHydraException
from hydra.types import RunMode

from emogeo.config.compose import parse_analyze, parse_train, register
from emogeo.config.early import checked, lacking
from emogeo.config.help import register_help
from emogeo.config.jobs import check_first
from emogeo.config.once import compose_once
from emogeo.config.train import TrainConfig
from emogeo.errors import EmogeoError
from emogeo.machine import look_for_cycles_seldom, machine_error, print_any_letter
from emogeo.signals import Ended, end_cleanly, go_on_without_reader, in_joblib_worker
from emogeo.terminal import told

T = TypeVar("T")


class _Logged(CompactHydraException):
    """An error of a run of a sweep, which its log has told."""


log = logging.getLogger("emogeo")
_REPORT = hydra_utils.run_and_report


def prepare(schema: type, conf: Path) -> None:
    """Registers the schemas and refuses a command line that is contradictory; exits with 1 and what is allowed."""
    look_for_cycles_seldom()
    compose_once()
    check_first(parse_train if schema is TrainConfig else parse_analyze)
    register()
    register_help(conf)
    end_cleanly()
    go_on_without_reader()
    print_any_letter()
    hydra_utils.run_and_report = _reported  # type: ignore[assignment]  # Hydra has no types
    try:
        sys.argv[1:] = checked(sys.argv[1:], schema, conf)
        for said in lacking(sys.argv[1:], conf):
            print(told(f"emogeo: {said}"), file=sys.stderr)
    except Exception as error:
        named = _named(error)
        if named is None:
            raise
        sys.exit(told(f"emogeo: {named}"))


def shown(call: Callable[[], T]) -> T:
    """Runs `call`; an emogeo error, or one of the machine, reaches Hydra without a stack trace; signals end it cleanly.

    The run's own log has the error, too. A run that is alone ends with it, and 1; a sweep logs it at once and
    only then, goes on with the next run and exits with 1 at its end; a signal ends the sweep. `HYDRA_FULL_ERROR=1`
    shows the trace.
    """
    try:
        end_cleanly()  # in a worker, too
        go_on_without_reader()
        print_any_letter()
        return call()
    except Ended as end:
        log.warning("%s", end)
        if in_joblib_worker():
            raise CompactHydraException(str(end)) from None
        raise
    except Exception as error:
        named = _named(error)
        if named is None:
            raise
        said = f"{type(named).__name__}: {named}"
        if HydraConfig.get().mode is RunMode.MULTIRUN:
            log.error("%s", said)
            raise _Logged(said) from error
        if "HYDRA_FULL_ERROR" not in os.environ:
            _log_to_files(said)
            print(told(said), file=sys.stderr)  # Hydra would repeat every override before it
            sys.exit(1)
        raise CompactHydraException(said) from error


def log_error(error: BaseException, title: str) -> None:
    """Logs an error of a run of a sweep under its title: a sentence where it can be said in one, else its trace."""
    named = _named(error) if isinstance(error, Exception) else None
    trace = error if named is None or "HYDRA_FULL_ERROR" in os.environ else None
    said = named or error
    log.error("%s: %s: %s", title, type(said).__name__, said, exc_info=trace)


def _named(error: Exception) -> EmogeoError | None:
    """Gives an error that is said in a sentence; None for any other."""
    return error if isinstance(error, EmogeoError) else machine_error(error, at_work=True)


def _log_to_files(said: str) -> None:
    """Writes an error into the run's own log; the terminal shows it otherwise."""
    record = log.makeRecord(log.name, logging.ERROR, __file__, 0, said, (), None)
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.FileHandler):
            handler.handle(record)


def _reported(call: Callable[[], Any]) -> Any:
    """Has Hydra say in a sentence what is wrong with a sweep, and what the machine refuses: the folder of logs, say."""
    return _REPORT(lambda: _without_trace(call))


def _without_trace(call: Callable[[], T]) -> T:
    try:
        return call()
    except _Logged:
        if "HYDRA_FULL_ERROR" in os.environ:
            raise
        sys.exit(1)
    except CompactHydraException:
        raise  # a sentence already, whatever it quotes
    except EmogeoError as error:
        if "HYDRA_FULL_ERROR" in os.environ:
            raise
        print(told(f"{type(error).__name__}: {error}"), file=sys.stderr)
        sys.exit(1)
    except Exception as error:
        fault = machine_error(error, "The folder of logs (hydra.run.dir, hydra.sweep.dir)", at_work=True)
        if fault is None:
            raise
        raise CompactHydraException(told(f"{type(fault).__name__}: {fault}")) from error
