"""The dashboard and the alert rules: they parse, and ask for nothing that GUB does not say."""

import json
import re
from pathlib import Path
from typing import Any

import promql_parser as promql
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from gub import figures
from gub.domain.credentials import CredentialStatus
from gub.gauges import Sample
from gub.metrics import Metrics
from gub.presence.health import Health
from gub.store.announcements import Phase, TargetState
from gub.telegram.gateway import outcomes
from gub.telegram.handled import Handled
from tests.support.clock import FakeClock

ROOT = Path(__file__).parent.parent
DASHBOARD = ROOT / "ops/grafana/gub.json"
ALERTS = ROOT / "ops/prometheus/alerts.yml"
CONFIG = ROOT / "ops/prometheus/prometheus.yml"
OPERATIONS = ROOT / "docs/operations.md"

WORDS = {
    "outcome": {*Handled, "refused", "Uncertain", *(name for name in dir(outcomes) if name[0].isupper())},
    "state": {*map(str, CredentialStatus), *map(str, TargetState)},
    "health": set(map(str, Health)),
    "phase": set(map(str, Phase)),
    "part": {"database"},
}
"""What stands under a label: the code's own words."""

GIVEN_BY_PROMETHEUS = {"job", "instance", "le"}


def _alerts() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def _panels() -> list[dict[str, Any]]:
    return [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel["type"] != "row"]


def _shown() -> dict[str, str]:
    """Give the expressions of the dashboard, as Grafana asks Prometheus, by what they are for."""
    shown = {}
    for panel in _panels():
        for target in panel["targets"]:
            expression = target["expr"].replace("$__rate_interval", "1m").replace("$job", ".*")
            shown[f"{panel['title']}: {target['refId']}"] = expression
    return shown


EXPRESSIONS = {**_shown(), **{rule["alert"]: rule["expr"] for rule in _alerts()}}


async def _everything() -> list[Sample]:
    return [gauge.at(1, *gauge.labels) for gauge in figures.ALL]


@pytest.fixture
async def exposed() -> dict[str, set[str]]:
    """Give the labels of every series that GUB says, by name, as they stand in what it says."""
    metrics = Metrics(FakeClock(), ["message"])
    metrics.update_handled("message", "ok", 1)
    metrics.update_through(1)
    metrics.telegram_called("sendMessage", "ok", 1, 1)
    metrics.platform_called("steam", "ok", 1)
    metrics.database_called("find", "ok", 1)
    metrics.status_shown(1)
    metrics.looked("steam", 1, 1)
    metrics.look_told(1, 1)
    metrics.gauges.watch("everything", _everything)
    text = (await metrics.exposition()).decode()
    found = {"up": set[str]()}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def _walked(expression: str) -> tuple[list[promql.VectorSelector], set[str]]:
    """Give what an expression selects, and the labels that it groups by."""
    selectors: list[promql.VectorSelector] = []
    labels: set[str] = set()

    def visit(node: Any) -> bool:
        if isinstance(node, promql.VectorSelector):
            selectors.append(node)
        elif isinstance(node, promql.AggregateExpr) and node.modifier is not None:
            labels.update(node.modifier.labels)
        return True

    promql.walk(promql.parse(expression), visit)
    return selectors, labels


@pytest.mark.parametrize("what", EXPRESSIONS)
def test_an_expression_asks_for_what_gub_says_under_labels_that_it_has(what: str, exposed: dict[str, set[str]]) -> None:
    selectors, grouped = _walked(EXPRESSIONS[what])
    assert selectors
    known = set(GIVEN_BY_PROMETHEUS)
    for selector in selectors:
        assert selector.name in exposed
        matched = {matcher.name for matcher in selector.matchers.matchers}
        assert matched <= exposed[selector.name] | GIVEN_BY_PROMETHEUS
        known |= exposed[selector.name]
    assert grouped <= known


@pytest.mark.parametrize("what", EXPRESSIONS)
def test_what_an_expression_looks_for_is_a_word_that_gub_uses(what: str) -> None:
    for selector in _walked(EXPRESSIONS[what])[0]:
        for matcher in selector.matchers.matchers:
            if matcher.name != "job":
                assert set(matcher.value.split("|")) <= WORDS[matcher.name]


def test_every_figure_of_gub_is_on_the_dashboard(exposed: dict[str, set[str]]) -> None:
    shown = {selector.name for expression in _shown().values() for selector in _walked(expression)[0]}
    families = {re.sub(r"_(bucket|sum|count|created|total)$", "", name) for name in shown}
    ours = {re.sub(r"_(bucket|sum|count|created|total)$", "", name) for name in exposed if name.startswith("gub_")}
    assert ours <= families


def test_a_wrong_name_label_or_word_would_be_seen(exposed: dict[str, set[str]]) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        promql.parse("sum by (kind (gub_updates_total)")
    (selector,), _ = _walked('rate(gub_update_total{sort="x"}[5m])')
    assert selector.name not in exposed


def test_the_dashboard_can_be_imported_anywhere() -> None:
    dashboard = json.loads(DASHBOARD.read_text())
    assert {variable["name"] for variable in dashboard["templating"]["list"]} == {"datasource", "job"}
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    rows = [panel["title"] for panel in dashboard["panels"] if panel["type"] == "row"]
    assert rows == ["People", "Queues and workers", "Telegram", "Platforms", "Database", "Process"]
    for panel in _panels():
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert all(target["datasource"] == panel["datasource"] for target in panel["targets"])
    places = [panel["gridPos"] for panel in dashboard["panels"]]
    cells = [
        (x, y) for at in places for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(cells) == len(set(cells)), "panels lie on each other"


def test_every_alert_says_how_grave_it_is_and_has_its_place_in_the_docs() -> None:
    explained = re.findall(r"^\| `(Gub\w+)` \|", OPERATIONS.read_text(), re.MULTILINE)
    assert explained == [rule["alert"] for rule in _alerts()]
    for rule in _alerts():
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]


def test_the_example_configuration_reads_the_rules() -> None:
    config = yaml.safe_load(CONFIG.read_text())
    assert config["rule_files"] == [ALERTS.name]
    assert all(job["job_name"].startswith("gub") for job in config["scrape_configs"])
