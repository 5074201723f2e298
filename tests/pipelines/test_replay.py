"""Answers made with one thing wrong: the replay finds each, whatever it was."""

import weakref
from contextlib import contextmanager
from dataclasses import replace

import pytest

from harness.errors import ArmError
from harness.store.records.lazy import Lazy
from harness.store.store import Artifact, Store
from harness.types import Passage
from pipelines.generators import hf
from pipelines.replay import ANSWERS, sample
from tests.pipelines.arms import DoorTask, answered, arm, loaded_from


@pytest.fixture
def loaded(checkpoint):
    """A model that ends some of its answers by itself: at a token that it writes often."""
    made = loaded_from(checkpoint)
    first = made.complete([hf.Request("e", arm(made, None).render(DoorTask().examples("test")[0], (), False))], 8)[0]
    made.format.stop_ids = sorted({made.format.turn_end_id, first.ids[4]})
    return made


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return Store(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def adapter(checkpoint, tmp_path_factory):
    import torch
    from peft import LoraConfig, get_peft_model

    folder = tmp_path_factory.mktemp("adapter")
    torch.manual_seed(0)
    config = LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False, task_type="CAUSAL_LM")
    get_peft_model(loaded_from(checkpoint).base, config).save_pretrained(folder)
    return Artifact("k" * 32, folder, 0.0, True)


def replayed(prepared):
    return {one.name: one for one in prepared.audit_answers(*answered(prepared))}["replay"]


@pytest.mark.parametrize("retrieves", [False, True])
@pytest.mark.parametrize("adapted", [False, True])
def test_right_answers_pass(loaded, store, adapter, retrieves, adapted):
    prepared = arm(loaded, store, retrieves=retrieves, adapter=adapter if adapted else None)
    examples, predictions = answered(prepared)
    assert {one.finish for one in predictions} == {"stop", "length"}
    replay = prepared.audit_answers(examples, predictions)[-1]
    assert (replay.name, replay.checked, replay.flag) == ("replay", ANSWERS, "")
    assert replay.details["largest_gap"] <= replay.details["tolerance"] < 0.01
    assert loaded.model is loaded.base or not adapted  # given back as the timing pass wants it


def padding_attended_to(loaded, monkeypatch):
    whole = loaded.base.generate

    def generate(input_ids, attention_mask, **more):
        return whole(input_ids=input_ids, attention_mask=attention_mask * 0 + 1, **more)

    monkeypatch.setattr(loaded.base, "generate", generate)


def padded_right(loaded, monkeypatch):
    loaded.format.tokenizer.padding_side = "right"


def decoding(**changes):
    def fault(loaded, monkeypatch):
        right = hf.generation_settings

        def settings(chat, max_new_tokens):
            made = right(chat, max_new_tokens)
            for name, value in changes.items():
                setattr(made, name, value)
            return made

        monkeypatch.setattr(hf, "generation_settings", settings)

    return fault


def limit_off_by(tokens):
    def fault(loaded, monkeypatch):
        whole = loaded.complete
        monkeypatch.setattr(loaded, "complete", lambda requests, limit: whole(requests, limit + tokens))

    return fault


def goes_on_after_stops(loaded, monkeypatch):
    decoding(eos_token_id=None)(loaded, monkeypatch)
    right = loaded.format.stop_ids
    answer = loaded._answer

    def unstopped(row):
        loaded.format.stop_ids = []
        try:
            return answer(row)
        finally:
            loaded.format.stop_ids = right

    monkeypatch.setattr(loaded, "_answer", unstopped)


def of_the_next_in_the_batch(loaded, monkeypatch):
    whole = loaded.complete

    def rotated(requests, limit):
        made = whole(requests, limit)
        pairs = zip(made, made[1:] + made[:1], strict=True)
        return [replace(other, prompt_sha256=own.prompt_sha256, prompt=own.prompt) for own, other in pairs]

    monkeypatch.setattr(loaded, "complete", rotated)


def texts_of_the_next_in_the_batch(loaded, monkeypatch):
    whole = loaded.complete

    def rotated(requests, limit):
        made = whole(requests, limit)
        return [replace(own, text=other.text) for own, other in zip(made, made[1:] + made[:1], strict=True)]

    monkeypatch.setattr(loaded, "complete", rotated)


def upper_layers_left_out(loaded, monkeypatch):
    whole = loaded._complete

    def complete(requests, limit):
        upper = loaded.base.model.layers[1]
        hooks = [
            part.register_forward_hook(lambda _, inputs, output: output * 0)
            for part in (upper.self_attn.o_proj, upper.mlp.down_proj)
        ]
        try:
            return whole(requests, limit)
        finally:
            for hook in hooks:
                hook.remove()

    monkeypatch.setattr(loaded, "_complete", complete)


