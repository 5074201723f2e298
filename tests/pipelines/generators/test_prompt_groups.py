"""Passages that some prompts of an arm share are read once in a batch, and the answers are those of whole prompts."""

import random
from array import array

import pytest

from harness.types import Turn
from pipelines.device import length_batches
from pipelines.generators import halving, shared_prefix
from pipelines.generators.engines import HfGenerator
from pipelines.generators.generator import Request
from pipelines.generators.prompt_groups import (
    PromptGroup,
    answer_batches,
    begin_alike,
    groups_of,
    tokens_read,
    tokens_whole,
)

PAGES = [f"what {colour} is the door? the door is {colour}. " * 6 for colour in ("red", "blue", "green", "white")]
QUESTIONS = ["why?", "where is the door?", "red, or what", "is it? " * 3]


@pytest.fixture(scope="module")
def loaded(checkpoint):
    return HfGenerator(
        "tiny", str(checkpoint), None, "float32", "none", None, (), "auto", {}, "cpu", 4096, 8, ""
    ).load()


def requests(instruction="Answer."):
    """Three questions about each page, and one whose page no other asks about; in no order."""
    texts = [f"{page}\n\n{question}" for page in PAGES[:3] for question in QUESTIONS[:3]] + [f"{PAGES[3]}\n\nwhy?"]
    random.Random(0).shuffle(texts)
    return [
        Request(f"e{number}", (Turn("system", instruction), Turn("user", text))) for number, text in enumerate(texts)
    ]


def answered(loaded, asked, beginning=()):
    """The answers, by example, and the tokens of the passes that read prompts."""
    loaded.use("arm", None)
    loaded.share(beginning)
    read = []
    hook = loaded.base.register_forward_pre_hook(
        lambda _, args, kwargs: read.append(kwargs["input_ids"].numel()), with_kwargs=True
    )
    found = {}
    for batch in loaded.batches(asked):
        part = [asked[at] for at in batch]
        found |= dict(zip([one.example_id for one in part], loaded.complete(part, 12), strict=True))
    hook.remove()
    return found, sum(number for number in read if number > 8)  # a pass of decoding has a token per row


