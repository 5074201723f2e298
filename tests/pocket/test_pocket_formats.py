"""Formats: many, followed by what was written in them, and none of a house style."""

import re
from random import Random

import pytest

from pocket import exam
from pocket.corpus import following
from pocket.corpus.mixture import conversation
from pocket.formats import house, parts
from pocket.formats.comparison import copied, share_found, structure_match
from pocket.formats.content import REPORT_NAMES, of_report, of_thing
from pocket.formats.grammar import draw, draw_plain
from pocket.formats.values import ValueForm
from pocket.tasks.summarization import HOUSE, NEXT_HOUSE
from pocket.tasks.support import CREW, house_reply
from pocket.world.kinds import KINDS
from pocket.world.messages import Message
from pocket.world.names import Mint
from pocket.world.organisation import Organisation
from pocket.world.reports import report

POOLS = ("open", "reserved")


def a_report(rng, pool="open"):
    return of_report(report(rng, Mint(rng, pool)))


def test_ten_thousand_drawn_formats_differ():
    assert len({repr(draw(Random(seed), REPORT_NAMES)) for seed in range(10_000)}) > 9_500


@pytest.mark.parametrize("pool", POOLS)
def test_an_answer_holds_the_values_that_its_format_promises_and_no_slot_is_left(pool):
    for seed in range(200):
        rng = Random(seed)
        content = a_report(rng, pool)
        written = draw(rng, list(content.values), pool)
        answer = written.write(content)
        assert share_found(answer, written.values(content)) == 1.0
        assert not re.search(r"\{(\d|#|s|w|v|l|p|a|b)\}", answer)


def test_two_answers_in_one_format_have_one_structure():
    for seed in range(100):
        rng = Random(seed)
        mint = Mint(rng, "open")
        first, second = (of_report(report(rng, mint)) for _ in range(2))
        written = draw_plain(rng, REPORT_NAMES)
        if first.values.keys() == second.values.keys():
            values = [*written.values(first), *written.values(second)]
            assert structure_match(written.write(first), written.write(second), values) > 0.97


def test_a_value_that_is_missing_takes_its_item_along():
    rng = Random(4)
    thing = Organisation(rng, "open").thing(KINDS["product"])
    facts = list(thing.kind.facts[:4])
    written = draw_plain(rng, [fact.noun for fact in facts])
    whole, less = (written.write(of_thing(rng, thing, shown)) for shown in (facts, facts[:3]))
    assert thing.values[facts[3].name].removeprefix("the ").lower() in whole.lower()
    assert facts[3].noun.lower() not in less.lower()


@pytest.mark.parametrize("kind", sorted(parts._all()))
def test_training_and_examination_share_no_part_but_the_plainest(kind):
    shared = [entry for entry in _flat(parts._all()[kind]["open"]) if entry in _flat(parts._all()[kind]["reserved"])]
    assert all(entry in ("", ["", ""], "{l}{p}{v}") for entry in shared)


def _flat(entries):
    return [word for words in entries.values() for word in words] if isinstance(entries, dict) else entries


def test_invented_words_and_signs_of_the_examination_are_not_drawn_in_training():
    words = {pool: {parts.word(Random(seed), pool) for seed in range(3000)} for pool in POOLS}
    assert not words["open"] & words["reserved"]
    drawn = {parts.signs(Random(seed)) for seed in range(3000)}
    assert len(drawn) > 1000
    assert not drawn & set(parts._all()["separators"]["reserved"])


def test_the_house_styles_are_known_by_their_marks():
    mint = Mint(Random(1), "reserved")
    for styles in (HOUSE, NEXT_HOUSE):
        for lines in styles.values():
            assert all(house.is_house_like(line) for line in lines.splitlines())
    assert house.is_house_like(house_reply(Message("", "annoyed", "12345"), ()))
    assert house.is_house_like(f"your {CREW} crew")
    assert not house.is_house_like(report(Random(1), mint).summary)


