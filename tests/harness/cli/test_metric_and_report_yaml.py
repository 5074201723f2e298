"""Every metric and report yaml names its class and each of its arguments, and satisfies the Protocol."""

import dataclasses
import importlib
from pathlib import Path

import pytest
import yaml

from harness.reports.protocols import Page, Report

CONF = Path(__file__).parents[3] / "conf"


def built(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# @package {path.parent.name}.{path.stem}\n")
    given = yaml.safe_load(text)
    module, _, name = given.pop("_target_").rpartition(".")
    kind = getattr(importlib.import_module(module), name)
    assert {field.name for field in dataclasses.fields(kind)} == set(given)
    return kind(**given)


@pytest.mark.parametrize("path", sorted((CONF / "metric").glob("*.yaml")), ids=lambda path: path.stem)
def test_metric(path):
    metric = built(path)
    assert metric.name
    assert metric.unit
    assert metric.higher_is_better in (True, False, None)
    assert metric.score([]) == []


def test_metric_names_are_unique():
    names = [built(path).name for path in (CONF / "metric").glob("*.yaml")]
    assert len(set(names)) == len(names) >= 8


@pytest.mark.parametrize("path", sorted((CONF / "report").glob("*.yaml")), ids=lambda path: path.stem)
def test_report(path):
    report = built(path)
    assert isinstance(report, Page | Report)
    if isinstance(report, Page):
        assert report.file in ("report.html", "details.md")
    if isinstance(report, Report):
        assert report.suffix.startswith(".")
