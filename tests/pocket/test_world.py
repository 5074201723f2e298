"""The generator says what it means, the same every time, and never uses a reserved name in training."""

import re
from random import Random

import pytest

from pocket.corpus import conversations, reading
from pocket.corpus.mixture import FIRST_SEED, conversation
from pocket.corpus.typos import mistyped
from pocket.corpus.wording import UNKNOWN
from pocket.tasks import seeds
from pocket.world import almanac
from pocket.world.documents import notice, page
from pocket.world.kinds import KINDS
from pocket.world.messages import message
from pocket.world.names import FIRST, SECOND, TOWN_ENDINGS, Mint, is_reserved
from pocket.world.organisation import Organisation, some
from pocket.world.reports import report


def test_at_least_forty_fact_types_with_several_wordings():
    facts = [fact for kind in KINDS.values() for fact in kind.facts]
    assert len(facts) >= 40
    assert all(len(set(fact.said)) == 4 and len(set(fact.asked)) == 7 for fact in facts)
    assert all("{v}" in pattern and "{e}" in pattern for fact in facts for pattern in fact.said)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_fact_names_are_unique_within_a_kind(kind):
    assert len({fact.name for fact in kind.facts}) == len(kind.facts)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_page_states_every_fact_it_is_given(kind):
    rng = Random(5)
    thing = Organisation(rng, "open").thing(kind)
    facts = some(rng, kind.facts, 5)
    text = page(rng, thing, facts).text.lower()
    assert all(thing.values[fact.name].lower() in text for fact in facts)


def test_a_notice_states_the_new_value_and_not_the_old():
    rng = Random(5)
    organisation = Organisation(rng, "open")
    old = organisation.thing(KINDS["product"])
    fact = old.kind.fact("price")
    new = organisation.changed(old, fact)
    text = notice(rng, organisation.mint, new, fact).text
    assert new.values["price"] in text
    assert old.values["price"] not in text


def test_lookalikes_share_the_beginning_of_their_name():
    organisation = Organisation(Random(2), "open")
    thing = organisation.thing(KINDS["site"])
    other = organisation.lookalike(thing)
    assert other.name != thing.name
    assert other.name[:7] == thing.name[:7]


def test_a_world_that_runs_out_of_names_says_so():
    with pytest.raises(ValueError, match="no new name for another service"):
        Organisation(Random(1), "open").things({"service": 17})


def test_the_almanac_never_changes():
    facts = almanac.almanac()
    assert len(facts) == 150
    assert len({thing.name for thing, _ in facts}) == 50


def test_unanswerable_questions_are_about_facts_the_pages_leave_out():
    for seed in range(60):
        rng = Random(seed)
        shown = reading.shelf(rng, "open", 3)
        asked = reading.unanswerable(rng, shown, "open")
        stated = {
            fact.question(number, thing.name)
            for thing, facts in zip(shown.things, shown.stated, strict=True)
            for fact in facts
            for number in range(len(fact.asked))
        }
        assert asked.answer == UNKNOWN
        assert asked.question not in stated


def test_answerable_questions_have_their_value_on_a_page():
    for seed in range(60):
        rng = Random(seed)
        shown = reading.shelf(rng, "open", 4)
        asked = reading.answerable(rng, shown)
        text = " ".join(document.text for document in shown.documents)
        values = [
            thing.values[fact.name]
            for thing, facts in zip(shown.things, shown.stated, strict=True)
            for fact in facts
            if thing.answer(fact) == asked.answer
        ]
        assert any(value.lower() in text.lower() for value in values)


def test_reports_state_every_field_in_the_promised_length():
    for seed in range(40):
        rng = Random(seed)
        shown = report(rng, Mint(rng, "open"))
        assert 120 <= len(shown.text.split()) <= 250
        assert all(value.lower() in shown.text.lower() for value in shown.fields.values())
        assert all(value.lower() in shown.summary.lower() for value in shown.fields.values())


def test_messages_keep_the_question_readable():
    for seed in range(50):
        text = message(Random(seed), ["How heavy is the Belvar pump?"]).text
        assert "Belvar pump?" in text


def test_training_conversations_are_reproducible_and_differ():
    assert conversation(7, 0.9, 3) == conversation(7, 0.9, 3)
    assert conversation(7, 0.9, 3) != conversation(8, 0.9, 3)
    assert conversation(7, 0.9, 3) != conversation(7, 0.9, 4)


