"""What may be searched, by metadata; and the newest of several versions first."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from harness.store.spec import digest
from harness.types import Document
from pipelines.rag.controls import OracleRetriever, RandomRetriever
from pipelines.rag.faiss_index import FaissIndex
from pipelines.rag.filtering import allow_cautions, allow_problems, allow_remarks, allowed, refusal
from pipelines.rag.metadata_values import date_of, number_of, orders
from pipelines.rag.protocols import Query
from pipelines.rag.ranking import newest_first

DATED = [
    Document(
        f"v{year}",
        "Price of the kettle",
        f"The kettle costs {year - 2000} euro.",
        metadata=(("date", f"{year}-01-01"),),
    )
    for year in (2020, 2022, 2021)
] + [
    Document(
        "lamp", "Price of the lamp", "The lamp costs 9 euro.", metadata=(("size", "12"), ("tag", "a"), ("tag", "b"))
    ),
    Document("bare", "", "No metadata, and a kettle."),
]


def left(allow):
    return [document.id for document in allowed(DATED, allow)]


@pytest.mark.parametrize(
    ("allow", "expected"),
    [
        (None, ["v2020", "v2022", "v2021", "lamp", "bare"]),
        ({"date": "2021-01-01"}, ["v2021"]),
        ({"date": ["2021-01-01", "2020-01-01"]}, ["v2020", "v2021"]),
        ({"date": ">=2021"}, ["v2022", "v2021"]),
        ({"date": ">2021"}, ["v2022"]),
        ({"date": [">2020-01-01", "<=2021-06-30"]}, ["v2021"]),
        ({"size": ">=9"}, ["lamp"]),
        ({"size": 12, "tag": "b"}, ["lamp"]),
        ({"size": 12, "tag": "c"}, []),
        ({"tag": ">=9"}, []),
    ],
)
def test_filters(allow, expected):
    assert left(allow) == expected


def test_filters_that_make_no_sense_are_named():
    assert allow_problems({"date": ">=2024-05-01", "a": ["x", 3], "b": True}) == []
    problems = allow_problems({"date": ">=05/03/2024", "a": [], "b": {"c": 1}})
    assert [problem.partition(":")[0] for problem in problems] == ["allow.date", "allow.a", "allow.b"]
    said = refusal(DATED, {"dat": "x"})
    assert "no document has metadata 'dat'; did you mean date? they have date, size, tag" in said
    assert "'colour'; they have date, size, tag" in refusal(DATED, {"colour": "x"})
    assert "none of 5 documents fits" in refusal(DATED, {"date": ">=2030"})
    assert "date goes from '2020-01-01' to '2022-01-01'" in refusal(DATED, {"date": ">=2030"})
    assert refusal(DATED, {"date": ">=2021"}) == ""


def ask(searcher, text, **more):
    [found] = searcher.search([Query("e", text, **more)])
    return [passage.document_id for passage in found.passages]


@pytest.fixture(params=["hybrid", "bm25"])
def each(request, hybrid):
    return {"hybrid": hybrid, "bm25": replace(hybrid, index=None)}[request.param]


def test_what_is_not_allowed_is_absent_from_every_ranking(each, store):
    many = [Document(f"old{n}", "", f"The kettle costs {n} euro.", metadata=(("date", "2020"),)) for n in range(40)]
    searcher = replace(each, allow={"date": ">=2021"}).prepare([*many, *DATED], store, 0)
    assert set(ask(searcher, "What does the kettle cost?")) == {"v2021", "v2022"}
    assert searcher.facts["passages"]["documents"] == 2
    assert searcher.audit()


def test_the_controls_choose_among_what_is_allowed(hybrid, store):
    narrow = replace(hybrid, allow={"date": ">=2021"})
    assert set(ask(RandomRetriever(narrow).prepare(DATED, store, 0), "kettle")) == {"v2021", "v2022"}
    oracle = OracleRetriever(narrow).prepare(DATED, store, 0)
    assert ask(oracle, "kettle", evidence=("v2020", "v2022")) == ["v2022"]


def test_oracle_names_the_filter_where_it_leaves_out_the_gold_documents(hybrid, store):
    oracle = OracleRetriever(replace(hybrid, allow={"date": ">=2021"})).prepare(DATED, store, 0)
    queries = [Query(name, "kettle", (name,)) for name in ("v2020", "v2022", "nowhere")]
    [audit] = oracle.audit_retrieved(queries, oracle.search(queries))
    filtered, unknown = audit.flag.split("for 1 of 3 questions ")[1:]
    assert filtered.startswith("(e.g. 'v2020') retriever.allow leaves out the gold documents")
    assert unknown.startswith("(e.g. 'nowhere') no gold document has text")


def test_a_retriever_refuses_metadata_that_no_document_has(hybrid):
    task = SimpleNamespace(documents=lambda: DATED)
    assert "no document has metadata 'day'" in replace(hybrid, allow={"day": "1"}).refuses(task)
    assert "retriever.newest_first: no document has" in replace(hybrid, newest_first="day").refuses(task)
    assert replace(hybrid, allow={"date": ">2020"}, newest_first="date").refuses(task) == hybrid.refuses(task) == ""


def test_unset_filters_are_no_part_of_the_key(hybrid):
    assert digest(replace(hybrid, allow=None, newest_first=None)) == digest(hybrid)
    assert (
        len({digest(hybrid), digest(replace(hybrid, allow={"a": "b"})), digest(replace(hybrid, newest_first="a"))}) == 3
    )
    assert hash(replace(hybrid, allow={"a": ["b"]}))  # searchers are remembered by their settings


def test_versions_of_one_text_change_places_and_nothing_else_moves():
    ranking = [(1, 0.9), (2, 0.8), (3, 0.7), (4, 0.6), (5, 0.5)]
    titles = {1: "a", 3: "a", 4: "a", 2: "b"}
    dates = {1: (2020,), 2: (1999,), 3: (2022,), 4: (), 5: (2030,)}
    assert newest_first(ranking, titles, dates) == [(3, 0.9), (2, 0.8), (1, 0.7), (4, 0.6), (5, 0.5)]


def test_the_newest_version_comes_first_by_any_ranking(each, store):
    searcher = replace(each, newest_first="date").prepare(DATED, store, 0)
    found = ask(searcher, "What does the kettle cost?")
    assert [name for name in found if name.startswith("v")] == ["v2022", "v2021", "v2020"][: len(found)]
    queries = [Query("e", "What does the kettle cost?")]
    assert searcher.audit()
    assert searcher.audit_retrieved(queries, searcher.search(queries))


KINDS = {
    "exact": FaissIndex("IDMap2,Flat", None, None),
    "graph": FaissIndex("HNSW32,Flat", None, 64),
    "lists and codes": FaissIndex("IVF1024,SQ8", 16, None),
    "one list searched": FaissIndex("IVF16,Flat", 1, None),
}


@pytest.mark.parametrize("kind", [*KINDS, "words", "fused"])
def test_two_documents_and_eight_asked_for_are_two_passages(hybrid, store, kind):
    lexical = hybrid.lexical if kind in ("words", "fused") else None
    index = None if kind == "words" else KINDS.get(kind, hybrid.index)
    retriever = replace(hybrid, k=8, index=index, lexical=lexical)
    documents = [Document("a", "", "The kettle boils water."), Document("b", "", "The kettle of the lamp is red.")]
    searcher = retriever.prepare(documents, store, 0)
    assert sorted(ask(searcher, "the kettle")) == ["a", "b"]
    assert [passage.document_id for passage in searcher.best_of([Query("e", "kettle")], [["b"]])[0]] == ["b"]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024", (2024,)),
        ("2024-05", (2024, 5)),
        ("05.03.2024", (2024, 3, 5)),
        ("Mar 5, 2024", (2024, 3, 5)),
        ("5 March 2024", (2024, 3, 5)),
        ("2024/03/05", (2024, 3, 5)),
        ("March 2024", (2024, 3)),
        ("2024-03-05T01:00:00+02:00", (2024, 3, 4, 23, 0, 0, 0)),
        ("05/03/2024", None),
        ("31.13.2019", None),
        ("nan", None),
        ("soon", None),
    ],
)
def test_dates_are_read_where_they_mean_one_day_alone(text, date):
    assert date_of(text) == date


def test_numbers_are_those_that_people_write():
    assert [number_of(text) for text in ("4", "-1.5", "1e3", "nan", "inf", "1_0", "four")] == [
        4.0, -1.5, 1000.0, None, None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "newest", "odd"),
    [
        (["31.12.2019", "01.02.2025", "15.06.2023"], "01.02.2025", ""),
        (["v1.9", "v1.10"], "v1.10", ""),
        (["9", "10", "nan"], "10", ""),
        (["2024-05-01", "05/03/2024"], None, "05/03/2024"),
        (["draft", "final"], None, "draft"),
        (["31.13.2019", "01.02.2025"], None, "31.13.2019"),
        (["Mar 5", "Apr 1"], None, "Apr 1"),
    ],
)
def test_the_newest_value_is_known_or_refused(hybrid, values, newest, odd):
    found, wrong = orders(values)
    assert (max(found, key=lambda value: found[value], default=None), wrong) == (newest, odd)
    documents = [Document(str(n), "t", "x", metadata=(("date", value),)) for n, value in enumerate(values)]
    refused = replace(hybrid, newest_first="date").refuses(SimpleNamespace(documents=lambda: documents))
    assert (f"{odd!r} cannot be put in order" in refused) if odd else not refused


@pytest.mark.parametrize("bound", ["<2024-05-15", ">=2024-05-15", ">2024-05-15"])
def test_a_date_coarser_than_the_bound_is_on_neither_side(bound):
    documents = [Document(date, "", "x", metadata=(("date", date),)) for date in ("2024", "May 2024", "April 2024")]
    left = [one.id for one in allowed(documents, {"date": bound})]
    assert left == (["April 2024"] if bound.startswith("<") else [])
    assert "2 documents have a date that cannot be compared" in list(allow_remarks(documents, {"date": bound}))[-1]
    assert [one.id for one in allowed(documents, {"date": ">=2024"})] == ["2024", "May 2024", "April 2024"]


def test_what_a_filter_leaves_out_is_counted_and_missing_values_keep_no_bound():
    values = ["05.03.2024", "2023-01-01", "05/03/2024", "nan"]
    documents = [Document(f"d{n}", "", "x", metadata=(("date", value),)) for n, value in enumerate(values)]
    allow = {"date": ">=2024-01-01"}
    assert [one.id for one in allowed(documents, allow)] == ["d0"]
    first, second = allow_remarks(documents, allow)
    assert first == "retriever.allow leaves 1 of 4 documents"
    assert "1 document has a date that cannot be compared with the bound" in second
    assert "d2 has '05/03/2024'" in second
    assert list(allow_cautions(documents, allow)) == [second]
    assert list(allow_cautions(documents[:2], allow)) == list(allow_cautions(documents, None)) == []
    ratings = [Document(value, "", "x", metadata=(("rating", value),)) for value in ("nan", "4", "1_0")]
    assert [one.id for one in allowed(ratings, {"rating": ">=4"})] == ["4"]
    assert [one.id for one in allowed(ratings, {"rating": "<=4"})] == ["4"]
