"""The answer in a chat: the last message of its assistant."""

from __future__ import annotations


class NoAnswer(Exception):
    """A chat has no answer; the message says why."""


def chat_answer(messages: list[object]) -> str:
    """Return the text of the last message whose role is `assistant`.

    Args:
        messages: Each `{"role": …, "content": …}`; content is a text, or a list of parts of which
            those with a `text` count.

    Raises:
        NoAnswer: There is none, or it has no text.
    """
    for message in reversed(messages):
        if isinstance(message, dict) and message.get("role") == "assistant":
            return _content(message.get("content"))
    raise NoAnswer("no message of role `assistant`")


def _content(content: object) -> str:
    if isinstance(content, list):
        texts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "".join(text for text in texts if isinstance(text, str)) or None
    if not isinstance(content, str):
        raise NoAnswer("the last message of role `assistant` has no text")
    return content
