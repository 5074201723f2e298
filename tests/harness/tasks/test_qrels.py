"""BEIR's layout: queries, their gold documents and the documents in files of their own."""

import json

import pytest

from harness.types import SPLITS
from tests.harness.tasks.making import build_task, write_lines

DOCUMENTS = [{"_id": f"d{n}", "title": f"T{n}", "text": f"the text of document {n}"} for n in range(30)]
QUERIES = [{"_id": f"q{n}", "text": f"what is in document {n}?", "metadata": {}} for n in range(30)]
PARTS = {"train": range(20), "dev": range(20, 24), "test": range(24, 30)}


@pytest.fixture
def folder(tmp_path):
    write_lines(tmp_path / "corpus.jsonl", DOCUMENTS)
    write_lines(tmp_path / "queries.jsonl", QUERIES)
    for name, numbers in PARTS.items():
        lines = [f"q{n}\td{n}\t1\nq{n}\td{(n + 1) % 30}\t0\n" for n in numbers]
        (tmp_path / "qrels").mkdir(exist_ok=True)
        (tmp_path / f"qrels/{name}.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(lines))
    return tmp_path


def build(folder, **settings):
    return build_task("jsonl", dir=str(folder), **settings)


def said(task):
    return "\n".join(task.remarks())


def write_qrels(folder, name, text, where="qrels"):
    (folder / where).mkdir(exist_ok=True)
    (folder / where / name).write_text(text)


def sizes(task):
    assert task.problems() == []
    return tuple(len(task.examples(split)) for split in SPLITS)


def test_without_answers_retrieval_alone_can_be_measured(folder):
    (problem,) = build(folder).problems()
    assert "qrels/train.tsv (and dev.tsv, test.tsv): no column is called 'references' or 'reference'" in problem
    assert (
        "task.columns.references=[] measures retrieval alone, by the evidence that is there; answers.jsonl" in problem
    )
    task = build(folder, columns__references=[])
    assert sizes(task) == (20, 4, 6)
    assert len(task.documents()) == 30
    example = task.examples("test")[0]
    assert (example.id, example.input, example.evidence) == ("q24", "what is in document 24?", ("d24",))
    assert "queries of queries.jsonl with the gold documents of qrels/test.tsv" in said(task)
    assert "no answers are read (task.columns.references=[])" in said(task)
    assert {"queries", "documents", "train", "validation", "test"} == set(task.files)


@pytest.mark.parametrize("kind", ["column", "metadata", "file", "file of texts"])
def test_answers_are_used_wherever_they_are(folder, kind):
    answers = [f"answer {n}" for n in range(30)]
    if "file" in kind:
        name = "text" if "texts" in kind else "answer"
        write_lines(folder / "answers.jsonl", [{"query-id": f"q{n}", name: own} for n, own in enumerate(answers)])
    else:
        more = [{"answer": own} if kind == "column" else {"metadata": {"answer": own}} for own in answers]
        write_lines(folder / "queries.jsonl", [{**own, **other} for own, other in zip(QUERIES, more, strict=True)])
    task = build(folder)
    assert sizes(task) == (20, 4, 6)
    assert task.examples("test")[0].references == ("answer 24",)


def test_several_answers_and_gold_documents_of_one_query(folder):
    write_lines(folder / "answers.jsonl", [{"_id": f"q{n % 30}", "answer": f"a{n}"} for n in range(60)])
    with (folder / "qrels/test.tsv").open("a") as stream:
        stream.write("q24\td3\t2\n")
    example = build(folder).examples("test")[0]
    assert (example.references, example.evidence) == (("a24", "a54"), ("d24", "d3"))


def test_a_split_without_gold_documents_is_carved(folder):
    for name in ("dev", "test"):
        (folder / f"qrels/{name}.tsv").unlink()
    assert sum(sizes(build(folder, columns__references=[]))) == 20


def test_keys_follow_queries_and_answers(folder):
    keys = [build(folder, columns__references=[]).content_key()]
    write_lines(folder / "queries.jsonl", [{**QUERIES[0], "text": "another?"}, *QUERIES[1:]])
    keys.append(build(folder, columns__references=[]).content_key())
    write_lines(folder / "answers.jsonl", [{"_id": "q0", "answer": "a"}])
    keys.append(build(folder, columns__references=[]).content_key())
    assert len(set(keys)) == 3


def test_queries_that_are_not_there_are_counted_with_ids_of_both_files(folder):
    write_qrels(folder, "test.tsv", "query-id\tcorpus-id\tscore\nq98\td1\t1\nq99\td1\t1\nq29\td1\t1\n")
    (problem,) = build(folder, columns__references=[]).problems()
    assert problem.endswith(
        "qrels/test.tsv:2: 2 of 3 queries are not in queries.jsonl, such as 'q98', 'q99'; queries.jsonl has 30, such "
        "as 'q0', 'q1', 'q2', …: are these the right files?"
    )
    lines = "".join(f"q{n}\td{n}\t1\n" for n in range(10, 30))
    write_qrels(folder, "test.tsv", f"query-id\tcorpus-id\tscore\nq99\td1\t1\n{lines}")
    for name in ("train", "dev"):
        (folder / f"qrels/{name}.tsv").unlink()
    task = build(folder, columns__references=[])
    assert sizes(task) == (0, 0, 20)
    assert "1 of 21 queries are not in queries.jsonl, such as 'q99', and are left out" in said(task)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a\tb\n1\t2\n", "qrels/test.tsv:1: 2 of 2 queries are not in queries.jsonl, such as 'a', '1'"),
        ("q24 0 d24 1\nq25 d25\n", "qrels/test.tsv:2: want the columns query-id, corpus-id and score, or lines of"),
        ("q24 Q0 d24 1 7.5 run\n", "6 cells are those of a ranking (a run), not of gold documents"),
        ("query-id\tscore\nq24\t1\n", "test.tsv:2: want the columns query-id, corpus-id and score"),
        ("q24 0 d24 0\nq25 0 d25 -1\n", "test.tsv: none of its 2 lines has a score above 0, so that no query has"),
        ("qid\tdoc_id\trel\nq24\td24\tvery\n", "test.tsv:2: the score has an unknown value: want a number, got 'very'"),
        ("", "test.tsv: the file is empty"),
    ],
)
def test_what_is_no_gold_document_is_refused_by_its_line(folder, text, words):
    write_qrels(folder, "test.tsv", text)
    (problem,) = build(folder, columns__references=[]).problems()
    assert words in problem


