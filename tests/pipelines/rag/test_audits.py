"""Faults of every kind, planted in parts, code and results: the audits must find them whatever the metadata say."""

import dataclasses
import functools
import json
import shutil
from dataclasses import replace
from zlib import crc32

import numpy as np
import pytest

from harness.errors import ArmError, StoreError
from harness.store.store import Store
from harness.types import Document, Prediction
from pipelines.rag import faiss_index, lexical, searcher
from pipelines.rag.chunking import Chunking
from pipelines.rag.controls import OracleRetriever, RandomRetriever
from pipelines.rag.embedding import Embedding
from pipelines.rag.encoder import Encoded
from pipelines.rag.faiss_index import FaissIndex, OpenFaissIndex
from pipelines.rag.lexical import Bm25
from pipelines.rag.passages import Passages
from pipelines.rag.protocols import Query, Retrieved
from pipelines.rag.ranking import highest, ordered
from pipelines.rag.retriever import PassageRetriever
from pipelines.rag.shown import audit_shown

CUTTER = functools.cache(Chunking.cutter)
"""reading the tokenizer takes longer than all else here"""
PARTS = ["passages", "embeddings", "index", "lexical"]


class CountedWords:
    """An encoder that takes no time: a text's words, each at a place of its own among 512."""

    dimensions = 512

    def __init__(self, max_tokens):
        self.max_tokens = max_tokens

    def encode(self, texts):
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in text.lower().split()[: self.max_tokens]:
                row[crc32(word.encode()) % self.dimensions] += 1
        lengths = self.lengths(texts)
        unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return Encoded(unit, tuple(lengths), sum(length > self.max_tokens for length in lengths))

    reference = staticmethod(lambda texts: CountedWords(512).encode(texts).vectors)
    prompts = dict

    def lengths(self, texts):
        return [len(text.split()) for text in texts]


class CountingEmbedding(Embedding):
    KEY = "tests.CountingEmbedding"

    def load(self):
        return CountedWords(self.max_tokens)

    def checkpoint(self):
        return "none"


@pytest.fixture
def hybrid(hybrid, monkeypatch):
    """The retriever of the other tests, with an embedder that takes no time."""
    monkeypatch.setattr(Chunking, "cutter", CUTTER)
    fields = {field.name: getattr(hybrid.embedding, field.name) for field in dataclasses.fields(hybrid.embedding)}
    return replace(hybrid, embedding=CountingEmbedding(**fields))


@pytest.fixture
def others(documents):
    """As many documents under the same ids, of another day."""
    return [replace(document, text=f"Yesterday: {document.text[::-1]}") for document in documents]


@pytest.fixture
def ready(hybrid, documents, store):
    return hybrid.prepare(documents, store, 0)


def replaced(store, kind, change):
    """Change a part's files and store them again, so that no checksum gives it away."""
    [metadata] = (store.root / kind).glob("*/artifact.json")
    entry, old = json.loads(metadata.read_text()), store.root / "old"
    metadata.parent.rename(old)

    def make(folder):
        shutil.copytree(old, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("artifact.json"))
        change(folder)
        return entry["facts"]

    store.get_or_make(kind, entry["spec"], make)
    shutil.rmtree(old)
    faiss_index._read.cache_clear()
    lexical.open_lexical.cache_clear()


def taken_from(other, kind, *, sidecar):
    [source] = (other.root / kind).glob("*/artifact.json")

    def change(folder):
        for file in source.parent.iterdir():
            if file.name != "artifact.json" and (sidecar or file.name != f"{kind}.json"):
                shutil.copy(file, folder / file.name)

    return change


@pytest.mark.parametrize("kind", PARTS)
@pytest.mark.parametrize("sidecar", [True, False], ids=["with its sidecar", "under our sidecar"])
def test_a_part_of_another_knowledge_base_is_refused(hybrid, documents, others, store, tmp_path, kind, sidecar):
    yesterday = Store(tmp_path / "yesterday")
    hybrid.prepare(others, yesterday, 0)
    hybrid.prepare(documents, store, 0)
    replaced(store, kind, taken_from(yesterday, kind, sidecar=sidecar))
    wrong = "passages" if kind == "passages" else kind
    with pytest.raises(StoreError, match=rf"{wrong}.*delete {store.root}/{wrong}/"):
        hybrid.prepare(documents, store, 0).audit()


