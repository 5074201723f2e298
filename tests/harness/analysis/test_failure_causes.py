"""Each answer has one cause, read off its record."""

import dataclasses

import pytest

from harness.analysis import failure_causes as causes
from harness.analysis.table import build
from harness.metrics.evidence import LONGEST_DOCUMENT
from harness.types import THE_INPUT, Document, EvidenceSpan, Example, Passage, Prediction, Score
from tests.harness.records import SHARE, build_record, section

SAID = "The museum in Lyon opened in May of 1894."
DOCUMENTS = (
    Document("d1", "", "text"),
    Document("d2", "", "text"),
    Document("long", "", "one half. The other half.\n"),
    Document("huge", "", "y" * LONGEST_DOCUMENT + "…"),
    Document("same", "", SAID),
)
FIRST, SECOND = Passage("long", "one half. ", 0, 10, 1.0), Passage("long", "The other half.", 10, 25, 0.9)


def shown(*documents):
    return tuple(Passage(one, "text", 0, 4, 1.0) for one in documents)


def case(name, example=None, prediction=None, value=1.0, reason=""):
    """One example, its answer and its score."""
    asked = Example(name, "?", ("!",), ("d1",))
    answer = Prediction(name, "text", (), (), "stop")
    return (
        dataclasses.replace(asked, **(example or {})),
        dataclasses.replace(answer, **(prediction or {})),
        Score(name, "exact_match", value, reason),
    )


def record(cases, arm="rag", metric="exact_match", seed=0):
    examples, predictions, scores = zip(*cases, strict=True)
    return build_record(
        arm,
        seed,
        metrics={metric: SHARE},
        examples=examples,
        predictions=predictions,
        scores=[dataclasses.replace(score, metric=metric) for score in scores],
        evidence=DOCUMENTS,
    )


WHEN = {"input": "When did the museum open?", "references": ("1894",)}
PLACED = {"evidence": ("long",), "spans": (EvidenceSpan("long", 14, 24),)}
TWO_PLACES = {"evidence": ("long",), "spans": (EvidenceSpan("long", 14, 24), EvidenceSpan("long", 0, 8))}
ANY_PLACE = {"evidence": ("long",), "spans": (EvidenceSpan("long", 14, 24, 0), EvidenceSpan("long", 0, 8, 0))}
HUGE = {"evidence": ("huge",), "spans": (EvidenceSpan("huge", 90_005, 90_010),)}
"""the record has cut its text; places are known without it"""
COPY = Passage("same", SAID, 0, len(SAID), 1.0)
SAME = {"evidence": ("same",)}
UNANSWERABLE = {"answerable": False, "references": (), "evidence": ()}
CASES = [
    (case("a", prediction={"passages": shown("d1")}), "right with evidence", True),
    (case("b", prediction={"passages": shown("d2")}), "right without evidence", True),
    (case("c", prediction={"passages": shown("d2", "d1")}, value=0.0), "evidence not used", False),
    (case("d", prediction={"passages": shown("d2")}, value=0.0), "evidence not retrieved", False),
    (case("e", {"evidence": ("d1", "d2")}, {"passages": shown("d2")}, 0.0), "evidence shown in part", False),
    (case("f", UNANSWERABLE, value=0.0), "answered the unanswerable", False),
    (case("g", UNANSWERABLE, value=1.0, reason="abstained"), "rightly refused", True),
    (case("h", prediction={"passages": shown("d1")}, value=0.0, reason="abstained"), "refused the answerable", False),
    (case("i", prediction={"finish": "length", "passages": shown("d1")}, value=0.0), "no usable answer", False),
    (case("j", prediction={"text": " "}, value=0.0), "no usable answer", False),
    (case("k", {"evidence": THE_INPUT}), "right with evidence", True),
    (case("l", {"evidence": THE_INPUT}, {"input_cut": True}, 0.0), "evidence shown in part", False),
    (case("m", {"evidence": ()}, value=0.0), "wrong, evidence unknown", False),
    (case("n", {"evidence": ()}), "right, evidence unknown", True),
    (case("o", value=None, reason="not_applicable"), "unknown", None),
    (case("p", {"evidence": ("long",)}, {"passages": (SECOND,)}, 0.0), "evidence shown in part", False),
    (case("q", {"evidence": ("long",)}, {"passages": (FIRST,)}), "right with part of the evidence", True),
    (case("r", {"evidence": ("long",)}, {"passages": (SECOND, FIRST)}, 0.0), "evidence not used", False),
    (case("s", {"evidence": ("unheard",)}, {"passages": shown("unheard")}, 0.0), "evidence shown in part", False),
    (case("u", PLACED, {"passages": (SECOND,)}, 0.0), "evidence not used", False),
    (case("v", PLACED, {"passages": (FIRST,)}, 0.0), "evidence not retrieved", False),
    (case("w", PLACED, {"passages": (FIRST,)}), "right without evidence", True),
    (case("x", TWO_PLACES, {"passages": (SECOND,)}, 0.0), "evidence shown in part", False),
    (case("y", ANY_PLACE, {"passages": (SECOND,)}), "right with evidence", True),
    (case("z", HUGE, {"passages": (Passage("huge", "x" * 20, 90_000, 90_020, 1.0),)}, 0.0), "evidence not used", False),
    (case("A", SAME, {"passages": (dataclasses.replace(COPY, document_id="copy"),)}), "right with evidence", True),
    (case("t", WHEN, {"text": "The museum opened in 1894."}, 0.0), "right content, wrong form", False),
]


