"""Tokenizer, rows and a very short training that is killed and goes on."""

import json
from collections import defaultdict
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file

from pocket import attention
from pocket.corpus import conversations
from pocket.corpus.mixture import conversation
from pocket.exam import PROMPT, Paper, complete, exact, true_share
from pocket.marks import marked
from pocket.plan import SIZES, Plan, rate
from pocket.pretrain import Training, _run_together, fresh_model
from pocket.rows import READING_SHARE, READING_WEIGHT, VERDICT_WEIGHT, Row, Stream, grouped, packed, row
from pocket.team import Team
from pocket.tokenizer import CONTEXT, VOCABULARY
from pocket.world.drawn import Drawn
from pocket.world.names import Mint
from pocket.world.reports import report

TINY = Plan(
    layers=1,
    wired=False,
    width=64,
    inner=64,
    heads=1,
    tokens=30_000,
    early_batch_tokens=2000,
    batch_tokens=2000,
    group_tokens=1500,
    tokenizer_conversations=800,
)


@settings(max_examples=200, deadline=None)
@given(text=st.text())
def test_any_text_survives_the_tokenizer(tokenizer, text):
    ids = tokenizer(text, add_special_tokens=False).input_ids
    assert tokenizer.decode(ids, clean_up_tokenization_spaces=False) == text
    assert all(number < VOCABULARY for number in ids)


def test_numbers_are_read_two_digits_at_a_time(tokenizer):
    pieces = [tokenizer.decode([number]) for number in tokenizer("costs 4250 crowns").input_ids]
    assert pieces[-3:] == [" 42", "50", " crowns"]


def test_unheard_names_are_made_of_syllables(tokenizer):
    pieces = [tokenizer.decode([number]) for number in tokenizer("of the Stolzell pump").input_ids]
    assert pieces == ["of", " the", " Stol", "zell", " pump"]


def test_the_template_ends_every_turn_and_opens_the_answer(tokenizer):
    turns = [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}]
    opened = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    closed = tokenizer.apply_chat_template([*turns, {"role": "assistant", "content": "A"}], tokenize=False)
    assert opened == "<|system|>S<|end|><|user|>U<|end|><|assistant|>"
    assert closed == opened + "A<|end|>"
    assert tokenizer.eos_token == "<|end|>"
    assert tokenizer.pad_token != tokenizer.eos_token


def test_a_row_marks_answers_and_their_ends(tokenizer):
    _, turns = conversation(5, 0.05, 3)
    made = row(tokenizer, "read", turns, np.random.default_rng(0))
    replies = [turn.content for turn in turns if turn.role == "assistant"]
    marked = [tokenizer.decode(made.tokens[made.answers == n]) for n in range(1, len(replies) + 1)]
    assert marked == [f"{text}<|end|>" for text in replies]
    read = made.weights[made.answers == 0]
    assert set(read.tolist()) == {0.0, np.float32(READING_WEIGHT / READING_SHARE)}
    assert (made.weights[made.answers > 0] == 1.0).all()


def test_where_doubt_is_practised_the_first_token_of_each_answer_decides(tokenizer):
    _, turns = conversation(5, 0.05, 3)
    made = row(tokenizer, "doubt", turns, np.random.default_rng(0))
    firsts = np.flatnonzero(np.diff(made.answers, prepend=0) > 0)
    assert len(firsts) == sum(turn.role == "assistant" for turn in turns)
    assert (made.weights[firsts] == VERDICT_WEIGHT).all()
    rest = np.setdiff1d(np.flatnonzero(made.answers > 0), firsts)
    assert (made.weights[rest] == 1.0).all()


def test_of_a_conversation_the_last_answer_alone_is_learned(tokenizer):
    turns = conversations.talk(Random(1), 2, 3)
    made = row(tokenizer, "talk", turns, np.random.default_rng(0))
    assert tokenizer.decode(made.tokens[made.answers > 0]) == f"{turns[-1].content}<|end|>"
    assert made.answers.max() == 1
    whole = row(tokenizer, "read", turns, np.random.default_rng(0))
    assert (made.weights[(whole.answers > 0) & (made.answers == 0)] == 0.0).all()


