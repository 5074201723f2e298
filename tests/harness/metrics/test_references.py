"""The references as an arm: their figures, and tasks whose judge cannot tell them from others."""

from dataclasses import replace

import pytest

from harness.metrics.abstention import Abstention
from harness.metrics.accuracy import Accuracy
from harness.metrics.context import TaskContext
from harness.metrics.exact_match import ExactMatch
from harness.metrics.references import reference_audit
from tests.harness.tasks.planted import PlantedTask

SOUND = PlantedTask()


@pytest.fixture
def audited(lexical_metrics):
    """The audit of a task with faithfulness, fabrication, abstention and exact match."""

    def audit(task):
        context = TaskContext(task)
        chosen = {metric.name: metric for metric in (*lexical_metrics, Abstention(), ExactMatch())}
        bound = {name: metric.bind(context) for name, metric in chosen.items()}
        return next(iter(reference_audit(bound, task.test, context.documents)), None)

    return audit


@pytest.fixture
def planted_labels():
    """The flag of a task with such labels, for accuracy."""

    def flag(labels):
        rows = [replace(own, references=(labels[n % len(labels)],)) for n, own in enumerate(SOUND.test)]
        task = replace(SOUND, train=(), validation=(), test=tuple(rows))
        return next(reference_audit({"accuracy": Accuracy().bind(TaskContext(task))}, task.test, {})).flag

    return flag


def test_figures_by_metric(audited):
    result = audited(SOUND)
    assert (result.flag, result.checked) == ("", 20)
    assert result.details["means"] == {
        "faithfulness": pytest.approx(0.9, abs=0.05),
        "fabrication": 0.0,
        "abstention": 1.0,
    }
    assert result.details["n"] == {"faithfulness": 20, "fabrication": 20, "abstention": 20}
    assert result.details["left_out"] == ["exact_match"]  # a reference is itself
    assert result.details["faithfulness, judge"]["auroc"] > 0.95


def test_references_of_other_rows(audited):
    others = [*SOUND.test[7:], *SOUND.test[:7]]
    swapped = [replace(own, references=other.references) for own, other in zip(SOUND.test, others, strict=True)]
    flag = audited(replace(SOUND, test=tuple(swapped))).flag
    assert flag.startswith("faithfulness: the judge does not tell references from those of other rows (AUROC ")


def test_references_that_the_judge_cannot_read(audited):
    """Paraphrase with hardly a word of the evidence: better than a reference of another row, and still unsupported."""
    free = [replace(own, references=(f"{own.group} originates overseas, people claim",)) for own in SOUND.test]
    result = audited(replace(SOUND, test=tuple(free)))
    assert "the references themselves reach 0.19" in result.flag
    assert "judge=nli" in result.flag


def test_unanswerable_rows_are_scored_but_not_compared(audited):
    unknown = tuple(replace(own, answerable=False, references=("I do not know.",)) for own in SOUND.test)
    result = audited(replace(SOUND, test=unknown))
    assert result.details["means"]["abstention"] == 1.0
    assert "faithfulness, judge" not in result.details


def test_labels_that_are_hardly_different_are_flagged(planted_labels):
    assert planted_labels(("A*", "A")).startswith("accuracy: labels such as ")
    assert planted_labels(("yes", "no")) == ""


def test_no_references(audited):
    assert audited(replace(SOUND, test=tuple(replace(own, references=()) for own in SOUND.test))) is None