def whole_answers(loaded, asked, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(shared_prefix, "serves", lambda model: False)
        return answered(loaded, asked)


def cached(completions):
    return {key: one.spans[1].tokens_cached for key, one in completions.items()}


@pytest.mark.parametrize("kept", [False, True])
def test_answers_are_those_of_whole_prompts(loaded, monkeypatch, kept):
    asked = requests("Answer as briefly as you can, and only from what you are shown here. " * 2)
    whole, everything = whole_answers(loaded, asked, monkeypatch)
    beginning = loaded.beginning([one.turns for one in asked]) if kept else ()
    assert (len(beginning) > 0) is kept
    shared, once = answered(loaded, asked, beginning)
    assert {key: one.ids for key, one in shared.items()} == {key: one.ids for key, one in whole.items()}
    assert any(len(set(one.ids)) > 1 for one in shared.values())
    assert {one.prompt_sha256 for one in shared.values()} == {one.prompt_sha256 for one in whole.values()}
    assert once < 0.7 * everything
    assert set(cached(whole).values()) == {0}


def test_what_batching_spares_is_not_counted_as_cached(loaded, monkeypatch):
    asked = requests("Answer as briefly as you can, and only from what you are shown here. " * 2)
    _, everything = whole_answers(loaded, asked, monkeypatch)
    found, once = answered(loaded, asked)  # the instruction is found by itself
    assert once < 0.7 * everything
    assert set(cached(found).values()) == {0}
    beginning = loaded.beginning([one.turns for one in asked])
    told = cached(answered(loaded, asked, beginning)[0])
    assert sorted(told.values()) == [0, *[len(beginning)] * (len(asked) - 1)]  # the first has paid for all


def test_a_batch_that_does_not_fit_shares_in_its_parts(loaded, monkeypatch):
    asked = requests()
    whole, everything = whole_answers(loaded, asked, monkeypatch)
    generate, sizes = loaded.base.generate, []

    def full(input_ids, **more):
        sizes.append(len(input_ids))
        if len(input_ids) > 4:
            raise MemoryError
        return generate(input_ids=input_ids, **more)

    monkeypatch.setattr(loaded.base, "generate", full)
    monkeypatch.setattr(halving, "free_memory", lambda: None)
    found, once = answered(loaded, asked)
    assert max(sizes) > 4
    assert {key: one.ids for key, one in found.items()} == {key: one.ids for key, one in whole.items()}
    assert once < everything


def test_another_arm_looks_for_groups_anew(loaded):
    asked = requests()
    answered(loaded, asked)
    assert loaded._prefix.groups
    loaded.use("other", None)
    assert not loaded._prefix.groups
    assert loaded._prefix.ids == ()


def prompt(page, question, length=60, rest=5):
    return array("i", [*range(10), *(1000 * page + at for at in range(length)), *([7000 + question] * rest)])


def test_groups_are_those_that_spare_most():
    prompts = [prompt(page, question) for question in range(3) for page in (1, 2)]
    assert groups_of(prompts, 8, 10) == [PromptGroup((0, 2, 4), 70, 5), PromptGroup((1, 3, 5), 70, 5)]
    assert {len(group.places) for group in groups_of(prompts, 2, 10)} == {1, 2}
    # two that share all their passages are apart from a third that shares the first one alone
    first, second = [*range(40), *range(200, 280), 1], [*range(40), *range(200, 280), 2]
    assert [one.places for one in groups_of([first, second, [*range(40), 5]], 8, 0)] == [(2,), (0, 1)]
    assert [one.places for one in groups_of([[1, 2, 3], [1, 2, 4]], 8, 0)] == [(0,), (1,)]
    assert groups_of([[*range(50)], [*range(50)]], 8, 0) == [PromptGroup((0, 1), 49, 1)]  # something is left to read
    assert groups_of([], 8, 0) == []


def test_groups_are_as_good_as_any_cut_of_the_sorted_prompts():
    draw = random.Random(3)
    for _ in range(30):
        count = draw.randrange(2, 8)
        prompts = [prompt(draw.randrange(3), 0, draw.randrange(1, 80), draw.randrange(1, 4)) for _ in range(count)]
        ordered = sorted(prompts)
        best = max(spared(ordered, mask) for mask in range(2 ** (len(prompts) - 1)))
        found = groups_of(prompts, 8, 0)
        assert sum((len(one.places) - 1) * one.begins for one in found) == best
        assert sorted(at for one in found for at in one.places) == list(range(len(prompts)))


def spared(ordered, mask):
    """Tokens that groups spare, where bit n of the mask cuts after prompt n."""
    total, group = 0, [ordered[0]]
    for at, ids in enumerate([*ordered[1:], None]):
        if ids is None or mask >> at & 1:
            begins = min(*(begin_alike(group[0], one) for one in group), min(map(len, group)) - 1)
            total += (len(group) - 1) * begins if begins >= 32 or len(group) == 1 else -1000
            group = []
        group.append(ids)
    return total


def test_the_order_by_passages_is_taken_where_it_reads_clearly_fewer_tokens():
    prompts = [prompt(page, question, rest=3 + question) for question in range(5) for page in range(1, 21)]
    batches, by_passages = answer_batches(prompts, 4096, 8, 10)
    assert by_passages
    assert len(batches) <= 1.1 * len(length_batches([len(ids) for ids in prompts], 4096, 8))
    assert sorted(at for batch in batches for at in batch) == list(range(len(prompts)))
    once = sum(tokens_read(groups_of([prompts[at] for at in batch], 8, 10), 10) for batch in batches)
    assert once < 0.5 * sum(tokens_whole([prompts[at] for at in batch], 10) for batch in batches)
    assert (batches, True) == answer_batches(prompts, 4096, 8, 10)  # the same when it is begun again
    assert answer_batches(prompts, 4096, 1, 10)[1] is False
    different = [prompt(page, 0, rest=page) for page in range(1, 9)]
    lengths = [len(ids) for ids in different]
    assert answer_batches(different, 4096, 4, 10) == (length_batches(lengths, 4096, 4), False)
    assert answer_batches([], 4096, 4, 0) == ([], False)


def test_batches_by_passages_stay_within_the_budget():
    prompts = [prompt(page, question) for page in range(1, 9) for question in range(5)]
    batches, by_passages = answer_batches(prompts, 5 * 75, 32, 0)
    assert by_passages
    assert max(map(len, batches)) <= 5


def test_how_many_tokens_begin_alike():
    assert begin_alike([1, 2, 3], [1, 2, 4, 5]) == 2
    assert begin_alike([1, 2], [1, 2]) == 2
    assert begin_alike([1], [2]) == begin_alike([], [1]) == 0
