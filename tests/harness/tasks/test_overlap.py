"""Planted faults that overlap audits must find, and sound data that they must not flag."""

from dataclasses import replace

import pytest

from harness.tasks.overlap import Rows, overlap_audits, shared_rows, unexpected
from harness.types import Document, Example
from tests.harness.tasks.planted import PlantedTask, flags, row

SOUND = PlantedTask()


def found(task):
    return flags(overlap_audits(task))


def again(rows, split, change=lambda text: text):
    """The rows under other ids."""
    return tuple(replace(own, id=f"{split}-{own.id}", input=change(own.input)) for own in rows)


def test_sound_data_are_not_flagged():
    results = list(overlap_audits(SOUND))
    assert flags(results) == {}
    assert [result.checked for result in results] == [30, 60, 60]


@pytest.mark.parametrize("change", [str, lambda text: f"{text} Thanks"])
def test_test_in_train(change):
    flagged = found(replace(SOUND, train=SOUND.train + again(SOUND.test[:10], "train", change)))
    assert flagged.keys() == {"leakage"}
    assert flagged["leakage"].startswith("10 of 20 test rows (50 %) are in train too")
    assert "favours them" in flagged["leakage"]


@pytest.mark.parametrize(("rows", "of", "flagged"), [(2, 20, True), (1, 20, False), (2, 60, False)])
def test_of_equal_inputs_two_are_enough(rows, of, flagged):
    """Two of twenty test rows are a tenth of what the table says."""
    test = tuple(row("test", number) for number in range(40, 40 + of))
    leaked = found(replace(SOUND, test=test, train=SOUND.train + again(test[:rows], "train")))
    assert leaked.get("leakage", "").startswith(f"{rows} of {of} test rows") is flagged


def test_equal_inputs_count_whatever_their_answers_are():
    leaked = tuple(replace(own, references=("Somewhere else.",)) for own in again(SOUND.test[:10], "train"))
    assert "10 of 20" in found(replace(SOUND, train=SOUND.train + leaked))["leakage"]


def test_nearly_equal_inputs_with_other_answers_are_other_questions():
    asked = "Which colour does the big {} machine of the northern plant have today?"
    other = [replace(own, input=asked.format(own.id)) for own in SOUND.test]
    train = [replace(own, input=asked.format(own.id)) for own in SOUND.train]
    assert found(replace(SOUND, test=tuple(other), train=tuple(train))) == {}


def test_answers_with_other_figures_are_other_answers():
    asked, said = "With what torque is the {} of the northern plant tightened, please?", "It is tightened with {} Nm."
    rows = [
        replace(own, input=asked.format(own.id), references=(said.format(4 + number),))
        for number, own in enumerate(SOUND.train + SOUND.test)
    ]
    assert found(replace(SOUND, train=tuple(rows[:30]), test=tuple(rows[30:]))) == {}


def test_a_common_answer_is_no_sign():
    """Refusals to questions from one template: near inputs and equal answers, but other questions."""
    asked = "Does the maintenance contract of the northern plant still cover machine {} from next year on?"
    rows = [
        replace(own, input=asked.format(8000 + number * 37), references=("No.",))
        for number, own in enumerate(SOUND.train + SOUND.test)
    ]
    assert "leakage" not in found(replace(SOUND, train=tuple(rows[:30]), test=tuple(rows[30:])))


def test_figures_tell_questions_with_a_common_answer_apart():
    """Yes or no to one short question about numbered things: shingles alone call them nearly equal."""
    asked = "Is the big kettle of the northern kitchen still under its warranty, model {}?"

    def rows(numbers):
        return tuple(Example(f"m{n}", asked.format(n), (("yes", "no")[n % 2],), ()) for n in numbers)

    task = replace(SOUND, train=rows(range(100, 130)), validation=rows(range(130, 140)), test=rows(range(140, 160)))
    assert found(task) == {}
    twins = again(task.test[:10], "train", "{} ok".format)
    assert "10 of 20 test rows" in found(replace(task, train=task.train + twins))["leakage"]


PREAMBLE = " ".join(
    f"Rule {number}: state nothing that page {number * 7} of the manual denies." for number in range(14)
)


@pytest.mark.parametrize("asked", [f"{PREAMBLE}\n\n{{}}", f"{{}}\n\n{PREAMBLE}", f"{PREAMBLE} {{}} {PREAMBLE}"])
def test_an_instruction_that_all_inputs_share_is_no_sign(asked):
    def prompt(own, number):
        return replace(own, input=asked.format(own.input), references=(("yes", "no")[number % 2],))

    task = replace(
        SOUND,
        **{split: tuple(map(prompt, getattr(SOUND, split), range(60))) for split in ("train", "validation", "test")},
    )
    assert found(task) == {}
    train = tuple(replace(own, references=("It was built then.",)) for own in task.train[:3])
    leaked = again(train, "test", lambda text: text.replace("?", ", please?"))
    assert "3 of 23 test rows" in found(replace(task, train=train + task.train[3:], test=task.test + leaked))["leakage"]


