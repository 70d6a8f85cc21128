"""What a user says of a FOCUS file that the file does not say: other names, and the power of a chip."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

GWH = {"gw-hours": 1.0, "mw-hours": 1e-3, "kw-hours": 1e-6, "gwh": 1.0, "mwh": 1e-3, "kwh": 1e-6}
"""GW-hours per unit, by the unit in lower case"""
HOURS = frozenset({"hours", "hour", "hrs", "chip-hours", "chip hours", "accelerator-hours", "gpu-hours", "tpu-hours"})
"""units, in lower case, that are an hour of a chip"""
GW_PER_KW = 1e-6
_WORDS = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class Terms:
    """What a user says of a file."""

    names: Mapping[str, str] = field(default_factory=dict)
    """the planner's names for names of the file"""
    kw_per_chip: Mapping[str, float] = field(default_factory=dict)
    """power of a chip, by chip; under "" of every other chip [kW]"""

    def name(self, theirs: str) -> str:
        """The planner's name for a name of the file: lower-case words with underscores, unless another is given.

        >>> Terms().name("CC-MINSPEND-AWS"), Terms().name("8f5a11"), Terms({"SKU-1": "tpu_a"}).name("SKU-1")
        ('cc_minspend_aws', 'c_8f5a11', 'tpu_a')
        """
        if theirs in self.names:
            return self.names[theirs]
        name = "_".join(_WORDS.findall(theirs.lower()))
        return name if not name or name[0].isalpha() else f"c_{name}"

    def gwh_per_unit(self, unit: str, chip: str) -> float | None:
        """GW-hours in a unit of use of a chip; None where it is not known.

        >>> Terms().gwh_per_unit("MW-hours", ""), Terms(kw_per_chip={"": 2.0}).gwh_per_unit("Hours", "tpu")
        (0.001, 2e-06)
        """
        if (energy := GWH.get(unit.lower())) is not None:
            return energy
        kw = self.kw_per_chip.get(chip, self.kw_per_chip.get("")) if unit.lower() in HOURS else None
        return None if kw is None else kw * GW_PER_KW
