"""CUTLERY_BROWSER_TESTS=required: what drives the browser may not be missing."""

import pytest

from tests.browser import needed


def test_a_missing_driver_fails_where_it_is_required(monkeypatch):
    monkeypatch.setenv("CUTLERY_BROWSER_TESTS", "required")
    with pytest.raises(pytest.fail.Exception, match="no_such_driver"):
        needed("no_such_driver")


def test_elsewhere_it_skips(monkeypatch):
    monkeypatch.delenv("CUTLERY_BROWSER_TESTS", raising=False)
    with pytest.raises(pytest.skip.Exception):
        needed("no_such_driver")
