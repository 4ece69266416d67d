"""The errors emogeo raises by name; each message says what was given, what is allowed and what to type."""


class EmogeoError(Exception):
    """Base of every error that is the user's to mend; shown without a stack trace."""


class ConfigError(EmogeoError):
    """A configuration that is contradictory or unknown."""


class StimuliError(EmogeoError):
    """Texts or a stimulus file that cannot be used as they are."""


class WeightsError(EmogeoError):
    """Weights that are not there, not allowed, or not what their checksum says."""


class NotHereError(WeightsError):
    """Weights that would have to be fetched or converted first, where nothing is to be fetched."""


class PrecisionError(EmogeoError):
    """A precision that this machine, or this batch plan, cannot deliver."""


class NonFiniteError(EmogeoError):
    """Activations with NaN or infinity."""


class GeometryError(EmogeoError):
    """Vectors from which no geometry follows."""


class EqualDissimilaritiesError(GeometryError):
    """An RDM all of whose dissimilarities are equal, so that it has no order to compare."""


class UnknownTextsError(GeometryError):
    """Two geometries of which nobody can say which texts they have in common, so that no halves are disjoint."""


class ImportedError(EmogeoError):
    """A file of vectors, RDMs or states that cannot be read, or not in one way alone."""


class StoreError(EmogeoError):
    """A stored record that is missing or not what its manifest says."""


class RecordError(StoreError):
    """A record whose content is not what a record holds."""


class NotWrittenError(StoreError):
    """Texts that no run of this store has written yet."""


class MachineError(EmogeoError):
    """What the machine refuses: room on a disk, a right to read or write, memory, a home directory."""


class TrackingError(EmogeoError):
    """W&B cannot be reached, does not let us in, or did not take what it was given."""


def first_line(error: Exception) -> str:
    """Gives the first line that an error says, or its name where it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
