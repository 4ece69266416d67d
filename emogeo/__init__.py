"""emogeo: compare the emotion geometry of language models, and say when the comparison can be trusted.

    import emogeo

    states = emogeo.extract(model, tokenizer, passages, position="mean")
    geometry = emogeo.Geometry.from_states(states, layer="reliability")
    print(emogeo.compare(geometry, other))

Every name is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emogeo.errors import EmogeoError
    from emogeo.export.exporting import export_run
    from emogeo.geometry.geometry import Geometry
    from emogeo.geometry.states import States
    from emogeo.library.compare import compare
    from emogeo.library.comparison import Comparison
    from emogeo.library.extract import extract
    from emogeo.library.models import load_model
    from emogeo.library.store import load_run, open_store
    from emogeo.record.run import Run

__version__ = "0.2.0"
__all__ = [
    "Comparison",
    "EmogeoError",
    "Geometry",
    "Run",
    "States",
    "compare",
    "export_run",
    "extract",
    "load_model",
    "load_run",
    "open_store",
]
_WHERE = {
    "Comparison": "library.comparison",
    "EmogeoError": "errors",
    "Geometry": "geometry.geometry",
    "Run": "record.run",
    "States": "geometry.states",
    "compare": "library.compare",
    "export_run": "export.exporting",
    "extract": "library.extract",
    "load_model": "library.models",
    "load_run": "library.store",
    "open_store": "library.store",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"emogeo has no {name!r}; it has {', '.join(__all__)}.")
    return getattr(import_module(f"emogeo.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
