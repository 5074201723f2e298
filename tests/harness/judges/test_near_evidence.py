"""What of the evidence a claim is compared with: enough to find what contradicts it, and never too much."""

import pytest

from harness.judges.differences import compare
from harness.judges.facts import LONGEST_TEXT
from harness.judges.near_evidence import LONGEST_SENTENCE, LONGEST_WINDOW, MOST_CHARACTERS, MOST_FACTS, near_evidence
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
    ],
)
def test_what_is_no_statement_is_not_compared(claim, evidence):
    assert near_evidence(claim, (evidence,)) is None


TABLE = "year | rain | damage of the storm | " + " | ".join(
    f"{1700 + n} | {n} mm | {10 * n} crowns" for n in range(300)
)
TRANSCRIPT = " and then we talked about the mill and the hay" * 60


@pytest.mark.parametrize("around", [f"{TABLE}\n", f"{TRANSCRIPT}.\n"], ids=["table", "transcript"])
@pytest.mark.parametrize("further", ["", " ".join(FILLER)], ids=["short", "long"])
def test_a_list_beside_the_sentence_that_is_restated_hides_nothing(around, further):
    claim = "The storm of May caused a damage of 9260 crowns at the mill."
    near = near_evidence(claim, (f"{around}{DAMAGE}\n{around}{further}",))
    assert any(DAMAGE in text for text in near.texts)
    assert sum(map(len, near.texts)) <= MOST_CHARACTERS + LONGEST_WINDOW
    differences = compare(claim, near.texts, whole=near.whole).differences
    assert [one.evidence for one in differences if one.kind == "value"] == ["3150"]


def test_of_a_list_the_part_that_is_restated_is_compared():
    middle = "the storm of May caused a damage of 3150 crowns at the mill"
    evidence = (f"{TRANSCRIPT} and {middle}{TRANSCRIPT}",)
    near = near_evidence("The storm of May caused a damage of 9260 crowns at the mill.", evidence)
    assert not near.whole
    (text,) = near.texts
    assert middle in text
    assert len(text) <= LONGEST_WINDOW + 40
    assert text in evidence[0]


def test_a_list_of_one_thing_many_times_is_cut():
    near = near_evidence(DAMAGE, ("damage of 7 crowns, " * 200,))
    assert sum(map(len, near.texts)) <= LONGEST_WINDOW + 40


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


def test_the_work_grows_no_faster_than_a_list():
    def judged(size):
        evidence = (" ".join(f"{n} | Barn {n} at Ulmen | hay {size} |" for n in range(size)),)
        for n in range(5):
            near = near_evidence(f"Barn {n} at Ulmen stores straw {size}.", evidence)
            compare(f"Barn {n} at Ulmen stores straw {size}.", near.texts, whole=near.whole)

    assert growth_where_slow(judged, 250, 2000, 0.04) <= LINEAR
