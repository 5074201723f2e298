"""What of the evidence a claim is compared with: enough to find what contradicts it, and never too much."""

import pytest

from harness.judges.differences import compare
from harness.judges.facts import LONGEST_TEXT
from harness.judges.near_evidence import LONGEST_SENTENCE, MOST_CHARACTERS, MOST_FACTS, near_evidence
from tests.growth import growth_where_slow

LINEAR = 18
"""times as long for eight times the text, with room; quadratic is 64"""
FILLER = [f"Barn {n} of the farm at Ulmen stores hay of year {1900 + n % 90}." for n in range(400)]
DAMAGE = "The storm of May caused a damage of 3150 crowns at the mill."


def base(at):
    return " ".join([*FILLER[:at], DAMAGE, *FILLER[at:]])


def test_short_evidence_is_compared_whole():
    evidence = (DAMAGE, "Another text.")
    assert near_evidence("The damage was 9260 crowns.", evidence) == (evidence, True)


@pytest.mark.parametrize("at", [0, 200, 400])
def test_in_long_evidence_the_sentence_that_is_restated_is_found_with_its_neighbours(at):
    evidence = ("A first text.", base(at))
    claim = "The storm of May caused a damage of 9260 crowns at the mill."
    near = near_evidence(claim, evidence)
    assert not near.whole
    assert sum(map(len, near.texts)) <= MOST_CHARACTERS + 3 * LONGEST_SENTENCE
    (text,) = [text for text in near.texts if DAMAGE in text]
    assert text in evidence[1]
    assert at in (0, 400) or (FILLER[at - 1] in text and FILLER[at] in text)
    (difference,) = compare(claim, near.texts, whole=near.whole).differences
    assert (difference.kind, difference.evidence) == ("value", "3150")
    assert compare(DAMAGE, near.texts, whole=near.whole).differences == ()


def test_a_value_that_may_stand_elsewhere_is_not_called_absent():
    claim, evidence = "It is -5 °C outside.", ("It is 5 °C outside.",)
    assert compare(claim, evidence).differences
    assert compare(claim, evidence, whole=False).differences == ()


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("1," * LONGEST_SENTENCE, DAMAGE),
        ("word " * 200, DAMAGE),
        (DAMAGE, "damage of 7 crowns, " * 200),
    ],
)
def test_what_is_no_statement_is_not_compared(claim, evidence):
    assert near_evidence(claim, (evidence,)) is None


def test_the_last_sentence_that_is_read_ends_where_reading_ends():
    filler = "Hay lies in the barn. " * (LONGEST_TEXT // 22)
    evidence = (filler[: LONGEST_TEXT - len(DAMAGE) - 1] + " " + DAMAGE + " and so on" * 1000,)
    near = near_evidence(DAMAGE.replace("3150", "9260"), evidence)
    assert near.texts[-1].endswith(DAMAGE)


def test_of_many_facts_the_nearest_are_compared():
    evidence = (DAMAGE + "\nA damage of 7." * MOST_FACTS,)
    near = near_evidence("The storm of May caused a damage of 9260 crowns at the mill.", evidence)
    assert not near.whole
    assert DAMAGE in near.texts[0]
    assert len(near.texts[0]) < len(evidence[0])


def test_the_work_grows_no_faster_than_the_evidence():
    def judged(size):
        evidence = (" ".join(f"Barn {n} at Ulmen stores hay {size}." for n in range(size)),)
        for n in range(5):
            near = near_evidence(f"Barn {n} at Ulmen stores straw {size}.", evidence)
            compare(f"Barn {n} at Ulmen stores straw {size}.", near.texts, whole=near.whole)

    assert growth_where_slow(judged, 250, 2000, 0.04) <= LINEAR
