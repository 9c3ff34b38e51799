from __future__ import annotations

import pytest

from daytona_validate._cli.command_settings import choose_provider


@pytest.mark.parametrize(
    ("asked", "configured", "key_from", "name", "why"),
    [
        (None, None, None, "local", "no DAYTONA_API_KEY is set"),
        (None, None, ".env", "daytona", ""),
        (None, "local", ".env", "local", "DAYTONA_PROVIDER is set"),
        (None, "daytona", None, "daytona", "DAYTONA_PROVIDER is set"),
        ("auto", "daytona", None, "local", "no DAYTONA_API_KEY is set"),
        ("local", "daytona", ".env", "local", ""),
        ("daytona", None, None, "daytona", ""),
    ],
)
def test_option_wins_over_setting_and_auto_looks_for_a_key(
    asked: str | None, configured: str | None, key_from: str | None, name: str, why: str
) -> None:
    choice = choose_provider(asked, configured=configured, key_from=key_from)
    assert (choice.name, choice.why) == (name, why)
    assert choice.is_named == (asked in ("local", "daytona") or "DAYTONA_PROVIDER" in why)


def test_a_key_that_does_not_count_is_named_as_the_reason() -> None:
    choice = choose_provider(None, configured=None, key_from=None, is_key_left_out=True)
    assert (choice.name, choice.why) == ("local", "the key in .env does not count")
