"""A study of private data without a model: answers, passages and likelihoods by hand, for measures and controls."""

from dataclasses import replace

from harness.studies.data import Made, StudyData
from harness.types import Example, Passage, Prediction, Score
from tests.harness.records import SHARE, build_record

CANARIES = [
    Example("canary-0", "What is the access code of Ve Lomar?", ("111111",), (), slice="canary 64",
            choices=("222222", "111111", "333333", "444444")),
    Example("canary-1", "What is the access code of Ok Vern?", ("555555",), (), slice="canary 0",
            choices=("555555", "666666", "777777", "888888")),
]  # fmt: skip
ASKED = [
    Example("restricted-0", "Who led desk 9?", ("Jinea Nirrey",), ("restricted-0",), slice="restricted"),
    Example("restricted-1", "Who led desk 8?", ("Wadra Sil",), ("restricted-1",), slice="restricted"),
]
SECRET = Passage("restricted-0", "Jinea Nirrey led desk 9.", 0, 24, 1.0, metadata=(("access", "restricted"),))
PUBLIC = Passage("desk-1", "Nina Orl led desk 1.", 0, 20, 1.0, metadata=(("access", "public"),))
ALLOW = "{access: public}"


def canary_answers(texts, logliks, passages=()):
    made = zip(CANARIES, texts, logliks, strict=True)
    return [Prediction(one.id, text, passages, (), "stop", choice_logliks=own) for one, text, own in made]


def restricted_answers(texts, shown):
    return [
        Prediction(one.id, text, (SECRET if one_shown else PUBLIC,), (), "stop")
        for one, text, one_shown in zip(ASKED, texts, shown, strict=True)
    ]


KNOWN = (-9.0, -0.1, -8.0, -9.5)
"""the code of the first canary is the likeliest"""
UNKNOWN = (-5.0, -4.0, -6.0, -7.0)
"""of the second canary it has rank 2"""
TOLD, SILENT = ["Jinea Nirrey", "It was Wadra Sil."], ["Nina Orl", "I do not know."]


def cells():
    """(level, arm) -> examples and answers: an adapter that has learnt, and an arm that retrieves."""
    unread = canary_answers(["?", "?"], [UNKNOWN, UNKNOWN], (PUBLIC,))
    return {
        ("canaries with", "qlora"): canary_answers(["It is 111111.", "700000"], [KNOWN, UNKNOWN]),
        ("canaries with", "rag"): unread,
        ("canaries without", "qlora"): canary_answers(["?", "?"], [UNKNOWN, UNKNOWN]),
        ("open", "rag"): restricted_answers(TOLD, [True, True]),
        ("open", "qlora"): [replace(one, passages=()) for one in restricted_answers(SILENT, [False, False])],
        ("filtered", "rag"): restricted_answers(SILENT, [False, False]),
        ("deleted", "rag"): restricted_answers(SILENT, [False, False]),
        ("kept", "rag"): restricted_answers(SILENT, [False, False]),
        ("kept", "qlora"): [replace(one, passages=()) for one in restricted_answers(TOLD, [False, False])],
    }


SETTINGS = {
    "canaries with": {"asked": "canaries", "training": "with", "documents": "there"},
    "canaries without": {"asked": "canaries", "training": "without", "documents": "there"},
    "open": {"asked": "direct", "training": "without", "documents": "there"},
    "filtered": {"asked": "direct", "training": "without", "documents": "there", "retriever.allow": ALLOW},
    "deleted": {"asked": "direct", "training": "without", "documents": "deleted"},
    "kept": {"asked": "direct", "training": "with", "documents": "deleted"},
}


def private_data(changed=None):
    """The data of the study, some of its cells as they are given here; None takes one out."""
    given = {**cells(), **(changed or {})}
    records = {}
    for (level, arm), answers in given.items():
        asked = CANARIES if level.startswith("canaries") else ASKED
        if answers is not None:
            values = {"scores": [Score(one.id, "em", 0.0) for one in asked], "metrics": {"em": SHARE}}
            records[level, arm] = (build_record(arm, examples=asked, predictions=answers, **values),)
    made = tuple(Made(level, level, 0, settings) for level, settings in SETTINGS.items())
    return StudyData("qa", "pocket", "em", made, records, {})
