"""The one alias for arrays; docstrings give their axes, as in [unit, condition]."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
