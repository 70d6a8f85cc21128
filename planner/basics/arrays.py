"""Names for the arrays that travel between modules."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
"""A real vector; its docstring says over what."""

Index = npt.NDArray[np.int64]
"""A vector of whole numbers: columns or periods."""
