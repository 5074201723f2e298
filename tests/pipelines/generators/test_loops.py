"""Answers that repeat themselves end, by one rule for the run, the step and the audit; what is timed runs on."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.types import Turn
from pipelines.generators.generator import Request
from pipelines.generators.loops import LONGEST, LoopStop, loop_end


def by_step(rows):
    """The ends of the answers as `generate` sees them, token by token after a prompt of three."""
    import torch

    stop, ends = LoopStop(3), {}
    for length in range(1, max(map(len, rows)) + 1):
        padded = [(row + [99] * length)[:length] for row in rows]
        for number, stuck in enumerate(stop(torch.tensor([[7, 7, 7, *row] for row in padded]), None).tolist()):
            if stuck and length <= len(rows[number]):
                ends.setdefault(number, length)
    return [ends.get(number) for number in range(len(rows))]


token = st.integers(0, 3)
looping = st.tuples(
    st.lists(token, max_size=20),
    st.lists(token, min_size=1, max_size=LONGEST + 3),
    st.integers(0, 60),
    st.lists(token, max_size=20),
).map(lambda parts: [*parts[0], *(parts[1] * parts[2])[:300], *parts[3]])


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(looping.filter(len), min_size=1, max_size=3))
def test_the_step_and_the_whole_answer_give_the_same_end(rows):
    assert by_step(rows) == [loop_end(row) for row in rows]


@pytest.mark.parametrize(
    ("ids", "end"),
    [
        ([5] * 47, None),
        ([5] * 60, 48),
        ([8, 9, *[1, 2, 3] * 30], 50),
        ([*range(13)] * 4, 52),
        ([*range(LONGEST)] * 4, 4 * LONGEST),
        ([*range(LONGEST + 1)] * 9, None),
        ([*range(20)] * 3, None),
        (list(range(500)), None),
        ([], None),
    ],
)
def test_where_an_answer_is_stuck(ids, end):
    assert loop_end(ids) == end


def test_a_line_of_dashes_a_table_and_a_list_are_no_loops():
    assert loop_end([1, *[2] * 40, 3]) is None
    assert loop_end([1, 2] * 20) is None
    assert loop_end([token for number in range(200) for token in (1, 2, 3, 1000 + number)]) is None


@pytest.fixture(scope="module")
def settings_of_tiny(checkpoint):
    from pipelines.generators.engines import HfGenerator

    return HfGenerator("tiny", str(checkpoint), None, "float32", "none", None, (), "auto", {}, "cpu", 4096, 8, "")


REQUESTS = [Request(f"e{n}", (Turn("user", text),)) for n, text in enumerate(("why?", "how much?", "where " * 9))]
LIMIT, FIRST, CYCLE = 100, 70, 5


def write_over_and_over(model):
    """Have a model write the tokens 70 to 74 over and over, from wherever its prompt leads it."""
    import torch

    def over_and_over(_, __, given, output):
        ids = given["input_ids"][:, -output.logits.shape[1] :]
        output.logits = torch.nn.functional.one_hot(FIRST + (ids + 1) % CYCLE, output.logits.shape[-1]).float()

    model.register_forward_hook(over_and_over, with_kwargs=True)
    return model


def stuck(generator):
    loaded = generator.load()
    write_over_and_over(loaded.base)
    return loaded


def test_a_stuck_answer_is_the_beginning_of_the_one_that_runs_on(settings_of_tiny):
    ended = stuck(settings_of_tiny).complete(REQUESTS, LIMIT)
    running = stuck(replace(settings_of_tiny, stop_loops=False)).complete(REQUESTS, LIMIT)
    assert [one.finish for one in ended] == ["loop"] * 3
    assert [(one.finish, len(one.ids)) for one in running] == [("length", LIMIT)] * 3
    for one, other in zip(ended, running, strict=True):
        assert other.ids[: len(one.ids)] == one.ids
        assert len(one.ids) == loop_end(other.ids) < LIMIT
        assert other.text.startswith(one.text)
        assert one.spans[-1].tokens_out == len(one.ids) - 1


def test_an_answer_that_reaches_its_limit_first_is_cut_off_there(settings_of_tiny):
    assert [one.finish for one in stuck(settings_of_tiny).complete(REQUESTS, 40)] == ["length"] * 3


def test_what_is_timed_runs_on_and_the_record_holds_the_rule(settings_of_tiny):
    loaded = stuck(settings_of_tiny)
    assert loaded.facts()["stop_loops"] == {"cycle_tokens": 64, "repeats": 4, "tokens": 48}
    loaded.activate("base", None, "none")
    assert [one.finish for one in loaded.complete(REQUESTS, LIMIT)] == ["length"] * 3


def test_keys_hold_the_setting_only_where_it_differs(settings_of_tiny):
    from harness.store.spec import canonical

    assert "stop_loops" not in canonical(settings_of_tiny)
    assert '"stop_loops":false' in canonical(replace(settings_of_tiny, stop_loops=False))