@pytest.mark.parametrize("kind", PARTS)
def test_a_part_of_fewer_documents_is_refused(hybrid, documents, store, tmp_path, kind):
    fewer = Store(tmp_path / "fewer")
    hybrid.prepare(documents[:-1], fewer, 0)
    hybrid.prepare(documents, store, 0)
    replaced(store, kind, taken_from(fewer, kind, sidecar=False))
    with pytest.raises(StoreError, match=f"{kind} .*: (it holds 7 passages|they were cut from other)"):
        hybrid.prepare(documents, store, 0).audit()


@pytest.mark.parametrize(
    "change",
    [lambda v: np.roll(v, 1, axis=0), lambda v: v[:, ::-1], lambda v: 3 * v, lambda v: np.zeros_like(v)],
    ids=["shifted", "another embedder", "not normalised", "empty"],
)
def test_vectors_that_the_embedder_does_not_give_are_refused(hybrid, documents, store, change):
    hybrid.prepare(documents, store, 0)

    def rewrite(folder):
        np.save(folder / "vectors.npy", change(np.load(folder / "vectors.npy")))

    replaced(store, "embeddings", rewrite)
    with pytest.raises(StoreError, match=r"vector of passage 0 .* cosine of"):
        hybrid.prepare(documents, store, 0).audit()


def test_parts_without_sidecar_are_those_of_an_older_version(hybrid, documents, store):
    hybrid.prepare(documents, store, 0)
    for kind in ("passages", "embeddings", "lexical"):
        replaced(store, kind, lambda folder, kind=kind: (folder / f"{kind}.json").unlink())
    assert [audit.flag for audit in hybrid.prepare(documents, store, 0).audit()] == ["", "", ""]


def test_a_good_retriever_passes_and_says_what_was_checked(ready):
    parts, own, cut = ready.audit()
    assert (parts.name, parts.checked, parts.flag) == ("index parts", 8, "")
    assert own.details["first"] == {"by vectors": [8, 8], "by words": [8, 8], "fused": [8, 8]}
    assert (cut.checked, cut.flag, cut.details["cut"]) == (8, "", 0)
    assert [audit.seconds > 0 for audit in (parts, own)] == [True, True]
    assert [audit.seconds for audit in ready.audit()] == [0.0, 0.0, 0.0]  # another arm of this process


@pytest.mark.parametrize("change", [{"lexical": None}, {"index": None}, {"index": None, "embedding": None}])
def test_one_ranking_alone_is_looked_at_alone(hybrid, documents, store, change):
    own = replace(hybrid, **change).prepare(documents, store, 0).audit()[1]
    assert list(own.details["first"].values()) == [[8, 8]]


def test_equal_texts_share_the_first_place(hybrid, store):
    twins = [Document(str(number), "", f"the same text {number // 30}") for number in range(60)]
    own = hybrid.prepare(twins, store, 0).audit()[1]
    assert own.details["first"]["fused"] == [25, 25]


def test_longer_texts_that_hold_one_may_come_before_it(hybrid, store):
    short = [f"item{number} weighs grams{number} as weighed" for number in range(30)]
    holding = [f"{text} {text} {text} {text} one two three four five six seven" for text in short]
    own = hybrid.prepare([Document(str(at), "", text) for at, text in enumerate([*short, *holding])], store, 0).audit()
    first, asked = own[1].details["first"]["by words"]
    assert first == asked


@pytest.mark.parametrize("factory", ["Flat", "HNSW32,Flat", "IVF4,Flat", "IVF4,SQ8"])
def test_every_kind_of_index_passes(hybrid, documents, store, factory):
    more = [*documents, *(replace(one, id=f"{one.id}-2", text=f"Once more: {one.text}") for one in documents)]
    index = FaissIndex(factory, 1 if "IVF" in factory else None, 64 if "HNSW" in factory else None)
    assert all(not audit.flag for audit in replace(hybrid, index=index).prepare(more, store, 0).audit())


def reversed_order(scored):
    return ordered(scored)[::-1]


def without_prefix(self, texts):
    return self.load().encode(texts)


