"""Log-likelihoods of given answers are those that a plain forward pass of transformers gives, token by token."""

from dataclasses import dataclass, replace

import pytest

from harness.errors import ArmError
from harness.metrics.acc import ChoiceAccuracy
from harness.metrics.acc_norm import NormalisedChoiceAccuracy
from harness.store.store import Artifact
from harness.types import Example, Prediction, Turn
from pipelines.generators import choice_scores
from pipelines.generators.choice_scores import choice_logliks
from tests.checkpoints.families import FAMILIES
from tests.pipelines.arms import DoorTask, answered, arm, loaded_from

TURNS = (Turn("system", "Answer in one word."), Turn("user", "What colour is the door by the harbour?"))
CHOICES = ("red", "blue and white, with a brass knocker", "r", "green", "red ")


def by_hand(model, prompt, choice):
    """Sum what one unpadded, uncached pass gives for each token of the choice."""
    import torch

    with torch.inference_mode():
        logits = model(input_ids=torch.tensor([[*prompt, *choice]])).logits[0].double()
    steps = [torch.log_softmax(logits[len(prompt) + at - 1], -1)[token] for at, token in enumerate(choice)]
    return float(sum(steps))


@pytest.fixture(scope="module")
def loaded(checkpoint):
    return loaded_from(checkpoint)


@pytest.fixture(scope="module")
def ids(loaded):
    return loaded.format.prompt_ids(TURNS), [loaded.format.text_ids(choice.strip()) for choice in CHOICES]


@pytest.mark.parametrize("batch_tokens", [1, 100, 4096])
def test_they_are_those_of_one_pass_each(loaded, ids, batch_tokens):
    prompt, rows = ids
    found = choice_logliks(loaded.base, prompt, rows, batch_tokens)
    assert found == pytest.approx([by_hand(loaded.base, prompt, row) for row in rows], abs=1e-4)
    assert found[0] == found[4]
    assert len({round(value, 3) for value in found}) == 4


def test_the_prompt_is_read_once_for_a_group_of_choices(loaded, ids):
    prompt, rows = ids
    read = []
    hook = loaded.base.register_forward_pre_hook(
        lambda _, args, kwargs: read.append(tuple(kwargs["input_ids"].shape)), with_kwargs=True
    )
    choice_logliks(loaded.base, prompt, rows, 4096)
    hook.remove()
    assert read == [(1, len(prompt)), (len(rows), max(map(len, rows)) - 1)]


def test_choices_of_one_token_need_no_pass_beside_the_prompt(loaded, ids):
    prompt, rows = ids
    single = [[row[0]] for row in rows]
    found = choice_logliks(loaded.base, prompt, single, 4096)
    assert found == pytest.approx([by_hand(loaded.base, prompt, row) for row in single], abs=1e-4)


def test_a_model_whose_prompts_cannot_be_kept_reads_them_with_each_choice():
    import torch
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(FAMILIES["gemma3"].config()).float().eval()
    prompt, rows = list(range(5, 45)), [[7, 8, 9], [11], [3, 30, 31, 32, 33, 34]]
    assert not choice_scores.serves(model)
    found = choice_logliks(model, prompt, rows, 4096)
    assert found == pytest.approx([by_hand(model, prompt, row) for row in rows], abs=1e-4)


def test_weights_that_are_no_numbers_are_refused(checkpoint, ids):
    import torch

    broken = loaded_from(checkpoint).base
    with torch.no_grad():
        broken.lm_head.weight[0, 0] = float("nan")
    with pytest.raises(ArmError, match="no finite numbers"):
        choice_logliks(broken, *ids, 4096)


def test_a_choice_without_tokens_or_room_is_named(loaded):
    with pytest.raises(ArmError, match="' ' has no tokens"):
        loaded.choice_logliks(TURNS, ("red", " "))
    with pytest.raises(ArmError, match=r"raise task\.max_new_tokens"):
        loaded.choice_logliks(TURNS, ("red " * 500,))


