"""Where the store is when nobody says: the store's own room knows."""

from storage.where import ENVIRONMENT, FILE_NAME, default_store, is_project

__all__ = ["ENVIRONMENT", "FILE_NAME", "default_store", "is_project"]
