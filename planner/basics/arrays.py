"""Types of the arrays that modules exchange."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
"""A vector of real numbers; the docstring of each gives its shape."""

Index = npt.NDArray[np.int64]
"""A vector of whole numbers: variables, rows or periods."""
