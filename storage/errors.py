"""What can go wrong with the store. Each error says what happened, to what, and what to do.

StorageError                 exit code 17: the store can't be used
├── StoreMissing             there is no store yet, and a reader makes none
├── StoreIsFolder            a folder stands where the file should be
├── StoreCorrupt             the file is no database, is cut, or is damaged
├── StoreTooNew              written by a newer program: left as it is
├── StoreOutdated            written by an older program: a command that writes brings it up to date
├── StoreReadOnly            the file or its folder can't be written
├── DiskFailed               the disk reports an error: nothing is tried again
├── StoreBusy                another tool held it for longer than the waiting time: may pass
├── StoreConflict            two transactions crossed, and the server ended this one: may pass
├── StoreUnreachable         the server doesn't answer: may pass
│   └── OutcomeUnknown       it went away inside COMMIT and can't be asked what became of it
├── OutOfSpace               exit code 3: the disk is full
├── BodyUnreadable           exit code 17: kept bytes, or what they need to be unpacked, are damaged
├── StoreHeld                exit code 75: another crawl holds the store
├── SendersHeld              exit code 75: another process sends its notices
├── TargetBusy               exit code 75: another backup or copy writes the file
├── TargetRefused            exit code 2: a copy may not be written there
└── UnknownRecord            exit code 2: an id that the store doesn't hold
"""

from __future__ import annotations

from typing import ClassVar


class StorageError(Exception):
    """Base of the room's errors. ``exit_code`` is the program's; ``tries``: how often a transaction that met it is begun."""

    exit_code: ClassVar[int] = 17
    tries: ClassVar[int] = 1

    @property
    def may_pass(self) -> bool:
        """Whether trying again can help."""
        return self.tries > 1


class StoreMissing(StorageError):
    def __init__(self, where: str) -> None:
        super().__init__(f"There is no store at {where} yet. `csto-watch crawl` or `csto-watch import` makes one.")


class StoreIsFolder(StorageError):
    def __init__(self, where: str) -> None:
        super().__init__(f"{where} is a folder: the store is a file. Name a file in it, as sqlite:///path/to/file.db.")


class StoreCorrupt(StorageError):
    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where} {what}. Nothing was written. Restore a backup, or name another store with --db.")


class StoreTooNew(StorageError):
    def __init__(self, where: str, revision: str) -> None:
        super().__init__(
            f"{where} was written by a newer csto-watch (schema {revision}). Update the program; nothing was written."
        )


class StoreOutdated(StorageError):
    def __init__(self, where: str, revision: str, head: str) -> None:
        super().__init__(
            f"{where} was written by an older csto-watch (schema {revision}, now {head}). "
            "A command that writes, such as `csto-watch crawl`, brings it up to date after a backup."
        )


class StoreReadOnly(StorageError):
    def __init__(self, where: str) -> None:
        super().__init__(f"{where} can't be written: the file, its folder or the file system is read-only.")


class DiskFailed(StorageError):
    def __init__(self, where: str) -> None:
        super().__init__(
            f"The disk under {where} reports an error. What was recorded before is safe as far as the disk is; "
            "look at the disk, then run `csto-watch verify` and this again."
        )


class StoreBusy(StorageError):
    tries = 3

    def __init__(self, where: str) -> None:
        super().__init__(f"{where} is locked by another program. Close it and run this again.")


class StoreConflict(StorageError):
    tries = 5

    def __init__(self, where: str) -> None:
        super().__init__(
            f"Other programs write {where} at the same time and were in the way five times. Run this again."
        )


class StoreUnreachable(StorageError):
    tries = 3

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"The database server of {where} can't be reached: {why}")


class OutcomeUnknown(StoreUnreachable):
    tries = 1

    def __init__(self, where: str) -> None:
        super().__init__(where, "it went away while it was storing a batch. Run this again: nothing is stored twice.")


class OutOfSpace(StorageError):
    exit_code = 3

    def __init__(self, where: str) -> None:
        super().__init__(
            f"There is no space left for {where}. What was recorded so far is safe; make room and run this again."
        )


class StoreHeld(StorageError):
    exit_code = 75

    def __init__(self, where: str) -> None:
        super().__init__(f"Another crawl holds {where}. Wait until it has ended.")


class SendersHeld(StorageError):
    exit_code = 75

    def __init__(self, where: str) -> None:
        super().__init__(
            f"Another csto-watch sends the notices of {where} just now. Nothing is sent twice; nothing to do."
        )


class TargetBusy(StorageError):
    exit_code = 75

    def __init__(self, where: str) -> None:
        super().__init__(f"Another backup or copy writes {where} just now. Wait until it has ended.")


class TargetRefused(StorageError):
    """The message is the whole sentence: what stands in the way, and what to do."""

    exit_code = 2


class BodyUnreadable(StorageError):
    """``why`` is what is wrong with it, without its name."""

    def __init__(self, sha256: str, why: str) -> None:
        super().__init__(
            f"Body {sha256} can't be read: {why}. `csto-watch verify` names all that is damaged; restore a backup."
        )
        self.why = why


class UnknownRecord(StorageError):
    exit_code = 2

    def __init__(self, what: str) -> None:
        super().__init__(f"The store holds no {what}.")
