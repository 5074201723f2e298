"""BEIR's layout: queries, their gold documents and the documents in files of their own."""

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


def sizes(task):
    assert task.problems() == []
    return tuple(len(task.examples(split)) for split in SPLITS)


def test_without_answers_retrieval_alone_can_be_measured(folder):
    problems = "\n".join(build(folder).problems())
    assert "no column is called 'references' or 'reference'" in problems
    assert "set task.columns.references=[]; answers would be read from answers.jsonl beside the queries" in problems
    task = build(folder, columns__references=[])
    assert sizes(task) == (20, 4, 6)
    assert len(task.documents()) == 30
    example = task.examples("test")[0]
    assert (example.id, example.input, example.evidence) == ("q24", "what is in document 24?", ("d24",))
    assert "queries of queries.jsonl with the gold documents of qrels/test.tsv" in "\n".join(task.remarks())
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


def test_faults_name_file_and_row(folder):
    (folder / "qrels/test.tsv").write_text("query-id\tcorpus-id\tscore\nq99\td1\t1\n")
    (problem,) = build(folder, columns__references=[]).problems()
    assert "qrels/test.tsv:2: queries.jsonl has no query 'q99'" in problem
    (folder / "qrels/test.tsv").write_text("a\tb\n1\t2\n")
    assert "test.tsv:2: want the columns query-id, corpus-id and score, got a, b" in "".join(
        build(folder, columns__references=[]).problems()
    )


def test_answers_with_ids_of_their_own_are_joined_by_their_query(folder):
    lines = [{"id": f"q{(n + 5) % 30}", "query_id": f"q{n}", "answer": f"answer {n}"} for n in range(30)]
    write_lines(folder / "answers.jsonl", lines)
    assert build(folder).examples("test")[0].references == ("answer 24",)


def test_queries_without_a_relevant_document_are_counted(folder):
    with (folder / "qrels/test.tsv").open("a") as stream:
        stream.write("q0\td1\t0\nq1\td2\t-1\n")
    task = build(folder, columns__references=[])
    assert sizes(task) == (20, 4, 6)
    assert "2 queries of test.tsv have no document with a score above 0" in "\n".join(task.remarks())


def test_gold_answers_come_before_those_of_a_model(folder):
    for name in ("answers_gpt4", "gold_answers", "answers"):
        write_lines(folder / f"{name}.jsonl", [{"query_id": f"q{n}", "answer": f"{name} {n}"} for n in range(30)])
    assert build(folder).examples("test")[0].references == ("gold_answers 24",)
    (folder / "gold_answers.jsonl").unlink()
    assert build(folder).examples("test")[0].references == ("answers 24",)
