"""The exit codes of the command line (after browsertrix-crawler's, so that wrappers already know them)."""

from enum import IntEnum


class ExitCode(IntEnum):
    COMPLETE = 0
    UNEXPECTED = 1
    USAGE = 2
    OUT_OF_SPACE = 3
    BAD_CONFIGURATION = 4
    INTERRUPTED = 11
    PARTIAL = 12
    TIME_LIMIT = 15
    STORAGE_UNUSABLE = 17
    BLOCKED = 18
    STRUCTURE_ALARM = 20
    OVERDUE = 21
    HELD_BY_ANOTHER = 75
