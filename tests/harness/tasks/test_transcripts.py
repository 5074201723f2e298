"""Conversations in one text are refused with the key that reads them, and read with it, however turns are marked."""

import pytest

from harness.tasks.formats.transcripts import taken_apart
from harness.types import Turn
from tests.harness.tasks.whole_tasks import HARBOUR, answers, examples, right, task_of

WAYS = {
    "human": "\n\nHuman: {}\n\nAssistant: {}",
    "user": "User: {}\nBot: {}",
    "upper": "USER: {}\n\n\nASSISTANT: {} <|endoftext|>",
    "inst": "<s>[INST] {} [/INST] {} </s>",
    "chatml": "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n{}<|im_end|>\n",
    "llama3": "<|start_header_id|>user<|end_header_id|>\n\n{}<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n{}<|eot_id|>",
    "gemma": "<bos><start_of_turn>user\n{}<end_of_turn>\n<start_of_turn>model\n{}<end_of_turn>",
    "alpaca": "Below is an instruction.\n\n### Instruction:\n{}\n\n### Response:\n{}",
    "phi": "<|user|>\n{}<|end|>\n<|assistant|>\n{}<|end|>",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("column", ["text", "chosen"])
def test_the_message_leads_to_what_is_right(tmp_path, way, column):
    rows = [{column: WAYS[way].format(q, a)} for q, a in HARBOUR]
    (problem,) = task_of(tmp_path, rows).problems()
    assert "task.format=transcript" in problem
    assert answers(task_of(tmp_path, rows, format="transcript")) == right()


def test_the_answer_that_was_rejected_is_not_read(tmp_path):
    rows = [{name: WAYS["human"].format(q, t) for name, t in (("chosen", a), ("rejected", "No."))} for q, a in HARBOUR]
    assert answers(task_of(tmp_path, rows, format="transcript")) == right()


def test_earlier_turns_and_the_system_are_the_input(tmp_path):
    text = "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Yes? </s><s>[INST] {} [/INST] {} </s>"
    task = task_of(tmp_path, [{"text": text.format(q, a)} for q, a in HARBOUR], format="transcript")
    assert examples(task)[HARBOUR[0][0]].input[:3] == (
        Turn("system", "Be brief."),
        Turn("user", "Hi"),
        Turn("assistant", "Yes?"),
    )


@pytest.mark.parametrize("text", ["", "User: hello", "Prices: 5\nHours: 6", "A: yes\nB: no"])
def test_other_texts_are_no_transcripts(text):
    assert taken_apart(text) == []


def test_a_text_that_is_no_transcript_is_named(tmp_path):
    rows = [{"text": WAYS["user"].format(q, a)} for q, a in HARBOUR] + [{"text": "The tide was high."}]
    (problem,) = task_of(tmp_path, rows, format="transcript").problems()
    assert "rows.jsonl:7: holds no transcript" in problem


def test_a_dialogue_beside_another_text_is_asked_about(tmp_path):
    rows = [{"dialogue": WAYS["user"].format(q, a), "zusammenfassung": f"One asks: {q}"} for q, a in HARBOUR]
    problems = "".join(task_of(tmp_path, rows).problems())
    assert "transcript" not in problems
    assert "zusammenfassung" in problems
