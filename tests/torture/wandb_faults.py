"""W&B fails in every way that the test server can fail: no result is lost, and nothing wrong comes from it.

A case logs an imported run online, lets the fault pass, delivers it (`python -m emogeo.tracking push`), and pulls it
into another store; the fault is there while it is logged, or while it is pulled.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from emogeo.store.store import RUNS, Store
from tests.torture.kills import sums_up, undisturbed
from tests.torture.sweeps import broken, content, make
from tests.torture.trial import Found, NoSuchCaseError, Trial, main_of
from tests.torture.warm import fork, run, wait
from tests.wandb_server.faults import Fault, Kind

REFUSED = Fault("(the server is not there)")
WRONG_KEY = Fault("(another key)")
METADATA = Fault("(metadata of any type)")
SENDING = (
    Fault("graphql"),
    Fault("PUT blobs"),
    Fault("PUT blobs", Kind.reset),
    Fault("PUT blobs", Kind.stall, seconds=90),
    Fault("graphql CommitArtifact"),
    Fault("POST files"),
    Fault("graphql CreateRunFiles", status=400),
    REFUSED,
    WRONG_KEY,
)
FETCHING = (
    Fault("GET blobs", status=404),
    Fault("GET blobs", status=500),
    Fault("GET blobs", Kind.corrupt),
    Fault("GET blobs", Kind.reset),
    Fault("GET blobs", Kind.stall, seconds=90),
    Fault("graphql"),
    METADATA,
)


@dataclass
class Served:
    """A server in a process of its own."""

    folder: Path
    fault: Fault | None

    def __call__(self) -> int:
        """Serves until it is ended; faults are there while the file `faulty` is."""
        from tests.wandb_server.server import Server

        server = Server(self.folder / "server").start()
        ready = self.folder / "ready.part"
        ready.write_text(json.dumps(server.environment()))
        ready.rename(self.folder / "ready")
        while True:
            wanted = self._wanted
            if wanted != (self.folder / "is-faulty").exists():
                self._switch(server, wanted)
            time.sleep(0.02)

    @property
    def _wanted(self) -> bool:
        return (self.folder / "faulty").exists()

    def _switch(self, server: Any, faulty: bool) -> None:
        seen = self.folder / "is-faulty"
        if not faulty:
            server.faults.clear()
            seen.unlink()
            return
        if self.fault is not None:
            server.faults.add(replace(self.fault))
        seen.touch()

    def set(self, faulty: bool) -> None:
        """Turns the fault on or off."""
        flag = self.folder / "faulty"
        flag.touch() if faulty else flag.unlink(missing_ok=True)
        _until(lambda: (self.folder / "is-faulty").exists() == faulty)


@contextmanager
def serving(folder: Path, fault: Fault) -> Any:
    """Gives a server and the environment of its clients."""
    served = Served(folder, None if fault.on.startswith("(") else fault)
    child = fork(served, folder / "server.log")
    try:
        _until((folder / "ready").exists)
        yield served, json.loads((folder / "ready").read_text())
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _until(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not there():
        if time.monotonic() > deadline:
            raise TimeoutError("the test server does not answer")
        time.sleep(0.01)


class WandbFaults:
    """The imports, as they are without W&B."""

    def __init__(self, folder: Path) -> None:
        self.made = make(folder)
        self.whole = undisturbed(self.made, "imports", folder / "imports", one=True)

    def case(self, number: int, folder: Path) -> Found:
        """Tries the fault of this number."""
        faults: Sequence[tuple[Fault, bool]] = [*((own, True) for own in SENDING), *((own, False) for own in FETCHING)]
        if number >= len(faults):
            raise NoSuchCaseError
        fault, sending = faults[number]
        with serving(folder, fault) as (served, environment):
            return self._tried(fault, sending, served, environment, folder)

    def _tried(self, fault: Fault, sending: bool, served: Served, environment: dict[str, str], folder: Path) -> Found:
        log, sane = folder / "log", {**environment, **_home(folder)}
        insane = {**sane, **_instead(fault)}
        served.set(sending)
        words = self.made.words("imports", folder / "store", True, "online")
        code = run(words, log, impatient, insane if sending else sane)
        recorded = content(Store(folder / "store")) == self.whole.content
        served.set(False)
        pushed = run(["-m", "emogeo.tracking", "push", str(folder / "store")], log, impatient, sane)
        served.set(not sending)
        if fault is METADATA:
            wait(fork(partial(_odd_artifacts, sane), folder / "odd.log"))
        if not sending:
            run(self._pull(folder), log, impatient, sane)
        between = Store(folder / "pulled")
        wrong = len(broken(between)) + sum(self.whole.content.get(n) != own for n, own in content(between).items())
        served.set(False)
        pulled = run(self._pull(folder), log, impatient, sane)
        arrived = set(between.keys(RUNS)) == self.whole.runs
        as_promised = (code, pushed, pulled) == (0, 0, 0)
        lost = int(not recorded) + int(not arrived)
        part = "while a run is sent" if sending else "while runs are fetched"
        note = f"{fault.on} {fault.kind.value}: exit codes {code}, {pushed}, {pulled}"
        return sums_up(part, self.whole, between, log, (lost, wrong), as_promised, note)

    def _pull(self, folder: Path) -> list[str]:
        where = (f"store.path={folder / 'pulled'}", f"output={folder / 'results'}", "source=wandb")
        return ["analyze.py", *where, "permutations=100", f"hydra.run.dir={folder / 'jobs-of-analyses'}"]


def impatient() -> None:
    """Has the client give up within seconds."""
    from emogeo.tracking import client, downloads, pull, session

    patience = replace(client.PATIENCE, query=2, retries=1, pause=1, start=8, transfer=25, finish=5)
    for module in (client, downloads, pull, session):
        if hasattr(module, "PATIENCE"):
            module.PATIENCE = patience  # type: ignore[attr-defined]


def _home(folder: Path) -> dict[str, str]:
    names = ("WANDB_DIR", "WANDB_CACHE_DIR", "WANDB_DATA_DIR", "WANDB_CONFIG_DIR", "WANDB_ARTIFACT_DIR")
    for name in names:
        (folder / "home" / name.lower()).mkdir(parents=True, exist_ok=True)
    own = {name: str(folder / "home" / name.lower()) for name in names}
    return {**own, "HOME": str(folder / "home"), "NETRC": str(folder / "home" / ".netrc"), "WANDB_MODE": "online"}


def _instead(fault: Fault) -> dict[str, str]:
    """The environment in which there is no server, or another key."""
    if fault is REFUSED:
        return {"WANDB_BASE_URL": "http://127.0.0.1:9"}
    return {"WANDB_API_KEY": "local-" + "0" * 40} if fault is WRONG_KEY else {}


def _odd_artifacts(environment: dict[str, str]) -> int:
    """Logs artifacts whose metadata say odd things of a record."""
    os.environ.update(environment)
    import wandb

    odd: list[Any] = [{"kind": RUNS, "key": 1}, {"kind": ["x"], "key": {}}, {"key": "b" * 64}, {"kind": None}]
    with wandb.init(project="emogeo", job_type="cell") as opened:
        for number, metadata in enumerate(odd):
            artifact = wandb.Artifact(f"rdm-{number}", "rdm", metadata=metadata)
            with artifact.new_file("run.json", "wb") as stream:
                stream.write(b"{}")
            opened.log_artifact(artifact).wait()
    return 0


TRIAL = Trial(
    "wandb_faults",
    "W&B fails",
    len(SENDING) + len(FETCHING),
    lambda folder: WandbFaults(folder).case,
    batches=None,
)

if __name__ == "__main__":
    raise SystemExit(main_of(TRIAL))
