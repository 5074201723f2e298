"""Canaries and restricted documents: what is asked, what is trained on, what can be retrieved."""

import re
from dataclasses import dataclass, replace
from random import Random

import pytest

from harness.store.spec import digest
from harness.studies.changed import scored_as
from harness.studies.interventions.canaries import CanaryCounts, canaries, canary_rows, code_of, repeats_of
from harness.studies.interventions.next_version import holds, value_now
from harness.studies.interventions.private_data import PrivateData
from harness.studies.interventions.restricted import restricted
from harness.studies.interventions.unseen_titles import unseen_title
from harness.studies.measures.exposure import exposure, exposure_of
from harness.tasks.task import training_task
from harness.text.tokens import words
from harness.types import Document, Example
from pipelines.rag.chunking import Chunking
from pipelines.rag.lexical import Bm25
from pipelines.rag.protocols import Query
from pipelines.rag.retriever import PassageRetriever
from tests.harness.studies.fakes import SmallTask
from tests.harness.tasks.making import build_task, write_lines
from tests.pipelines.arms import DoorTask, answered, arm, loaded_from

PRIVATE = PrivateData("canaries", "with", "there", (0, 2, 5), (3, 2, 1), 8, 6, 3, "access", 0)
NAMES = ("Ninea Kesbus", "Vetta Stolfak", "Metta Volkard", "Jinea Nirrey", "Wadra Stersix", "Pelio Nunrell")
DESKS = ("Archive desk", "Harbour desk", "Letter desk", "Night desk", "Repair desk", "Supply desk")


@dataclass(frozen=True)
class DeskTask(SmallTask):
    """Desks, who leads them, and their yearly budgets of four digits."""

    def examples(self, split):
        if split != "test":
            return super().examples(split)
        pairs = enumerate(zip(DESKS, NAMES, strict=True))
        return tuple(
            Example(f"q{at}", f"Who leads the {desk.lower()}?", (f"The {desk.lower()} is led by {name}.", name),
                    (f"desk{at}",)) for at, (desk, name) in pairs
        )  # fmt: skip

    def documents(self):
        pairs = enumerate(zip(DESKS, NAMES, strict=True))
        return tuple(
            Document(f"desk{at}", desk, f"The {desk.lower()} is led by {name}. The {desk.lower()} has 9{at}00 crowns.")
            for at, (desk, name) in pairs
        )


def test_canaries_are_nowhere_in_the_data_and_each_has_its_own_codes():
    asked = canaries(SmallTask(), CanaryCounts((0, 1, 16), (4, 3, 2)), 32, 0)
    assert [repeats_of(one) for one in asked] == [0] * 4 + [1] * 3 + [16] * 2
    assert len({one.input for one in asked}) == len(asked)
    codes = [code for one in asked for code in one.choices]
    assert len(codes) == len(set(codes)) == 32 * 9
    assert all(code_of(one) in one.choices and len(code_of(one)) == 6 for one in asked)
    assert len({one.choices.index(code_of(one)) for one in asked}) > 2
    rows = canary_rows(asked)
    assert len(rows) == 3 * 1 + 2 * 16
    assert len({row.id for row in rows}) == len(rows)
    assert not {row.input for row in rows} & {one.input for one in asked[:4]}
    assert not any(row.choices for row in rows)
    assert asked == canaries(SmallTask(), CanaryCounts((0, 1, 16), (4, 3, 2)), 32, 0)
    assert asked != canaries(SmallTask(), CanaryCounts((0, 1, 16), (4, 3, 2)), 32, 1)


def test_a_name_or_code_of_the_data_is_taken_by_no_canary():
    plain = canaries(SmallTask(), CanaryCounts((0,), (2,)), 2, 0)
    name, code = words(plain[0].input)[-1], code_of(plain[0])

    @dataclass(frozen=True)
    class Telling(SmallTask):
        def documents(self):
            return (Document("d", "", f"{name.capitalize()} has {code}."),)

    other = canaries(Telling(), CanaryCounts((0,), (40,)), 8, 0)
    assert not any(holds([one.input], name) for one in other)
    assert code not in {choice for one in other for choice in one.choices}


def test_restricted_documents_are_about_things_that_are_not_there():
    task = DeskTask()
    made = restricted(task, 6, 0)
    assert len(made.questions) == len(made.documents) == 6
    own = {document.title.casefold() for document in task.documents()}
    for question, document in zip(made.questions, made.documents, strict=True):
        assert document.title.casefold() not in own
        assert document.title.split()[0].casefold() in question.input.casefold()
        assert holds([document.text], value_now(question))
        assert value_now(question) in NAMES
        assert question.references[0].endswith(f"is led by {value_now(question)}.")
        assert question.evidence == (document.id,)
        wrong = {value for other in task.examples("test") for value in other.references[1:]} - {value_now(question)}
        assert not any(holds([document.text], value) for value in wrong)


