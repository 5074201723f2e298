"""Hub sets, offline: small local folders with the files and columns of the real sets, read by the same call."""

import json

import pyarrow
import pyarrow.parquet
import pytest

from harness.errors import DataError
from harness.tasks.data import UNIQUE
from harness.tasks.download import HubError, _advice, _commit
from harness.tasks.hub import split_problems
from harness.types import SPLITS, THE_INPUT
from tests.harness.tasks.making import build_task, write_lines

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def write_table(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)


@pytest.fixture
def hub(tmp_path):
    """Builds a shipped Hub task on the local folder tmp_path/set."""

    def build(name, **settings):
        return build_task(name, **{"id": str(tmp_path / "set"), "cache": str(tmp_path / "cache"), **settings})

    return build


@pytest.fixture
def squad(tmp_path):
    for split, count in (("train", 50), ("validation", 4)):
        rows = [
            {
                "id": f"{split}{n}",
                "title": f"Title {n // 2}",
                "context": f"Paragraph {n // 2} of {split}.",
                "question": f"Question {n} of {split}?",
                "answers": {"text": ["x", "y"][: n % 3], "answer_start": [1, 2][: n % 3]},
            }
            for n in range(count)
        ]
        write_table(tmp_path / "set" / "squad_v2" / f"{split}-00000-of-00001.parquet", rows)


def test_squad(hub, squad):
    task = hub("squad_v2")
    assert task.problems() == []
    assert [len(task.examples(split)) for split in SPLITS] == [49, 1, 4]
    first, second = task.examples("test")[:2]
    assert (first.references, first.answerable, first.group) == ((), False, "Title 0")
    assert (second.references, second.answerable) == (("x",), True)
    assert first.evidence == second.evidence
    documents = {document.id: document for document in task.documents()}
    assert len(documents) == len(task.documents()) == 27
    assert documents[first.evidence[0]].text == "Paragraph 0 of validation."
    assert documents[first.evidence[0]].title == "Title 0"


def test_scitldr(hub, tmp_path):
    for split in SPLITS:
        row = {"source": ["One.", "Two."], "source_labels": [0, 1], "rouge_scores": [0.1, 0.2], "target": ["t", "u"]}
        write_table(tmp_path / "set" / "Abstract" / split / "0000.parquet", [{**row, "paper_id": f"{split}P"}])
        write_table(tmp_path / "set" / "AIC" / split / "0000.parquet", [{**row, "paper_id": "other", "ic": True}])
    task = hub("scitldr")
    assert task.problems() == []
    example = task.examples("test")[0]
    assert (example.id, example.input, example.references) == ("testP", "One. Two.", ("t", "u"))
    assert example.evidence == THE_INPUT
    assert [document.example_id for document in task.documents()] == ["trainP"]


def test_dialogsum_merges_the_summaries_of_one_conversation(hub, tmp_path):
    for split, count in (("train", 1), ("validation", 1), ("test", 3)):
        lines = [f'{split}_0_{n},"#Person1#: Hi.\n#Person2#: Oh, {split}.",Summary {n}.,greeting' for n in range(count)]
        (tmp_path / "set").mkdir(exist_ok=True)
        (tmp_path / "set" / f"{split}.csv").write_text("id,dialogue,summary,topic\n" + "\n".join(lines) + "\n")
    task = hub("dialogsum")
    assert task.problems() == []
    assert [len(task.examples(split)) for split in SPLITS] == [1, 1, 1]
    example = task.examples("test")[0]
    assert (example.id, example.references) == ("test_0_0", ("Summary 0.", "Summary 1.", "Summary 2."))
    assert example.input == "#Person1#: Hi.\n#Person2#: Oh, test."
    assert example.group == "greeting"


