"""Unit names that specs, column maps and tables may use, and the factors between them."""

from __future__ import annotations

from types import MappingProxyType

G0 = 9.80665
"""Standard gravity, m/s² (exact by definition, CGPM 1901)."""

LB_TO_KG = 0.45359237
"""International pound, kg (exact by definition, 1959)."""

SUFFIX = MappingProxyType(
    {
        "N": "n", "adc": "adc", "bw": "bw", "N/cm2": "ncm2", "kPa": "kpa", "kg": "kg",
        "g": "g", "dps": "dps", "mm": "mm", "s": "s", "ms": "ms", "us": "us", "ticks": "ticks",
        "%": "pct", "Hz": "hz", "degC": "degc", "V": "v", "1": "1",
    }
)  # fmt: skip
"""Unit name → suffix of a column name."""

TO_CANONICAL = MappingProxyType(
    {
        # unit as written: (canonical unit, factor)
        "N": ("N", 1.0), "kN": ("N", 1000.0), "kgf": ("N", G0), "adc": ("adc", 1.0),
        "lbf": ("N", LB_TO_KG * G0),
        "N/cm2": ("N/cm2", 1.0), "N/cm²": ("N/cm2", 1.0), "kPa": ("kPa", 1.0),
        "g": ("g", 1.0), "m/s2": ("g", 1.0 / G0), "mg": ("g", 0.001),
        "dps": ("dps", 1.0), "deg/s": ("dps", 1.0), "rad/s": ("dps", 57.29577951308232),
        "mm": ("mm", 1.0), "cm": ("mm", 10.0), "m": ("mm", 1000.0),
        "s": ("s", 1.0), "ms": ("s", 0.001), "us": ("s", 1e-6), "min": ("s", 60.0), "1": ("1", 1.0),
    }
)  # fmt: skip
"""Unit as written in a file → the unit the tables carry, and the factor."""
