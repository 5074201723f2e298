"""What training is told beside the next token: marks at values, probes, the pointer."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from harness.types import Turn
from pocket.corpus import conversations, following
from pocket.marks import FACTS, NONE, marked, padded_marks
from pocket.plan import Plan
from pocket.rows import row
from pocket.world import drawn
from pocket.world.drawn import Drawn
from pocket.world.kinds import KINDS
from pocket.world.organisation import Organisation

SMALL = replace(Plan(), layers=2, width=64, inner=64, heads=2, wired=False)


def _marks(text, values, answered=(), shown=()):
    """Return the marks of a text of which every sign is a token."""
    answers = np.array([number in answered for number in range(len(text))], dtype=int)
    tokens, offsets = np.array([ord(sign) for sign in text]), [(number, number + 1) for number in range(len(text))]
    return marked(text, offsets, tokens, answers, Drawn(values, list(shown)))


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
    with drawn.noted() as told:
        drawn.note("12 May 2030", "date")
        drawn.note("12 May 2030", "due")
        drawn.note("late", "status")
    assert told.values == {"late": "status"}


def test_nothing_is_noted_outside():
    drawn.note("late", "status")
    with drawn.noted() as told:
        pass
    assert told == Drawn()


def test_everything_a_thing_is_drawn_with_is_noted():
    with drawn.noted() as told:
        thing = Organisation(Random(1), "open").thing(KINDS["product"])
    assert told.values[thing.name] == drawn.NAME
    assert set(thing.values.values()) <= set(told.values)
    assert set(told.values.values()) <= set(FACTS)


@pytest.mark.parametrize("source", ["records", "things", "reports"])
def test_most_values_of_a_followed_format_are_pointed_at(tokenizer, source):
    wanted = asked = 0
    for seed in range(10):
        with drawn.noted() as told:
            turns = following.follow(Random(seed), source, 1, 1)
        marks = row(tokenizer, "follow", turns, np.random.default_rng(0), told).marks
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
    made = row(tokenizer, "read", turns, np.random.default_rng(0), Drawn(values))
    marks = {name: torch.from_numpy(array) for name, array in padded_marks([made.marks]).items()}
    states = model.model(torch.from_numpy(made.tokens)[None], output_hidden_states=True).hidden_states
    return auxiliary(model, states, marks)


def test_a_conversation_without_values_costs_nothing_and_gives_every_weight_a_gradient(small, tokenizer):
    loss = _losses(small, tokenizer, [Turn("user", "hello"), Turn("assistant", "hello")], {})
    loss.backward()
    assert loss.item() == 0.0
    assert all(weight.grad is not None for weight in small[1].parameters())


def test_pointers_are_the_attention_of_the_first_heads_of_the_last_block(small, tokenizer):
    import torch

    from pocket.auxiliary import pointer_losses

    model = small[0]
    turns = [Turn("user", "The damage is 37 crowns."), Turn("assistant", "The damage is 37 crowns!")]
    told = Drawn({"37 crowns": "damage"}, ["The damage is 37 crowns."])
    made = row(tokenizer, "read", turns, np.random.default_rng(0), told)
    marks = {name: torch.from_numpy(array) for name, array in padded_marks([made.marks]).items()}
    model.set_attn_implementation("eager")
    with torch.inference_mode():
        out = model.model(torch.from_numpy(made.tokens)[None], output_hidden_states=True, output_attentions=True)
        losses = pointer_losses(model, model.model.layers[1], out.hidden_states[1], marks)
    attention = out.attentions[1][0]
    (place,) = np.nonzero(made.marks.wanted >= 0)[0]
    source = int(np.nonzero(made.marks.begins >= 0)[0][0])
    assert losses[0].item() == pytest.approx(-attention[0, place, source].log().item(), rel=0.05)
    form = [(place, made.marks.copied[place]) for place in np.nonzero(made.marks.copied >= 0)[0]]
    assert len(form) >= 3
    expected = -sum(attention[1, place, source].log().item() for place, source in form)
    assert losses[1].item() == pytest.approx(expected, rel=0.05)


def test_tokens_of_the_form_come_from_what_shows_it():
    text = "a=37;b|a=41;b"
    told = {"37": "damage", "41": "damage"}
    marks = _marks(text, told, answered=range(7, len(text)), shown=["a=37;b"])
    assert {int(place) + 1: int(marks.copied[place]) for place in np.nonzero(marks.copied >= 0)[0]} == {
        7: 0,
        8: 1,
        11: 4,
        12: 5,
    }


def test_of_several_exemplars_the_one_most_like_the_answer_counts():
    text = "<x>1</x> x:1. |x:2."
    marks = _marks(text, {}, answered=range(15, len(text)), shown=["<x>1</x>", "x:1."])
    assert [int(marks.copied[place]) for place in (14, 15, 17)] == [9, 10, 12]


@pytest.mark.parametrize("seed", range(5))
def test_an_echo_is_copied_token_by_token(tokenizer, seed):
    with drawn.noted() as told:
        turns = conversations.echo(Random(seed))
    made = row(tokenizer, "echo", turns, np.random.default_rng(0), told)
    places = np.nonzero(made.marks.copied >= 0)[0]
    assert (made.tokens[places + 1] == made.tokens[made.marks.copied[places]]).all()
    assert len(places) >= 0.9 * (made.answers > 0).sum() - 2
