"""`dry=true`: says what the runs of a command line would cost, and does none of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from huggingface_hub.constants import HF_HUB_CACHE

from emogeo.config.train import TrainConfig
from emogeo.errors import EmogeoError
from emogeo.forecast.absent import HUB
from emogeo.forecast.account import Account, Sum, total
from emogeo.forecast.machine import Needs, Room, room
from emogeo.forecast.planning import planned
from emogeo.forecast.shown import lines_of
from emogeo.forecast.speeds import speeds_in
from emogeo.models.session import threads_of
from emogeo.store.store import Store


def say_ahead(configs: Iterable[TrainConfig]) -> list[str]:
    """Prints the account of runs, a table for each store that they go to; writes nothing.

    Returns:
        What is wrong with configurations that cannot be run, each error once.
    """
    accounts, wrong, caches = dict[str, Account](), list[str](), dict[str, str]()
    for config in configs:
        path = config.store.path
        if path not in accounts:
            store = Store(path)
            accounts[path] = Account(store, speeds_in(store), threads_of(config))
            caches[path] = config.runtime.weights_cache
        try:
            accounts[path].add(planned(config, accounts[path].writes))
        except EmogeoError as error:
            wrong.append(f"{type(error).__name__}: {error}")
    needs, counted = Needs(), set[str]()
    for path, account in accounts.items():
        sums = list(account.sums.values())
        if not sums:
            continue
        cache, on_gpu = Path(caches[path]).expanduser(), any(own.on_gpu for own in sums)
        here = room(account.store.path, cache, Path(HF_HUB_CACHE).expanduser(), on_gpu)
        _add(needs, total(sums), here, counted)
        print("\n".join(lines_of(sums, here, path, needs)))
    return list(dict.fromkeys(wrong))


def _add(needs: Needs, every: Sum, here: Room, counted: set[str]) -> None:
    """Adds what the runs of a store need on disks; `counted` are the weights that those of others need, too."""
    needs.add(here.store, "the records", every.disk)
    for name, (size, where) in every.fetched.items():
        if name not in counted:
            needs.add(here.hub if where == HUB else here.cache, "the weights", size)
    counted |= set(every.fetched)
