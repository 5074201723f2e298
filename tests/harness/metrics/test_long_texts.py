"""Every metric, judge and text function takes linear time on any text; 2 MB of it at most two seconds.

All are found in their folders: one that is added is tried.
"""

import dataclasses
import importlib
import inspect
import itertools
import time
from functools import partial
from pathlib import Path

import pytest
import yaml

from harness.cli.builder import Builder
from harness.metrics.context import TaskContext
from harness.metrics.selftest.fixture import MUSEUM, FixtureTask
from harness.types import Document, Passage, Prediction
from tests.adversarial import UNITS, repeated
from tests.growth import growth_where_slow

ROOT = Path(__file__).parents[3]
SIZE = 2_500
INSTANT = 0.04
"""seconds; quadratic work on SIZE characters takes longer"""
MOST = 18
"""times as long for eight times the text: linear is 8, quadratic 64"""
LARGE = 2_000_000
NUMBERS = itertools.count()
"""make each text a new one: nothing is read from a cache"""


def read(group):
    return {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted((ROOT / "conf" / group).glob("*"))}


def needs_a_model(node):
    """Left out: what asks a language model, needs a checkpoint that no package holds, or is one of the others."""
    if node.get("_target_") == "harness.judges.auto.AutoJudge":
        return True
    own = {**node, **(node.get("llm") or {}), **(node.get("encoder") or {})}
    return "ragas" in str(node) or str(own.get("path", "package:")).partition(":")[0] != "package"


JUDGES = {name: node for name, node in read("judge").items() if not needs_a_model(node)}
METRICS = {
    f"{name} {judge}".strip(): {
        **node,
        **({"judge": JUDGES[judge]} if judge else {}),
        **({"k": 4} if "k" in node else {}),
    }
    for name, node in read("metric").items()
    if not needs_a_model(node) and name != "judged_abstention"
    for judge in (JUDGES if "judge" in node else ("",))
}
FOLDERS = ("text", "judges", "metrics")
FURTHER = ("harness.analysis.answer_form", "harness.reports.markdown", "harness.reports.latex_text")


@pytest.fixture(scope="module")
def context():
    return TaskContext(FixtureTask())


@pytest.fixture(scope="module")
def metrics(context):
    builder = Builder()
    built = {name: builder.build(node, "metric").bind(context) for name, node in METRICS.items()}
    assert builder.problems == []
    return built


def pairs(context, text):
    """The text as an answer to a question of the task, and as everything at once."""
    context.documents["long"] = Document("long", "", text)
    shown = (Passage("long", text, 0, len(text), 1.0),)
    everything = dataclasses.replace(
        MUSEUM, id="long", input=text, references=(text,), evidence=("long",), facts=(text,)
    )
    return [(example, Prediction(example.id, text, shown, (), "stop")) for example in (MUSEUM, everything)]


def scoring(metric, context, name):
    def score(size):
        given = pairs(context, f"{repeated(name, size)} {next(NUMBERS)}")
        metric.score(given)
        metric.judgements(given)

    return score


def modules():
    for folder in FOLDERS:
        for path in sorted((ROOT / "harness" / folder).rglob("*.py")):
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts)
    yield from FURTHER


def functions():
    """Each public function that needs texts alone: text(text), or measure(answer, reference)."""
    for module in map(importlib.import_module, modules()):
        for name, function in vars(module).items():
            if name.startswith("_") or not inspect.isroutine(function) or function.__module__ != module.__name__:
                continue
            needed = [
                one
                for one in inspect.signature(function).parameters.values()
                if one.default is one.empty and one.kind is not one.VAR_POSITIONAL
            ]
            if needed and all(one.annotation is str for one in needed):
                yield f"{module.__name__}.{name}", partial(given, inspect.unwrap(function), len(needed))


def given(function, texts, text):
    """Call it with the text for each that it needs; without its cache."""
    return used(function(*[text] * texts))


def used(result):
    """Read to its end what is computed when it is asked for."""
    return list(result) if inspect.isgenerator(result) else result


FUNCTIONS = dict(functions())
NAMES_ALONE = {name for name in FUNCTIONS if name.startswith("harness.text.language_files.")}
"""these take the name of a word list"""


def test_what_is_found():
    assert {"rouge_l", "chrf", "style_match", "faithfulness lexical", "groundedness lexical_words"} <= METRICS.keys()
    assert {
        "harness.text.refusals.is_refusal",
        "harness.judges.claims.claims",
        "harness.metrics.chrf.chrf",
    } <= FUNCTIONS.keys()
    assert len(METRICS) >= 14
    assert len(FUNCTIONS) >= 30


@pytest.mark.slow
@pytest.mark.ci_slow
def test_scoring_is_linear(metrics, context):
    grown = {
        (name, unit): growth_where_slow(scoring(metric, context, unit), SIZE // 8, SIZE, INSTANT)
        for name, metric in metrics.items()
        if name == "faithfulness lexical_words" or metric.kind not in ("claims", "style")  # the same work; a slow fit
        for unit in UNITS
    }
    assert {key: times for key, times in grown.items() if times > MOST} == {}


def test_text_functions_are_linear():
    grown = {
        (name, unit): growth_where_slow(
            lambda size, function=function, unit=unit: function(repeated(unit, size)), SIZE // 8, SIZE, INSTANT
        )
        for name, function in FUNCTIONS.items()
        if name not in NAMES_ALONE
        for unit in UNITS
    }
    assert {key: times for key, times in grown.items() if times > MOST} == {}


def seconds(work):
    begun = time.process_time()
    work()
    return time.process_time() - begun


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("name", METRICS)
def test_two_megabytes_are_scored_in_two_seconds(metrics, context, name, unit):
    metrics[name].score(pairs(context, "a b c"))  # loads and fits
    pair = pairs(context, f"{repeated(unit, LARGE)} {next(NUMBERS)}")
    assert max(min(seconds(lambda one=one: metrics[name].score([one])) for _ in range(2)) for one in pair) <= 2
