"""What training is told beside the next token: marks at values, probes, the pointer."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from harness.types import Turn
from pocket.corpus import following
from pocket.marks import FACTS, NONE, marked, padded_marks
from pocket.plan import Plan
from pocket.rows import row
from pocket.world import drawn
from pocket.world.kinds import KINDS
from pocket.world.organisation import Organisation

SMALL = replace(Plan(), layers=2, width=64, inner=64, heads=1, wired=False)


def _marks(text, values, answered=()):
    """Return the marks of a text of which every sign is a token."""
    answers = np.array([number in answered for number in range(len(text))], dtype=int)
    return marked(text, [(number, number + 1) for number in range(len(text))], answers, values)


def test_a_value_is_new_once_and_repeated_afterwards():
    marks = _marks("cost 37 and 37.", {"37": "damage"})
    damage = FACTS.index("damage")
    assert np.nonzero(marks.first == damage)[0].tolist() == [5, 6]
    assert np.nonzero(marks.again == damage)[0].tolist() == [12, 13]
    assert np.nonzero(marks.begins == 0)[0].tolist() == [5, 12]
    assert (marks.asked == NONE).all()


def test_the_place_before_a_value_in_an_answer_wants_it():
    text = "cost 37|It is 37"
    marks = _marks(text, {"37": "damage"}, answered=range(8, len(text)))
    assert np.nonzero(marks.wanted == 0)[0].tolist() == [13]
    assert marks.asked[13] == FACTS.index("damage")


def test_a_value_that_stood_nowhere_is_asked_and_not_pointed_at():
    marks = _marks("|37", {"37": "damage"}, answered=(1, 2))
    assert marks.asked[0] >= 0
    assert marks.wanted[0] == NONE


def test_parts_of_words_and_facts_that_nobody_lists_are_no_values():
    marks = _marks("cost 370 of carp", {"37": "damage", "carp": "fish"})
    assert all((array == NONE).all() for array in (marks.first, marks.again, marks.begins))


def test_a_value_of_two_facts_is_left_out():
    with drawn.noted() as values:
        drawn.note("12 May 2030", "date")
        drawn.note("12 May 2030", "due")
        drawn.note("late", "status")
    assert values == {"late": "status"}


def test_nothing_is_noted_outside():
    drawn.note("late", "status")
    with drawn.noted() as values:
        pass
    assert values == {}


def test_everything_a_thing_is_drawn_with_is_noted():
    with drawn.noted() as values:
        thing = Organisation(Random(1), "open").thing(KINDS["product"])
    assert values[thing.name] == drawn.NAME
    assert set(thing.values.values()) <= set(values)
    assert set(values.values()) <= set(FACTS)


@pytest.mark.parametrize("source", ["records", "things", "reports"])
def test_most_values_of_a_followed_format_are_pointed_at(tokenizer, source):
    wanted = asked = 0
    for seed in range(10):
        with drawn.noted() as values:
            turns = following.follow(Random(seed), source, 1, 1)
        marks = row(tokenizer, "follow", turns, np.random.default_rng(0), values).marks
        wanted, asked = wanted + (marks.wanted >= 0).sum(), asked + (marks.asked >= 0).sum()
    assert wanted > 20
    assert wanted / asked > 0.7


@pytest.fixture(scope="module")
def small(tokenizer):
    from pocket.auxiliary import AuxiliaryLosses
    from pocket.pretrain import model_of

    return model_of(SMALL, tokenizer), AuxiliaryLosses(SMALL)


def _losses(small, tokenizer, turns, values):
    import torch

    model, auxiliary = small
    made = row(tokenizer, "read", turns, np.random.default_rng(0), values)
    marks = {name: torch.from_numpy(array) for name, array in padded_marks([made.marks]).items()}
    states = model.model(torch.from_numpy(made.tokens)[None], output_hidden_states=True).hidden_states
    return auxiliary(model, states, marks)


def test_a_conversation_without_values_costs_nothing_and_gives_every_weight_a_gradient(small, tokenizer):
    loss = _losses(small, tokenizer, [Turn("user", "hello"), Turn("assistant", "hello")], {})
    loss.backward()
    assert loss.item() == 0.0
    assert all(weight.grad is not None for weight in small[1].parameters())


def test_the_pointer_is_the_attention_of_the_first_head_of_the_last_block(small, tokenizer):
    import torch

    from pocket.auxiliary import pointer_loss

    model = small[0]
    turns = [Turn("user", "The damage is 37 crowns."), Turn("assistant", "It is 37 crowns.")]
    made = row(tokenizer, "read", turns, np.random.default_rng(0), {"37 crowns": "damage"})
    marks = {name: torch.from_numpy(array) for name, array in padded_marks([made.marks]).items()}
    model.set_attn_implementation("eager")
    with torch.inference_mode():
        out = model.model(torch.from_numpy(made.tokens)[None], output_hidden_states=True, output_attentions=True)
        loss = pointer_loss(model, model.model.layers[1], out.hidden_states[1], marks)
    place = int(np.nonzero(made.marks.wanted >= 0)[0][0])
    source = int(np.nonzero(made.marks.begins >= 0)[0][0])
    attention = out.attentions[1][0, 0, place, source].item()
    assert source < place
    assert loss.exp().item() == pytest.approx(1 / attention, rel=0.05)
