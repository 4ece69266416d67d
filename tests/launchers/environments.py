"""Environments of launchers, made where they are needed: nothing is installed on the machine."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

_SLURM = ("slurmctld", "slurmd", "slurm-client")
_CONF = """ClusterName=one
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=17817
SlurmdPort=17818
AuthType=auth/none
CredType=cred/none
SlurmUser={user}
SlurmdUser={user}
PluginDir={plugins}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
MpiDefault=none
NodeName=localhost NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=all Nodes=localhost Default=YES MaxTime=INFINITE State=UP
"""
"""One node on loopback, for one user, without accounting and without a daemon that vouches for users."""


class NotAvailableError(Exception):
    """An environment that cannot be had here; says why."""


@dataclass(frozen=True)
class Environment:
    """How a sweep's command is run."""

    what: str
    """The launcher's packages with their versions."""
    python: str = sys.executable
    before: tuple[str, ...] = ()
    """The words before it."""
    variables: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def installed(folder: Path, package: str) -> Iterator[Environment]:
    """Gives the present environment, which has a launcher's package.

    Raises:
        NotAvailableError: it has not.
    """
    with nullcontext():
        yield Environment(_version(sys.executable, package))


@contextmanager
def ray(folder: Path) -> Iterator[Environment]:
    """Lays an environment with Ray over the present one, of which it takes what Ray does not want otherwise.

    Ray listens on every interface of a machine, so it has a network of its own.

    Raises:
        NotAvailableError: no package index, or no network of its own.
    """
    own = folder / "ray"
    python = own / "bin" / "python"
    if not (own / "made").exists():
        shutil.rmtree(own, ignore_errors=True)
        _done([sys.executable, "-m", "venv", str(own)])
        below = Path(_done([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip())
        (below / "below.pth").write_text(sysconfig.get_path("purelib") + "\n")
        _done([str(python), "-m", "pip", "install", "--quiet", "hydra-ray-launcher>=1.2"])
        (own / "made").touch()
    alone = ["unshare", "-n" if os.geteuid() == 0 else "-rn", "sh", "-c", 'ip link set lo up; exec "$@"', "-"]
    _done([*alone, "true"])
    what = f"{_version(str(python), 'ray')}, {_version(str(python), 'hydra-ray-launcher')}"
    yield Environment(what, str(python), tuple(alone), {"RAY_USAGE_STATS_ENABLED": "0"})


@contextmanager
def slurm(folder: Path) -> Iterator[Environment]:
    """Unpacks the distribution's Slurm into a folder and keeps a controller and one node on loopback meanwhile.

    Raises:
        NotAvailableError: no packages of the distribution, or daemons that do not start.
    """
    own = folder / "slurm"
    if not (own / "made").exists():
        _unpack_slurm(own)
    plugins = next((own / "root").rglob("auth_none.so")).parent
    variables = {
        "SLURM_CONF": str(own / "slurm.conf"),
        "LD_LIBRARY_PATH": f"{plugins}:{plugins.parent}",
        "PATH": f"{own / 'root/usr/bin'}:{own / 'root/usr/sbin'}:{os.environ['PATH']}",
    }
    conf = _CONF.format(user=getpass.getuser(), plugins=plugins, folder=own, cpus=os.cpu_count())
    (own / "slurm.conf").write_text(conf)
    shutil.rmtree(own / "state", ignore_errors=True)
    for name in ("state", "spool"):
        (own / name).mkdir(exist_ok=True)
    daemons = [_daemon(own, variables, "slurmctld-wlm", "-D", "-c")]
    step = own / "root/usr/sbin/slurmstepd-wlm"
    daemons.append(_daemon(own, variables, "slurmd-wlm", "-D", "-N", "localhost", "-d", str(step)))
    try:
        _wait_for_node(variables)
        version = _done(["sinfo", "--version"], variables).strip()
        yield Environment(f"{version}, {_version(sys.executable, 'submitit')}", variables=variables)
    finally:
        for daemon in reversed(daemons):
            daemon.terminate()
            daemon.wait(timeout=60)


def _unpack_slurm(own: Path) -> None:
    if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        raise NotAvailableError("Slurm is unpacked from Debian's or Ubuntu's packages, and there is no apt-get")
    shutil.rmtree(own, ignore_errors=True)
    (own / "packages").mkdir(parents=True)
    plan = _done(["apt-get", "install", "--simulate", "--no-install-recommends", *_SLURM])
    names = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
    _done(["apt-get", "download", "-qq", *names], folder=own / "packages")
    for package in sorted((own / "packages").iterdir()):
        _done(["dpkg", "-x", str(package), str(own / "root")])
    (own / "made").touch()


def _daemon(own: Path, variables: Mapping[str, str], name: str, *options: str) -> subprocess.Popen[bytes]:
    with (own / f"{name}.log").open("wb") as log:
        command = [str(own / "root/usr/sbin" / name), *options]
        return subprocess.Popen(command, env={**os.environ, **variables}, stdout=log, stderr=log)


def _wait_for_node(variables: Mapping[str, str]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            if "idle" in _done(["sinfo", "--noheader"], variables):
                return
        except NotAvailableError:
            pass  # the controller does not answer yet
        time.sleep(1)
    raise NotAvailableError("slurmctld and slurmd did not start within two minutes; their logs lie beside slurm.conf")


def _version(python: str, package: str) -> str:
    code = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"
    return f"{package} {_done([python, '-c', code, package]).strip()}"


def _done(command: list[str], variables: Mapping[str, str] | None = None, folder: Path | None = None) -> str:
    """Runs a command to its end and gives what it prints.

    Raises:
        NotAvailableError: there is no such command, or it fails; says how.
    """
    environment = {**os.environ, **(variables or {})}
    program = shutil.which(command[0], path=environment["PATH"]) or command[0]
    try:
        done = subprocess.run(
            [program, *command[1:]], env=environment, cwd=folder, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise NotAvailableError(f"{command[0]}: {error.strerror}") from error
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()[-1]
        raise NotAvailableError(f"{' '.join(command[:4])}: {last}")
    return done.stdout
