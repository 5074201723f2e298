"""Interventions: what they change, what they leave alone, and what they refuse."""

from dataclasses import replace
from random import Random

import pytest

from harness.errors import DataError
from harness.studies.changed import ChangedTask, data_key, scored_as, with_documents
from harness.studies.intervention import Conditions
from harness.studies.interventions.distracting_sentence import DistractingSentence
from harness.studies.interventions.label_subset import LabelSubset, nested_subset, repeated, shuffled_answers
from harness.studies.interventions.letter_form import Framed, LetterForm, written_as
from harness.studies.interventions.typos import Typos, mistyped
from harness.studies.interventions.unchanged import Unchanged
from harness.studies.interventions.wording import kept_facts
from harness.tasks.task import training_task
from harness.text.tokens import words
from harness.types import Document, Example, Turn
from tests.harness.studies.fakes import SmallTask

SUBSET = LabelSubset(pairs="all", draw=0, steps="equal epochs", knowledge="held", answers="own", asked="test")


def test_subsets_of_one_draw_are_nested_and_those_of_two_differ():
    rows = SmallTask().examples("train")
    assert nested_subset(rows, "all", 0) == list(rows)
    smaller, larger = (nested_subset(rows, n, 0) for n in (3, 5))
    assert len(smaller) == 3
    assert set(smaller) < set(larger)
    assert nested_subset(rows, 3, 1) != smaller
    assert nested_subset(rows, 0, 0) == []


def test_a_subset_changes_train_alone():
    task = SmallTask()
    changed = replace(SUBSET, pairs=3).apply(task)
    assert len(changed.examples("train")) == 3
    assert changed.examples("test") is task.examples("test")
    assert changed.documents() is task.documents()
    assert scored_as(task, changed).examples("train") is task.examples("train")


def test_equal_steps_repeat_rows_under_other_ids():
    rows = repeated(SmallTask().examples("train")[:3], 8)
    assert len({row.id for row in rows}) == 8
    assert [row.input for row in rows[:3]] == [row.input for row in rows[3:6]]


def test_shuffled_answers_are_all_there_and_none_is_its_own():
    rows = SmallTask().examples("train")
    mixed = shuffled_answers(rows, 0)
    assert sorted(row.references for row in mixed) == sorted(row.references for row in rows)
    assert all(one.references != own.references for one, own in zip(mixed, rows, strict=True))


def test_asked_what_was_trained_trains_on_the_same_rows():
    changed = replace(SUBSET, pairs=3, asked="train").apply(SmallTask())
    assert changed.examples("test") == changed.examples("train")
    assert training_task(changed).examples("train") == changed.examples("train")
    assert training_task(changed).examples("test") == SmallTask().examples("test")


def test_knowledge_of_pairs_shrinks_only_where_that_is_asked():
    exemplars = tuple(Document(f"pair:t{n}", "", "x", f"t{n}") for n in range(8))
    task = with_documents(SmallTask(), (*exemplars, Document("other", "", "y")))
    kept = {row.id for row in nested_subset(task.examples("train"), 3, 0)}
    shrunk = replace(SUBSET, pairs=3, knowledge="shrinks").apply(task)
    assert {one.example_id for one in shrunk.documents()} == {*kept, ""}
    assert replace(SUBSET, pairs=3).apply(task).documents() is task.documents()


def test_without_pairs_a_subset_says_what_is_missing():
    assert "task.splits.train=FILE" in SUBSET.refuses(SmallTask(pairs=1))
    assert SUBSET.refuses(SmallTask()) == ""


QUESTION = "Which colour does the Falfak heater have, number 4711, delivered yesterday?"


def test_typos_spare_numbers_answers_and_short_words():
    changed = mistyped(QUESTION, 1.0, frozenset(), frozenset({"colour"}), Random(0))
    pairs = list(zip(QUESTION.split(), changed.split(), strict=True))
    same = [before for before, after in pairs if before == after]
    assert same == ["colour", "the", "4711,"]
    assert len(changed.split()) == len(QUESTION.split())


def test_a_larger_share_keeps_the_errors_of_a_smaller():
    some, more = (mistyped(QUESTION, share, frozenset(), frozenset(), Random(7)).split() for share in (0.3, 0.7))
    wrong = [at for at, word in enumerate(QUESTION.split()) if some[at] != word]
    assert wrong
    assert all(more[at] == some[at] for at in wrong)


