"""Fixtures for the tests of every room."""

from tests.browser import chrome

__all__ = ["chrome"]
