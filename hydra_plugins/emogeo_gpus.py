"""Hydra's joblib launcher, with an error that says what happened when a worker was killed.

Hydra finds plugins in this namespace only.
"""

from collections.abc import Sequence
from typing import Any

from hydra.core.utils import JobReturn
from hydra.errors import CompactHydraException
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig


class GpuLauncher(Launcher):
    """`cluster=gpus`."""

    def __init__(self, **options: Any) -> None:
        from hydra_plugins.hydra_joblib_launcher.joblib_launcher import JoblibLauncher

        self._joblib = JoblibLauncher(**options)

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Sets the launcher up, as Hydra calls it."""
        self._joblib.setup(hydra_context=hydra_context, task_function=task_function, config=config)

    def launch(self, job_overrides: Sequence[Sequence[str]], initial_job_idx: int) -> Sequence[JobReturn]:
        """Runs the jobs.

        Raises:
            CompactHydraException: a worker was killed, and joblib ended the others.
        """
        from joblib.externals.loky.process_executor import TerminatedWorkerError

        try:
            done: Sequence[JobReturn] = self._joblib.launch(job_overrides, initial_job_idx)
        except TerminatedWorkerError as error:
            raise CompactHydraException(
                "A worker was killed (out of memory?), and with it the other runs that were going on and those that "
                "waited. What was finished is in the store: the same command again computes the rest."
            ) from error
        return done
