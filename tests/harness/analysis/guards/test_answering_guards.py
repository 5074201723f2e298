"""Prompts, adapters, seeds, passages and answers of arms against each other: faults are named, sound arms are not."""

import dataclasses

import pytest

from harness.analysis.guards import answers
from harness.analysis.notes import failed_answers
from harness.analysis.roles import Role
from harness.analysis.table import build
from harness.errors import DataError
from harness.machine.measured import Span
from harness.types import Example, Prediction
from tests.harness.analysis.guards.making import N, answering, flags, passages, renamed, sound, with_facts

ARMS = ("base", "rag", "qlora", "hybrid", "oracle", "random")


def only(found, *words):
    """There is one flag, and it says so."""
    assert len(found) == 1, found
    for word in words:
        assert word in found[0]


def test_sound_arms_have_no_flag():
    assert flags(*map(sound, ARMS), sound("qlora", 1), sound("hybrid", 1)) == []


@pytest.mark.parametrize("n", [1, 4, 9, 31])
def test_sound_arms_of_a_smoke_test_have_no_flag(n):
    assert flags(*(sound(arm, n=n) for arm in ARMS)) == []


def test_an_arm_that_has_lost_what_its_name_promises():
    rag = sound("rag")
    twin = dataclasses.replace(rag, cell=dataclasses.replace(rag.cell, arm="oracle"))
    found = [one for one in flags(sound("base"), rag, twin) if one.startswith("Same arm twice")]
    only(found, "oracle", "rag", "are made of the same parts", "conf/arm/oracle.yaml")


def test_the_same_passages_are_the_same_prompt():
    other = answering(sound("hybrid"), lambda number, one: {"prompt_sha256": f"other{number}"})
    only(
        flags(sound("base"), sound("rag"), other), "Prompts: rag against hybrid", "40 times, first e0", "chat template"
    )


def test_an_arm_whose_passages_are_not_in_its_prompt_is_refused():
    bare = {one.example_id: one.prompt_sha256 for one in sound("base").predictions}
    unread = answering(sound("rag"), lambda _, one: {"prompt_sha256": bare[one.example_id]})
    only(flags(sound("base"), unread), "Missing arm: rag, seed 0: 40 of its prompts are those of base", "never reached")
    assert [row.arm for row in build([sound("base"), unread], resamples=50).rows] == ["base"]


def test_a_prompt_without_its_passages_is_flagged():
    lost = answering(sound("rag"), lambda _, one: {"prompt": ("Who built it?",)})
    (question, passage) = flags(sound("base"), lost)
    assert "Prompts: rag: 40 of 40 prompts lack their own question" in question
    assert "Prompts: rag: 40 of 40 prompts lack a passage that is listed as shown (first e0)" in passage
    spaced = answering(sound("rag"), lambda _, one: {"prompt": tuple(f" {text}\n" for text in one.prompt)})
    assert flags(sound("base"), spaced) == []


def test_answers_under_another_question_are_flagged():
    prompts = [one.prompt for one in sound("base").predictions]
    shifted = answering(sound("base"), lambda number, one: {"prompt": prompts[number - 1]})
    assert any(
        "base: 40 of 40 prompts lack their own question (first e0)" in one for one in flags(shifted, sound("rag"))
    )


@pytest.mark.parametrize(("arm", "key"), [("qlora", "another"), ("qlora", ""), ("base", "True0")])
def test_answers_of_another_adapter_are_refused(arm, key):
    other = answering(sound(arm), lambda number, one: {"adapter_key": key if number == 7 else one.adapter_key})
    only(flags(sound("rag"), other), f"Missing arm: {arm}, seed 0: 1 of its answers", "(first e7)")
    with pytest.raises(DataError, match=r"no record to make a table of \(" + arm):
        build([other], resamples=50)


def test_an_answer_that_never_reached_the_model_has_no_adapter():
    failed = answering(sound("qlora"), lambda number, one: {"adapter_key": "", "finish": "error"} if not number else {})
    assert not any(one.startswith("Missing") for one in flags(sound("base"), failed))


def test_arms_that_share_a_recipe_share_the_adapter():
    other = answering(sound("hybrid"), lambda _, one: {"adapter_key": "other"})
    other = with_facts(other, training={"adapter": "other"})
    only(flags(sound("qlora"), other), "Adapters: qlora (True0) and hybrid (other)", "two adapters")


