"""Student's t is that of scipy.stats, to the bit."""

from __future__ import annotations

import numpy as np
from scipy.stats import t

from emogeo.geometry import student


def test_it_is_that_of_scipy_stats() -> None:
    levels, values = np.array([0.005, 0.5, 0.975, 0.995]), np.array([-3.2, 0.0, 0.4, 12.0])
    for freedom in (1, 2.5, 23, 1e6):
        np.testing.assert_array_equal(student.ppf(levels, freedom), t.ppf(levels, freedom))
        np.testing.assert_array_equal(student.cdf(values, freedom), t.cdf(values, freedom))
        np.testing.assert_array_equal(student.sf(values, freedom), t.sf(values, freedom))


def test_degrees_of_freedom_may_differ() -> None:
    freedom = np.array([3.0, 11.0])
    np.testing.assert_array_equal(student.ppf(0.975, freedom), t.ppf(0.975, freedom))
