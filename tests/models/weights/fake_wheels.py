"""Wheels that carry a weight file in two parts, and a folder that pip finds them in."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from emogeo.config.model import WheelsConfig

PARTS = [b"first part, ", b"second part"]
WHOLE = b"".join(PARTS)
SHA256 = hashlib.sha256(WHOLE).hexdigest()
WHEELS = WheelsConfig(package="emogeo-fake-part{part}", version="1.0", parts=2, member="*/data/*.bin")


def write_wheel(folder: Path, part: int, content: bytes) -> None:
    name = f"emogeo_fake_part{part}"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", "raise RuntimeError('imported')")
        wheel.writestr(f"{name}/data/part.bin", content)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
