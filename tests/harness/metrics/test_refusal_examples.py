"""How well refusals are recognised, on the committed examples of all languages."""

import json

import pytest

from harness.languages.patterns import FOLDER, languages, patterns
from harness.metrics.refusal import is_refusal

EXAMPLES = [json.loads(line) for line in (FOLDER / "refusal_examples.jsonl").read_text(encoding="utf-8").splitlines()]


def of(language):
    return [one for one in EXAMPLES if language in ("", one["language"])]


def precision_and_recall(examples):
    found = [one["refusal"] for one in examples if is_refusal(one["text"])]
    there = [is_refusal(one["text"]) for one in examples if one["refusal"]]
    return sum(found) / len(found), sum(there) / len(there)


def test_precision_and_recall_on_all_examples():
    assert len(EXAMPLES) >= 300
    precision, recall = precision_and_recall(EXAMPLES)
    assert precision >= 0.97
    assert recall >= 0.97


@pytest.mark.parametrize("language", list(languages()))
def test_every_language_is_recognised(language):
    examples = of(language)
    assert len(examples) >= 30
    assert min(precision_and_recall(examples)) >= 0.93


def test_examples_stand_there_once_and_in_languages_with_patterns():
    texts = [one["text"] for one in EXAMPLES]
    assert len(set(texts)) == len(texts)
    assert {one["language"] for one in EXAMPLES} == set(languages())


def test_always_yes_and_always_no_would_fail():
    assert not sum(one["refusal"] for one in EXAMPLES) / len(EXAMPLES) >= 0.97


def test_patterns_are_read_from_yaml():
    assert set(languages()) >= {"en", "de", "fr", "es", "ru", "zh"}
    assert patterns().declining.search("i do not know")