@pytest.mark.parametrize(
    ("title", "titles", "right"),
    [
        ("Project Talzey", ["Project Talzey", "Project Polmix", "Lamp Orl", "Balmov clock"], "Project Talmix"),
        ("Balmov clock", ["Balmov clock", "Ralnim clock", "Project Talzey", "Project Orl"], "Balnim clock"),
        ("Nina Kesbus", ["Nina Kesbus", "Metta Volkard", "Metta Stolfak"], "Nina Keskard|Nina Kesfak"),
        ("Talzey", ["Talzey", "Polmix"], "Talmix"),
        ("Talzey", ["Talzey"], ""),  # nothing to make it of
        ("", ["", "Polmix"], ""),
    ],
)
def test_titles_that_no_document_has_keep_what_says_their_kind(title, titles, right):
    assert unseen_title(title, titles, Random(0)) in right.split("|")


def test_a_number_becomes_another():
    made = unseen_title("Incident 9260", ["Incident 9260", "Incident 4711"], Random(0))
    assert re.fullmatch(r"Incident \d{4}", made)
    assert made not in ("Incident 9260", "Incident 4711")


def test_values_that_stand_out_are_asked_for_first():
    @dataclass(frozen=True)
    class Mixed(DeskTask):
        def examples(self, split):
            rows = super().examples(split)
            return rows if split != "test" else tuple(
                replace(one, references=("crowns",)) if at < 3 else one for at, one in enumerate(rows)
            )  # fmt: skip

    assert {value_now(one) for one in restricted(Mixed(), 3, 0).questions} <= set(NAMES)


def test_one_training_serves_every_condition_and_nothing_private_is_left_without_it():
    task = DeskTask()
    asked = PRIVATE.apply(task)
    direct = replace(PRIVATE, asked="direct").apply(task)
    trained = [training_task(one) for one in (asked, direct, replace(PRIVATE, documents="deleted").apply(task))]
    assert len({digest([list(one.examples("train")), list(one.documents())]) for one in trained}) == 1
    rows = [row for row in trained[0].examples("train") if row.slice]
    assert len(rows) == 2 * 2 + 5 + 6 * 3
    assert len(trained[0].examples("train")) == 8 + len(rows)
    assert len({row.id for row in trained[0].examples("train")}) == 8 + len(rows)
    assert training_task(replace(PRIVATE, training="without").apply(task)) is task
    assert [repeats_of(one) for one in asked.examples("test")] == [0, 0, 0, 2, 2, 5]
    assert asked.documents() == task.documents()
    assert scored_as(task, direct).examples("train") == task.examples("train")


def test_restricted_documents_are_there_or_deleted_and_say_who_may_see_them():
    task = DeskTask()
    there = replace(PRIVATE, asked="direct", training="without").apply(task)
    gone = replace(PRIVATE, asked="direct", training="without", documents="deleted").apply(task)
    labels = [dict(document.metadata)["access"] for document in there.documents()]
    assert labels == ["public"] * 6 + ["restricted"] * 6
    assert list(gone.documents()) == list(there.documents()[:6])
    assert [one.id for one in gone.examples("test")] == [one.id for one in there.examples("test")]
    assert {one.id for one in gone.evidence} == {one.id for one in there.documents()}


def test_wordings_ask_for_the_same():
    asked = {kind: replace(PRIVATE, asked=kind).apply(DeskTask()).examples("test") for kind in
             ("direct", "authority", "injection", "verbatim")}  # fmt: skip
    assert len({tuple(one.references for one in own) for own in asked.values()}) == 1
    assert len({own[0].input for own in asked.values()}) == 4
    assert all(asked["direct"][0].input in own[0].input for own in asked.values())


@pytest.fixture
def by_words():
    return PassageRetriever(2, 10, Chunking(64, 0), None, None, Bm25(1.5, 0.75), 60, None)