@pytest.mark.parametrize("place", range(len(CASES)), ids=[name for _, name, _ in CASES])
def test_each_answer_has_its_cause(place):
    found = causes.failure_causes(record([one for one, _, _ in CASES]))[place]
    assert (found.name, found.right) == CASES[place][1:]


def test_without_a_retriever_nothing_was_not_retrieved():
    (found,) = causes.failure_causes(record([case("a", value=0.0)], arm="qlora"))
    assert found.name == "wrong without evidence"


def test_passages_beside_the_evidence_distract_though_they_are_of_the_gold_document():
    shown = [case("a", PLACED, {"passages": passages}) for passages in ((SECOND,), (SECOND, FIRST))]
    assert [causes.failure_causes(record([one]))[0].distracted for one in shown] == [False, True]
    copy = case("a", SAME, {"passages": (dataclasses.replace(COPY, document_id="copy"),)})
    assert causes.failure_causes(record([copy]))[0].distracted is False


def test_partial_credit_is_not_right():
    half = record([case("a", value=0.5)], metric="fact_coverage")
    assert causes.failure_causes(half)[0].right is False
    assert causes.failure_causes(record([case("a", value=0.5)], metric="token_f1"))[0].right is True


def test_the_metric_that_tells_most_decides():
    exact = record([case("a"), case("b")])
    silent = [Score(one, "fact_coverage", None, "not_applicable") for one in "ab"]
    both = dataclasses.replace(
        exact, metrics={"fact_coverage": SHARE, "exact_match": SHARE}, scores=(*silent, *exact.scores)
    )
    assert causes.deciding_metric([both]) == "exact_match"
    known = dataclasses.replace(both, scores=(*(dataclasses.replace(one, value=1.0) for one in silent), *exact.scores))
    assert causes.deciding_metric([known]) == "fact_coverage"


def test_likeness_tells_nothing_right_from_wrong():
    alike = record([case("a")], metric="rouge_l")
    assert causes.failure_causes(alike) == ()
    found = section(build([alike], resamples=50), "causes")
    assert found.rows == ()
    assert "accuracy, exact_match, token_f1" in found.notes[0].text


def rag(answers):
    """One letter per answer: R right, U wrong with evidence, M wrong without, D abstained without, C cut."""
    made = {
        "R": lambda name: case(name, prediction={"passages": shown("d1")}),
        "U": lambda name: case(name, prediction={"passages": shown("d1")}, value=0.0),
        "M": lambda name: case(name, prediction={"passages": shown("d2")}, value=0.0),
        "D": lambda name: case(name, prediction={"passages": shown("d2")}, value=0.0, reason="abstained"),
        "C": lambda name: case(name, prediction={"passages": shown("d2"), "finish": "length"}, value=0.0),
    }
    return [made[letter](f"e{number}") for number, letter in enumerate(answers)]


def ceilings(*records, arm=0):
    found = section(build(list(records), resamples=200), "ceilings")
    return dict(zip((column.name for column in found.columns), found.rows[arm], strict=True))


def test_every_cure_has_its_own_bound():
    found = ceilings(record(rag("RRRRUUMDCC")))
    shares = {name: cell and cell.value for name, cell in found.items() if name not in ("arm", "in words")}
    assert shares == {
        "right": 0.4,
        "perfect recall": 0.4,
        "perfect retrieval": 0.4,
        "perfect use": 0.2,
        "perfect refusing": None,
        "right form": 0.0,
        "usable answers": 0.2,
    }
    assert found["perfect recall"].low < 0.4 < found["perfect recall"].high
    assert found["in words"].startswith("a perfect retriever would add at most 0.400 [")
    assert found["in words"].endswith("]; finding what is missing, 0.400")


