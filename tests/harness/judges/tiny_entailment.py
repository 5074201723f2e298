"""Small checkpoints that stand for published models: with random weights, or made to know the known answers."""

import json
import re
import shutil

from harness.judges.nli.known_answers import KNOWN

FOLDERS = {
    "pair": "deberta-v3-base-anli",
    "joined": "minicheck-deberta-v3-large",
    "asked": "minicheck-flan-t5-large",
}
"""a way to read a model -> the preset that reads so"""
TEMPLATES = {
    "pair": "",
    "joined": "{evidence}{eos}{claim}",
    "asked": "predict: {evidence}{eos}{claim}",
}
LABELS = {"pair": ["entailment", "neutral", "contradiction"], "joined": ["0", "1"]}
CASES = [case for case in KNOWN if case.languages == "en"]
WORDS = sorted({word for case in CASES for text in case.pair for word in re.findall(r"\w+|[^\w\s]", text.lower())})
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, "it", "free", "predict", ":", "0", "1"]


def random_checkpoint(folder, labels):
    """A randomly initialised BERT with these outputs; large weights, so that answers differ."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(0)
    tokenizer = word_tokenizer(folder)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        initializer_range=1.0, **names(labels),
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def trained(folder, kind):
    """A checkpoint of one kind that gets the known answers right: random weights under a head that is solved for."""
    import torch

    tokenizer = word_tokenizer(folder)
    model = untrained(kind, len(tokenizer)).eval()
    given, rows, wanted = encoded(tokenizer, kind)
    head = model.lm_head if kind == "asked" else model.classifier
    seen = []
    hook = head.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0].detach()))
    with torch.no_grad():
        model(**given)
        features = seen[0].reshape(len(CASES), -1)
        head.weight[rows] = (torch.linalg.pinv(features) @ wanted).T
    hook.remove()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def noisy(folder, to, kind):
    """A copy with random weights in place of the trained ones."""
    shutil.copytree(folder, to)
    untrained(kind, json.loads((folder / "config.json").read_text())["vocab_size"], seed=1).save_pretrained(to)
    return to


def word_tokenizer(folder):
    """Whole words of the known answers; the marks of BERT, with an end of the sequence as well."""
    from transformers import BertTokenizer

    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(VOCABULARY)))
    return BertTokenizer(str(folder / "vocab.txt"), eos_token="[SEP]")


def untrained(kind, vocabulary, seed=0):
    import torch
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        DebertaV2Config,
        DebertaV2ForSequenceClassification,
        T5Config,
        T5ForConditionalGeneration,
    )

    torch.manual_seed(seed)
    shape = {"vocab_size": vocabulary, "hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    shape |= {"intermediate_size": 32, "initializer_range": 0.5}
    if kind == "pair":
        return BertForSequenceClassification(BertConfig(**shape, **names(LABELS[kind])))
    if kind == "joined":
        positions = {"relative_attention": True, "pos_att_type": ["p2c", "c2p"], "position_biased_input": False}
        config = DebertaV2Config(**shape, **positions, type_vocab_size=0, **names(LABELS[kind]))
        return DebertaV2ForSequenceClassification(config)
    config = T5Config(
        vocab_size=vocabulary, d_model=32, d_kv=16, d_ff=32, num_layers=1, num_heads=2, initializer_factor=2.0,
        pad_token_id=0, decoder_start_token_id=0, eos_token_id=3, tie_word_embeddings=False,
    )  # fmt: skip
    return T5ForConditionalGeneration(config)


def encoded(tokenizer, kind):
    """The known answers as the model of this kind is given them, the rows of its head, and the logits wanted there."""
    import torch

    options = {"padding": True, "return_tensors": "pt"}
    follows = torch.tensor([[4.0 if case.follows else -4.0] for case in CASES])
    wanted = torch.cat([-follows, follows], dim=1)
    if kind == "pair":
        evidence, claims = zip(*(case.pair for case in CASES), strict=True)
        return tokenizer(list(evidence), list(claims), **options), [2, 0], wanted
    eos = tokenizer.eos_token
    texts = [TEMPLATES[kind].format(evidence=case.pair[0], claim=case.pair[1], eos=eos) for case in CASES]
    given = dict(tokenizer(texts, **options))
    if kind == "joined":
        return given, [0, 1], wanted
    given.pop("token_type_ids", None)
    start = torch.zeros((len(CASES), 1), dtype=torch.long)
    return {**given, "decoder_input_ids": start}, tokenizer.convert_tokens_to_ids(["0", "1"]), wanted


def names(labels):
    return {"id2label": dict(enumerate(labels)), "label2id": {name: number for number, name in enumerate(labels)}}