def test_no_typo_makes_a_word_of_the_data():
    """Of "door" everything that one error makes is known: the word stays."""
    known = frozenset(
        word for seed in range(400) for word in words(mistyped("door", 1.0, frozenset(), frozenset(), Random(seed)))
    )
    assert mistyped("door", 1.0, known, frozenset(), Random(3)) == "door"


def test_typos_spare_the_letters_of_identifiers():
    text = "Who signed HXQA200 and COVID19_report?"
    assert mistyped(text, 1.0, frozenset(), frozenset(), Random(0)).endswith("HXQA200 and COVID19_report?")


def test_typos_change_questions_and_nothing_else():
    task = SmallTask()
    changed = Typos(share=1.0, draw=0).apply(task)
    assert all(a.input != b.input for a, b in zip(task.examples("test"), changed.examples("test"), strict=True))
    assert all(kept_facts(a, b) for a, b in zip(task.examples("test"), changed.examples("test"), strict=True))
    assert Typos(share=0.0, draw=0).apply(task).examples("test") == task.examples("test")
    assert Typos(share=1.0, draw=1).apply(task).examples("test") != changed.examples("test")
    assert training_task(changed) is task


def test_of_a_conversation_the_last_turn_of_the_user_is_changed():
    said = ["First question here", "Answer here", "Second question here"]
    turns = tuple(Turn(role, text) for role, text in zip(("user", "assistant", "user"), said, strict=True))
    task = ChangedTask(SmallTask(), {"test": (Example("c", turns, ("x",), ()),)})
    (changed,) = LetterForm("capitals").apply(task).examples("test")
    assert [turn.content for turn in changed.input] == ["First question here", "Answer here", "SECOND QUESTION HERE"]


def test_punctuation_goes_and_numbers_stay():
    assert written_as("At 14:45, is 3.5 right? Yes!", "no punctuation") == "At 14:45 is 3.5 right Yes"


def test_a_frame_holds_the_question_and_says_where():
    framed = Framed("polite", "Hello. {question} Thanks.")
    assert framed.apply(SmallTask()).examples("test")[2].input == "Hello. Which colour has the door number 2? Thanks."
    assert Framed("x", "Hello.").problems()


def test_a_distracting_sentence_is_of_another_page_and_holds_no_answer():
    task = SmallTask()
    changed = DistractingSentence(draw=0).apply(task)
    for before, after in zip(task.examples("test"), changed.examples("test"), strict=True):
        added = after.input.removesuffix(before.input).strip()
        assert after.input.endswith(before.input)
        assert added
        assert before.references[0] not in added
        assert f"number {before.id[1:]} " not in added


def test_a_distracting_sentence_needs_another_source():
    assert "another document" in DistractingSentence(draw=0).refuses(SmallTask(pages=1))
    assert "test example" in DistractingSentence(draw=0).refuses(SmallTask(questions=0))


def test_an_intervention_is_the_same_every_time():
    for one in (Typos(0.5, 0), DistractingSentence(0), replace(SUBSET, pairs=3)):
        assert data_key(one.apply(SmallTask())) == data_key(one.apply(SmallTask()))


def test_two_documents_of_one_id_are_refused():
    with pytest.raises(DataError, match="1 ids occur twice, such as a"):
        with_documents(SmallTask(), [Document("a", "", "x"), Document("a", "", "y")], "doubled")


def test_conditions_are_every_combination():
    made = list(Conditions(SUBSET, {"pairs": (1, "all"), "draw": (0, 1)}, {"retriever.k": (2,)}).made())
    assert [one.name for one in made] == [
        "1 pairs, retriever.k=2, draw 0", "1 pairs, retriever.k=2, draw 1",
        "all pairs, retriever.k=2, draw 0", "all pairs, retriever.k=2, draw 1",
    ]  # fmt: skip
    assert made[0].settings["retriever.k"] == "2"


def test_conditions_name_what_they_do_not_know():
    assert Conditions(Unchanged("x"), {"pair": (1,)}).problems() == ["over.pair is not known to Unchanged; it has name"]
    assert "share is 2" in Conditions(Typos(0.1, 0), {"share": (2,)}).problems()[0]
    assert Conditions(Typos(0.1, 0), {"share": ()}).problems() == ["over.share is []; give at least one value"]