@pytest.mark.parametrize("progress", [0.01, 0.05, 0.25, 0.6, 0.95])
def test_every_row_is_whole_and_ends_with_the_stop_token(tokenizer, progress):
    for number in range(40):
        kind, turns = conversation(number, progress, 3)
        made = row(tokenizer, kind, turns, np.random.default_rng(0))
        assert len(made.tokens) <= CONTEXT
        assert made.tokens[-1] == tokenizer.eos_token_id
        assert made.answers[-1] == made.answers.max() > 0
        assert made.weights[-1] > 0


def _row(length):
    marks = marked("", [(0, 0)] * length, np.ones(length), np.zeros(length), Drawn())
    return Row("read", np.ones(length, np.int64), np.ones(length, np.int64), np.ones(length, np.float32), marks)


def test_groups_hold_every_row_once_within_the_limit():
    rows = [_row(n) for n in (5, 90, 30, 31, 200)]
    groups = grouped(rows, 100)
    assert sorted(len(entry.tokens) for group in groups for entry in group) == [5, 30, 31, 90, 200]
    assert all(sum(len(entry.tokens) for entry in group) <= 100 or len(group) == 1 for group in groups)


def test_packed_rows_stand_one_behind_the_other_each_with_its_own_positions():
    rows = [replace(_row(n), tokens=np.arange(n) + 10 * n) for n in (3, 5)]
    pack = packed(rows)
    assert pack.read.tolist() == [30, 31, 50, 51, 52, 53]
    assert pack.targets.tolist() == [31, 32, 51, 52, 53, 54]
    assert pack.positions.tolist() == [0, 1, 0, 1, 2, 3]
    assert pack.lengths == (2, 4)


def test_packed_rows_do_not_see_each_other(tmp_path, tokenizer):
    training = Training(TINY, _folder(tmp_path / "run", tokenizer))
    rows = training.stream.batch(900, 0.5)
    assert len(rows) > 1
    together = float(training._group_loss(rows, defaultdict(list)).detach())
    alone = sum(float(training._group_loss([entry], defaultdict(list)).detach()) for entry in rows)
    assert together == pytest.approx(alone, rel=1e-3)


@pytest.mark.parametrize("length", [7, attention.BLOCK, attention.BLOCK + 9, 3 * attention.BLOCK])
def test_blockwise_attention_equals_the_library(length):
    import torch
    from torch.nn.functional import scaled_dot_product_attention

    torch.manual_seed(0)
    query, key, value = (torch.randn(2, 2, length, 64) for _ in range(3))
    theirs = scaled_dot_product_attention(query, key, value, is_causal=True)
    assert (attention.in_blocks(query * 0.125, key, value).float() - theirs).abs().max() < 0.05
    mine, _ = attention.causal(None, query, key, value, scaling=0.125)
    assert (mine.float() - theirs.transpose(1, 2)).abs().max() < 0.05
    two = [part.transpose(0, 1).flatten(1, 2)[None] for part in (query, key, value)]
    apart, _ = attention.causal(None, *two, scaling=0.125, lengths=(length, length))
    assert (apart.float().unflatten(1, (2, length))[0] - theirs.transpose(1, 2)).abs().max() < 0.05


@pytest.mark.parametrize("size", [1, 2])
def test_muon_steps_as_the_library_does_alone_and_divided(size):
    import torch

    from pocket.muon import TeamMuon

    class Share(Team):
        """One of several processes; what the others add is kept from the one before."""

        def sum(self, tensor):
            added.append(tensor.clone())
            tensor.copy_(sum(added))

    generator = torch.Generator().manual_seed(0)
    start = [torch.randn(shape, generator=generator) for shape in ((64, 64), (128, 64), (64, 128))]
    gradients = [torch.randn(matrix.shape, generator=generator) for matrix in start]
    added, stepped = [], []
    options = {"lr": 0.02, "weight_decay": 0.2}
    makers = [lambda own, rank=rank: TeamMuon(own, Share(rank, size), **options) for rank in range(size)]
    for maker in (*makers, lambda own: torch.optim.Muon(own, **options)):
        own = [torch.nn.Parameter(matrix.clone()) for matrix in start]
        for matrix, gradient in zip(own, gradients, strict=True):
            matrix.grad = gradient.clone()
        maker(own).step()
        stepped.append(own)
    for mine, theirs, before in zip(stepped[-2], stepped[-1], start, strict=True):
        assert (mine - theirs).abs().max() < 1e-3 < 0.01 < (theirs - before).abs().max()


