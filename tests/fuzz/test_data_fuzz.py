"""Data files with anything in them: read or refused in one message that names them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import CutleryError
from harness.store.spec import digest
from harness.types import SPLITS
from tests.fuzz.trying import PLAIN, paths, put, tries, trying
from tests.harness.tasks.making import build_task, rows_of, write_lines

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

ROW = {
    "id": "r1", "input": "what is it?", "references": ["this"], "evidence": ["d0"], "answerable": True, "group": "g",
    "slice": "s", "facts": ["this"],
}  # fmt: skip
CHAT = {**ROW, "input": [{"role": "system", "content": "be kind"}, {"role": "user", "content": "what?"}]}
DOCUMENT = {"id": "d0", "title": "a title", "text": "this is a text"}
LINES = st.sampled_from([
    b"", b"\n\n", b"\xff\xfe\x00", b"\xef\xbb\xbf{}", b"[" * 100_000, b'{"a":' * 100_000,
    b'{"id": ' + b"9" * 5000 + b"}", b'{"id": 1, "id": 2}', b'{"input": NaN}', b"null", b"1e400", b'"\\ud800"',
    b"\x00" * 100, b"{", b"\x80abc", b'{"input": "' + b"x" * 1_000_000, b"a,b\n1,2", b'a,a\n"', b"PAR1",
    json.dumps({str(n): n for n in range(2000)}).encode(),
])  # fmt: skip


def _changed(row):
    return st.builds(lambda path, value: put(row, path, value), st.sampled_from(list(paths(row))), PLAIN)


FILES = st.sampled_from(["train", "validation", "test", "documents"])
CONTENT = st.one_of(
    st.one_of(_changed(ROW), _changed(CHAT), _changed(DOCUMENT)).map(lambda row: json.dumps(row).encode()),
    LINES,
    st.binary(max_size=200),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


def _fresh(folder):
    for path in folder.iterdir():
        path.unlink()
    for split in SPLITS:
        write_lines(folder / f"{split}.jsonl", rows_of(split))
    write_lines(folder / "documents.jsonl", [{"id": "d0", "text": "a text"}])


@tries(300)
@given(FILES, st.sampled_from([".jsonl", ".json", ".csv", ".parquet"]), st.lists(CONTENT, max_size=3), st.booleans())
def test_files(folder, name, suffix, lines, appended):
    _fresh(folder)
    old = folder / f"{name}.jsonl"
    before = old.read_bytes() if appended else b""
    old.unlink()
    (folder / f"{name}{suffix}").write_bytes(before + b"\n".join(lines))
    with trying("data"):
        task = build_task("jsonl", dir=str(folder))
        problems = task.problems()
        assert all(len(line) < 2000 for line in problems)
        digest([list(task.examples(split)) for split in SPLITS])
        digest(list(task.documents()))
        assert not problems


@pytest.mark.parametrize("name", ["train.jsonl", "documents.jsonl"])
def test_a_link_to_itself(folder, name):
    _fresh(folder)
    (folder / name).unlink()
    (folder / name).symlink_to(folder / name)
    with trying("links"), pytest.raises(CutleryError):
        build_task("jsonl", dir=str(folder)).examples("train")
    (folder / name).unlink()


def test_a_folder_that_is_a_link_to_itself(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with trying("links"), pytest.raises(CutleryError):
        build_task("jsonl", dir=str(tmp_path / "loop")).examples("train")
