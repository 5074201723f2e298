"""Chromium for tests: the system's, found and never downloaded.

Without it, or without what drives it, the tests that need it are skipped; with CUTLERY_BROWSER_TESTS=required they
fail instead.
"""

import importlib
import os
import shutil
from contextlib import contextmanager

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


def needed(module):
    """Return a module that drives the browser; skips the test, or fails it, where it is not installed."""
    if os.environ.get("CUTLERY_BROWSER_TESTS") != "required":
        return pytest.importorskip(module)
    try:
        return importlib.import_module(module)
    except ImportError as error:
        pytest.fail(f"CUTLERY_BROWSER_TESTS=required, and {module} cannot be imported ({error}): make setup")


@contextmanager
def running_chromium():
    """Run a Chromium; two cannot run in one process at once, so a fixture of it lives no longer than a file."""
    with needed("playwright.sync_api").sync_playwright() as running:
        browser = running.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        yield browser
        browser.close()