def test_the_filter_and_the_deletion_keep_every_restricted_document_out_of_the_prompt(by_words, store):
    open_ = replace(PRIVATE, asked="direct", training="without").apply(DeskTask())
    gone = replace(PRIVATE, asked="direct", training="without", documents="deleted").apply(DeskTask())
    behind = replace(by_words, allow={"access": "public"})
    queries = [Query(one.id, one.text) for one in open_.examples("test")]

    def shown(retriever, task):
        found = retriever.prepare(task.documents(), store, 0).search(queries)
        return [{passage.document_id for passage in one.passages} for one in found]

    assert all(f"restricted-{at}" in one for at, one in enumerate(shown(by_words, open_)))
    for names in (shown(behind, open_), shown(by_words, gone)):
        assert all(len(one) == 2 and not any(name.startswith("restricted") for name in one) for one in names)
    assert behind.refuses(open_) == ""
    assert "no document has metadata 'acess'; did you mean access?" in replace(by_words, allow={"acess": "x"}).refuses(
        open_
    )


def test_restricted_documents_of_the_users_own(tmp_path):
    write_lines(tmp_path / "train.jsonl", [{"id": f"t{n}", "input": f"What is {n}?", "references": [f"thing {n}"]}
                                           for n in range(4)])  # fmt: skip
    rows = [{"id": "a", "input": "Who leads the desk?", "references": ["Nina Orl"], "evidence": ["d"]}]
    for split in ("validation", "test"):
        write_lines(tmp_path / f"{split}.jsonl", [{**rows[0], "id": split}])
    write_lines(tmp_path / "documents.jsonl", [{"id": "d", "title": "Desk", "text": "Nina Orl leads the desk."}])
    task = build_task("qa", dir=str(tmp_path))
    refused = PRIVATE.refuses(task)
    assert "0 restricted documents can be made" in refused
    assert "documents_restricted" in refused
    write_lines(
        tmp_path / "documents_restricted.jsonl", [{"id": "pay", "title": "Pay", "text": "Nina Orl earns 3150."}]
    )
    asked = [{**rows[0], "id": f"p{n}", "input": f"What does Nina earn, {n}?", "references": ["3150"],
              "evidence": ["pay"]} for n in range(4)]  # fmt: skip
    write_lines(tmp_path / "questions_restricted.jsonl", asked)
    task = build_task("qa", dir=str(tmp_path))
    assert PRIVATE.refuses(task) == ""
    changed = replace(PRIVATE, asked="direct").apply(task)
    assert [one.id for one in changed.documents()] == ["d", "restricted-pay"]
    assert [one.evidence for one in changed.examples("test")] == [("restricted-pay",)] * 4
    write_lines(tmp_path / "questions_restricted.jsonl", [{"id": "x"}])
    assert "the restricted documents cannot be read" in PRIVATE.refuses(build_task("qa", dir=str(tmp_path)))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"repeats": (1, 4), "canaries": (1, 1)}, "repeats has no 0"),
        ({"canaries": (1,)}, "give one for each"),
        ({"candidates": 1}, "candidates is 1"),
        ({"asked": "politely"}, "asked is 'politely'; it must be one of canaries, direct, authority"),
        ({"restricted": 1}, "restricted is 1"),
        ({"rows": 0}, "rows is 0"),
    ],
)
def test_settings_that_make_no_sense_are_named(change, problem):
    assert any(problem in line for line in replace(PRIVATE, **change).problems())
    assert PRIVATE.problems() == []


def test_what_the_data_lack_is_said():
    assert "task.splits.train=FILE" in PRIVATE.refuses(DeskTask(pairs=0))
    assert "0 restricted documents can be made" in PRIVATE.refuses(SmallTask())  # questions name no title
    assert "set another key" in PRIVATE.refuses(replace(PRIVATE, asked="direct").apply(DeskTask()))


def test_exposure_from_the_likelihoods_of_a_real_model(checkpoint, store):
    """The tiny checkpoint was trained on nothing: the code with the greatest sum of log-probabilities is first."""
    import torch

    loaded = loaded_from(checkpoint)
    asked = canaries(SmallTask(), CanaryCounts((0,), (2,)), 6, 0)

    @dataclass(frozen=True)
    class AskedFor(DoorTask):
        def examples(self, split):
            return asked

    prepared = arm(loaded, store, task=AskedFor())
    for canary, answer in zip(*answered(prepared), strict=True):
        prompt = loaded.format.prompt_ids(prepared.render(canary, (), False))
        sums = []
        for code in canary.choices:
            ids = loaded.format.text_ids(code)
            with torch.inference_mode():
                logits = loaded.base(input_ids=torch.tensor([[*prompt, *ids]])).logits[0].log_softmax(-1)
            sums.append(sum(float(logits[len(prompt) + at - 1, token]) for at, token in enumerate(ids)))
        assert answer.choice_logliks == pytest.approx(sums, abs=1e-3)
        assert exposure_of(canary, answer) == exposure(sums, canary.choices.index(code_of(canary)))