FAULTS = {
    "padding attended to": (padding_attended_to, "the model itself writes"),
    "padded on the right": (padded_right, "the model itself writes"),
    "repetition penalty": (decoding(repetition_penalty=1.5), "decoding is not greedy"),
    "no repeated pairs": (decoding(no_repeat_ngram_size=1), "decoding is not greedy"),
    "sampling": (decoding(do_sample=True, temperature=1.5), "decoding is not greedy"),
    "suppressed tokens": (decoding(min_new_tokens=8), "decoding is not greedy"),
    "one token too few": (limit_off_by(-1), "cut off after 7 tokens, and the task's limit is 8"),
    "one token too many": (limit_off_by(1), "cut off after 9 tokens"),
    "stop tokens ignored": (goes_on_after_stops, "goes on after its stop token"),
    "answers of the next example": (of_the_next_in_the_batch, "the model itself writes"),
    "texts of the next example": (texts_of_the_next_in_the_batch, "its text is not what its tokens say"),
    "a layer left out": (upper_layers_left_out, "the model itself writes"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_answers_that_were_made_wrongly_are_refused(loaded, store, monkeypatch, fault):
    make, reason = FAULTS[fault]
    prepared = arm(loaded, store, retrieves=True)
    with monkeypatch.context() as wrong:
        make(loaded, wrong)
        with pytest.raises(ArmError, match=reason):
            prepared.audit_answers(*answered(prepared))


@contextmanager
def adapter_left_on(loaded, adapter):
    loaded.use("qlora", adapter)
    detach, check = loaded._detach, loaded._check_base
    loaded._detach = loaded._check_base = lambda *_: None
    yield
    loaded._detach, loaded._check_base = detach, check


@contextmanager
def adapter_left_off(loaded, adapter):
    complete = loaded._complete

    def bare(requests, limit):
        with loaded._adapted.disable_adapter():
            return complete(requests, limit)

    loaded._complete = bare
    yield
    loaded._complete = complete


@pytest.mark.parametrize(("fault", "adapted"), [(adapter_left_on, False), (adapter_left_off, True)])
def test_an_adapter_where_none_belongs_or_none_where_one_does(loaded, store, adapter, fault, adapted):
    prepared = arm(loaded, store, adapter=adapter if adapted else None)
    with fault(loaded, adapter):
        made = answered(prepared)
    with pytest.raises(ArmError, match="the model itself writes"):
        prepared.audit_answers(*made)


def test_a_base_that_is_not_switched_back_is_refused_before_it_answers(loaded, store, adapter, monkeypatch):
    loaded.use("qlora", adapter)
    monkeypatch.setattr(loaded, "_detach", lambda: None)
    with pytest.raises(ArmError, match="the bare base does not reproduce the logits"):
        answered(arm(loaded, store))


def shown_otherwise(prepared, predictions):
    return [replace(one, passages=one.passages[::-1]) for one in predictions]


def less_shown(prepared, predictions):
    return [replace(one, passages=one.passages[:1]) for one in predictions]


def said_to_be_cut(prepared, predictions):
    return [replace(one, input_cut=True) for one in predictions]


def other_example(prepared, predictions):
    return predictions[1:] + predictions[:1]


def other_adapter(prepared, predictions):
    return [replace(one, adapter_key="another") for one in predictions]


def other_ending(prepared, predictions):
    return [replace(one, finish="stop") for one in predictions]


def said_to_loop(prepared, predictions):
    return [replace(one, finish="loop") if one.finish == "length" else one for one in predictions]


def other_template(prepared, predictions):
    prepared.loaded.format.tokenizer.chat_template += " "
    return predictions


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (shown_otherwise, "was shown other passages than were retrieved"),
        (less_shown, "the prompt that was answered is not what"),
        (said_to_be_cut, "the prompt that was answered is not what"),
        (other_example, "was shown other passages than were retrieved"),
        (other_template, "the prompt that was answered is not what"),
        (other_adapter, "made with adapter another"),
        (other_ending, "said to have ended by stop"),
        (said_to_loop, "said to have ended by loop, and its tokens say otherwise"),
    ],
)
def test_a_prediction_that_says_something_else_is_refused(loaded, store, change, reason):
    prepared = arm(loaded, store, retrieves=True)
    examples, predictions = answered(prepared)
    with pytest.raises(ArmError, match=reason):
        prepared.audit_answers(examples, change(prepared, predictions))


@pytest.mark.parametrize(
    ("template", "missing"),
    [
        ("{% for message in messages %}{{ message['content'][:60] }}<|end|>{% endfor %}", "passage 2"),
        ("{{ messages[-1]['content'] }}<|end|>", "the instruction"),
        ("{{ messages[0]['content'] }}{{ messages[1]['content'][:-4] }}<|end|>", "the input after"),
    ],
)
def test_a_prompt_that_leaves_something_out_is_refused(loaded, store, template, missing):
    loaded.format.tokenizer.chat_template = template
    with pytest.raises(ArmError, match=f"the prompt does not show .*{missing}"):
        replayed(arm(loaded, store, retrieves=True))


