from dataclasses import replace
from types import SimpleNamespace

import pytest

from harness.errors import ArmError
from pipelines.rag.cut_texts import audit_cut_pairs
from pipelines.rag.protocols import Query
from pipelines.rag.rerank import CrossEncoderRerank
from tests.clocks import LateClock

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "paris", "capital", "france", "cat", "the", "is"]


def checkpoint(folder, outputs=1):
    """A randomly initialised BERT cross-encoder."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    torch.manual_seed(0)
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=outputs,
        initializer_range=1.0,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def rerank(tmp_path_factory):
    folder = checkpoint(tmp_path_factory.mktemp("rerank") / "tiny")
    return CrossEncoderRerank(str(folder), "", candidates=5, max_tokens=64, batch_size=2, device="cpu")


def test_scores_do_not_depend_on_batches(rerank):
    pairs = [("capital", "paris is the capital"), ("cat", "the cat"), ("cat", "france")]
    scores = rerank.scores(pairs)
    assert len(set(scores)) == 3
    assert rerank.scores(pairs[::-1]) == pytest.approx(scores[::-1], abs=1e-6)
    assert rerank.scores([]) == []


def test_the_cross_encoder_decides_the_order(rerank, hybrid, documents, store):
    plain = hybrid.prepare(documents, store, 0)
    again = replace(hybrid, rerank=rerank).prepare(documents, store, 0)
    query = Query("e", "the capital of france")
    [found] = again.search([query])
    scores = [passage.score for passage in found.passages]
    assert scores == sorted(scores, reverse=True)
    candidates = [
        plain.passages[number]
        for number, _ in plain.rank([query], plain.embedding.embed_queries([query.text]).vectors)[0]
    ]
    expected = max(candidates[:5], key=lambda passage: rerank.scores([(query.text, passage.text)])[0])
    assert found.passages[0].document_id == expected.document_id
    assert len(found.passages) == 3
    assert [span.stage for span in found.spans] == ["embed", "search", "rerank"]


def test_pairs_over_the_window_are_counted_and_flagged(rerank, hybrid, documents, store):
    queries = [Query("e", "the capital of france"), Query("f", "cat")]
    searcher = replace(hybrid, rerank=rerank).prepare(documents, store, 0)
    found = searcher.search(queries)

    def tokens(query, passage):  # counted by another way than the audit's: text by text, and three around them
        return sum(len(rerank.load().tokenizer.tokenize(text)) for text in (query, passage)) + 3

    lengths = [tokens(query.text, one.text) for query, row in zip(queries, found, strict=True) for one in row.passages]
    few = replace(rerank, max_tokens=min(lengths))
    audit, cut = audit_cut_pairs(queries, found, few), sum(length > min(lengths) for length in lengths)
    assert 0 < cut < len(lengths)
    assert (audit.checked, dict(audit.details)) == (len(lengths), {"cut": cut, "max_tokens": min(lengths)})
    assert f"{cut} of {len(lengths)} pairs of query and passage" in audit.flag
    (whole,) = [one for one in searcher.audit_retrieved(queries, found) if one.name == "cut pairs"]
    assert (whole.checked, whole.flag, whole.details["cut"]) == (len(lengths), "", 0)


def test_loading_the_cross_encoder_is_no_part_of_its_stage(rerank, hybrid, documents, store, monkeypatch):
    from pipelines.rag import rerank as module

    def slowly(*given, load=module.load_cross_encoder):
        if not module.__dict__.get("there"):
            clock.late += 1000.0
        monkeypatch.setattr(module, "there", True, raising=False)
        return load(*given)

    clock = LateClock(monkeypatch)
    monkeypatch.setattr(module, "load_cross_encoder", slowly)
    searcher = replace(hybrid, rerank=rerank).prepare(documents, store, 0)
    [found] = searcher.search([Query("e", "the capital of france")])
    assert sum(span.seconds for span in found.spans) < 100


def test_weights_on_a_gpu_count_to_what_the_arm_needs_there(rerank, hybrid, documents, store, monkeypatch):
    searcher = replace(hybrid, rerank=rerank).prepare(documents, store, 0)
    assert searcher.gpu_bytes() == 0
    weights = [
        SimpleNamespace(numel=lambda: 10, element_size=lambda: 2, is_cuda=place) for place in (True, True, False)
    ]
    monkeypatch.setattr(CrossEncoderRerank, "load", lambda self: SimpleNamespace(parameters=lambda: weights))
    assert searcher.gpu_bytes() == 40


def test_several_outputs_are_refused(tmp_path):
    folder = checkpoint(tmp_path / "two", outputs=2)
    with pytest.raises(ArmError, match="2 outputs"):
        CrossEncoderRerank(str(folder), "", 5, 64, 2, "cpu").scores([("a", "b")])


def test_the_key_is_that_of_the_weights(rerank, tmp_path):
    import shutil

    copy = replace(rerank, path=str(shutil.copytree(rerank.path, tmp_path / "copy")))
    assert copy.content_key() == rerank.content_key()
    (tmp_path / "copy" / "vocab.txt").write_text("other")
    assert copy.content_key() != rerank.content_key()


def test_bad_values_are_named():
    assert len(CrossEncoderRerank("", "", 0, 0, 0, "auto").problems()) == 4
