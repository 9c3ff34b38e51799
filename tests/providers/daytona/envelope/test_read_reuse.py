"""What an answer says of the further use of its sandbox."""

from __future__ import annotations

import pytest

from daytona_validate._errors import SandboxLost
from daytona_validate._models import Limits
from daytona_validate._providers.daytona.envelope.answer import read_answer
from daytona_validate._providers.daytona.envelope.reuse import SPENT, ReuseRefused, RunAnswer

NONCE = "0123456789abcdef0123456789abcdef"
ANSWER = f"""\
{NONCE} begin c2ggMQ== shut
command run code=0 cpu=0.25 disk_full=0 host_oom=1 killed=0 peak=- signal=0 stopped=- waited=- wall=0.5
out 0 0 :
err 0 0 :
{NONCE} end 1 reuse=WORD
"""  # noqa: E501 - as the supervisor writes it


def read(result: str) -> RunAnswer:
    return read_answer(result, nonce=NONCE, limits=Limits())


def test_a_sandbox_that_may_be_used_again_says_so() -> None:
    told = read(ANSWER.replace("WORD", "yes"))
    assert (told.may_be_used_again, told.why_not) == (True, "")


@pytest.mark.parametrize("word", SPENT)
def test_a_sandbox_that_may_not_says_why(word: str) -> None:
    told = read(ANSWER.replace("WORD", word))
    assert (told.may_be_used_again, told.why_not) == (False, SPENT[word])


def test_a_word_that_is_not_known_is_no_answer() -> None:
    with pytest.raises(SandboxLost):
        read(ANSWER.replace("WORD", "maybe"))


@pytest.mark.parametrize(
    ("word", "says"), [("files", "files of"), ("unprivileged", "not root"), ("new", "made ready")]
)
def test_a_refused_use_is_lost_in_its_own_way(word: str, says: str) -> None:
    with pytest.raises(ReuseRefused, match=f"not used once more: .*{says}") as caught:
        read(f"{NONCE} unready reuse {word}\n")
    assert caught.value.retryable