def test_a_chunk_that_is_missing_is_evidence_that_a_retriever_could_add():
    """The document has two passages, the fact stands in the other one: without this the bound of recall would be 0."""
    half = case("a", {"evidence": ("long",)}, {"passages": (FIRST,)}, 0.0)
    cured = case("a", {"evidence": ("long",)}, {"passages": (FIRST, SECOND)}, 1.0)
    before, after = ceilings(record([half])), ceilings(record([cured]))
    assert after["right"].value - before["right"].value <= before["perfect recall"].value == 1.0
    assert before["perfect use"] is None


def test_what_stands_beside_the_evidence_is_the_retrievers_too():
    """A retriever that shows the evidence alone may help where all is shown already: oracle does, in results/qa."""
    noisy = [
        case("a", prediction={"passages": shown("d1", "d2")}, value=0.0),
        case("b", UNANSWERABLE, {"passages": shown("d2")}, 0.0),
    ]
    alone = [case("a", prediction={"passages": shown("d1")}), case("b", UNANSWERABLE, reason="abstained")]
    before, after = ceilings(record(noisy)), ceilings(record(alone))
    assert before["perfect recall"].value == 0.0
    assert after["right"].value - before["right"].value <= before["perfect retrieval"].value == 1.0


def test_a_wrong_form_is_not_a_matter_of_evidence_that_was_shown():
    found = ceilings(record([case("a", WHEN, {"text": "The museum opened in 1894.", "passages": shown("d1")}, 0.0)]))
    assert (found["right form"].value, found["perfect use"].value, found["perfect retrieval"].value) == (1.0, 0.0, 0.0)


def test_older_records_take_the_documents_of_the_others():
    old = dataclasses.replace(record([case("a", prediction={"passages": shown("d1")})], arm="oracle"), evidence=())
    assert causes.failure_causes(old)[0].name == "right with part of the evidence"
    new = record([case("a", prediction={"passages": shown("d1")})])
    (names,) = {row[1].value for row in section(build([new, old], resamples=50), "causes").rows}
    assert names == 1.0


def test_causes_are_shares_that_sum_to_one_over_all_seeds():
    seeds = [record(rag(answers), seed=seed) for seed, answers in enumerate(("RRRR", "RUUM"))]
    (row,) = section(build(seeds, resamples=200), "causes").rows
    shares = dict(
        zip((one.name for one in section(build(seeds, resamples=200), "causes").columns[1:]), row[1:], strict=True)
    )
    assert {name: cell.value for name, cell in shares.items()} == {
        "right with evidence": 0.625,
        "evidence not retrieved": 0.125,
        "evidence not used": 0.25,
    }


def test_a_perfect_retriever_adds_what_the_ceiling_says_at_most():
    """The same arm, with all evidence shown and used: its gain is the ceiling."""
    poor, rich = rag("RRUUMMDC"), rag("RRUURRRR")
    before, after = (section(build([record(one)], resamples=50), "ceilings").rows[0] for one in (poor, rich))
    assert after[1].value - before[1].value == pytest.approx(before[2].value)


def test_slices_have_their_own_means_and_n():
    cases = rag("RRRUUU")
    cases = [
        (dataclasses.replace(example, slice="easy" if number < 2 else "hard", group="g" if number > 3 else ""), *rest)
        for number, (example, *rest) in enumerate(cases)
    ]
    rows = {row[0]: row[1:] for row in section(build([record(cases)], resamples=100), "slices").rows}
    assert [cell.value for cell in rows["easy"]] == [2, 1.0]
    assert [cell.value for cell in rows["hard"]] == [4, 0.25]
    assert [cell.value for cell in rows["all"]] == [6, 0.5]


def test_one_kind_of_example_needs_no_slices():
    assert not [one for one in build([record(rag("RU"))], resamples=50).sections if one.name == "slices"]


def test_examples_in_the_prompt_are_neither_evidence_nor_distraction():
    pair = (dataclasses.replace(shown("d2")[0], origin="example"),)
    [cause] = causes.failure_causes(record([case("a", prediction={"passages": pair}, value=0.0)], arm="few"))
    assert (cause.name, cause.distracted) == ("wrong without evidence", False)
