import random

import pytest

from harness.types import THE_INPUT, Document, Example, Turn
from pipelines.qlora.formatting import query_for
from pipelines.rag.queries import END, LONGEST, audit_queries, query_text, rule

THINGS = ("kettle", "toaster", "printer", "laptop", "drill", "fridge")
ASPECTS = (
    ("The warranty of the {} lasts 30 months from the day of purchase.", "How long is the {} under warranty?"),
    ("To clean the {}, wipe it with a damp cloth every second week.", "How often must I clean the {}?"),
    ("The {} can be sent back within ten days if the box is unopened.", "Until when can I send the {} back?"),
)
FAQ = [(aspect[0].format(thing), aspect[1].format(thing)) for thing in THINGS for aspect in ASPECTS]
PREAMBLE = "This is the service desk of Miller and Sons. Orders are handled in the order in which they arrive. " * 30


def asked(text, evidence=()):
    return Example("e", text, ("a",), evidence)


def dialogue(last, seed=0, before=None):
    draw, turns = random.Random(seed), []
    for answer, question in [*(draw.choice(FAQ) for _ in range(14)), *([before] if before else [])]:
        turns += [Turn("user", question), Turn("assistant", f"{answer} Is there anything else about it?")]
    return asked((Turn("system", "You are kind."), *turns, Turn("user", last)))


def test_short_texts_and_documents_that_are_their_own_evidence_are_searched_for_whole():
    long = "word " * 999
    assert query_text(asked("Why?")) == "Why?"
    assert query_text(asked(long, THE_INPUT)) == long
    assert rule([asked("Why?"), asked(long, THE_INPUT)]) == {}
    assert rule([asked("Why?"), asked(long)]) == {"queries": 1}
    just = " ".join("w" for _ in range(LONGEST))
    assert query_text(asked(just)) == just
    assert query_text(asked((Turn("system", "s"), Turn("user", "Why?")))) == "Why?"


def test_a_long_text_is_searched_for_by_its_ends_and_the_question_among_them():
    text = f"{PREAMBLE}How long is the drill under warranty? Thank you."
    query = query_text(asked(text)).splitlines()
    assert query[:3] == ["How long is the drill under warranty?"] * 3
    assert query[-1].endswith("Thank you.")
    assert len(query[-1].split()) == len(query[-2].split()) == END
    assert text.startswith(query[-2])
    assert query[-1] in text


def test_scripts_without_spaces_are_measured_by_characters():
    query = query_text(asked("服务台的规则。" * 100 + "保修期多长？"))
    assert query.startswith("保修期多长？\n")
    assert len(query) < 150


@pytest.fixture(scope="module")
def rank(tmp_path_factory):
    """The share of queries whose document comes first, or among the first, with the default retriever."""
    from harness.cli.builder import Builder
    from harness.cli.config import compose, resolved
    from harness.store.store import Store

    retriever = Builder().build(resolved(compose(["task=qa", "arm=[rag]"]))["retriever"], "retriever")
    documents = [Document(question, "", text) for text, question in FAQ]
    searcher = retriever.prepare(documents, Store(tmp_path_factory.mktemp("store")), 0)

    def share(examples, gold, places=1):
        found = searcher.search([query_for(example) for example in examples])
        ids = [[passage.document_id for passage in one.passages[:places]] for one in found]
        return sum(name in those for name, those in zip(gold, ids, strict=True)) / len(ids)

    return share


GOLD = [question for _, question in FAQ][::3]


def test_the_last_turn_of_a_long_dialogue_finds_its_document(rank):
    assert rank([dialogue(question, at) for at, question in enumerate(GOLD)], GOLD) > 0.8


def test_a_last_turn_that_points_back_finds_what_it_points_to(rank):
    """The user asks about a thing, then about "it"."""
    pointing = ASPECTS[0][1].replace("the {}", "it")
    examples = [dialogue(pointing, at, FAQ[3 * at + 1]) for at in range(len(THINGS))]
    assert rank(examples, GOLD, places=2) > 0.8


def test_two_questions_behind_one_preamble_find_their_documents(rank):
    assert rank([asked(f"{PREAMBLE}{question}") for question in GOLD], GOLD) > 0.8
    assert rank([asked(f"{question} {PREAMBLE}") for question in GOLD], GOLD) > 0.8


def test_queries_that_are_not_the_whole_input_are_counted_and_long_texts_flagged():
    (found,) = audit_queries([asked("Why?")] * 8 + [asked(PREAMBLE)] + [dialogue("Why?")])
    assert found.flag.startswith("1 of 10 inputs (10%, e.g. e) have more than 180 words")
    assert found.details == {"texts": 1, "chats": 1}
    assert found.unit == "queries (1 conversations by the user's last turns)"
    assert audit_queries([asked("Why?"), dialogue("Why?")])[0].flag == ""
    assert audit_queries([asked("Why?")]) == []