@dataclass(frozen=True)
class ChoosingTask(DoorTask):
    """Each question has four colours to choose among."""

    def examples(self, split):
        colours = ("red", "blue and white", "green", "blue")
        return [replace(one, choices=(*colours, *one.references)) for one in super().examples(split)]


@pytest.fixture(scope="module")
def adapter(checkpoint, tmp_path_factory):
    import torch
    from peft import LoraConfig, get_peft_model

    folder = tmp_path_factory.mktemp("adapter")
    torch.manual_seed(0)
    config = LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False, task_type="CAUSAL_LM")
    get_peft_model(loaded_from(checkpoint).base, config).save_pretrained(folder)
    return Artifact("k" * 32, folder, 0.0, True)


@pytest.mark.parametrize("adapted", [False, True])
def test_an_arm_scores_the_choices_of_its_own_prompts_and_the_replay_reads_them_again(loaded, adapter, store, adapted):
    prepared = arm(loaded, store, retrieves=True, adapter=adapter if adapted else None, task=ChoosingTask())
    examples, predictions = answered(prepared)
    for example, prediction in [*zip(examples, predictions, strict=True)][:3]:
        prompt = loaded.format.prompt_ids(prepared.render(example, prediction.passages, False))
        right = [by_hand(loaded.model, prompt, loaded.format.text_ids(choice)) for choice in example.choices]
        assert prediction.choice_logliks == pytest.approx(right, abs=1e-4)
    assert prepared.audit_answers(examples, predictions)[-1].flag == ""
    wrong = replace(predictions[0], choice_logliks=(0.5, *predictions[0].choice_logliks[1:]))
    with pytest.raises(ArmError, match=r"log-likelihood of choice 0 is -[\d.]+ alone, and 0\.50000 beside"):
        prepared.audit_answers(examples, [wrong, *predictions[1:]])
    with pytest.raises(ArmError, match="0 of 5 choices were scored"):
        prepared.audit_answers(examples, [replace(predictions[0], choice_logliks=()), *predictions[1:]])


CAPITAL = Example("c", "Capital of Peru?", ("Lima",), (), choices=("La Paz", "Lima", "Santiago de Chile"))


@pytest.mark.parametrize(
    ("logliks", "acc", "acc_norm"),
    [
        ((-3.0, -2.0, -9.0), 1.0, 0.0),  # per character: -0.5, -0.5, -0.53; of equals the first is taken
        ((-3.1, -2.0, -9.0), 1.0, 1.0),
        ((-3.0, -2.5, -20.0), 1.0, 0.0),  # -0.5, -0.625, -1.18
        ((-1.9, -2.0, -9.0), 0.0, 0.0),
        ((-6.0, -2.8, -6.8), 1.0, 0.0),  # -1, -0.7, -0.4: the long one, though it is least likely as a whole
    ],
)
def test_accuracy_by_likelihood(logliks, acc, acc_norm):
    answer = Prediction("c", "whatever", (), (), "length", choice_logliks=logliks)
    assert ChoiceAccuracy().score([(CAPITAL, answer)])[0].value == acc
    assert NormalisedChoiceAccuracy().score([(CAPITAL, answer)])[0].value == acc_norm


def test_questions_without_choices_servers_and_failures():
    answer = Prediction("c", "Lima", (), (), "stop")
    cases = [(replace(CAPITAL, choices=()), answer), (replace(CAPITAL, references=("Lagos",)), answer),
             (CAPITAL, answer), (CAPITAL, replace(answer, text="", finish="error", error="does not fit"))]  # fmt: skip
    scores = ChoiceAccuracy().score(cases)
    assert [one.value for one in scores] == [None, None, None, 0.0]
    assert "no choices" in scores[0].note
    assert "no choice is a reference" in scores[1].note
    assert "a server" in scores[2].note