def test_pubmedqa(hub, tmp_path):
    rows = [
        {
            "pubid": 100 + n,
            "question": f"Does it {n}?",
            "context": {"contexts": [f"Aim {n}.", "Result."], "labels": ["A", "B"], "meshes": ["m"]},
            "long_answer": f"It does {n}.",
            "final_decision": "yes",
        }
        for n in range(20)
    ]
    write_table(tmp_path / "set" / "pqa_labeled" / "train-00000-of-00001.parquet", rows)
    write_table(tmp_path / "set" / "pqa_artificial" / "train-00000-of-00001.parquet", rows[:1])
    configs = "".join(f"- config_name: {name}\n  data_files: {name}/*\n" for name in ("pqa_labeled", "pqa_artificial"))
    (tmp_path / "set" / "README.md").write_text(f"---\nconfigs:\n{configs}---\n")
    task = hub("pubmedqa")
    assert task.problems() == []
    assert [len(task.examples(split)) for split in SPLITS] == [9, 1, 10]
    ids = [example.id for split in SPLITS for example in task.examples(split)]
    assert sorted(ids) == [str(100 + n) for n in range(20)]
    example = task.examples("train")[0]
    document = {document.id: document for document in task.documents()}[example.evidence[0]]
    number = int(example.id) - 100
    assert (document.text, example.references) == (f"Aim {number}.\nResult.", (f"It does {number}.",))
    assert hub("pubmedqa").content_key() == task.content_key()
    assert hub("pubmedqa", limit=3).content_key() != task.content_key()
    assert "no configuration 'pqa_none'" in hub("pubmedqa", config="pqa_none").problems()[0]


def test_bitext(hub, tmp_path):
    rows = [f'B,help me cancel order {n},ORDER,cancel_order,"Of course, {{{{Order {n}}}}}"' for n in range(40)]
    (tmp_path / "set").mkdir()
    text = "flags,instruction,category,intent,response\n" + "\n".join(rows) + "\n"
    (tmp_path / "set" / "Bitext_Sample_Customer_Support.csv").write_text(text)
    task = hub("bitext")
    assert task.problems() == []
    assert [len(task.examples(split)) for split in SPLITS] == [34, 2, 4]
    example = task.examples("test")[0]
    assert (example.group, example.evidence) == ("cancel_order", ())
    assert example.references == (f"Of course, {{{{Order {example.input.split()[-1]}}}}}",)
    trained = {example.id for example in task.examples("train")}
    assert {document.example_id for document in task.documents()} == trained
    assert trained.isdisjoint(example.id for example in task.examples("test"))


def test_provenance_of_a_local_folder(hub, squad):
    facts = hub("squad_v2").provenance()
    assert facts["commit"] is None
    assert set(facts["files"]) == {f"squad_v2/{split}-00000-of-00001.parquet" for split in ("train", "validation")}
    assert json.dumps(facts)


def test_faults_name_set_split_and_row(hub, squad, tmp_path):
    rows = [{"id": "a", "question": "", "answers": {"text": ["x"]}, "context": "c", "title": "t"}] * 2
    write_table(tmp_path / "set" / "squad_v2" / "validation-00000-of-00001.parquet", rows)
    place = f"{tmp_path}/set/validation row"
    assert hub("squad_v2").problems() == [
        f"{place} 1: question is empty: want a text (the same at 1 other: 2)",
        f"{place} 2: id 'a' is already used at {place} 1; {UNIQUE}",
    ]


def test_missing_column_and_split(hub, squad):
    assert (
        "its columns are id, title, context, question, answers" in hub("squad_v2", columns__input=["q"]).problems()[0]
    )
    problems = hub("squad_v2", splits={"train": "train", "test": "dev"}).problems()
    assert len(problems) == 1
    assert problems[0].endswith("dev: the set has no such split; its splits are train, validation")


def test_missing_local_folder(hub):
    assert hub("squad_v2", id="./nowhere").problems() == ["nowhere: no such folder exists"]


def test_offline_without_a_copy_says_what_to_do(hub):
    task = hub("squad_v2", id="nobody/nothing")
    assert len(task.problems()) == 1
    assert "nobody/nothing: the Hub cannot be reached and no copy is cached; connect" in task.problems()[0]
    with pytest.raises(DataError, match="no copy is cached"):
        task.content_key()


