import json

import pytest

from harness.errors import StoreError
from pipelines.rag.lexical import Bm25
from pipelines.rag.sidecar import check_sidecar, flat, write_sidecar

BUILT_FROM = {"embedder": "sha256:1", "dtype": "float32", "dimensions": 16, "corpus": "c0ffee", "passages": 200}


@pytest.mark.parametrize("kind", ["index", "lexical"])
@pytest.mark.parametrize(("name", "value"), [("embedder", "sha256:2"), ("dtype", "bfloat16"), ("corpus", "other")])
def test_it_names_what_differs(tmp_path, kind, name, value):
    write_sidecar(tmp_path, kind, BUILT_FROM)
    check_sidecar(tmp_path, kind, BUILT_FROM)
    with pytest.raises(StoreError, match=rf"{kind} was built with {name} '{BUILT_FROM[name]}', this run has '{value}'"):
        check_sidecar(tmp_path, kind, BUILT_FROM | {name: value})


def test_parts_of_older_versions_are_held_to_what_they_say(tmp_path):
    check_sidecar(tmp_path, "lexical", BUILT_FROM)
    with pytest.raises(StoreError, match="delete"):
        check_sidecar(tmp_path, "index", BUILT_FROM)
    write_sidecar(tmp_path, "index", BUILT_FROM)
    check_sidecar(tmp_path, "index", {**BUILT_FROM, "specification.embeddings": "a later name"})
    with pytest.raises(StoreError, match="passages 200, this run has 3"):
        check_sidecar(tmp_path, "index", {**BUILT_FROM, "passages": 3, "specification.embeddings": "a later name"})


def test_it_is_plain_json_on_one_level(tmp_path):
    write_sidecar(tmp_path, "lexical", flat({"corpus": "c0ffee", "specification": {"lexical": Bm25(1.5, 0.75)}}))
    stored = json.loads((tmp_path / "lexical.json").read_text())
    assert stored["specification.lexical.k1"] == 1.5
    assert stored["corpus"] == "c0ffee"


@pytest.mark.parametrize("text", ["", "[1]", "{"])
def test_one_that_cannot_be_read_is_refused(tmp_path, text):
    (tmp_path / "lexical.json").write_text(text)
    with pytest.raises(StoreError, match=r"lexical\.json: cannot be read"):
        check_sidecar(tmp_path, "lexical", BUILT_FROM)