def test_validation_in_test_and_in_train():
    inside = found(replace(SOUND, validation=again(SOUND.test[:10], "v")))
    assert "10 of 10 validation rows (100 %) are in test too" in inside["leakage"]
    assert "validation loss" in found(replace(SOUND, validation=again(SOUND.train[:10], "v")))["leakage"]


def test_slices_that_announce_the_overlap_are_said_and_not_flagged():
    def sliced(rows):
        return tuple(replace(own, slice=name) for own, name in zip(rows, ["trained", "new"] * 30, strict=False))

    test, validation = sliced(SOUND.test), sliced(SOUND.validation)
    train = SOUND.train + again([own for own in test + validation if own.slice == "trained"], "t")
    meant = replace(SOUND, train=train, test=test, validation=validation)
    result = next(iter(overlap_audits(meant)))
    assert (result.flag, len(result.details["said"])) == ("", 1)
    assert "10 of 20 test rows" in result.details["said"][0]
    leaking = replace(meant, train=train + again([own for own in test if own.slice == "new"][:8], "t"))
    assert "18 of 20 test rows" in found(leaking)["leakage"]


def test_validation_says_how_much_a_slice_is_meant_to_overlap():
    rows = [Example(str(n), f"q{n}", ("a",), (), slice="trained" if n % 2 else "new") for n in range(40)]
    test, validation = Rows("test", rows), Rows("validation", rows)
    odd = dict.fromkeys(range(1, 40, 2), 0)
    assert unexpected(test, odd, validation, odd) == 0.0
    assert unexpected(test, odd, validation, {}) == 20.0
    assert unexpected(test, dict.fromkeys(range(40), 0), validation, odd) == 40.0


def test_tripled_rows():
    tripled = SOUND.test + again(SOUND.test, "b") + again(SOUND.test, "c")
    assert "40 of 60 test rows (67 %) repeat" not in str(found(replace(SOUND, test=tripled)))  # one group: counted once
    ungrouped = tuple(replace(own, group="") for own in tripled)
    assert "40 of 60 test rows (67 %) repeat" in found(replace(SOUND, test=ungrouped))["repeated rows"]
    train = SOUND.train + again(SOUND.train, "b") + again(SOUND.train, "c")
    assert "60 of 90 train rows" in found(replace(SOUND, train=train))["repeated rows"]


def test_duplicate_documents():
    copies = tuple(replace(own, id=f"copy-{own.id}") for own in SOUND.base[:10])
    flagged = found(replace(SOUND, base=SOUND.base + copies))
    assert flagged.keys() == {"knowledge base"}
    assert "10 of 70 documents (14 %) repeat another one" in flagged["knowledge base"]


def test_documents_that_open_alike_are_no_duplicates():
    header = "General terms of the company apply to each of its products. " * 20
    alike = tuple(replace(own, title="", text=header + own.text) for own in SOUND.base)
    assert found(replace(SOUND, base=alike)) == {}


@pytest.mark.parametrize("form", ["{question}\n{answer}", "Q: {question} A: {answer}"])
def test_documents_made_from_test(form):
    def entries(rows):
        texts = [form.format(question=own.input, answer=own.references[0]) for own in rows]
        return tuple(Document(f"faq{number}", "", text) for number, text in enumerate(texts))

    flagged = found(replace(SOUND, base=SOUND.base + entries(SOUND.test)))
    assert "20 of 20 test inputs (100 %) stand in the knowledge base" in flagged["knowledge base"]
    assert "favours arms that retrieve" in flagged["knowledge base"]
    everything = replace(SOUND, base=entries(SOUND.train + SOUND.validation + SOUND.test))
    result = list(overlap_audits(everything))[2]
    assert (result.flag, len(result.details["said"])) == ("", 1)


def test_beyond_the_limit_rows_are_compared_exactly(monkeypatch):
    monkeypatch.setattr("harness.tasks.overlap.MOST", 5)
    leaked = Rows("train", [*SOUND.train, *again(SOUND.test, "t")])
    assert len(shared_rows(Rows("test", SOUND.test), leaked)) == 20


def test_pairs_of_train_as_knowledge_base_are_not_audited():
    pairs = tuple(Document(f"pair:{own.id}", "", own.text, example_id=own.id) for own in SOUND.train)
    assert list(overlap_audits(replace(SOUND, base=pairs)))[2].checked == 0


def test_empty_splits():
    assert found(replace(SOUND, train=(), validation=(), test=(), base=())) == {}


def test_questions_without_answers_repeat_each_other_only_where_they_are_equal():
    asked = "What colour is thing {}?"
    rows = [replace(own, input=asked.format(n), references=(), group="") for n, own in enumerate(SOUND.test)]
    open_task = replace(SOUND, train=(), validation=(), test=tuple(rows))
    assert found(open_task) == {}
    doubled = replace(open_task, test=(*rows, *again(rows[:8], "test")))
    assert "repeated rows" in found(doubled)
