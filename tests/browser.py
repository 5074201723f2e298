"""Chromium for tests: the system's, found and never downloaded.

Without one the tests that need it are skipped; with CUTLERY_BROWSER_TESTS=required they fail instead.
"""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable():
    """Return the path of a Chromium; skips the test, or fails it, where there is none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        if os.environ.get("CUTLERY_BROWSER_TESTS") == "required":
            pytest.fail("CUTLERY_BROWSER_TESTS=required, and no Chromium is installed (apt-get install chromium)")
        pytest.skip("Chromium is not installed")
    return found