def test_other_weights_after_answering_are_noticed(loaded, store):
    import torch

    prepared = arm(loaded, store)
    made = answered(prepared)
    with torch.no_grad():
        loaded.base.model.layers[1].mlp.down_proj.weight[0, 0] += 0.1
    with pytest.raises(ArmError, match="the bare base does not reproduce the logits"):
        prepared.audit_answers(*made)


def test_answers_without_their_tokens_are_said_to_be_unchecked(loaded, store):
    prepared = arm(loaded, store)
    examples, predictions = answered(prepared)
    replay = prepared.audit_answers(examples, [replace(one, answer_ids=()) for one in predictions])[-1]
    assert (replay.checked, "could be replayed" in replay.flag) == (0, True)


def test_of_a_servers_answers_the_prompts_alone_are_checked(loaded, store, monkeypatch):
    prepared = arm(loaded, store, retrieves=True)
    examples, predictions = answered(prepared)
    monkeypatch.setattr(loaded, "teacher_forcing", lambda: None)
    monkeypatch.setattr(loaded, "use", None)  # it would be asked again, and answer in its own time
    assert list(prepared.audit_parts()) == []
    replay = prepared.audit_answers(examples, predictions)[-1]
    assert (replay.checked, replay.flag, replay.details["prompts"]) == (0, "", ANSWERS)
    with pytest.raises(ArmError, match="the prompt that was answered is not what"):
        prepared.audit_answers(examples, less_shown(prepared, predictions))


def test_the_sample_has_both_endings_and_is_spread(loaded, store):
    examples, predictions = answered(arm(loaded, store))
    pairs = [(one, replace(made, finish="stop")) for one, made in zip(examples * 5, predictions * 5, strict=True)]
    pairs[7] = (pairs[7][0], replace(pairs[7][1], finish="length"))
    chosen = [pairs.index(pair) for pair in sample(pairs)]
    assert (len(chosen), chosen[0]) == (ANSWERS, 7)
    assert sample(pairs[:3]) == pairs[:3]


def test_an_answer_that_is_stuck_may_end_there_and_nowhere_else(checkpoint, store):
    import torch

    def over_and_over(_, __, given, output):
        ids = given["input_ids"][:, -output.logits.shape[1] :]
        output.logits = torch.nn.functional.one_hot(70 + (ids + 1) % 5, output.logits.shape[-1]).float()

    loaded = loaded_from(checkpoint)
    loaded.base.register_forward_hook(over_and_over, with_kwargs=True)
    loaded._base_logits = loaded._probed(loaded.base)
    loaded.window = 1000
    prepared = arm(loaded, store, task=replace_task(max_new_tokens=90))
    examples, predictions = answered(prepared)
    assert {one.finish for one in predictions} == {"loop"}
    assert {one.name: one for one in prepared.audit_answers(examples, predictions)}["replay"].checked > 0
    shorter = [replace(one, answer_ids=one.answer_ids[:-1]) for one in predictions]
    with pytest.raises(ArmError, match="said to have ended by loop"):
        prepared.audit_answers(examples, shorter)


def test_a_long_input_is_cut_again_at_the_same_place(loaded, store):
    prepared = arm(loaded, store, task=replace_task(cut="end"))
    loaded.window = 120
    examples, predictions = answered(prepared)
    assert all(one.input_cut for one in predictions)
    assert prepared.audit_answers(examples, predictions)[-1].checked == ANSWERS


def replace_task(**changes):
    class Long(DoorTask):
        def examples(self, split):
            return [replace(one, input=one.input + " It is far away." * 40) for one in super().examples(split)]

    return Long(**changes)


def test_passages_that_had_no_room_are_not_missed(loaded, store):
    prepared = arm(loaded, store, retrieves=True)
    loaded.window = 100
    examples, predictions = answered(prepared)
    assert any(one.passages_dropped for one in predictions)
    assert all(isinstance(passage, Passage) for one in predictions for passage in one.passages)
    assert prepared.audit_answers(examples, predictions)[-1].checked == ANSWERS


def test_answers_on_disk_are_read_one_at_a_time(loaded, store):
    """All are gone through, and only the replayed ones are kept."""
    prepared = arm(loaded, store)
    examples, predictions = answered(prepared)
    examples, predictions = [*examples] * 5, [*predictions] * 5
    alive, most = weakref.WeakSet(), [0]

    def make(number):
        copy = _Weak(predictions[number])
        alive.add(copy)
        most[0] = max(most[0], len(alive))
        return copy

    checked = prepared.audit_answers(examples, Lazy(make, range(len(predictions))))[-1].checked
    assert checked == ANSWERS
    assert most[0] <= ANSWERS + 3 < len(predictions)


class _Weak:
    """A prediction that can be referred to weakly."""

    def __init__(self, prediction):
        self._of = prediction

    def __getattr__(self, name):
        return getattr(self._of, name)