def test_an_adapter_that_changes_no_answer_is_flagged():
    base = {one.example_id: one.text for one in sound("base").predictions}
    same = dataclasses.replace(
        sound("base"), cell=sound("qlora").cell, facts=sound("qlora").facts, spec=sound("qlora").spec
    )
    same = answering(same, lambda _, one: {"adapter_key": "True0"})
    only(
        flags(sound("base"), same), "Adapter without effect: qlora answers every example as base does", "adapter.epochs"
    )
    nearly = answering(same, lambda number, one: {"text": "another"} if not number else {})
    assert not any("without effect" in one for one in flags(sound("base"), nearly))
    assert len(base) == N


def test_arms_that_are_always_right_may_agree():
    right = [answering(sound(arm), lambda number, one: {"text": f" mason {number} "}) for arm in ("base", "qlora")]
    assert not any("without effect" in one for one in flags(*right))


def test_seeds_with_one_adapter_are_flagged():
    second = answering(
        with_facts(sound("qlora", 1), training={"adapter": "True0"}), lambda _, one: {"adapter_key": "True0"}
    )
    only(flags(sound("base"), sound("qlora"), second), "Seeds: qlora: seeds 0 and 1 have the same adapter")
    equal_weights = with_facts(sound("qlora", 1), adapter_sha256="w0")
    only(flags(sound("base"), sound("qlora"), equal_weights), "Seeds: qlora: seeds 0 and 1 have the same adapter, byte")


def test_seeds_with_the_same_answers_are_flagged():
    texts = [one.text for one in sound("qlora").predictions]
    second = answering(sound("qlora", 1), lambda number, one: {"text": texts[number]}, scores=sound("qlora").scores)
    only(flags(sound("base"), sound("qlora"), second), "Seeds: qlora: seeds 0 and 1 gave the same answers")
    assert flags(sound("base"), sound("base", 1), sound("rag"), sound("rag", 1)) == []


def test_random_passages_differ_by_seed():
    again = dataclasses.replace(sound("random"), cell=sound("random", 1).cell)
    only(flags(sound("rag"), sound("random"), again), "Seeds: random: seeds 0 and 1 drew the same passages")


def test_a_closed_book_arm_with_passages_is_flagged():
    odd = answering(sound("base"), lambda number, one: {"passages": passages("rag", number)} if number == 3 else {})
    odd = answering(odd, lambda number, one: {"prompt": ()} if number == 3 else {})
    assert any("base has no retriever, and 1 of its prompts" in one for one in flags(odd))


def test_a_retriever_that_shows_nothing_is_flagged():
    empty = answering(sound("rag"), lambda _, one: {"passages": (), "prompt_sha256": "", "prompt": ()})
    only(flags(sound("base"), empty), "rag was not shown a passage for any of 40 questions", "index is empty")
    full = answering(empty, lambda _, one: {"passages_dropped": 2})
    only(flags(sound("base"), full), "context window")


def alike(arm, **facts):
    shown = passages("rag", 3)
    record = answering(sound(arm), lambda _, one: {"passages": shown, "prompt_sha256": "", "prompt": ()})
    return with_facts(record, **facts)


def test_a_retriever_that_always_shows_the_same_is_flagged():
    only(flags(sound("base"), alike("rag")), "rag: the same passages for 40 of 40 questions", "embedder")
    small = {"passages": {"passages": 2}}
    assert flags(sound("base"), alike("rag", retrieval=small)) == []


FEW_SHOT = {"retrieves": False, "few_shot": True}
WHOLE = {"retrieves": True, "whole_base": True}


@pytest.mark.parametrize(("origin", "role"), [("example", FEW_SHOT), ("whole", WHOLE)])
def test_an_arm_that_shows_all_the_same_by_design_is_not_flagged(origin, role):
    shown = tuple(dataclasses.replace(one, origin=origin, document_id="far") for one in passages("rag", 3))
    record = answering(sound("rag"), lambda _, one: {"passages": shown, "prompt_sha256": "", "prompt": ()})
    named = renamed(record, "all")
    facts = {"role": role, "retrieval": {"same_for_all": True}}
    assert flags(sound("base"), sound("rag"), sound("random"), with_facts(named, **facts)) == []
    crowded = flags(sound("base"), with_facts(named, role=role))
    only(crowded, "all: the same passages for 40 of 40 questions")


def test_pairs_shown_as_examples_may_stand_under_another_heading():
    pair = passages("rag", 3)[:1]
    shown = answering(
        sound("rag"), lambda _, one: {"passages": pair, "prompt_sha256": f"P{one.example_id}", "prompt": ()}
    )
    example = tuple(dataclasses.replace(one, origin="example") for one in pair)
    few = answering(shown, lambda _, one: {"passages": example, "prompt_sha256": f"E{one.example_id}"})
    few = renamed(few, "few")
    facts = {"retrieval": {"same_for_all": True}}
    assert flags(sound("base"), with_facts(shown, **facts), with_facts(few, role=FEW_SHOT, **facts)) == []


