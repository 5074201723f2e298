"""`make init`: from data as people have them to a yaml that builds a task, without editing a file."""

import csv
import json

import pytest
from omegaconf import OmegaConf

from harness.cli import init, task_yaml
from harness.cli.config import Builder
from harness.errors import ConfigError, CutleryError
from harness.types import Example

KINDS = ["kettle", "lamp", "heater", "fan", "toaster", "mixer", "drill", "pump", "clock", "radio", "scale", "iron"]
PRODUCTS = [
    (f"{kind} {letter}7", 3 + 2 * KINDS.index(kind) + 30 * (letter == "Q")) for kind in KINDS for letter in "BQ"
]
CARE = "Keep it dry and clean, and away from children."


@pytest.fixture
def made(tmp_path, monkeypatch, capsys):
    """Runs the command on tmp_path/data; returns exit status, what was printed, and the task of the yaml."""
    monkeypatch.setattr(init, "TASKS", tmp_path / "conf")
    monkeypatch.setattr(init, "ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", [])
    (tmp_path / "conf").mkdir()

    def run(*arguments, place="data"):
        monkeypatch.setattr("sys.argv", ["init", f"dir={tmp_path / place}", "name=own", *arguments])
        with pytest.raises(SystemExit) as ended:
            init.main()
        printed = capsys.readouterr()
        path = tmp_path / "conf/own.yaml"
        task = None
        if ended.value.code != 2:
            node = OmegaConf.load(path)
            node.pop("defaults", None)
            builder = Builder()
            resolved = OmegaConf.to_container(OmegaConf.create({"limit": None, "task": node}), resolve=True)
            task = builder.build(resolved["task"], "task")
            assert builder.problems == []
        return ended.value.code, printed.out + printed.err, task

    return run


def table(path, header, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])


def questions(*more):
    return [(f"How long is the warranty of the {name}?", f"{months} months", *more) for name, months in PRODUCTS]


def test_a_folder_of_markdown_and_a_table_of_questions(tmp_path, made):
    table(tmp_path / "data/faq.csv", ("Question", "Answer"), questions())
    (tmp_path / "data/handbook/new").mkdir(parents=True)
    for name, months in PRODUCTS:
        text = f"# {name.title()}\n\nThe warranty of the {name} lasts {months} months.\n\n## Care\n\n{CARE}\n"
        (tmp_path / f"data/handbook/new/{name}.md").write_text(text, encoding="utf-8")
    status, printed, task = made()
    assert status == 0, printed
    assert task.problems() == []
    assert "handbook/ (24 .md), 24 documents" in printed
    assert "make experiment task=own limit=20" in printed
    assert (task.documents_file, task.instruction) == ("handbook/", "Answer with the number and its unit alone.")
    assert {document.title for document in task.documents()} >= {"Kettle B7"}
    assert sum(len(task.examples(split)) for split in ("train", "validation", "test")) == len(PRODUCTS)


def test_documents_in_json_and_questions_with_gold_ids(tmp_path, made):
    ids = [f"D{number}" for number in range(len(PRODUCTS))]
    table(
        tmp_path / "data/q.csv",
        ("question", "answer", "gold"),
        [(*own, name) for own, name in zip(questions(), ids, strict=True)],
    )
    documents = [
        {"doc_id": own, "name": name, "body": f"{months} months. {CARE}"}
        for own, (name, months) in zip(ids, PRODUCTS, strict=True)
    ]
    (tmp_path / "data/kb.json").write_text(json.dumps(documents), encoding="utf-8")
    status, printed, task = made()
    assert status == 0
    assert "gold documents are known for 24 of 24 examples" in printed
    assert all(example.evidence for example in task.examples("test"))
    metrics = OmegaConf.load(tmp_path / "conf/own.yaml").defaults[1]
    assert {"number_equality", "recall_at_k", "mrr"} <= set(metrics["override /metric@_global_.metric"])