FAULTS = {
    "vectors ranked the wrong way": (faiss_index, "ordered", reversed_order, "under 8 of 8 sampled numbers"),
    "words ranked the wrong way": (lexical, "highest", lambda s, n: highest(s, 99)[:0:-1], "by words"),
    "fusion of the first alone": (searcher, "fuse", lambda rankings, k: rankings[0], "fused: a passage of document"),
    "fusion by other weights": (
        searcher,
        "fuse",
        lambda rankings, k: ordered((number, 1 / (k + rank)) for rank, (number, _) in enumerate(rankings[1], 1)),
        "fused: a passage of document",
    ),
    "vectors searched the wrong way": (
        OpenFaissIndex,
        "search",
        lambda self, vectors, n, search=OpenFaissIndex.search: [row[::-1] for row in search(self, vectors, n)],
        "by vectors: 0 of 8",
    ),
    "words split otherwise": (lexical, "words", lambda text: text.split(), "has other words in it"),
    "exclusion ignored": (Passages, "numbers", lambda self, ids: [], "although the search excludes it"),
    "query without its prefix": (Embedding, "embed_queries", without_prefix, "not embedded as query_prefix and text"),
    "vectors pooled otherwise": (
        CountedWords,
        "reference",
        lambda self, texts: CountedWords(1).encode(texts).vectors,
        "other vectors than sentence-transformers itself gives",
    ),
    "vectors not of length 1": (
        CountedWords,
        "encode",
        lambda self, texts, encode=CountedWords.encode: replace(
            (encoded := encode(self, texts)), vectors=encoded.vectors * np.arange(1, len(texts) + 1)[:, None]
        ),
        "other vectors than",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_code_that_searches_wrongly_is_refused(hybrid, documents, store, monkeypatch, fault):
    where, name, wrong, message = FAULTS[fault]
    prefixed = replace(hybrid, embedding=replace(hybrid.embedding, query_prefix="query: "))
    ready = prefixed.prepare(documents, store, 0)
    monkeypatch.setattr(where, name, wrong)
    with pytest.raises((ArmError, StoreError), match=message):
        ready.audit()


def missing(share):
    """A search that has lost every passage whose number is below a share of all."""

    def search(self, vectors, n, whole=OpenFaissIndex.search):
        lost = share * len(self)
        return [[pair for pair in row if pair[0] >= lost] for row in whole(self, vectors, n)]

    return search


def test_an_approximate_index_may_miss_some_and_says_so(hybrid, documents, store, monkeypatch):
    index = replace(hybrid, lexical=None, index=FaissIndex("HNSW32,Flat", None, 64))
    ready = index.prepare(documents, store, 0)
    monkeypatch.setattr(OpenFaissIndex, "search", missing(0.25))
    assert "by vectors: 6 of 8" in ready.audit()[1].flag
    assert "raise index.nprobe or index.ef_search" in ready.audit()[1].flag
    monkeypatch.setattr(OpenFaissIndex, "search", missing(0.75))
    searcher._PASSED.clear()
    with pytest.raises(ArmError, match="by vectors: 2 of 8"):
        ready.audit()


def test_an_embedder_with_a_query_prefix_may_miss_some_and_says_so(hybrid, documents, store, monkeypatch):
    prefixed = replace(hybrid, lexical=None, embedding=replace(hybrid.embedding, query_prefix="query: "))
    ready = prefixed.prepare(documents, store, 0)
    monkeypatch.setattr(OpenFaissIndex, "search", missing(0.25))
    assert "check embedding.query_prefix against the model card" in ready.audit()[1].flag


def test_cut_passages_and_queries_are_flagged(hybrid, documents, store):
    exemplar = Document("long", "", "word " * 400, example_id="train-1")
    ready = hybrid.prepare([*documents, exemplar], store, 0)
    assert "1 of 9 passages (11.1%) are longer than the 256 tokens" in ready.audit()[2].flag
    queries = [Query("1", "a cat"), Query("2", "cat " * 300)]
    assert "1 of 2 queries (50.0%)" in ready.audit_retrieved(queries, ready.search(queries))[1].flag


QUERIES = [
    Query("1", "capital of France", ("paris",)),
    Query("2", "feline napping", ("cat",)),
    Query("3", "oil", ("engine",), frozenset({"rain"})),
]


def test_what_was_retrieved_is_searched_for_again(ready):
    found = ready.search(QUERIES)
    retrieved, sizes, cut = ready.audit_retrieved(QUERIES, found)
    assert (sizes.name, sizes.checked, sizes.flag) == ("gold documents", 3, "")
    assert (retrieved.checked, retrieved.details) == (3, {"again": 9, "same": 9})
    assert (cut.checked, cut.flag) == (3, "")
    stale = [Retrieved(passages, ()) for passages in ready.best_of(QUERIES, [["chess", "bread", "code"]] * 3)]
    with pytest.raises(ArmError, match=r"of 9 stored passages come back in a search now: for '1' the store has"):
        ready.audit_retrieved(QUERIES, stale)


def test_a_prefix_that_the_checkpoint_asks_for_is_flagged(ready, monkeypatch):
    monkeypatch.setattr(CountedWords, "prompts", lambda self: {"query": "query: ", "document": ""})
    assert "embedding.query_prefix is '', but the checkpoint was made for 'query: '" in ready.audit()[0].flag


def test_results_that_no_search_gives_are_refused(ready):
    found = ready.search(QUERIES)
    first, *rest = found
    [rain] = replace(ready, k=1).search([Query("3", "rain falls from clouds")])
    for wrong, message in [
        ([replace(first, passages=first.passages * 2), *rest], "6 passages came back, not 3 to 3"),
        ([replace(first, passages=first.passages[:1]), *rest], "1 passages came back, not 3 to 3"),
        ([replace(first, passages=first.passages[:1] * 3), *rest], "came back twice"),
        (rest, "2 results are stored for 3 queries"),
        ([replace(first, passages=first.passages[::-1]), *rest], "scores rise"),
        ([*found[:2], rain], "'3': document 'rain' came back although"),
    ]:
        with pytest.raises(ArmError, match=message):
            ready.audit_retrieved(QUERIES, wrong)


def test_controls_are_held_to_what_they_are_for(hybrid, documents, store):
    oracle, random = (kind(hybrid).prepare(documents, store, 0) for kind in (OracleRetriever, RandomRetriever))
    gold, drawn = oracle.search(QUERIES), random.search(QUERIES)
    assert [audit.flag for audit in (*oracle.audit(), *oracle.audit_retrieved(QUERIES, gold))] == [""] * 4
    assert [audit.flag for audit in (*random.audit(), *random.audit_retrieved(QUERIES, drawn))] == ["", ""]
    with pytest.raises(ArmError, match="oracle: '1' got document"):
        oracle.audit_retrieved(QUERIES, drawn)
    with pytest.raises(ArmError, match="random: '1' got its own gold document 'paris'"):
        random.audit_retrieved(QUERIES, gold)
    unknown = [*QUERIES, Query("4", "what?", ("nowhere",))]
    [bare] = oracle.audit_retrieved(unknown, oracle.search(unknown))
    assert "for 1 of 4 questions (e.g. '4') no gold document has text to show" in bare.flag


def answers(found, **change):
    return [
        Prediction(query.example_id, "", tuple(replace(p, **change) for p in one.passages), (), "stop")
        for query, one in zip(QUERIES, found, strict=True)
    ]


def test_shown_passages_are_those_of_today(ready, documents, others):
    found = ready.search(QUERIES)
    assert audit_shown(documents, found, answers(found))[0].checked == 9
    for today, message in [
        (others, r"text of document 'paris' .* is 'Paris is the capital.*' there, 'Yesterday: .*' in today's"),
        ([replace(document, title="New") for document in documents], "title of document 'paris'"),
        (documents[2:], "no document 'paris'"),
    ]:
        with pytest.raises(ArmError, match=message):
            audit_shown(today, found, answers(found))
    with pytest.raises(ArmError, match=r"'1' was shown other passages than were retrieved for it: \['cat"):
        audit_shown(documents, found, answers([found[1], found[0], found[2]]))


def test_a_document_that_is_only_partly_cut_is_refused(hybrid, documents, store):
    def losing(self, whole=PassageRetriever._cut):
        return lambda document: whole(self)(document)[:1]

    long = [*documents, Document("long", "", "One sentence. " * 40 + "The last one.")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PassageRetriever, "_cut", losing)
        hybrid.make_passages(long, store)
    with pytest.raises(StoreError, match=r"document 'long' has 'One sentence.* in none of its passages"):
        hybrid.prepare(long, store, 0)


def test_bm25_with_other_weights_is_refused(hybrid, documents, store):
    hybrid.prepare(documents, store, 0)
    wrong = Bm25(k1=0.6, b=0.1)

    def rebuilt(folder):
        wrong.build([document.text for document in documents]).save(folder)

    replaced(store, "lexical", rebuilt)
    with pytest.raises(StoreError, match="another weight for the word"):
        hybrid.prepare(documents, store, 0).audit()


def test_an_edited_searcher_is_nowhere_in_the_store(ready):
    assert ready.edited(remove=["cat"]).audit() == ()
