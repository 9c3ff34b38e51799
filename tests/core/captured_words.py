"""What real programs came to, read from the files that the `capture.py` beside them wrote."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from daytona_validate._core.classify import classify
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.outcomes import Verdict
from daytona_validate._models import Execution, Limit, Limits, Snippet, Stage, Step


@dataclass(frozen=True, slots=True)
class Said:
    """How one program ended under one version of its runtime."""

    language: str
    version: str
    name: str
    case: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.language}-{self.version}-{self.name}"

    @property
    def stage(self) -> Stage:
        return Stage(self.case.get("stage", Stage.RUN))

    def verdict(self) -> Verdict:
        """Return what the program is judged to be."""
        case, language = self.case, LANGUAGES[self.language]
        files = case.get("files", {})
        contents = files if isinstance(files, dict) else dict.fromkeys(files, "")
        code = case["code"] if "code" in case else contents[language.entry_file]
        others = {path: text for path, text in contents.items() if path != language.entry_file}
        step = Step(
            stage=self.stage,
            exit_code=case["exit_code"],
            signal=case.get("signal"),
            limit=Limit(case["limit"]) if case.get("limit") else None,
            stdout=case["stdout"].encode(),
            stderr=case["stderr"].encode(),
        )
        snippet = Snippet(code=code, language=self.language, files=others)
        execution = Execution(steps=(step,), runtime=self.version)
        return classify(execution, Job(snippet, language, Limits()))


def captured(folder: str) -> list[Said]:
    """Return all that the files of a folder hold; they are called `language-version.json`."""
    found = []
    for path in sorted(Path(__file__).with_name(folder).glob("*.json")):
        language, _, version = path.stem.partition("-")
        cases = json.loads(path.read_text())["cases"]
        found += [Said(language, version, name, case) for name, case in cases.items()]
    return found


def versions(said: Iterable[Said]) -> dict[tuple[str, str], set[str]]:
    """Return the names of the programs by language and version."""
    names: dict[tuple[str, str], set[str]] = {}
    for each in said:
        names.setdefault((each.language, each.version), set()).add(each.name)
    return names
