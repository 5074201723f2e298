"""`model.engine=vllm` against a stand-in for vLLM that answers by transformers: what is asked, checked and kept."""

import importlib.util
import shutil
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from harness.cli.config import compose, experiment
from harness.errors import ArmError, ModelError
from harness.store.spec import digest
from harness.store.store import Artifact
from harness.types import Turn
from pipelines.generators.exporting import PROVENANCE
from pipelines.generators.generator import Request
from pipelines.generators.teacher_forcing import ForcedAnswer
from pipelines.generators.vllm_engine import loaded as loaded_vllm
from pipelines.generators.vllm_engine.engine import INSTALL, QueuedAnswer, missing
from pipelines.generators.vllm_engine.parity import FACT, parity
from tests.command_line import harness
from tests.pipelines.generators.test_loops import stuck, write_over_and_over
from tests.servers import fake_vllm
from tests.servers.fake_vllm import FakeVllm

REQUESTS = [
    Request(f"e{n}", (Turn("system", "Answer in one sentence, as the passages say."), Turn("user", f"Why {n}? " * n)))
    for n in range(1, 6)
]
LIMIT = 10


@pytest.fixture
def state(monkeypatch) -> FakeVllm:
    return fake_vllm.install(monkeypatch)


@pytest.fixture
def settings(generator):
    return replace(generator, dtype="float32", engine="vllm")