def retrieval(folder, answers):
    """Files in the layout of BEIR."""
    lines = {
        "corpus": [
            {"_id": f"d{n}", "title": name, "text": f"{m} months. {CARE}"} for n, (name, m) in enumerate(PRODUCTS)
        ],
        "queries": [{"_id": f"q{n}", "text": question} for n, (question, _) in enumerate(questions())],
        "answers": [{"_id": f"q{n}", "answer": answer} for n, (_, answer) in enumerate(questions())],
    }
    (folder / "qrels").mkdir(parents=True)
    for name in ("corpus", "queries", *(["answers"] if answers else [])):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in lines[name]))
    for name, numbers in {"train": range(14), "test": range(14, 22), "test_hard": range(22, 24)}.items():
        text = "".join(f"q{n}\td{n}\t1\n" for n in numbers)
        (folder / f"qrels/{name}.tsv").write_text(f"query-id\tcorpus-id\tscore\n{text}")


@pytest.mark.parametrize("answers", [False, True])
def test_queries_with_gold_documents(tmp_path, made, answers):
    retrieval(tmp_path / "data", answers)
    status, printed, task = made()
    assert status in (0, 1), printed
    assert task.problems() == []
    assert len(task.examples("test")) == 8
    assert all(example.evidence for example in task.examples("test"))
    assert bool(task.examples("test")[0].references) == answers
    assert "not read: qrels/test_hard.tsv (task.splits.SPLIT=FILE uses one)" in printed
    assert ("no answers are read (task.columns.references=[])" in printed) != answers
    metrics = OmegaConf.load(tmp_path / "conf/own.yaml").defaults[1]["override /metric@_global_.metric"]
    assert {"recall_at_k", "mrr"} <= set(metrics)
    assert ("number_equality" in metrics) == (len(metrics) > 2) == answers


def test_answers_under_a_name_that_is_not_known_are_not_left_out(tmp_path, made):
    retrieval(tmp_path / "data", answers=False)
    path = tmp_path / "data/queries.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps({**row, "musterloesung": "a few months"}) + "\n" for row in rows))
    status, printed, _ = made()
    assert status == 2
    assert "set task.columns.references=[musterloesung]" in printed


def test_each_file_has_its_own_column_of_gold_ids(tmp_path, made):
    for name, rows in {"train": questions()[:14], "test": questions()[14:]}.items():
        start = 14 * (name == "test")
        gold = {"train": "evidence", "test": "gold_doc"}[name]
        ids = [(*own, f"d{n}") for n, own in enumerate(rows, start)]
        table(tmp_path / f"data/{name}.csv", ("question", "answer", gold), ids)
    documents = [(f"d{n}", f"{name}: {months} months. {CARE}") for n, (name, months) in enumerate(PRODUCTS)]
    table(tmp_path / "data/documents.csv", ("id", "text"), documents)
    status, printed, task = made()
    assert status in (0, 1), printed
    assert list(task.columns.evidence) == ["evidence", "gold_doc"]
    assert task.examples("test")[0].evidence == ("d14",)


def test_a_workbook_of_questions_and_documents(tmp_path, made):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "Fragen"
    ids = [f"D{number}" for number in range(len(PRODUCTS))]
    for row in [("Frage", "Antwort", "Quelle"), *((*own, name) for own, name in zip(questions(), ids, strict=True))]:
        book.active.append(row)
    book.active.append(("Summe", None, len(PRODUCTS)))
    documents = book.create_sheet("Handbuch")
    for row in [("nr", "Titel", "Inhalt"), *((own, name, CARE) for own, (name, _) in zip(ids, PRODUCTS, strict=True))]:
        documents.append(row)
    (tmp_path / "data").mkdir()
    book.save(tmp_path / "data/faq.xlsx")
    status, printed, task = made()
    assert status == 0, printed
    assert "knowledge base: sheet 'Handbuch' of faq.xlsx, 24 documents" in printed
    assert "gold documents are known for 24 of 24 examples" in printed
    assert "1 row of totals (line 26: 'Summe 24')" in printed
    assert task.problems() == []
    assert {document.id for document in task.documents()} == set(ids)
    status, printed, task = made("documents_sheet=2")
    assert (status, task.documents_sheet) == (0, "2")
    status, printed, _ = made("sheet=9")
    assert "no sheet with cells is called '9' or has this number; it has 'Fragen' (1), 'Handbuch' (2)" in printed


