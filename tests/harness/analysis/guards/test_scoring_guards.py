"""Scores, controls and code of arms held against each other, and what audits found."""

import dataclasses

import pytest

from harness.analysis.table import build
from harness.audits import AuditResult, as_facts
from tests.harness.analysis.guards.making import answering, flags, scored, sound, with_facts


def topics(found):
    return [one.split(":")[0] for one in found]


def test_a_metric_that_is_the_same_everywhere_is_flagged():
    dead = [scored(sound(arm), "rouge_l", lambda number: 0.0) for arm in ("base", "rag")]
    found = flags(*dead)
    assert any(one.startswith("Constant metric: rouge_l is 0.000 for every answer of every arm") for one in found)
    alive = flags(scored(sound("base"), "rouge_l", lambda number: 0.0), sound("rag"))
    assert "Constant metric" not in topics(alive)


def test_arms_that_are_all_right_are_no_fault_of_the_metric():
    perfect = [scored(sound(arm), "exact_match", lambda number: 1.0) for arm in ("base", "rag")]
    assert "Constant metric" not in topics(flags(*perfect))


def test_long_answers_that_equal_no_reference_are_a_warning_and_no_flag():
    long = [answering(sound(arm), lambda number, one: {"text": f"{one.text} at last"}) for arm in ("base", "rag")]
    long = [scored(one, "exact_match", lambda number: 0.0) for one in long]
    assert "Constant metric" not in topics(flags(*long))
    assert any(note.topic == "Constant metric" for note in build(long, resamples=50).notes)
    broken = [scored(sound(arm), "exact_match", lambda number: 0.0) for arm in ("base", "rag")]
    assert "Constant metric" in topics(flags(*broken))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (1, "though references are short (half of them at most 1 word): the answers are wrong, or in another form"),
        (6, "though references are short (half of them at most 6 words): the answers are wrong, or in another form"),
        (30, "as usual where answers are long; leave the metric out"),
    ],
)
def test_what_it_means_that_no_answer_is_a_reference_depends_on_their_length(words, said):
    reference = " ".join(["word"] * words)
    arms = [answering(sound(arm), lambda number, one: {"text": f"not {number}"}) for arm in ("base", "rag")]
    arms = [scored(one, "exact_match", lambda number: 0.0) for one in arms]
    arms = [
        dataclasses.replace(
            one, examples=tuple(dataclasses.replace(own, references=(reference,)) for own in one.examples)
        )
        for one in arms
    ]
    note = next(one for one in build(arms, resamples=50).notes if one.topic == "Constant metric")
    assert f"No answer has a reference's very words, {said}" in note.text


def test_scores_of_another_arm_are_flagged():
    values = {one.example_id: one.value for one in sound("base").scores if one.metric == "rouge_l"}
    copied = scored(sound("rag"), "rouge_l", lambda number: values[f"e{number}"])
    assert any("base and rag have the same rouge_l on every example" in one for one in flags(sound("base"), copied))


def test_equal_answers_have_equal_scores():
    other = scored(sound("qlora"), "rouge_l", lambda number: 0.5)
    found = flags(sound("base"), other)
    assert any("base and qlora gave e0 the same answer with the same passages" in one for one in found)
    judged = {"judges": [{"name": "ragas", "reads": "model", "metrics": ["rouge_l"], "fingerprint": "f", "model": "m"}]}
    judged["judges"][0]["agreement"] = {}
    assert not any("same answer with" in one for one in flags(with_facts(sound("base"), **judged), other))


def test_failed_answers_have_the_worst_score():
    failed = answering(sound("rag"), lambda number, one: {"finish": "error"} if number == 1 else {})
    assert any(
        "rag: failed answers have better exact_match and rouge_l than the worst value (first e1)" in one
        for one in flags(sound("base"), failed)
    )
    worst = scored(scored(failed, "rouge_l", lambda n: n / 100 * (n != 1)), "exact_match", lambda n: float(n > 9))
    assert not any("failed answers" in one for one in flags(sound("base"), worst))


def test_a_reference_word_for_word_has_the_best_score():
    values = [one.value for one in sound("rag").scores if one.metric == "exact_match"]
    shifted = scored(sound("rag"), "exact_match", lambda number: values[number - 1])
    assert any("word for word do not have the best exact_match" in one for one in flags(sound("base"), shifted))


