"""Citations are asked for where passages are shown, taken off answers, and the audits still know what was written."""

from dataclasses import replace

import pytest

from harness.errors import ArmError
from harness.store.spec import digest
from harness.store.store import Store
from harness.types import Passage
from pipelines.generators.generator import Completion
from pipelines.prompts import FittedPrompt, Prompt
from pipelines.rag.protocols import Retrieved
from tests.pipelines.arms import PROMPT, DoorTask, answered, arm, loaded_from

CITING = replace(PROMPT, cite=True)
PASSAGES = (Passage("d0", "Door 0 is red.", 0, 14, 1.0), Passage("d1", "Door 1 is blue.", 0, 15, 0.5))


def test_only_a_prompt_with_passages_asks_for_citations():
    with_passages, without = (CITING.turns("Answer.", "Why?", shown) for shown in (PASSAGES, ()))
    assert with_passages[0].content == f"Answer.\n\n{CITING.cite_request}"
    assert without == PROMPT.turns("Answer.", "Why?", ())
    assert with_passages[1] == PROMPT.turns("Answer.", "Why?", PASSAGES)[1]
    assert not CITING.of_examples().asks_for_citations(PASSAGES)  # examples are no evidence


def test_the_key_of_a_prompt_that_asks_for_none_stays():
    assert digest(PROMPT) == digest(Prompt("Passages:", "Input:", cite=False))
    assert digest(CITING) != digest(PROMPT)


@pytest.mark.parametrize(
    ("prompt", "passages", "text", "written"),
    [
        (CITING, PASSAGES, "It is red.", "It is red [1]."),
        (CITING, (), "It is red [1].", ""),
        (PROMPT, PASSAGES, "It is red [1].", ""),
    ],
)
def test_citations_that_were_asked_for_are_taken_off(prompt, passages, text, written):
    task = DoorTask()
    prepared = replace(arm(None, None), prompt=prompt)
    example = task.examples("test")[0]
    made = prepared.prediction(
        example, Retrieved(passages, ()), FittedPrompt((), passages), Completion("It is red [1].", "stop", "x", ())
    )
    assert (made.text, made.written) == (text, written)


def test_an_answer_of_a_citation_alone_is_empty():
    prepared = replace(arm(None, None), prompt=CITING)
    example = DoorTask().examples("test")[0]
    made = prepared.prediction(
        example, Retrieved(PASSAGES, ()), FittedPrompt((), PASSAGES), Completion("[1]", "stop", "x", ())
    )
    assert made.failed


def test_the_replay_compares_tokens_with_what_was_written(checkpoint, tmp_path):
    prepared = replace(arm(loaded_from(checkpoint), Store(tmp_path), retrieves=True), prompt=CITING)
    examples, predictions = answered(prepared)
    cited = [replace(one, text="x", written=one.text) for one in predictions]
    assert any(one.written for one in cited)
    prepared.audit_answers(examples, [one if one.written else old for one, old in zip(cited, predictions, strict=True)])
    wrong = [replace(one, written=f"{one.text} [1]") for one in predictions]
    with pytest.raises(ArmError, match="its text is not what its tokens say"):
        prepared.audit_answers(examples, wrong)