@pytest.fixture(scope="module")
def adapters(checkpoint, tmp_path_factory):
    """Two adapters in PEFT's format, as training saves them; the third has a higher rank than is usual."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    made = []
    for seed, rank in enumerate((4, 8, 32)):
        torch.manual_seed(seed)
        base = AutoModelForCausalLM.from_pretrained(checkpoint)
        config = LoraConfig(r=rank, target_modules="all-linear", init_lora_weights=False, task_type="CAUSAL_LM")
        folder = tmp_path_factory.mktemp(f"adapter{seed}")
        get_peft_model(base, config).save_pretrained(folder)
        made.append(Artifact(key=f"key{seed}", path=folder, seconds=0.0, found=True))
    return made


def ready(settings, store, rank=4):
    loaded = settings.load()
    loaded.settle(store, rank)
    return loaded


def answered(loaded):
    """Compare and answer, as an arm does."""
    loaded.compare(REQUESTS, LIMIT)
    return loaded.complete(REQUESTS, LIMIT)


def test_base_and_adapters_answer_out_of_one_llm_as_transformers_does(settings, state, store, adapters):
    loaded, here = ready(settings, store), replace(settings, engine="hf").load()
    texts = []
    for arm, adapter in (("base", None), ("qlora", adapters[0]), ("raft", adapters[1]), ("hybrid", adapters[0])):
        loaded.use(arm, adapter)
        here.use(arm, adapter)
        own, other = answered(loaded), here.complete(REQUESTS, LIMIT)
        for field in ("ids", "text", "finish", "prompt", "prompt_sha256"):
            assert [getattr(one, field) for one in own] == [getattr(one, field) for one in other]
        assert [sum(span.tokens_in for span in one.spans) for one in own] == [
            sum(span.tokens_in for span in one.spans) for one in other
        ]
        facts = loaded.answer_facts()[FACT]
        assert (facts["answers"], facts["equal"], facts["foreign"]) == (5, 5, 0)
        assert facts["largest_logprob_gap"] < 1e-3
        texts.append(tuple(one.text for one in own))
    assert len(state.started) == 1
    assert texts[1] == texts[3]
    assert len(set(texts)) == 3
    assert state.started[0]["enable_prefix_caching"] is True
    assert state.started[0]["enable_lora"] is True
    assert state.started[0]["max_model_len"] == loaded.window
    assert state.started[0]["generation_config"] == "vllm"
    assert (state.started[0]["dtype"], state.started[0]["max_lora_rank"]) == ("float32", 16)


def test_the_base_in_four_bits_is_exported_once_and_named_in_the_record(settings, state, store):
    loaded = ready(settings, store)
    ready(settings, store)
    loaded.use("base", None)
    answered(loaded)
    (folder,) = (path.parent for path in (store.root / "exported_base").glob(f"*/{PROVENANCE}"))
    assert state.started[0]["model"] == str(folder.resolve())
    engine = loaded.facts()["engine"]
    assert (engine["name"], engine["version"], engine["served"]) == ("vllm", "0.32.0", folder.name)
    assert engine["served_as"] == "the base in 4 bits, exported"
    assert "/" not in engine["served"]


def test_an_unquantised_checkpoint_is_served_itself(settings, state, store, checkpoint):
    loaded = ready(replace(settings, quantisation="none"), store)
    assert not (store.root / "exported_base").exists()
    loaded.use("base", None)
    loaded.complete(REQUESTS[:1], LIMIT)
    assert state.started[0]["model"] == str(checkpoint)
    assert loaded.facts()["engine"]["served_as"] == "the checkpoint itself"


def test_another_base_than_that_of_the_adapters_is_refused(settings, state, store, checkpoint):
    state.base = str(checkpoint)  # unquantised, where the arms run in four bits
    loaded = ready(settings, store)
    loaded.use("base", None)
    with pytest.raises(ArmError, match=r"arm base: vLLM does not answer as the model in this process does: \d of 5"):
        answered(loaded)


def test_an_adapter_that_vllm_does_not_apply_is_refused(settings, state, store, adapters):
    state.faults.add("no adapter")
    loaded = ready(settings, store)
    loaded.use("qlora", adapters[0])
    with pytest.raises(ArmError, match="arm qlora: vLLM does not answer as the model"):
        answered(loaded)


def test_decoding_that_is_not_greedy_is_refused(settings, state, store):
    state.faults.add("second choice")
    loaded = ready(settings, store)
    loaded.use("base", None)
    with pytest.raises(ArmError, match="does not decode greedily"):
        answered(loaded)


def test_two_tokens_that_are_as_likely_are_no_breach_of_greedy_decoding():
    read = [ForcedAnswer("", (5,), (0.0,), (0.7,), 0.01)]
    found = parity("base", [QueuedAnswer((5,), 0, (-0.7,), (0.0,))], [(6,)], read)
    assert (found.equal, found.foreign, found.largest_gap) == (0, 0, 0.0)
    with pytest.raises(ArmError, match="does not decode greedily"):
        parity("base", [QueuedAnswer((5,), 0, (-0.7,), (0.01,))], [(6,)], read)


def test_parity_is_printed_audited_and_measured_once_per_adapter(settings, state, store, caplog):
    caplog.set_level("INFO")
    loaded = ready(settings, store)
    loaded.use("base", None)
    for _ in range(2):
        answered(loaded)
    lines = [text for text in caplog.messages if "vLLM beside transformers" in text]
    assert len(lines) == 1
    assert lines[0].startswith("base: vLLM beside transformers: 5 of 5 answers are equal, log-probabilities differ by")
    loaded.activate("base", None, "none")  # as the replay of answers does before the audit is asked for
    loaded.deactivate()
    (audit,) = loaded.audit_answers()
    assert (audit.name, audit.checked, audit.flag, audit.details["equal"]) == ("engine parity", 5, "", 5)


def test_parity_is_that_of_the_arm_also_where_a_killed_run_had_answered_everything(settings, state, store, adapters):
    loaded = ready(settings, store)
    loaded.use("base", None)
    answered(loaded)
    loaded.use("qlora", adapters[0])
    loaded.compare(REQUESTS, LIMIT)  # its answers were there
    assert loaded.answer_facts()[FACT]["answers"] == 5
    assert loaded.audit_answers()[0].details == loaded._parity[adapters[0].key].audit().details
    assert set(loaded._parity) == {"", adapters[0].key}


def test_answers_with_a_foreign_token_are_flagged_and_most_of_them_refused():
    few = loaded_vllm.Parity(answers=16, equal=9, tokens=300, largest_gap=0.5, foreign=2)
    few.check("rag")
    assert few.audit().flag.startswith("2 of 16 answers of vLLM hold a token that transformers would not write")
    with pytest.raises(ArmError, match="9 of 16 answers hold a token"):
        replace(few, foreign=9).check("rag")


def test_stuck_answers_end_where_they_end_with_transformers(settings, state, store, monkeypatch):
    load = fake_vllm._load
    monkeypatch.setattr(fake_vllm, "_load", lambda *what: write_over_and_over(load(*what)))
    for stop_loops in (True, False):
        own = replace(settings, quantisation="none", stop_loops=stop_loops)
        loaded, here = stuck(own), stuck(replace(own, engine="hf"))
        loaded.settle(store, 4)
        answers = loaded.complete(REQUESTS, 100)
        assert [one.finish for one in answers] == ["loop" if stop_loops else "length"] * 5
        assert [one.ids for one in answers] == [one.ids for one in here.complete(REQUESTS, 100)]
        assert (state.asked[-1].repetition_detection is not None) is stop_loops


def test_choices_have_the_likelihoods_that_transformers_gives(settings, state, store, adapters):
    loaded, here = ready(settings, store), replace(settings, engine="hf").load()
    for arm, adapter in (("base", None), ("qlora", adapters[0])):
        loaded.use(arm, adapter)
        here.use(arm, adapter)
        own, other = (one.choice_logliks(REQUESTS[0].turns, ["red", "blue and green"]) for one in (loaded, here))
        assert own == pytest.approx(other, abs=1e-3)
    assert own[0] != pytest.approx(own[1], abs=1e-2)


def test_a_timed_request_has_a_first_token_and_reads_its_prompt_anew(settings, state, store, adapters):
    loaded = ready(settings, store)
    loaded.use("qlora", adapters[0])
    scored = loaded.complete(REQUESTS, LIMIT)
    assert [span.stage for span in scored[0].spans] == ["prompt", "decode"]
    assert sum(span.tokens_cached for one in scored for span in one.spans) > 0  # the instruction is shared
    loaded.activate("qlora", adapters[0], "unmerged")
    (alone,) = loaded.complete(REQUESTS[:1], LIMIT)
    assert [span.stage for span in alone.spans] == ["prompt", "prefill", "decode"]
    assert alone.ids == scored[0].ids
    assert alone.spans[1].tokens_in == loaded.count(REQUESTS[0].turns)
    assert state.asked[-1].skip_reading_prefix_cache is True
    burst = loaded.together(REQUESTS, LIMIT, 2)
    assert [one.ids for _, one in burst.answers] == [one.ids for one in scored]
    assert sum(at > 0.0 for at, _ in burst.answers) >= 3  # two at a time: three of five wait


SHARED = [
    Request(
        f"s{n}", (Turn("system", "Answer as the examples do. " + "One is red, two is blue. " * 8), Turn("user", ask))
    )
    for n, ask in enumerate(("Which colour is one? " * 3, "What is said of two, and why? " * 3))
]
"""prompts that all begin alike, as those of few_shot"""


def timed_alone(loaded, request):
    """Time a request as the timing pass does: the arm is activated before each; returns the span of its prompt."""
    loaded.activate("few_shot", None, "none")
    loaded.share(loaded.beginning([one.turns for one in SHARED]))
    (answer,) = loaded.complete([request], LIMIT)
    return answer.spans[1]


def test_a_repeat_of_a_timed_question_finds_the_shared_beginning_and_not_itself(settings, state, store):
    loaded = ready(settings, store)
    loaded.use("few_shot", None)
    shared = len(loaded.beginning([one.turns for one in SHARED]))
    spans = [timed_alone(loaded, request) for _ in range(3) for request in SHARED]
    assert shared >= 2 * fake_vllm.BLOCK
    assert {span.tokens_cached for span in spans} == {shared // fake_vllm.BLOCK * fake_vllm.BLOCK}
    assert all(span.tokens_in - span.tokens_cached > fake_vllm.BLOCK for span in spans)


def test_a_cache_that_is_not_dropped_gives_no_timings(settings, state, store):
    loaded = ready(settings, store)
    timed_alone(loaded, SHARED[0])
    state.busy = True
    with pytest.raises(ArmError, match="arm few_shot: vLLM keeps the prompts it has read"):
        timed_alone(loaded, SHARED[0])


def test_a_scored_arm_goes_on_where_the_cache_is_not_dropped_and_says_so(settings, state, store, caplog):
    loaded = ready(settings, store)
    loaded.use("base", None)
    loaded.complete(REQUESTS[:1], LIMIT)
    state.busy = True
    loaded.use("rag", None)
    assert "rag: vLLM keeps what it has read" in caplog.text


def test_requests_at_once_read_their_prompts_as_a_whole(settings, state, store):
    loaded = ready(settings, store)
    timed_alone(loaded, SHARED[0])
    burst = loaded.together([*SHARED, *SHARED], LIMIT, 2)
    assert state.asked[-1].skip_reading_prefix_cache is True
    assert [one.spans[1].tokens_cached for _, one in burst.answers] == [0] * 4


def test_an_arm_does_not_gain_by_what_the_one_before_has_read(settings, state, store):
    loaded = ready(settings, store)
    loaded.use("base", None)
    loaded.complete(REQUESTS, LIMIT)
    before = state.forgotten
    loaded.use("rag", None)
    assert state.forgotten == before + 1


def test_an_adapter_of_a_higher_rank_starts_vllm_again(settings, state, store, adapters):
    loaded = ready(settings, store)
    for adapter in (adapters[0], adapters[2]):
        loaded.use("qlora", adapter)
        loaded.complete(REQUESTS[:2], 3)
    assert [one["max_lora_rank"] for one in state.started] == [16, 32]
    assert state.closed == 1


def test_a_rank_that_is_known_from_the_start_takes_one_start(settings, state, store, adapters):
    loaded = ready(settings, store, rank=32)
    loaded.use("base", None)
    loaded.complete(REQUESTS[:2], 3)
    loaded.use("qlora", adapters[2])
    loaded.complete(REQUESTS[:2], 3)
    assert [one["max_lora_rank"] for one in state.started] == [32]


def test_training_gets_the_memory_back(settings, state, store):
    loaded = ready(settings, store)
    loaded.use("base", None)
    loaded.complete(REQUESTS[:1], 3)
    loaded.release()
    assert state.closed == 1
    loaded.use("base", None)
    assert loaded.complete(REQUESTS[:1], 3)[0].finish in ("stop", "length")
    assert len(state.started) == 2


def test_a_failure_costs_its_arm_and_the_next_one_gets_a_new_vllm(settings, state, store, adapters, tmp_path):
    loaded = ready(settings, store)
    loaded.use("qlora", adapters[0])
    shutil.copytree(adapters[0].path, tmp_path / "gone")
    loaded.use("raft", replace(adapters[1], path=tmp_path / "gone"))
    shutil.rmtree(tmp_path / "gone")
    with pytest.raises(ArmError, match=r"model tiny: vLLM has failed: .*; model\.engine=hf answers without it"):
        loaded.complete(REQUESTS[:2], 3)
    loaded.use("base", None)
    assert [one.error for one in loaded.complete(REQUESTS[:2], 3)] == ["", ""]
    assert (len(state.started), state.closed) == (2, 1)


def test_without_vllm_there_is_one_line_with_the_command_that_installs_it(settings, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *_: None)
    assert missing()
    with pytest.raises(ModelError) as caught:
        settings.load()
    assert INSTALL in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_vllm_that_does_not_start_is_said_in_a_line(settings, state, monkeypatch):
    del sys.modules["vllm"].ModelRegistry
    with pytest.raises(ModelError, match=r"model\.engine is vllm, which does not start here: AttributeError"):
        settings.load()


def test_a_model_that_vllm_does_not_have_is_refused_before_any_work(settings, state, monkeypatch):
    monkeypatch.setattr(fake_vllm.ModelRegistry, "get_supported_archs", staticmethod(lambda: {"OtherForCausalLM"}))
    with pytest.raises(ModelError, match=r"vLLM 0\.32\.0 does not have LlamaForCausalLM; set model\.engine=hf"):
        settings.load()


def test_too_little_memory_is_said_before_any_work(settings, state, monkeypatch):
    import psutil

    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=10**8))
    with pytest.raises(
        ModelError, match=r"vLLM needs 1\.1 GB beside what else runs, and this machine has free 0\.1 GB"
    ):
        settings.load()
    assert state.started == []


def test_memory_that_runs_out_when_it_starts_is_said_in_a_line(settings, state, store):
    state.faults.add("no memory")
    loaded = ready(settings, store)
    loaded.use("base", None)
    with pytest.raises(ArmError, match=r"vLLM has failed: ValueError: Available memory .* set model\.engine_memory"):
        loaded.complete(REQUESTS, LIMIT)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"engine_memory": 1.5}, "engine_memory is 1.5; it is a share"),
        ({"engine": "hf", "engine_options": {"enforce_eager": True}}, "engine_options are vLLM's, and engine is hf"),
        ({"engine_options": {"max_model_len": 5}}, "engine_options sets max_model_len, which follows from the model"),
        ({"device": "cuda:1"}, "set CUDA_VISIBLE_DEVICES=1 and device=cuda"),
    ],
)
def test_settings_that_make_no_sense_are_problems(settings, changes, problem):
    assert problem in replace(settings, **changes).problems()[0]


def test_options_reach_vllm(settings, state, store):
    loaded = ready(replace(settings, engine_options={"enforce_eager": True}), store)
    loaded.use("base", None)
    loaded.complete(REQUESTS[:1], 3)
    assert state.started[0]["enforce_eager"] is True
    assert loaded.facts()["engine"]["options"] == {"enforce_eager": True}


def test_an_engine_has_answers_of_its_own_and_shares_adapters(settings):
    hf = replace(settings, engine="hf")
    assert digest(hf) != digest(settings)
    assert digest(hf) == digest(settings.for_training())
    assert digest(replace(settings, engine_memory=0.3)) == digest(settings)


def test_arms_of_two_engines_share_their_adapter_and_neither_answers_nor_a_table():
    given = ("task=qa", "model=pocket", "arm=[qlora]", "limit=4")
    hf, vllm = (experiment(compose([*given, f"model.engine={engine}"])) for engine in ("hf", "vllm"))
    one, other = hf.arms["qlora"], vllm.arms["qlora"]
    assert digest(one.adapter_spec(hf.task, 0)) == digest(other.adapter_spec(vllm.task, 0))
    assert digest(one.answer_spec(hf.task, 0)) != digest(other.answer_spec(vllm.task, 0))
    assert hf.comparison() != vllm.comparison()
    assert (one.trains_first, other.trains_first) == (False, True)


def test_records_of_transformers_name_it_too(settings):
    assert replace(settings, engine="hf").load().facts()["engine"] == {"name": "hf"}


def test_without_vllm_the_plan_ends_with_one_line_and_status_2(tmp_path, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == "vllm" else find(name, *more))
    places = (f"results={tmp_path}", f"store={tmp_path / 'store'}", "limit=2", "dry_run=true")
    ended = harness("task=qa", "model.engine=vllm", "arm=[base]", *places)
    assert ended.returncode == 2
    (line,) = (line for line in ended.stderr.splitlines() if "Error" in line)
    assert line.startswith("ModelError: model pocket: model.engine is vllm, and vLLM is not installed for this Python:")
    assert INSTALL in line


def test_a_rank_beyond_what_vllm_takes_is_refused_before_anything_is_trained(settings, state, store):
    assert state.started == []
    with pytest.raises(ModelError, match=r"rank 1024, and vLLM takes up to 512; set model\.engine=hf"):
        ready(settings, store, rank=1024)