def test_pairs_that_never_fit_are_flagged():
    empty = answering(
        sound("rag"), lambda _, one: {"passages": (), "passages_dropped": 3, "prompt_sha256": "", "prompt": ()}
    )
    only(flags(sound("base"), with_facts(empty, role=FEW_SHOT)), "not shown a pair", "model.max_context")


def test_the_same_evidence_is_the_same_passages():
    rows = [Example(f"e{number}", "What?", (f"Mason {number}",), ("d3",)) for number in range(N)]
    records = [answering(one, lambda *_: {"prompt": ()}, examples=tuple(rows)) for one in (sound("base"), alike("rag"))]
    assert flags(*records) == []


def test_an_oracle_without_the_evidence_is_flagged():
    wrong = answering(sound("oracle"), lambda number, one: {"passages": passages("random", number), "prompt": ()})
    wrong = answering(wrong, lambda _, one: {"prompt_sha256": ""})
    only(flags(sound("base"), wrong), "oracle shows no gold document for 40 of 40 questions")


def test_a_retriever_that_never_finds_the_evidence_is_flagged():
    wrong = answering(sound("rag"), lambda number, one: {"passages": passages("random", number), "prompt": ()})
    wrong = answering(wrong, lambda _, one: {"prompt_sha256": ""})
    only(flags(sound("base"), wrong), "rag shows a gold document for none of 40 questions", "task.columns.evidence")
    exemplars = {"passages": {"exemplars": 400}}
    assert flags(sound("base"), with_facts(wrong, retrieval=exemplars)) == []


def test_other_questions_under_the_same_ids_are_refused():
    rows = list(sound("hybrid").examples)
    rows[5] = dataclasses.replace(rows[5], references=("Mason 6",))
    other = dataclasses.replace(sound("hybrid"), examples=tuple(rows))
    only(flags(sound("base"), sound("rag"), other), "Missing arm: hybrid, seed 0: e5 is another question")


def test_one_answer_to_every_question_is_flagged():
    scores = [dataclasses.replace(one, value=0.0) for one in sound("rag").scores]
    same = answering(
        sound("rag"), lambda number, one: {"text": "It is done." if number else "Other"}, scores=tuple(scores)
    )
    found = flags(sound("base"), same)
    assert any("rag: 39 of 40 answers are “It is done.”" in one for one in found)
    yes = tuple(dataclasses.replace(row, references=("It is done.",)) for row in same.examples)
    others = [dataclasses.replace(one, examples=yes) for one in (sound("base"), same)]
    assert not any(one.startswith("Same answer") for one in flags(*others))


@pytest.mark.parametrize(("arm", "flagged"), [("base", False), ("random", False), ("rag", True), ("qlora", True)])
def test_a_model_that_knows_nothing_may_refuse_every_question(arm, flagged):
    assert any(one.startswith("Same answer") for one in flags(sound("hybrid"), refusing(arm))) == flagged


def refusing(arm):
    scores = tuple(dataclasses.replace(one, value=0.0, reason="abstained") for one in sound(arm).scores)
    return answering(sound(arm), lambda _, one: {"text": "I do not know."}, scores=scores)


def test_an_adapter_that_leaves_refusals_as_they_were_is_said_to_have_no_effect():
    only([one for one in flags(refusing("base"), refusing("qlora")) if "Constant" not in one], "Adapter without effect")


def cut(arm, share, tokens=16, text="and then and then and then and then and then", **facts):
    def change(number, one):
        spans = (Span("decode", 1.0, 10, tokens),)
        return {"finish": "length", "text": text, "spans": spans} if number < share * N else {}

    scores = tuple(
        dataclasses.replace(one, value=0.0) if int(one.example_id[1:]) < share * N else one for one in sound(arm).scores
    )
    return with_facts(answering(sound(arm), change, scores=scores), **facts)


def warnings(*records):
    return [str(note) for note in build(list(records), resamples=100).notes if note.warning]


def test_a_model_that_never_stops_is_told_of_its_stop_tokens():
    form = {"stop_tokens": ["<|end|>"], "chat_template": "plain"}
    records = cut("base", 1.0, format=form), cut("rag", 0.95, format=form)
    found = flags(*records)
    assert any(
        "rag: 95 % of the answers were cut off" in one and "<|end|>" in one and "(plain)" in one for one in found
    )
    assert not any("max_new_tokens" in one for one in warnings(*records))


def test_where_another_arm_ends_its_answers_the_stop_tokens_are_right():
    assert not any("does not stop" in one for one in flags(sound("base"), cut("rag", 1.0)))
    (found,) = [one for one in warnings(sound("base"), cut("rag", 1.0, text="a b c d e f")) if "Cut off" in one]
    assert "other arms end by the same stop tokens: its passages lead it on; read" in found


