"""Rows that hang together, turns of one conversation or questions on one text, stay in one split or are flagged."""

from dataclasses import replace
from itertools import combinations

import pytest

from harness.tasks.continued import continued, conversations
from harness.tasks.overlap import overlap_audits
from harness.types import SPLITS, Example
from tests.harness.tasks.making import build_task, write_lines
from tests.harness.tasks.planted import PlantedTask, flags

THINGS = (
    "ferry",
    "cabin",
    "bicycle",
    "gate",
    "dog",
    "booking",
    "lounge",
    "anchor",
    "bridge",
    "ticket",
    "island",
    "crew",
)
TURNS = 4


def turn(number, at):
    thing = THINGS[number]
    return f"What about the {thing} on day {at * 31 + number}?", f"The {thing} is ready at {at + 7}:{number + 10}."


def exploded(number):
    """One row per turn of a conversation, each with all that was said before."""
    said = list[str]()
    for at in range(TURNS):
        asked, told = turn(number, at)
        yield {"conversation_id": number, "prompt": "\n".join([*said, f"Guest: {asked}"]), "response": told}
        said += [f"Guest: {asked}", f"Desk: {told}"]


def example(name, text, answer, group=""):
    return Example(name, text, (answer,), (), True, group, "")


def parted(task):
    """Pairs of rows of different splits of which one begins with the other."""
    texts = {split: [own.text for own in task.examples(split)] for split in SPLITS}
    return [
        (one, other)
        for left, right in combinations(SPLITS, 2)
        for one in texts[left]
        for other in texts[right]
        if one.startswith(other) or other.startswith(one)
    ]


def test_turns_of_one_conversation_are_carved_into_one_split(tmp_path):
    write_lines(tmp_path / "chats.jsonl", [row for number in range(12) for row in exploded(number)])
    task = build_task("jsonl", dir=str(tmp_path))
    assert task.problems() == []
    assert parted(task) == []
    assert "turns of one conversation stay together" in "\n".join(task.remarks())


def test_messages_of_one_conversation_are_carved_into_one_split(tmp_path):
    rows = []
    for number in range(12):
        said = []
        for at in range(TURNS):
            asked, told = turn(number, at)
            said = [*said, {"role": "user", "content": asked}, {"role": "assistant", "content": told}]
            rows.append({"messages": said})
    write_lines(tmp_path / "chats.jsonl", rows)
    assert parted(build_task("jsonl", dir=str(tmp_path))) == []


def test_rows_go_on_with_others_only_with_their_answers():
    short = example("a", "Is the deck open at sea?", "No, it is locked.")
    goes_on = example("b", "Is the deck open at sea?\nDesk: No, it is locked.\nAnd in port?", "Yes.")
    without = example("c", "Is the deck open at sea? Answer in one word.", "No.")
    assert continued([short], [without, goes_on]) == {0: 1}
    assert continued([short], [without]) == {}


def test_a_greeting_ties_no_conversations():
    hello = [example(f"h{n}", "Hello, can you help me?", "Of course!") for n in range(2)]
    more = [example(f"m{n}", f"Hello, can you help me?\nOf course!\nWhere is gate {n}?", "Left.") for n in range(2)]
    assert list(conversations([*hello, *more])) == []
    assert list(conversations([hello[0], more[0]])) == [(0, 1)]


def test_answers_that_rows_of_train_tell_on_the_way_are_flagged():
    sound = PlantedTask()
    longer = tuple(
        replace(own, id=f"long-{own.id}", input=f"{own.text}\n{own.references[0]}\nAnd then, after all of that?")
        for own in sound.test[:10]
    )
    flagged = flags(overlap_audits(replace(sound, train=sound.train + longer)))
    assert "10 of 20 test rows (50 %) are the beginning of rows of train" in flagged["leakage"]
    assert "leakage" not in flags(overlap_audits(replace(sound, test=longer[:3] + sound.test[10:])))


def on_passages(count, each=4):
    for number in range(count):
        text = (
            f"The {THINGS[number]} of the old harbour was built by {number + 3} sailors and has stood there ever since."
        )
        for at in range(each):
            asked, told = turn(number, at)
            yield {"passage": text, "question": asked, "answer": told}


def groups(task):
    return {split: {own.group for own in task.examples(split)} for split in SPLITS}


@pytest.mark.parametrize("columns", [{}, {"group": ["passage"]}, {"group": ["passage"], "evidence": ["passage"]}])
def test_questions_on_one_passage_are_a_group_and_keep_it_as_evidence(tmp_path, columns):
    write_lines(tmp_path / "qa.jsonl", list(on_passages(12)))
    task = build_task("jsonl", dir=str(tmp_path), **{f"columns__{role}": names for role, names in columns.items()})
    assert task.problems() == []
    assert len(task.documents()) == 12
    assert all(own.evidence and own.group for split in SPLITS for own in task.examples(split))
    assert not any(one & other for one, other in combinations(groups(task).values(), 2))


def test_a_passage_of_each_question_makes_no_groups(tmp_path):
    write_lines(tmp_path / "qa.jsonl", list(on_passages(12, each=1)))
    assert set().union(*groups(build_task("jsonl", dir=str(tmp_path))).values()) == {""}


def test_few_passages_for_everything_make_no_groups(tmp_path):
    write_lines(tmp_path / "qa.jsonl", list(on_passages(2, each=10)))
    assert set().union(*groups(build_task("jsonl", dir=str(tmp_path))).values()) == {""}


def test_multiple_choice_on_one_article_is_a_group(tmp_path):
    rows = [
        {
            "article": row["passage"],
            "question": row["question"],
            "options": [row["answer"], "Nobody knows."],
            "answer": "A",
        }
        for row in on_passages(12)
    ]
    write_lines(tmp_path / "race.jsonl", rows)
    found = groups(build_task("jsonl", dir=str(tmp_path)))
    assert sum(map(len, found.values())) == 12
    assert "" not in set().union(*found.values())


def asked_of(split, count=12):
    return [{"question": turn(n % 12, n)[0], "answer": turn(n % 12, n)[1], "split": split} for n in range(count)]


def test_a_column_that_leaves_no_row_to_test_is_refused_with_what_helps(tmp_path):
    write_lines(tmp_path / "all.jsonl", asked_of("dev"))
    task = build_task("jsonl", dir=str(tmp_path))
    assert "set task.columns.slice=[split], which carves test" in "\n".join(task.problems())
    helped = build_task("jsonl", dir=str(tmp_path), columns__slice=["split"])
    assert (helped.problems(), len(helped.examples("test")) > 0) == ([], True)


def test_options_without_any_right_one_are_withheld_answers(tmp_path):
    rows = [{"ctx": row["question"], "endings": [row["answer"], "Nobody knows."], "label": 0} for row in asked_of("")]
    write_lines(tmp_path / "train.jsonl", rows)
    write_lines(tmp_path / "test.jsonl", [{**row, "label": ""} for row in rows[:4]])
    said = "\n".join(build_task("jsonl", dir=str(tmp_path)).problems())
    assert "label is empty" in said
    assert "task.splits.test=null carves test from train" in said