def test_a_folder_in_the_way_is_not_taken_for_the_hub_set(hub, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_lines(tmp_path / "nobody" / "nothing" / "train.jsonl", [{"id": "a"}])
    assert "the Hub cannot be reached" in hub("squad_v2", id="nobody/nothing").problems()[0]


def test_copy_in_the_cache_is_used_offline_and_its_commit_recorded(hub, squad, tmp_path):
    hub("squad_v2").problems()
    prepared = next((tmp_path / "cache").glob("*/*/*/*/dataset_info.json")).parent
    kept = tmp_path / "cache" / "nobody___sets" / "default" / "0.0.0" / COMMIT
    kept.parent.mkdir(parents=True)
    prepared.rename(kept)
    facts = json.loads((kept / "dataset_info.json").read_text())
    for path in kept.glob("*.arrow"):
        path.rename(kept / path.name.replace(facts["dataset_name"], "sets"))
    (kept / "dataset_info.json").write_text(json.dumps(facts | {"config_name": "default", "dataset_name": "sets"}))
    task = hub("squad_v2", id="nobody/sets")
    assert task.problems() == []
    assert (task.provenance()["commit"], task.provenance()["from_cache"]) == (COMMIT, True)
    assert "but only 0123" in hub("squad_v2", id="nobody/sets", revision="f" * 40).problems()[0]


def test_cached_copy_of_another_commit_is_refused():
    assert _commit("a/b", None, COMMIT) == COMMIT
    assert _commit("a/b", "main", COMMIT) == COMMIT
    assert _commit("a/b", COMMIT, COMMIT) == COMMIT
    with pytest.raises(HubError, match="only 0123"):
        _commit("a/b", "f" * 40, COMMIT)
    with pytest.raises(HubError, match="not known"):
        _commit("a/b", None, "default-1234")


def test_gated_and_script_sets_say_what_to_do():
    gated = ValueError("Dataset 'a/b' is a gated dataset on the Hub. You must be authenticated to access it.")
    assert "ask for access at https://huggingface.co/datasets/a/b" in _advice("a/b", None, gated)
    script = RuntimeError("Dataset scripts are no longer supported, but found b.py")
    assert "task.revision=refs/convert/parquet" in _advice("a/b", None, script)


@pytest.mark.parametrize(
    ("splits", "carve", "message"),
    [
        ({"validation": "b"}, {}, "neither splits nor carve gives test"),
        ({"train": "a", "test": "a"}, {}, "splits.train and splits.test are both 'a': no split may be another"),
        ({"train": "a", "test": "b", "validation": "c"}, {"test": 0.1}, "splits and carve both give test: keep one"),
        ({"train": "a"}, {"test": 0.5, "validation": 0.5}, "carve takes 1 of train: want less than 1 in all"),
        ({"train": "a"}, {"test": 1.5, "validation": 0.1}, "carve.test is 1.5: want a share between 0 and 1"),
        (
            {"train": "a", "dev": "b", "test": "c"},
            {"validation": 0.1},
            "'dev' is not a split: want train, validation, test",
        ),
        ({"test": "a", "validation": "b"}, {"train": 0.1}, "carve.train: train is the split that carve takes from"),
    ],
)
def test_choice_of_splits(splits, carve, message):
    assert any(problem.startswith(message) for problem in split_problems(splits, carve))


def test_carving_leaves_something_to_train_on(hub, tmp_path):
    (tmp_path / "set").mkdir()
    row = "B,help,ORDER,cancel_order,Yes\n"
    (tmp_path / "set" / "train.csv").write_text("flags,instruction,category,intent,response\n" + row * 2)
    assert "nothing is left of train after carve has taken its shares" in hub("bitext").problems()[0]


def test_a_set_without_a_split_is_carved(tmp_path):
    rows = [{"instruction": f"{n * 7919} {n}?", "response": f"a{n}", "intent": ""} for n in range(50)]
    write_lines(tmp_path / "set" / "train.jsonl", rows)
    task = build_task("bitext", id=str(tmp_path / "set"), carve={}, cache=str(tmp_path / "cache"))
    assert task.problems() == []
    assert [len(task.examples(split)) for split in SPLITS] == [35, 5, 10]
    assert "carved from bitext" in "\n".join(task.remarks())
