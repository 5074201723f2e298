"""Instructions and headings in many wordings, so that a task's own wording is nothing special."""

from collections.abc import Sequence
from random import Random
from typing import Final

from harness.types import Passage, Turn
from pipelines.prompts import Prompt
from pocket.world.names import FIRST, SECOND

UNKNOWN: Final = "I do not know."
"""what the model says when it cannot know"""

HEADINGS: Final = (
    ("Passages:", "Question:"),
    ("Passages:", "Input:"),
    ("Passages:", "Input:"),
    ("Passages:", "Input:"),
    ("Passages:", "Now the input:"),
    ("Sources:", "Question:"),
    ("Context:", "Request:"),
    ("Documents:", "Message:"),
    ("Examples:", "Document:"),
    ("Here are some passages that may help:", "Here is the input:"),
)

ANSWERING: Final = (
    "Answer the question in as few words as possible. If the answer cannot be known, say: I do not know.",
    "Answer the question in one short sentence. If the answer cannot be known, say: I do not know.",
    "Answer the question.",
    "Answer the question in one short sentence.",
    "Answer the question in one sentence. If you do not know the answer, say so.",
    "You answer questions about an organisation. Be brief and say only what you know.",
    "Answer from the passages if there are any. If the answer cannot be known, say that you do not know.",
    "Give a short and true answer. Do not guess.",
    "You are a helpful assistant.",
    "Use the numbered passages to answer. Say I do not know if they do not help.",
    "Reply with a full sentence. Never make anything up.",
    "You help the staff of a company with their questions.",
)
SUMMARISING: Final = (
    "Summarize the following text. Say only what the text says.",
    "Write the board note for the following report. Say only what the report says.",
    "Summarise the report.",
    "Write a short summary of the report.",
    "Write a short note for the board about the report.",
    "Sum up the document in a few sentences. Add nothing that it does not say.",
    "You write summaries of reports. Keep to the facts.",
    "Shorten the text to what matters: what happened, why, what it cost and what comes next.",
    "Summarise the report for the board. The passages are earlier reports with their notes.",
    "Write the board note for the report.",
)
SERVING: Final = (
    "You answer the customers of a support desk. Write the reply to the customer's message. "
    "If you cannot know the answer, say: I do not know.",
    "Reply to the customer.",
    "Reply to the customer's message. Use the passages for facts.",
    "You work for customer support. Answer the message politely and truly.",
    "Answer the customer in a few sentences. Say nothing that you do not know.",
    "Write the reply of the support team to the message.",
    "You are a support agent. Give the facts that the customer asks for.",
)


def instruction(rng: Random, wordings: Sequence[str]) -> str:
    """Return one of the wordings, now and then under an unheard company name."""
    text = rng.choice(wordings)
    if rng.random() < 0.15:
        text = f"You work for {rng.choice(FIRST)}{rng.choice(SECOND)}. {text}"
    return text


def prompt(rng: Random) -> Prompt:
    """Return a prompt with one of the headings."""
    passages, question = rng.choice(HEADINGS)
    return Prompt(passages_heading=passages, input_heading=question)


def opened(rng: Random, wordings: Sequence[str], text: str, passages: Sequence[Passage]) -> list[Turn]:
    """Return the first turns of a conversation, rendered by the project's own prompt code."""
    return list(prompt(rng).turns(instruction(rng, wordings), text, passages))