def test_conversations_and_what_is_flagged(tmp_path, made):
    chats = [
        {
            "conversations": [
                {"from": "human", "value": f"Tell me of the {name}."},
                {"from": "gpt", "value": f"{months} months, {CARE}"},
            ]
        }
        for name, months in [*PRODUCTS, *PRODUCTS]
    ]
    (tmp_path / "data").mkdir()
    (tmp_path / "data/chats.json").write_text(json.dumps(chats), encoding="utf-8")
    assert made("strict=true")[0] == 1
    status, printed, task = made("force=true")
    assert status == 0
    assert "ShareGPT conversations" in printed
    assert "! " in printed
    assert "repeat another one" in printed
    assert task.problems() == []


def test_a_key_of_the_task_says_what_was_not_recognised(tmp_path, made):
    table(tmp_path / "data/rows.csv", ("a", "b", "was"), [("x", *own) for own in questions()])
    status, printed, _ = made("columns.input=[b]", "columns.references=[was]", "columns.id=[]")
    assert status == 0, printed
    status, printed, _ = made("columns.input=[nope]", "columns.references=[was]", "columns.id=[]")
    assert status == 2
    assert "no column is called 'nope'" in printed


def test_a_yaml_of_the_user_stays(tmp_path, made):
    table(tmp_path / "data/faq.csv", ("question", "answer"), questions())
    (tmp_path / "conf/own.yaml").write_text("# mine\n_target_: x\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="was not made by make init"):
        init._target("own", tmp_path, force=False)
    assert init._target("own", tmp_path, force=True).name == "own.yaml"
    assert made("force=true")[0] == 0
    assert made()[0] == 0  # our own is written again
    table(tmp_path / "other/faq.csv", ("question", "answer"), questions())
    assert "is of other data (dir=" in made(place="other")[1]
    path = tmp_path / "conf/own.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("max_new_tokens: 32", "max_new_tokens: 48"), encoding="utf-8"
    )
    assert "was edited since" in made()[1]
    assert "max_new_tokens: 48" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("place", "name"),
    [("2024", "task_2024"), ("null", "task_null"), ("My data, v2 (final)", "my_data_v2_final"),
     ("v1.5 FAQ", "v1_5_faq"), ("support/train.jsonl", "support"), ("support/faq.csv", "faq"), ("runs", "task_runs")],
)  # fmt: skip
def test_a_name_that_the_command_line_reads_as_it_is(tmp_path, place, name):
    path = tmp_path / place
    (path.parent if path.suffix in (".jsonl", ".csv") else path).mkdir(parents=True)
    if path.suffix in (".jsonl", ".csv"):
        path.touch()
    assert init._arguments([f"dir={path}"])[1] == name


def test_the_name_may_be_given_as_the_task(tmp_path):
    assert init._arguments([f"dir={tmp_path}", "task=bikehelp"])[1:] == ("bikehelp", False, [])
    with pytest.raises(ConfigError, match="name=a and task=b are two names"):
        init._arguments([f"dir={tmp_path}", "name=a", "task=b"])


def test_a_relative_place_is_written_whole(tmp_path, made, monkeypatch):
    table(tmp_path / "data/faq.csv", ("question", "answer"), questions())
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    place, name, _, _ = init._arguments(["dir=../data", "name=own"])
    assert (place, name) == (tmp_path / "data", "own")


