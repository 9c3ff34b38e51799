"""The report of `doctor`, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from daytona_validate._cli.doctor.cases import CaseReport, CaseState
from daytona_validate._cli.exit_codes import ExitCode
from daytona_validate._cli.screen.columns import columns
from daytona_validate._core.printable import one_line
from daytona_validate._json_text import json_text
from daytona_validate._models.readiness import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorReport:
    """Results of all checks and cases."""

    version: str
    settings: tuple[Finding, ...]
    local: tuple[Finding, ...]
    """Isolation, and each toolchain; empty if only Daytona was asked for."""
    daytona: tuple[Finding, ...] = ()
    """The server, the key and each snapshot; empty if no key is set, or only this host was asked
    for."""
    cases: tuple[CaseReport, ...]

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return sum(case.state is CaseState.PASS for case in self.cases)

    @property
    def exit_code(self) -> ExitCode:
        """1 if a verdict was wrong, 3 if a case was unavailable, else 0."""
        states = {case.state for case in self.cases}
        if CaseState.FAIL in states:
            return ExitCode.FAILED
        return ExitCode.UNAVAILABLE if CaseState.UNAVAILABLE in states else ExitCode.PASSED

    def to_json(self) -> str:
        """Return the report as one line of JSON."""
        value = {"schema_version": 1, **asdict(self)}
        value |= {"passed": self.passed, "total": len(self.cases)}
        return json_text(value) + "\n"

    def to_text(self) -> str:
        """Return the report for people."""
        return "".join(
            (
                f"daytona-validate {self.version}\n",
                "\nSettings\n",
                _lines([(f.name, one_line(f.text)) for f in self.settings]),
                *(("\nLocal sandboxes\n", _findings(self.local)) if self.local else ()),
                *(("\nDaytona\n", _findings(self.daytona)) if self.daytona else ()),
                "\nCases\n",
                _cases(self.cases),
                f"\nTotal: {self.passed}/{len(self.cases)}\n",
            )
        )


def _findings(found: Sequence[Finding]) -> str:
    return _lines([(f.name, "" if f.is_good else "NO", one_line(f.text)) for f in found])


def _lines(rows: Sequence[Sequence[str]]) -> str:
    filled = [[cell for cell in row if cell] for row in rows]
    return columns([["", row[0], " ".join(row[1:])] for row in filled])


def _cases(cases: Sequence[CaseReport]) -> str:
    """Return the cases, each with the reason why it did not pass, but no reason twice."""
    lines: list[str] = []
    said: set[str] = set()
    for case in cases:
        lines.append(f"  {case.state:<11}  {case.title}\n")
        if case.state is CaseState.PASS:
            continue
        reason = "for the same reason" if case.details in said else one_line(case.details)
        lines.append(f"{'':15}{reason}\n")
        said.add(case.details)
    return "".join(lines)
