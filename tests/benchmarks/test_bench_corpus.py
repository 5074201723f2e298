"""The knowledge base that benchmarks make for themselves."""

import sys

import pytest

from benchmarks import bench_index
from benchmarks.corpus import PAGES, QUERIES, REPORTS, generated


@pytest.fixture(scope="module")
def made():
    return generated()


def test_it_is_the_same_every_time(made):
    assert generated() == made


def test_every_question_has_its_gold_document(made):
    documents, queries = made
    assert (len(documents), len(queries)) == (PAGES + REPORTS, QUERIES)
    ids = {document.id for document in documents}
    assert len(ids) == len(documents)
    assert all(set(query["doc_ids"]) <= ids and query["input"] for query in queries)


def test_without_documents_the_benchmark_takes_it_and_says_so(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["bench_index", "--limit", "50", "--model", "for another benchmark"])
    documents, queries = bench_index._corpus(bench_index._options())
    assert len(documents) == 50
    assert {name for query in queries for name in query["doc_ids"]} <= {document.id for document in documents}
    assert "generated (benchmarks/corpus.py)" in capsys.readouterr().out


def test_given_documents_are_measured(monkeypatch, capsys, tmp_path):
    path = tmp_path / "documents.jsonl"
    path.write_text('{"id": "a", "text": "one two three"}\n')
    monkeypatch.setattr(sys, "argv", ["bench_index", "--documents", str(path)])
    documents, queries = bench_index._corpus(bench_index._options())
    assert ([document.id for document in documents], queries) == (["a"], [])
    assert str(path) in capsys.readouterr().out