def test_an_oracle_that_does_not_help_is_flagged():
    useless = scored(sound("oracle"), "exact_match", lambda number: float((number * 0.618) % 1 < 0.2))
    (found,) = [one for one in flags(sound("base"), useless) if one.startswith("Oracle")]
    assert "oracle is no better than base (exact_match 0.225 and 0.225), though 40 of 40 examples" in found
    few = dataclasses.replace(
        useless, examples=tuple(dataclasses.replace(one, evidence=()) for one in useless.examples)
    )
    base = dataclasses.replace(sound("base"), examples=few.examples)
    assert "Oracle" not in topics(flags(base, few))


def test_an_oracle_has_nothing_to_add_where_base_is_right():
    right = [scored(sound(arm), "exact_match", lambda number: float(number > 0)) for arm in ("base", "oracle")]
    assert "Oracle" not in topics(flags(*right))


def test_random_passages_that_serve_as_well_are_flagged():
    equal = scored(sound("random"), "exact_match", lambda number: float((number * 0.618) % 1 < 0.7))
    (found,) = [one for one in flags(sound("base"), sound("rag"), equal) if one.startswith("Random")]
    assert "random serves as well as rag (exact_match 0.725 and 0.725)" in found


def test_other_code_is_flagged_for_the_arms_that_ran_it():
    other = {"pipelines.prompts": "a", "pipelines.rag.searcher": "changed", "pipelines.qlora.training": "c"}
    assert flags(sound("base"), with_facts(sound("rag"), code=other)) == []
    found = flags(sound("base"), sound("rag"), with_facts(sound("hybrid"), code=other))
    (text,) = found
    assert text.startswith("Code: rag and hybrid were answered by different code (pipelines.rag.searcher)")
    assert flags(sound("rag"), with_facts(sound("hybrid"), code={})) == []
    prompts = with_facts(sound("base"), code={**other, "pipelines.prompts": "changed"})
    assert any("pipelines.prompts" in one for one in flags(prompts, sound("rag")))


def test_another_python_says_nothing_about_the_code():
    other = with_facts(sound("rag"), code={"pipelines.prompts": "z"})
    other = dataclasses.replace(other, environment={"python": "3.12.1", "packages": {"torch": "2.14.0"}})
    table = build([sound("base"), other], resamples=50)
    assert table.flags == ()
    (note,) = [note for note in table.notes if note.topic == "Libraries"]
    assert note.level == "warning"
    assert "torch 2.13.0 (base), 2.14.0 (rag)" in note.text


def audited(arm, *results, **fields):
    return with_facts(sound(arm, **fields), audits=as_facts(results))


def test_a_flag_of_an_audit_is_a_note_that_stands_first():
    shared = AuditResult("duplicates", 12, "documents", flag="3 documents are there twice. Remove them.", seconds=0.1)
    replay = AuditResult("replay", 8, "answers", seconds=0.2)
    other = AuditResult("replay", 8, "answers", seconds=0.3)
    flagged = AuditResult("adapter loss", 16, "rows", flag="the loss is twice the recorded one", seconds=0.4)
    table = build(
        [audited("base", replay, shared), audited("rag", other, shared), audited("qlora", flagged, shared)],
        resamples=50,
    )
    assert [str(note) for note in table.notes[:2]] == [
        "! Duplicates: 3 documents are there twice. Remove them",
        "! Adapter loss: qlora: the loss is twice the recorded one",
    ]
    assert table.flags == table.notes[:2]
    (summary,) = [note.text for note in table.notes if note.topic == "Audits"]
    assert summary == (
        "replay: 16 answers in 2 arms passed; duplicates: 12 documents looked at, flagged; "
        "adapter loss: 16 rows looked at, flagged"
    )


@pytest.mark.parametrize(
    ("facts", "spec", "said"),
    [
        ({}, {}, "rag not audited (records of an older version)"),
        ({"audits": []}, {"config": {"audit": False}}, "rag not audited (audit=false)"),
    ],
)
def test_arms_that_were_not_audited_are_named(facts, spec, said):
    other = with_facts(sound("rag"), **facts)
    other = dataclasses.replace(other, spec={**other.spec, **spec})
    table = build([audited("base", AuditResult("replay", 8, "answers")), other], resamples=50)
    assert [note.text for note in table.notes if note.topic == "Audits"] == [f"replay: 8 answers passed; {said}"]
    assert table.flags == ()
