import faiss
import numpy as np
import pytest

from harness.errors import ArmError, StoreError
from pipelines.rag.faiss_index import FaissIndex


def made(factory, nprobe=64, ef_search=64):
    return FaissIndex(factory, nprobe if "IVF" in factory else None, ef_search if "HNSW" in factory else None)


@pytest.fixture(scope="module")
def vectors():
    found = np.random.default_rng(0).normal(size=(400, 16)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def best(ranking):
    return [number for number, _ in ranking]


@pytest.mark.parametrize("factory", ["IDMap2,Flat", "Flat"])
def test_flat_is_exact(vectors, factory):
    index = made(factory).build(vectors)
    expected = np.argsort(-(vectors[:5] @ vectors.T), axis=1)[:, :7].tolist()
    assert [best(row) for row in index.search(vectors[:5], 7)] == expected


@pytest.mark.parametrize("factory", ["HNSW32,Flat", "IVF1024,SQ8", "IVF4,Flat"])
def test_approximate_indexes_find_nearly_the_same(vectors, factory):
    exact = made("IDMap2,Flat").build(vectors).search(vectors[:50], 10)
    near = made(factory).build(vectors).search(vectors[:50], 10)
    shared = np.mean([len({*best(a)} & {*best(b)}) / 10 for a, b in zip(exact, near, strict=True)])
    assert shared > 0.9


@pytest.mark.parametrize("factory", ["IDMap2,Flat", "HNSW32,Flat", "IVF4,SQ8"])
def test_more_than_there_is_gives_no_padding(vectors, factory):
    [found] = made(factory).build(vectors[:5]).search(vectors[:1], 50)
    assert sorted(best(found)) == [0, 1, 2, 3, 4]
    assert all(-1.1 < score < 1.1 for _, score in found)


def test_ivf_takes_no_more_lists_than_the_rows_can_train(vectors):
    assert made("IVF1024,SQ8").build(vectors).facts["lists"] == 400 // 39
    assert made("IVF4,SQ8").build(vectors).facts["lists"] == 4
    assert made("IVF1024,SQ8").build(vectors[:3]).facts["lists"] == 1
    assert made("IDMap2,Flat").build(vectors).facts["lists"] is None


def test_nprobe_and_ef_search_reach_faiss(vectors):
    few = made("IVF8,Flat", nprobe=1).build(vectors).search(vectors[:1], 400)
    all_ = made("IVF8,Flat", nprobe=8).build(vectors).search(vectors[:1], 400)
    assert len(few[0]) < len(all_[0]) == 400
    graph = made("HNSW32,Flat", ef_search=77).build(vectors)  # kept: faiss hands out bare pointers
    assert faiss.downcast_index(graph._engine.index).hnsw.efSearch == 77


@pytest.mark.parametrize("factory", ["IDMap2,Flat", "Flat", "IVF4,Flat"])
def test_passages_can_be_added_changed_and_removed(vectors, factory):
    index = made(factory).build(vectors[:200])
    copy = index.copy()
    copy.add([900], vectors[300:301])
    assert best(copy.search(vectors[300:301], 1)[0]) == [900]
    copy.remove([900])
    copy.add([900], vectors[301:302])
    assert best(copy.search(vectors[301:302], 1)[0]) == [900]
    assert len(copy) == 201
    copy.remove([900, 5, 123456])
    assert len(copy) == 199
    assert 5 not in best(copy.search(vectors[5:6], 400)[0])
    assert best(copy.search(vectors[6:7], 1)[0]) == [6]
    assert len(index) == 200
    assert best(index.search(vectors[5:6], 1)[0]) == [5]


def test_a_graph_index_says_that_it_cannot_forget(vectors):
    index = made("HNSW32,Flat").build(vectors)
    with pytest.raises(ArmError, match=r"HNSW32,Flat.*cannot remove"):
        index.remove([1])
    index.add([900], vectors[:1] * 0.5)


@pytest.mark.parametrize("factory", ["IDMap2,Flat", "HNSW32,Flat", "IVF4,Flat"])
def test_rank_orders_given_numbers_alone(vectors, factory):
    index = made(factory).build(vectors)
    expected = sorted([3, 50, 7], key=lambda number: -float(vectors[number] @ vectors[7]))
    assert best(index.rank(vectors[7], [3, 50, 7])) == expected
    assert index.rank(vectors[7], []) == []


@pytest.mark.parametrize("factory", ["IDMap2,Flat", "HNSW32,Flat", "IVF1024,SQ8"])
def test_saved_and_opened_it_finds_the_same(vectors, factory, tmp_path):
    index = made(factory).build(vectors)
    index.save(tmp_path)
    opened = made(factory).open(tmp_path)
    assert opened.search(vectors[:9], 5) == index.search(vectors[:9], 5)
    assert opened.rank(vectors[0], [4, 2]) == index.rank(vectors[0], [4, 2])


def test_building_twice_gives_the_same_bytes(vectors, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        made("HNSW32,Flat").build(vectors).save(tmp_path / name)
    assert (tmp_path / "a/index.faiss").read_bytes() == (tmp_path / "b/index.faiss").read_bytes()


def test_a_broken_index_is_refused(vectors, tmp_path):
    made("Flat").build(vectors).save(tmp_path)
    (tmp_path / "index.faiss").write_bytes(b"nonsense")
    with pytest.raises(StoreError, match="cannot read"):
        made("Flat").open(tmp_path)


def test_a_factory_that_faiss_refuses_is_explained(vectors):
    with pytest.raises(ArmError, match=r"refuses 'Nope'.*could not parse"):
        made("Nope").build(vectors)
    with pytest.raises(ArmError, match=r"cannot be trained on 20 passages"):
        made("PQ8x8").build(vectors[:20])


def test_bad_values_are_named():
    assert made("IDMap2,Flat").problems() == []
    assert "IDMap" in made("IDMap2,IVF4,Flat").problems()[0]
    assert len(FaissIndex("", 0, 0).problems()) == 3


def test_how_it_is_searched_is_no_part_of_what_is_built():
    assert made("Flat", 1, 1).build_spec() == made("Flat", 2, 2).build_spec()
    assert made("Flat").build_spec() != made("IDMap2,Flat").build_spec()
