"""A shared beginning that is read once gives the answers of prompts that are read whole."""

import pytest

from harness.types import Turn
from pipelines.generators.engines import HfGenerator
from pipelines.generators.generator import Request
from pipelines.generators.shared_prefix import SharedPrefix, common_beginning, serves
from tests.checkpoints.families import FAMILIES

LONG = "what colour is the door? the door is red. " * 8


@pytest.fixture(scope="module")
def loaded(checkpoint):
    return HfGenerator(
        "tiny", str(checkpoint), None, "float32", "none", None, (), "auto", {}, "cpu", 4096, 8, ""
    ).load()


def requests():
    texts = ["why?", "where is the door? " * 4, "red, or what", "is it? " * 9]
    return [
        Request(f"e{number}", (Turn("system", "Answer."), Turn("user", f"{LONG}\n\n{text}")))
        for number, text in enumerate(texts)
    ]


def counted(loaded, monkeypatch):
    """Tokens that each forward pass of the model reads."""
    read = []
    hook = loaded.base.register_forward_pre_hook(
        lambda _, args, kwargs: read.append(kwargs["input_ids"].numel()), with_kwargs=True
    )
    monkeypatch.setattr(loaded, "unhook", hook.remove, raising=False)
    return read


def answered(loaded, asked, size=2):
    return [one for at in range(0, len(asked), size) for one in loaded.complete(asked[at : at + size], 12)]


def test_answers_are_those_without_it(loaded, monkeypatch):
    asked = requests()
    loaded.use("arm", None)
    whole = answered(loaded, asked)
    beginning = loaded.beginning([one.turns for one in asked])
    loaded.share(beginning)
    read = counted(loaded, monkeypatch)
    shared = answered(loaded, asked)
    loaded.unhook()
    assert [one.ids for one in shared] == [one.ids for one in whole]
    assert [one.prompt_sha256 for one in shared] == [one.prompt_sha256 for one in whole]
    prefill = [one.spans[1] for one in shared]
    assert [one.tokens_in for one in prefill] == [one.spans[1].tokens_in for one in whole]
    assert [one.tokens_cached for one in prefill] == [0, *[len(beginning)] * 3]
    assert read.count(len(beginning)) == 1
    assert sum(read) < sum(one.tokens_in for one in prefill)


def test_a_prompt_that_begins_otherwise_is_read_whole(loaded):
    asked = requests()
    loaded.use("arm", None)
    other = Request("other", (Turn("user", "why?"),))
    alone = loaded.complete([other], 12)
    loaded.share(loaded.beginning([one.turns for one in asked]))
    mixed = loaded.complete([asked[0], other], 12)
    assert mixed[1].ids == alone[0].ids
    assert [one.spans[1].tokens_cached for one in mixed] == [0, 0]


def test_another_arm_shares_nothing(loaded):
    asked = requests()
    loaded.share(loaded.beginning([one.turns for one in asked]))
    loaded.use("other", None)
    assert loaded.complete(asked[:1], 2)[0].spans[1].tokens_cached == 0
    loaded.share(loaded.beginning([one.turns for one in asked]))
    loaded.activate("other", None, "none")
    assert loaded.complete(asked[:1], 2)[0].spans[1].tokens_cached == 0
    loaded.deactivate()


def test_keys_and_values_are_those_of_one_adapter(loaded):
    prefix = SharedPrefix(loaded.format.tokenizer)
    prompts = [loaded.format.prompt_ids(one.turns) for one in requests()]
    prefix.tell(common_beginning(prompts))
    cached = [prefix.inputs(loaded.base, state, prompts).cached[0] for state in ("a", "b", "a")]
    assert cached == [0, 0, len(prefix.ids)]


def test_common_beginnings():
    same = list(range(40))
    assert common_beginning([[*same, 1], [*same, 2, 3], [*same, 2, 4]]) == tuple(same)
    assert common_beginning([same, [*same, 2]]) == tuple(same[:-1])  # something must be left to read
    assert common_beginning([[1, 2, 3], [1, 2, 4]]) == ()
    assert common_beginning([same]) == common_beginning([]) == ()


@pytest.mark.parametrize(
    ("family", "right"), [("llama", True), ("qwen2", True), ("qwen3", True), ("gemma3", False), ("phi3", False)]
)
def test_windows_and_positions_that_depend_on_the_whole_are_left_alone(family, right):
    from types import SimpleNamespace

    config = FAMILIES[family].config()
    config.get_text_config()._attn_implementation = "sdpa"
    assert serves(SimpleNamespace(config=config)) is right
