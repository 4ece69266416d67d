"""The options of a group: the files in its folder, and in folders within it."""

from __future__ import annotations

from pathlib import Path


def options_in(folder: Path) -> list[str]:
    """Lists a group's options: those in its folder by NAME, then those in a folder within it by FOLDER/NAME.

    Hydra's `glob(*)` takes the first alone, so that what lies in a folder within is swept by name only.
    """
    found = [file.relative_to(folder).with_suffix("") for file in folder.rglob("*.yaml")]
    return [option.as_posix() for option in sorted(found, key=lambda option: (len(option.parts), option))]


def option_named(folder: Path, name: str) -> str:
    """Gives how an option is typed that is called NAME in its own file: NAME, or FOLDER/NAME.

    A name that no option has is given back as it is.
    """
    return next((option for option in options_in(folder) if name in (option, option.rpartition("/")[2])), name)