def test_training_never_uses_a_shipped_or_held_out_seed():
    assert max(*seeds.SHIPPED.values(), *seeds.HELD_OUT) < FIRST_SEED
    assert len({*seeds.SHIPPED.values(), *seeds.HELD_OUT}) == len(seeds.SHIPPED) + len(seeds.HELD_OUT)


NAME = re.compile(rf"\b(?:{'|'.join(FIRST)})(?:{'|'.join(SECOND)})+\b")


def test_training_never_uses_a_reserved_name():
    spoken = " ".join(
        turn.content for number in range(400) for turn in conversation(number, 0.9, 3)[1] if turn.role != "system"
    )
    names = set(NAME.findall(spoken))
    # The almanac is drawn from open names too; capital spelling drills change no letter.
    assert len(names) > 1000
    assert not [name for name in names if is_reserved(name)]


def test_held_out_worlds_use_reserved_names_alone():
    mint = Mint(Random(1), "reserved")
    assert all(is_reserved(mint.name()) for _ in range(50))
    assert all(is_reserved(mint.person().split()[1]) for _ in range(50))


def test_town_endings_are_no_syllables():
    assert not set(TOWN_ENDINGS) & set(SECOND)


def test_every_turn_of_every_ability_is_filled_in():
    for number in range(300):
        _, turns = conversation(number, 0.95, 11)
        assert turns[0].role == "system"
        assert turns[-1].role == "assistant"
        assert not [turn for turn in turns if re.search(r"\{(e|v|noun|date|name|order)\}", turn.content)]


def test_pretraining_shows_no_house_style():
    spoken = "\n".join(turn.content for number in range(600) for turn in conversation(number, 0.95, 3)[1])
    assert not [mark for mark in ("Ahoy", "Fair winds", "BOARD NOTE", "ACT ->", "TO THE BOARD") if mark in spoken]
    assert conversations.THANKS in spoken


def test_doubt_asks_for_what_pages_state_and_for_what_they_leave_out():
    shown = reading.shelf(Random(5), "open", 1)
    (thing,), (stated,) = shown.things, shown.stated
    rng = Random(6)
    asked = [reading.any_fact(rng, shown) for _ in range(100)]
    assert {entry.answer for entry in asked} == {UNKNOWN, *(thing.answer(fact) for fact in stated)}
    assert all((entry.answer == UNKNOWN) != entry.answerable for entry in asked)
    assert all(thing.name.lower() in entry.question.lower() for entry in asked)


def test_the_newer_of_two_dated_pages_is_right():
    for seed in range(60):
        found, asked = reading.dated(Random(seed), "open", 3)
        newest = max(found, key=lambda passage: _year(passage.text) if passage.title in asked[0].answer else 0)
        pages = [passage for passage in found if _about(passage, asked[0])]
        assert len(pages) == 2
        older, newer = sorted(pages, key=lambda passage: _year(passage.text))
        assert _year(older.text) < _year(newer.text)
        assert newest in found


def _year(text):
    return max(int(year) for year in re.findall(r"\b(?:As of|Page of|Written on|Last change:) \d+ \w+ (20\d\d)", text))


def _about(passage, asked):
    return passage.title.lower() in asked.answer.lower()


def test_a_conversation_asks_last_for_what_its_pages_state():
    short = 0
    for seed in range(60):
        shown = reading.shelf(Random(seed), "open", 3)
        said, asked = reading.continued(Random(seed), shown, 2)
        assert [turn.role for turn in said] == ["user", "assistant"] * 2 + ["user"]
        assert said[-1].content == asked.question
        names = [thing.name for thing in shown.things if thing.name.lower() in asked.answer.lower()]
        assert names
        short += names[0].lower() not in asked.question.lower()
    assert 20 < short < 50


def test_a_tenth_of_the_words_has_a_slip_and_numbers_have_none():
    text = "What is the stock number of the Belvar kettle 4821 that we bought in the old shop last year ?"
    for seed in range(200):
        words, typed = text.split(" "), mistyped(Random(seed), text, 0.1).split(" ")
        differing = [pair for pair in zip(words, typed, strict=True) if pair[0] != pair[1]]
        assert 1 <= len(differing) <= 2
        assert all(right.isalpha() and len(right) >= 3 for right, _ in differing)
    assert mistyped(Random(1), "12 34", 0.5) == "12 34"