def test_rates_rise_stay_and_fall():
    plan = Plan()
    assert rate(plan, 0.0) == 0.0
    assert rate(plan, plan.warmup) == rate(plan, 0.39) == 1.0
    assert 0 < rate(plan, 0.9) < 0.5
    assert rate(plan, 1.0) == 0.0


def test_a_training_goes_on_where_it_was_killed_and_exports_a_usable_model(tmp_path, tokenizer):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    whole = Training(TINY, _folder(tmp_path / "whole", tokenizer))
    for _ in range(4):
        whole.step()
    first = Training(TINY, _folder(tmp_path / "halves", tokenizer))
    for _ in range(2):
        first.step()
    first.save(tmp_path / "export")
    second = Training(TINY, tmp_path / "halves")
    for _ in range(2):
        second.step()
    assert second.progress.tokens == whole.progress.tokens
    assert second.loss == pytest.approx(whole.loss, abs=1e-3)
    second.save(tmp_path / "export")
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "export")
    kept = AutoTokenizer.from_pretrained(tmp_path / "export")
    out = model.generate(**kept("Hello", return_tensors="pt", return_token_type_ids=False), max_new_tokens=3)
    assert out.shape[1] > 1
    facts = json.loads((tmp_path / "export" / "pretraining.json").read_text())
    assert facts["progress"]["step"] == 4


def test_the_loss_falls(tmp_path, tokenizer):
    training = Training(replace(TINY, matrix_rate=0.01), _folder(tmp_path / "run", tokenizer))
    losses = []
    while training.progress.tokens < TINY.tokens:
        training.step()
        losses.append(training.loss)
    assert losses[-1] < losses[0] - 0.5


def test_the_stream_is_the_same_after_a_restart(tokenizer):
    stream = Stream(tokenizer, seed=3)
    stream.batch(1000, 0.5)
    again = Stream(tokenizer, seed=3, number=stream.number)
    assert [entry.tokens.tolist() for entry in stream.batch(1000, 0.5)] == [
        entry.tokens.tolist() for entry in again.batch(1000, 0.5)
    ]


def test_the_exam_of_summaries_counts_true_statements():
    rng = Random(4)
    shown = report(rng, Mint(rng, "reserved"))
    paper = Paper(PROMPT.turns("", shown.text, ()), shown.summary, shown)
    assert true_share(paper, shown.summary) == 1.0
    assert complete(paper, shown.summary)
    value = next(shown.fields[name] for name in ("damage", "spent") if name in shown.fields)
    wrong = shown.summary.replace(value, "77 crowns")
    assert 0.8 < true_share(paper, wrong) < 1.0
    assert true_share(paper, "Nothing happened.") == 0.0
    assert not complete(paper, shown.summary.split(". ")[0] + ".")


def test_the_exam_of_reading_wants_the_whole_answer():
    paper = Paper((), "The Belvar pump costs 45 crowns.")
    assert exact(paper, " The Belvar pump costs 45 crowns.")
    assert not exact(paper, "45 crowns")


def test_the_wiring_finds_what_followed_the_same_word_before_any_training(tokenizer):
    import torch

    plan = replace(TINY, layers=2, width=256, inner=704, heads=4)
    words = torch.randint(300, VOCABULARY, (4, 40), generator=torch.Generator().manual_seed(0))
    repeated = torch.cat([words, words], dim=1)

    def found(wired):
        model = fresh_model(replace(plan, wired=wired), tokenizer).eval()
        model.set_attn_implementation("eager")
        with torch.inference_mode():
            attention = model(repeated, output_attentions=True).attentions[1]
        # From each repeated word to the place after its first appearance, 39 tokens back.
        return attention.diagonal(-39, dim1=2, dim2=3)[:, :, 1:].mean(dim=(0, 2))

    assert found(wired=True)[:2].min() > 0.1
    assert found(wired=False).max() < 0.03