def test_signs_of_yaml_in_the_data_are_texts(tmp_path, made):
    labels = ["${cost}", "\\${dir}", "a: b # c", 'say "no"', "{x}", "two\nlines"]
    rows = [(f"The {name} is number {at}.", labels[at % len(labels)]) for at, (name, _) in enumerate(PRODUCTS)]
    table(tmp_path / "data/train.csv", ("${text}", "label"), rows)
    status, printed, task = made("columns.input=['\\${text}']")
    assert status == 0, printed
    assert task.columns.input == ("${text}",)
    assert task.instruction.startswith("Answer with one of: ")
    assert all(label in task.instruction for label in labels)
    assert {text for example in task.examples("train") for text in example.references} <= set(labels)


def test_long_texts_that_end_in_their_question_keep_their_end(tmp_path, made):
    text = "A long text about nothing at all. " * 60
    table(tmp_path / "data/rows.csv", ("question", "answer"), [(f"{text}{q}", a) for q, a in questions()])
    assert made()[2].cut == "start"


def test_bad_places_and_names():
    for line in ("", "dir=", "dir=/no/such/place"):
        with pytest.raises(ConfigError):
            init._arguments([line] if line else [])
    with pytest.raises(CutleryError, match="want letters"):
        init._arguments(["dir=/tmp", "name=a/b"])
    with pytest.raises(CutleryError, match="say task_2024"):
        init._arguments(["dir=/tmp", "name=2024"])


def test_every_key_of_the_pattern_is_kept():
    pattern = OmegaConf.load(task_yaml.PATTERN)
    choices = task_yaml.Choices({"name": "x", "dir": "d"}, ("exact_match",), "")
    again = OmegaConf.create(task_yaml.written(choices, ["remark"]))
    assert set(again) == set(pattern)
    assert list(again.columns) == list(pattern.columns)


def chats(*leads, reply="It is {} months."):
    """Conversations, each with the next of these system turns, or with none."""
    for number, (name, months) in enumerate(PRODUCTS):
        lead = leads[number % len(leads)]
        said = [{"role": "system", "content": lead}] if lead else []
        said.append({"role": "user", "content": f"How long is the warranty of the {name}?"})
        yield [*said, {"role": "assistant", "content": reply.format(months)}]


@pytest.mark.parametrize(
    ("leads", "instruction"),
    [
        (("Be brief and kind.",), ""),
        (("Be brief and kind.", ""), "Answer the last message in one short sentence."),
        (("",), "Answer the question in one short sentence."),
    ],
)
def test_an_instruction_fits_the_references_and_no_chat_gets_a_second_one(tmp_path, made, leads, instruction):
    (tmp_path / "data").mkdir()
    rows = [{"messages": chat} for chat in chats(*leads)]
    (tmp_path / "data/chats.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    code, printed, task = made()
    assert (code, task.instruction, task.problems()) == (0, instruction, [])
    assert ("no instruction besides the chats' own" in printed) is (instruction == "")


def test_one_answer_of_a_books_length_takes_the_room_of_no_prompt():
    rows = [Example(str(number), "?", ("yes",), ()) for number in range(200)]
    assert task_yaml._tokens([*rows, Example("long", "?", ("word " * 600,), ())]) == 32


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("word " * 30, 64), ("保修期是三个月。" * 3, 96), ("0123456789" * 4, 64), ("ใช่" * 6, 80), ("yes", 32)],
)
def test_a_limit_has_room_above_the_longest_reference_of_any_script(text, tokens):
    rows = [Example(str(number), "?", ("yes",), ()) for number in range(200)]
    assert task_yaml._tokens([*rows, Example("long", "?", (text,), ())]) == tokens


def test_that_long_inputs_lose_their_start_is_said(tmp_path, made):
    told = "The depot ships parts. " * 100
    table(tmp_path / "data/long.csv", ("Question", "Answer"), [(f"{told}{q}", a) for q, a in questions()])
    _, printed, task = made()
    assert task.cut == "start"
    assert "cut: start, since most long inputs end in their question" in printed