WAYS = {
    "trec.tsv": ("{q} 0 {d} 1", ""),
    "tabs.qrels": ("{q}\t0\t{d}\t1", ""),
    "no header.tsv": ("{q}\t{d}\t1", ""),
    "no score.txt": ("{q}\t{d}", ""),
    "commas.csv": ("{q},{d},1", ""),
    "turned.tsv": ("{d}\t{q}\t1", ""),
    "other names.tsv": ("{q}\t{d}\t2", "anfrage\tdokument\tnote\n"),
    "trec names.tsv": ("{q}\t0\t{d}\t1", "qid\titer\tdocno\trel\n"),
    "no ending": ("{q} 0 {d} 1", ""),
    "words.tsv": ("{q}\t{d}\ttrue", "query_id\tdoc_id\trelevance\n"),
}


@pytest.mark.parametrize("way", WAYS)
def test_qrels_with_and_without_the_names_of_columns(folder, way):
    line, header = WAYS[way]
    for name, numbers in PARTS.items():
        (folder / f"qrels/{name}.tsv").unlink()
        text = header + "".join(line.format(q=f"q{n}", d=f"d{n}") + "\n" for n in numbers)
        write_qrels(folder, f"{name}.{way.partition('.')[2]}".rstrip("."), text)
    task = build(folder, columns__references=[])
    assert sizes(task) == (20, 4, 6)
    assert [example.evidence for example in task.examples("test")] == [(f"d{n}",) for n in PARTS["test"]]
    assert ("has a known name" in said(task)) == (way == "other names.tsv")


@pytest.mark.parametrize("way", ["objects", "lists", "lines", "lines of lists"])
def test_qrels_as_json(folder, way):
    for name, numbers in PARTS.items():
        (folder / f"qrels/{name}.tsv").unlink()
        path = folder / f"qrels/{name}.json{'l' * ('lines' in way)}"
        if way == "lines":
            write_lines(path, [{"query-id": f"q{n}", "corpus-id": f"d{n}", "score": 1} for n in numbers])
        elif way == "lines of lists":
            write_lines(path, [{"query_id": f"q{n}", "doc_ids": [f"d{n}"]} for n in numbers])
        else:
            gold = {f"q{n}": {f"d{n}": 1, "d99": 0} if way == "objects" else [f"d{n}"] for n in numbers}
            path.write_text(json.dumps(gold))
    task = build(folder, columns__references=[])
    assert sizes(task) == (20, 4, 6)
    assert task.examples("test")[0].evidence == ("d24",)


