"""The folder of the case of a later day: its tables, and a `README.md` that says what became what."""

from __future__ import annotations

from pathlib import Path

from planner.basics.outputs import locked
from planner.common import settings
from planner.roll import readme
from planner.roll.advance import Advanced

README = "README.md"
TOLERANCE = 1e-6
"""relative difference of cost up to which a case is written"""


def write(advanced: Advanced, folder: Path, *, force: bool = False) -> None:
    """Write the case beside its folder, and move it into place when it is complete.

    Raises FileExistsError where the folder exists and `force` is false, or where what would be replaced is no case;
    OSError where it cannot be written; RuntimeError where the case does not say what the plan says of the time to come.
    """
    refuse_to_replace(folder, force=force)
    confirmed(advanced)

    def fill(partial: Path) -> None:
        advanced.case.write(partial)
        (partial / README).write_text(readme.text(advanced), encoding="utf-8")

    with locked(folder) as place:
        refuse_to_replace(folder, force=force)
        place.put(fill)


def confirmed(advanced: Advanced) -> None:
    """Raise RuntimeError where the plan's remaining decisions do not cost in the case what they cost in the plan."""
    identity = advanced.identity
    if identity.error > TOLERANCE or identity.broken:
        broken = f", and breaks {'; '.join(identity.broken[:3])}" if identity.broken else ""
        raise RuntimeError(
            f"the case of {advanced.day} does not agree with the plan: what is left costs {identity.rest:,.6f} there,"
            f" a relative difference of {identity.error:.1e}{broken}"
        )


def refuse_to_replace(folder: Path, *, force: bool) -> None:
    """Raise FileExistsError where writing a case to a folder would lose something that `force` does not cover."""
    if not folder.exists():
        return
    if not force:
        raise FileExistsError(f"{folder} exists; --force replaces it")
    if not folder.is_dir() or (any(folder.iterdir()) and not (folder / settings.FILE).is_file()):
        raise FileExistsError(f"{folder} is not a case and is not replaced")
