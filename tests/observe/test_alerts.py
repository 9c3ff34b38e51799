"""The alerts of `examples/`: they name metrics that there are, and each fires when it should.

Prometheus' own `promtool` evaluates them over series that this file makes.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from documented import ROOT

yaml = pytest.importorskip("yaml", reason="comes with the extra test")

ALERTS = ROOT / "examples" / "prometheus_alerts.yml"
VALIDATIONS = "daytona_validate_validation_duration_seconds_count"
QUEUE = "daytona_validate_queue_duration_seconds_bucket"
CREATE = "daytona_validate_sandbox_create_duration_seconds_bucket"
needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="needs Debian's prometheus, for its promtool"
)


def _buckets(metric: str, *, slow_from: str, share: int) -> dict[str, str]:
    """Series of a histogram in which `share` of 100 a minute are above the bucket `slow_from`."""
    return {
        f'{metric}{{le="{slow_from}"}}': f"0+{100 - share}x60",
        f'{metric}{{le="60"}}': "0+100x60",
        f'{metric}{{le="+Inf"}}': "0+100x60",
    }


def _lost(each_minute: int) -> dict[str, str]:
    lost = f'{VALIDATIONS}{{daytona_validate_outcome="unavailable",error_type="unreachable"}}'
    return {
        f'{VALIDATIONS}{{daytona_validate_outcome="passed"}}': f"0+{100 - each_minute}x60",
        lost: f"0+{each_minute}x60",
    }


LEFT = "daytona_validate_sandboxes_unconfirmed_total"
THROTTLED = "daytona_validate_throttled_duration_seconds_total"
# Each alert, what makes it fire and, nearest to that, what does not; one value a minute.
CASES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "ValidationUnavailable": (_lost(6), _lost(4)),
    "ValidationBug": (
        {f'{VALIDATIONS}{{error_type="bug"}}': "0x50 1x9"},
        {f'{VALIDATIONS}{{error_type="timeout"}}': "0x50 1x9"},
    ),
    "ValidationQueueIsLong": (
        _buckets(QUEUE, slow_from="10", share=6),
        _buckets(QUEUE, slow_from="10", share=4),
    ),
    "ValidationSandboxesLeft": (
        {f'{LEFT}{{certainty="certain"}}': "0x40 1x19"},
        {f'{LEFT}{{certainty="doubtful"}}': "0x40 1x19"},
    ),
    "ValidationThrottled": ({THROTTLED: "0+13x60"}, {THROTTLED: "0+11x60"}),
    "ValidationCreationIsSlow": (
        _buckets(CREATE, slow_from="15", share=6),
        _buckets(CREATE, slow_from="15", share=4),
    ),
}


def _rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def _labels(rule: dict[str, Any]) -> dict[str, str]:
    lost = {"error_type": "unreachable"} if "by (error_type)" in rule["expr"] else {}
    return {**rule["labels"], **lost}


def _summary(rule: dict[str, Any], labels: dict[str, str]) -> str:
    summary: str = rule["annotations"]["summary"]
    return summary.replace("{{ $labels.error_type }}", labels.get("error_type", ""))


def test_the_alerts_name_metrics_that_there_are() -> None:
    named = set(re.findall(r"daytona_validate_\w+", " ".join(rule["expr"] for rule in _rules())))
    source = (ROOT / "src/daytona_validate/_observe/telemetry.py").read_text()
    made = re.findall(r'(?:\{_NAME\}\.|meter, ")([a-z._]+)"', source)
    ours = {each.replace(".", "_") for each in made}
    suffixes = r"_(seconds_(bucket|sum|count)|seconds_total|total)$"
    bare = {
        re.sub(suffixes, "", each).removeprefix("daytona_validate_")
        for each in named - {"daytona_validate_outcome"}
    }
    assert bare <= ours
    keys = {"alert", "expr", "for", "labels", "annotations"}
    assert all(keys <= set(rule) for rule in _rules())


def test_each_alert_has_a_case() -> None:
    assert [rule["alert"] for rule in _rules()] == list(CASES)


@needs_promtool
def test_each_alert_fires_when_it_should_and_not_before(tmp_path: Path) -> None:
    tests = []
    for rule in _rules():
        for fires, series in zip((True, False), CASES[rule["alert"]], strict=True):
            labels = _labels(rule)
            alert = {"exp_labels": labels, "exp_annotations": {"summary": _summary(rule, labels)}}
            tests.append(
                {
                    "interval": "1m",
                    "input_series": [{"series": name, "values": series[name]} for name in series],
                    "alert_rule_test": [
                        {
                            "eval_time": "55m",
                            "alertname": rule["alert"],
                            "exp_alerts": [alert] if fires else [],
                        }
                    ],
                }
            )
    file = tmp_path / "alerts.json"  # JSON is YAML, too
    file.write_text(json.dumps({"rule_files": [str(ALERTS)], "tests": tests}))
    done = subprocess.run(
        ["promtool", "test", "rules", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