@pytest.fixture
def marco(tmp_path):
    """Files of the form of MS MARCO: no line names the columns, quotes are text, queries per split."""
    lines = "".join(f'{n}\tthe "text of {n}\n' for n in range(30))
    (tmp_path / "collection.tsv").write_text(lines)
    for name, numbers in PARTS.items():
        (tmp_path / f"queries.{name}.tsv").write_text("".join(f"{100 + n}\twhat is {n}?\n" for n in numbers))
        (tmp_path / f"qrels.{name}.tsv").write_text("".join(f"{100 + n}\t0\t{n}\t1\n" for n in numbers))
    return tmp_path


def test_files_without_the_names_of_columns_and_queries_per_split(marco):
    task = build(marco, columns__references=[])
    assert sizes(task) == (20, 4, 6)
    example = task.examples("test")[0]
    assert (example.id, example.input, example.evidence) == ("124", "what is 24?", ("24",))
    assert task.documents()[3].text == 'the "text of 3'
    assert "collection.tsv: delimiter tab, encoding utf-8, no line has the names of the columns" in said(task)
    assert {"queries queries.dev.tsv", "queries queries.test.tsv"} <= set(task.files)


def test_documents_of_an_address_a_title_and_a_text(marco):
    (marco / "collection.tsv").write_text(
        "".join(f"{n}\thttps://x.org/{n}\tTitle {n}\tthe long text of {n}\n" for n in range(30))
    )
    task = build(marco, columns__references=[], document_columns__metadata=["url"])
    assert sizes(task) == (20, 4, 6)
    assert (task.documents()[3].title, task.documents()[3].metadata) == ("Title 3", (("url", "https://x.org/3"),))


def test_files_of_gold_documents_that_are_not_read_are_named(folder):
    for name in ("test_hard", "hard_test"):
        write_qrels(folder, f"{name}.tsv", "query-id\tcorpus-id\tscore\nq0\td0\t1\n")
    write_lines(folder / "answers_gpt4.jsonl", [{"_id": "q0", "answer": "a"}])
    write_lines(folder / "answers.jsonl", [{"_id": f"q{n}", "answer": f"a{n}"} for n in range(30)])
    task = build(folder)
    assert sizes(task) == (20, 4, 6)
    unread = "not read: answers_gpt4.jsonl, qrels/hard_test.tsv, qrels/test_hard.tsv (task.splits.SPLIT=FILE uses one)"
    assert unread in said(task)
    assert sizes(build(folder, splits__test="qrels/test_hard.tsv", splits__train=None)) == (0, 4, 1)
    (folder / "qrels/test.tsv").unlink()
    assert "qrels/hard_test.tsv, qrels/test_hard.tsv can each be the test split" in build(folder).problems()[0]


def test_gold_documents_that_say_no_split_or_have_no_queries(folder):
    for name in PARTS:
        (folder / f"qrels/{name}.tsv").rename(folder / f"qrels/part {name[0]}.tsv")
    assert "name gold documents, and none is called train, validation or test; choose" in build(folder).problems()[0]
    (folder / "queries.jsonl").unlink()
    assert "which takes a file of queries: queries.jsonl with the columns _id and text" in build(folder).problems()[0]


def test_the_documents_that_are_missing_are_named_and_what_is_packed(folder):
    (folder / "corpus.jsonl").rename(folder / "corpus.jsonl.gz")
    (problem,) = build(folder).problems()
    assert "queries and their gold documents are there, and no documents: want corpus.jsonl with the columns" in problem
    assert problem.endswith("corpus.jsonl.gz is packed: unpack what is data")


def test_gold_documents_come_before_files_that_are_called_like_a_split(folder):
    write_lines(folder / "train_extra.jsonl", [{"input": "what?", "references": "that"}])
    write_lines(folder / "archive/old.jsonl", [{"input": "what?", "references": "that"}])
    task = build(folder, columns__references=[])
    assert sizes(task) == (20, 4, 6)
    assert "not read: archive/, train_extra.jsonl (task.splits.SPLIT=FILE uses one)" in said(task)


