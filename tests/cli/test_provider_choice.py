from __future__ import annotations

import pytest

from daytona_validate._cli.provider_option import choose_provider


@pytest.mark.parametrize(
    ("asked", "configured", "has_key", "name", "why"),
    [
        (None, None, False, "local", "no DAYTONA_API_KEY is set"),
        (None, None, True, "daytona", "DAYTONA_API_KEY is set"),
        (None, "local", True, "local", "DAYTONA_PROVIDER is set"),
        (None, "daytona", False, "daytona", "DAYTONA_PROVIDER is set"),
        ("auto", "daytona", False, "local", "no DAYTONA_API_KEY is set"),
        ("local", "daytona", True, "local", ""),
        ("daytona", None, False, "daytona", ""),
    ],
)
def test_option_wins_over_setting_and_auto_looks_for_a_key(
    asked: str | None, configured: str | None, has_key: bool, name: str, why: str
) -> None:
    choice = choose_provider(asked, configured=configured, has_key=has_key)
    assert (choice.name, choice.why) == (name, why)
    assert choice.is_named == ("is set" not in why or "DAYTONA_PROVIDER" in why)