def test_a_team_shares_every_row_once():
    rows = [_row(n) for n in (5, 9, 3, 4, 8)]
    shares = [Team(rank, 2).share(rows) for rank in range(2)]
    assert sorted(len(entry.tokens) for share in shares for entry in share) == [3, 4, 5, 8, 9]
    assert [sum(len(entry.tokens) for entry in share) for share in shares] == [16, 13]


@pytest.mark.slow
def test_two_workers_train_as_one(tmp_path, tokenizer):
    losses = {}
    for workers in (1, 2):
        folder = _folder(tmp_path / str(workers), tokenizer)
        (folder.parent / f"out{workers}").mkdir()
        plan = replace(TINY, tokens=6000)
        _run_together(workers, (workers, plan, folder, folder.parent / f"out{workers}", 60.0, tmp_path / f"m{workers}"))
        facts = json.loads((folder.parent / f"out{workers}" / "pretraining.json").read_text())
        assert facts["progress"]["tokens"] >= 6000
        losses[workers] = load_file(folder.parent / f"out{workers}" / "model.safetensors")
    worst = max((losses[1][name] - losses[2][name]).abs().max().item() for name in losses[1])
    assert worst < 0.05


def _folder(path, tokenizer):
    tokenizer.save_pretrained(path / "tokenizer")
    return path


def test_a_checkpoint_of_another_plan_is_refused_and_one_with_more_tokens_is_not(tmp_path, tokenizer):
    first = Training(TINY, _folder(tmp_path / "run", tokenizer))
    first.step()
    first.save(tmp_path / "run" / "model")
    with pytest.raises(SystemExit, match=r"another plan \(layers 1, now 2\): remove it, or name another --folder"):
        Training(replace(TINY, layers=2), tmp_path / "run")
    assert Training(replace(TINY, tokens=50_000), tmp_path / "run").progress.step == 1


def test_the_log_forgets_what_came_after_the_checkpoint(tmp_path, tokenizer):
    first = Training(TINY, _folder(tmp_path / "run", tokenizer))
    first.step()
    first.log()
    first.save(tmp_path / "run" / "model")
    first.step()
    first.log()
    with (tmp_path / "run" / "log.jsonl").open("a") as stream:
        stream.write('{"step": 3, "tok')  # killed while it wrote
    Training(TINY, tmp_path / "run")
    lines = (tmp_path / "run" / "log.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [1]


def test_the_finished_model_goes_where_it_belongs_and_no_earlier_one(tmp_path, tokenizer):
    training = Training(replace(TINY, tokens=4000), _folder(tmp_path / "run", tokenizer))
    written = []
    training.export = lambda folder: written.append((folder.name, training.progress.tokens >= 4000))
    training.run(minutes_between_checkpoints=0.0, export=tmp_path / "models")
    assert {name for name, done in written if not done} == {"model"}
    assert written[-1] == ("models", True)


def test_the_small_size_is_about_a_third():
    class Ids:
        eos_token_id, pad_token_id = 1, 0

    counts = {name: sum(w.numel() for w in fresh_model(plan, Ids).parameters()) for name, plan in SIZES.items()}
    assert counts["pocket"] <= 15_000_000
    assert 0.25 < counts["pocket_small"] / counts["pocket"] < 0.45


def test_the_speed_is_measured_and_nothing_is_left_of_it(tmp_path, tokenizer, capsys):
    folder = _folder(tmp_path / "run", tokenizer)
    Training(TINY, folder).measure(updates=2)
    said = capsys.readouterr().out
    assert "tokens per second" in said
    assert "planned 0.0 million" in said
    assert [path.name for path in folder.iterdir()] == ["tokenizer"]
