"""Cutlery: measure whether a task wants retrieval, fine-tuning, both or neither."""

import os

# ragas posts usage events synchronously from inside its event loop unless this is set first.
os.environ.setdefault("RAGAS_DO_NOT_TRACK", "true")
# Two tokenizer thread pools fighting over the cores slow everything; warnings about forks help nobody.
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
