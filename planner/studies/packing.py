"""The folder of a plan or a hedge as bytes that can travel between processes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path


def pack(folder: Path) -> bytes:
    """The files of a folder as a zip file, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.writestr(zipfile.ZipInfo(path.relative_to(folder).as_posix()), path.read_bytes())
    return buffer.getvalue()


def unpacked(packed: bytes) -> dict[str, bytes]:
    """The files that `pack` packed, content by path."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
