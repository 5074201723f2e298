"""Any value of the configuration replaced by any other: planned or refused in one message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from harness.cli.config import compose, resolved
from harness.cli.job import ExperimentJob, composed
from tests.fuzz.trying import PLAIN, paths, tries, trying

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

BASE = ("task=qa", "limit=2", "timing=off")
WRITTEN = (
    "null", "nan", "inf", "-inf", "1e400", "9" * 5000, "-1", "0", "99999999999999999999", "''", "[]", "{}", "[null]",
    "x", "true", "'" + "x" * 30_000 + "'", "{a: {b: [1e400]}}",
)  # fmt: skip
CLASSES = (
    "harness.errors.ArmError", "harness.store.store.Store", "harness.types.Record", "harness.runner.run.Run",
    "harness.metrics.exact_match.ExactMatch", "harness.tasks.data.TaskData", "pipelines.generators.engines.HfGenerator",
    "harness.cli.job.ExperimentJob", "harness.machine.nope.X", "harness.", "os.system", "pipelines.rag.lexical.Bm25",
)  # fmt: skip
GROUPS = (
    "task", "arm", "retriever", "metric", "model", "adapter", "judge", "prices", "timing", "tracker", "report",
    "prompt", "horizon",
)  # fmt: skip
LEAVES = [".".join(path) for path in paths(resolved(compose(BASE))) if path and not {"results", "store"} & {path[0]}
          and all(isinstance(part, str) for part in path)]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


def places(folder):
    return [f"results={folder}/results", f"store={folder}/store"]


@tries(100)
@given(st.sampled_from([*GROUPS, *LEAVES]), st.sampled_from(WRITTEN))
def test_overrides(folder, key, value):
    with trying("overrides"):
        str(composed([*BASE, *places(folder), f"{key}={value}"]).plan)


@tries(60)
@given(st.sampled_from([key for key in LEAVES if key.endswith("_target_")]), st.sampled_from(CLASSES))
def test_classes(folder, key, name):
    with trying("classes"):
        str(composed([*BASE, *places(folder), f"{key}={name}"]).plan)


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_of_nothing(folder, group):
    with trying("groups"):
        str(composed([*BASE, *places(folder), f"{group}=null"]).plan)


@tries(240)
@given(st.lists(st.tuples(st.sampled_from(LEAVES), PLAIN), min_size=1, max_size=2))
def test_values(folder, changes):
    plain = OmegaConf.to_container(_config(folder))
    for key, value in changes:
        with trying("placing"):
            plain = _placed(plain, key.split("."), value)
    try:
        config = OmegaConf.create(plain)
    except Exception:  # no yaml file could hold it
        return
    with trying("values"):
        str(ExperimentJob(config, "", []).plan)


def _config(folder, known={}):  # noqa: B006
    if "config" not in known:
        known["config"] = compose([*BASE, "arm=[base,rag,qlora]", *places(folder)])
    return known["config"]


def _placed(node, path, value):
    if not isinstance(node, dict) or not path:
        return value
    return {**node, path[0]: _placed(node.get(path[0]), path[1:], value)}
