"""`dry=true`: says what the runs of a command line would cost, and does none of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from huggingface_hub.constants import HF_HUB_CACHE

from emogeo.config.train import TrainConfig
from emogeo.errors import EmogeoError
from emogeo.forecast.absent import HUB
from emogeo.forecast.account import Account
from emogeo.forecast.machine import room
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
    for path, account in accounts.items():
        sums = list(account.sums.values())
        if not sums:
            continue
        on_gpu = any(own.on_gpu for own in sums)
        hub = any(where == HUB for own in sums for _, where in own.fetched.values())
        cache = Path(HF_HUB_CACHE if hub else caches[path]).expanduser()
        here = room(account.store.path, cache, on_gpu)
        print("\n".join(lines_of(sums, here, path)))
    return list(dict.fromkeys(wrong))