@pytest.mark.parametrize(
    ("role", "causes"),
    [
        (Role(), "tokens; read"),
        (Role(retrieves=True, whole_base=True), "tokens: its passages lead it on; read"),
        (Role(few_shot=True), "tokens: its examples lead it on; read"),
        (Role(adapted=True), "tokens: its adapter never learnt to end an answer; read"),
        (Role(retrieves=True, adapted=True), "an answer or its passages lead it on; read"),
    ],
)
def test_only_parts_that_an_arm_has_keep_it_from_ending(role, causes):
    row = build([sound("base")], resamples=100).rows[0]
    assert causes in failed_answers.alone_advice(dataclasses.replace(row, role=role))


def test_letters_that_repeat_without_a_space_are_a_loop():
    assert answers.repetitive([Prediction("e", "yes y" + 200 * "y", (), (), "length")])
    prose = "The lamp in the hall is green, and nobody knows who painted it, or whether it ever was of another colour."
    assert not answers.repetitive([Prediction("e", prose, (), (), "length")])


@pytest.mark.parametrize(
    "text",
    ["(" + 31 * "r", 32 * "(", 32 * "19", 32 * "t", "- " * 16, "rrtrrrtrtrrrtrr", "Yes: 42" + 8 * ".)", 6 * "答案是"],
)
def test_few_signs_over_and_over_are_a_loop_though_too_short_to_be_packed(text):
    assert answers.repetitive([Prediction("e", text, (), (), "length")])
    (found,) = [one for one in warnings(sound("base"), cut("rag", 0.5, text=text)) if "Cut off" in one]
    assert "raise task.max_new_tokens" not in found


@pytest.mark.parametrize(
    "text", ["no, no, no", "1900, 1901, 1902, 1903", "(see page 19) A loop", "| a | b |\n|---|---|"]
)
def test_short_answers_that_go_on_are_no_loop(text):
    assert not answers.repetitive([Prediction("e", text, (), (), "length")])


def test_answers_that_are_cut_off_now_and_then_are_a_warning():
    (found,) = [one for one in warnings(sound("base"), cut("rag", 0.5, text="a b c d e f")) if "Cut off" in one]
    assert found == "⚠ Cut off: rag: 50 % of the answers were cut off; raise task.max_new_tokens"
    assert any("again and again" in one for one in warnings(sound("base"), cut("rag", 0.5)))


def test_where_references_are_longer_than_the_limit_it_is_the_limit():
    rows = tuple(dataclasses.replace(row, references=("so " * 16,)) for row in sound("rag").examples)
    records = [dataclasses.replace(one, examples=rows) for one in (sound("base"), cut("rag", 1.0, text="a b c"))]
    assert any("raise task.max_new_tokens" in one for one in warnings(*records))
    assert not any("does not stop" in one for one in warnings(*records))


def test_answers_under_another_limit_are_flagged():
    answers = {**sound("rag").spec["cell"]["answers"], "max_new_tokens": 15}
    other = dataclasses.replace(sound("rag"), spec={"cell": {"answers": answers}})
    only(flags(sound("base"), other), "Limit: arms had other limits of new tokens (base 16, rag 15)")
    assert not any(one.startswith("Limit") for one in flags(sound("base"), cut("rag", 0.3)))
    assert any("cut off below the 16 tokens" in one for one in flags(sound("base"), cut("rag", 0.3, tokens=8)))
    assert any("longer than the 16 tokens" in one for one in flags(sound("base"), cut("rag", 0.3, tokens=40)))


def test_an_arm_that_another_engine_answered_is_refused():
    engines = {"base": "vllm", "rag": "vllm", "qlora": "hf"}
    records = [with_facts(sound(arm), engine={"name": name}) for arm, name in engines.items()]
    only(
        flags(*records),
        "Missing arm: qlora, seed 0: it was answered by the engine hf, and other arms by vllm",
        "model.engine=vllm",
    )
    assert [row.arm for row in build(records, resamples=50).rows] == ["base", "rag"]
    assert flags(*(with_facts(sound(arm), engine={"name": "vllm"}) for arm in engines)) == []
    assert flags(sound("base"), with_facts(sound("rag"), engine={"name": "hf"})) == []  # an older record says nothing


def test_the_rule_under_a_tables_header_is_no_repetition():
    header = "| Item | Net | Gross |\n| --- | --- | --- |\n| Lamp, oak | 31.50 | 37.48 |"
    assert not answers.repetitive([Prediction("e", header, (), (), "length")])
    assert answers.repetitive([Prediction("e", "((((" * 8, (), (), "length")])