@pytest.mark.parametrize("pool", POOLS)
def test_no_part_of_a_format_is_of_a_house_style(pool):
    for seed in range(3000):
        written = draw(Random(seed), REPORT_NAMES, pool)
        texts = [written.head, written.joiner, written.foot, *(item.pattern for item in written.items)]
        assert not [text for text in texts if house.is_house_like(text)]


def test_training_never_shows_a_house_style():
    """In what is written, in exemplars as in answers; inputs are plain language and may say that a thing is fair."""
    for number in range(1500):
        _, turns = conversation(number, 0.95, 3)
        answers = [turn.content for turn in turns if turn.role == "assistant"]
        shown = "\n".join(turn.content for turn in turns if turn.role != "system")
        assert not [text for text in answers if any(sign in text for sign in house.SIGNS)]
        assert not re.search(r"(?i)board note|to the board|\bahoy\b|fair winds|\bhalmar\b|\bact ->", shown)
        assert not re.search(r"(?im)^(down|why|bill|stand|fear|purse):", shown)


def test_what_is_shown_first_has_everything_that_is_asked_for():
    for seed in range(60):
        contents = following.drawn(Random(seed), "things", 4, "open")
        written = draw(Random(seed), list(contents[0].values))
        names = {name for item in written.items for name in item.names}
        assert names <= contents[0].values.keys()


@pytest.mark.parametrize("source", ["records", "things", "reports"])
def test_a_conversation_shows_exemplars_as_the_harness_does_and_keeps_their_format(source):
    harness = 0
    for seed in range(40):
        turns = following.follow(Random(seed), source, 1, 2)
        assert [turn.role for turn in turns] == ["system", "user", "assistant", "user", "assistant"]
        harness += "[1] Input: " in turns[1].content and "\n\nAnswer: " in turns[1].content
        assert turns[2].content != turns[4].content
    assert harness > 8


def test_reports_of_both_kinds_are_mixed():
    for seed in range(40):
        turns = following.mixed(Random(seed), 2)
        assert len(turns) == 5
        assert turns[2].content.strip()


def test_units_capitals_and_articles():
    assert ValueForm(unit="before").write("45 crowns") == "crowns 45"
    assert ValueForm(unit="left out").write("45 light years") == "45"
    assert ValueForm(capital=True).write("a worn valve") == "A worn valve"
    assert ValueForm(article=False).write("the boiler") == "boiler"
    assert ValueForm(unit="before").write("14 May 2031") == "14 May 2031"


def test_structure_is_alike_whatever_the_values_and_unlike_otherwise():
    values = ["45 crowns", "3 days", "9 crowns", "8 days"]
    expected = "# A: 45 crowns\n# B: 3 days"
    assert structure_match("# A: 9 crowns\n# B: 8 days", expected, values) == 1.0
    assert structure_match("# A: 45 crowns", expected, values) < 0.6
    assert structure_match("It costs 45 crowns and takes 3 days.", expected, values) < 0.4


def test_values_are_found_as_whole_words_and_those_of_both_texts_are_not_copied():
    assert share_found("floor 45, red", ["5", "45", "red", "blue"]) == 0.5
    assert copied("a red one on floor 5", ["red", "5", "tin"], "a red one on floor 7") == 0.5


def test_the_examination_of_formats_marks_copying_and_plain_answers_down():
    for paper in exam.unseen_formats(24):
        earlier, asked = paper.pairs
        assert exam.structure(paper, paper.expected) == exam.new_facts(paper, paper.expected) == 1.0
        assert exam.copied_facts(paper, paper.expected) == 0.0
        assert exam.copied_facts(paper, earlier.answer) == 1.0
        assert exam.new_facts(paper, earlier.answer) < 0.5
        if asked.written.items:
            assert exam.structure(paper, " ".join(asked.content.sentences)) < 0.7
        assert asked.content.text in paper.turns[-1].content
        assert "\n\nAnswer: " in paper.turns[-1].content