def test_gold_documents_beside_examples_that_are_no_queries(folder):
    (folder / "queries.jsonl").unlink()
    for name, numbers in PARTS.items():
        rows = [{"id": f"q{n}", "input": f"what is {n}?", "references": "r"} for n in numbers]
        write_lines(folder / f"{name}.jsonl", rows)
    task = build(folder)
    assert sizes(task) == (20, 4, 6)
    assert "not read: the gold documents of qrels/dev.tsv, qrels/test.tsv, qrels/train.tsv; put the queries" in said(
        task
    )


def test_answers_that_fit_no_query_are_blamed_and_not_the_qrels(folder):
    write_lines(folder / "answers.jsonl", [{"_id": f"x{n}", "answer": "a"} for n in range(30)])
    (problem,) = build(folder).problems()
    assert "answers.jsonl: none of its 30 rows is of a query: its _id is 'x0', 'x1', 'x2', …" in problem
    assert "while queries.jsonl has 30, such as 'q0', 'q1', 'q2', …" in problem
    write_lines(folder / "answers.jsonl", [{"nr": f"x{n}", "answer": "a"} for n in range(30)])
    (problem,) = build(folder).problems()
    assert (
        "no column has the ids of queries; its columns are nr, answer; want _id or query-id, with ids such" in problem
    )


def test_queries_without_answers_are_counted(folder):
    write_lines(folder / "answers.jsonl", [{"_id": f"q{n}", "answer": f"a{n}"} for n in range(0, 30, 2)])
    task = build(folder)
    assert sizes(task) == (20, 4, 6)
    assert "3 of 6 queries of test.tsv have no answer in answers.jsonl ('q25', 'q27', 'q29'; it has" in said(task)
    write_lines(folder / "answers.jsonl", [{"topic": f"q{n}", "answer": f"a{n}"} for n in PARTS["test"]])
    task = build(folder)
    assert sizes(task) == (20, 4, 6)
    assert "20 of 20 queries of train.tsv have no answer" in said(task)


def test_ids_of_queries_that_lost_their_zeros(folder):
    write_lines(folder / "queries.jsonl", [{**own, "_id": n} for n, own in enumerate(QUERIES)])
    write_lines(folder / "answers.jsonl", [{"_id": f"{n}.0", "answer": f"a{n}"} for n in range(30)])
    for name, numbers in PARTS.items():
        write_qrels(folder, f"{name}.tsv", "".join(f"{n:03}\td{n}\t1\n" for n in numbers))
    task = build(folder)
    assert sizes(task) == (20, 4, 6)
    assert task.examples("test")[0].references == ("a24",)
    assert "6 ids of queries are spelt otherwise in queries.jsonl ('024' is '24')" in said(task)
    write_lines(folder / "queries.jsonl", [{**QUERIES[0], "_id": name} for name in ("24", "0024")])
    assert "test.tsv:1: query '024' can be each of '24', '0024' in queries.jsonl" in "".join(build(folder).problems())


def test_answers_with_ids_of_their_own_are_joined_by_their_query(folder):
    lines = [{"id": f"q{(n + 5) % 30}", "query_id": f"q{n}", "answer": f"answer {n}"} for n in range(30)]
    write_lines(folder / "answers.jsonl", lines)
    assert build(folder).examples("test")[0].references == ("answer 24",)


def test_queries_without_a_relevant_document_are_counted(folder):
    with (folder / "qrels/test.tsv").open("a") as stream:
        stream.write("q0\td1\t0\nq1\td2\t-1\n")
    task = build(folder, columns__references=[])
    assert sizes(task) == (20, 4, 6)
    assert "2 queries of test.tsv have no document with a score above 0 and are left out ('q0', 'q1')" in said(task)


def test_gold_answers_come_before_those_of_a_model(folder):
    for name in ("answers_gpt4", "gold_answers", "answers"):
        write_lines(folder / f"{name}.jsonl", [{"query_id": f"q{n}", "answer": f"{name} {n}"} for n in range(30)])
    assert build(folder).examples("test")[0].references == ("gold_answers 24",)
    (folder / "gold_answers.jsonl").unlink()
    assert build(folder).examples("test")[0].references == ("answers 24",)
