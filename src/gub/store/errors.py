"""What keeps a store from being used. Each message is one line that a person can act on and holds no secret."""


class StoreUnavailable(Exception):
    """The database cannot be used: not reached in time, or one of the reasons below."""


class StoreRefused(StoreUnavailable):
    """The address is not one, or the database does not let this user in."""


class SchemaConflict(StoreUnavailable):
    """Documents that are there already break a rule that the schema enforces, and nothing here may choose."""


class DatabaseTooNew(StoreUnavailable):
    """A newer GUB, or one with other upgrades, has written this database."""


class UpgradeBusy(StoreUnavailable):
    """Another process is upgrading the database and did not finish in time."""


class ImportUnfinished(StoreRefused):
    """An import into this database was cut short: it holds a part of an export only."""


class TransferError(Exception):
    """An export or import cannot be done: the files, their directory, or what the database holds already."""


class WrongSecretKey(StoreUnavailable):
    """A credential was encrypted with a key that GUB_SECRET_KEY does not hold."""


class EmbeddedError(Exception):
    """The embedded database cannot be used."""


class DataDirInUse(EmbeddedError):
    """Another process has the data directory."""


class FormatMismatch(EmbeddedError):
    """The data directory was written by another version of the embedded database."""


class EmbeddedUnavailable(EmbeddedError):
    """The embedded database is not installed, or cannot run here."""


class EmbeddedFailed(EmbeddedError):
    """The embedded database was started and is not up, or died too often."""
