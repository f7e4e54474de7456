"""What the files for operators promise each other."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from gub.app import _DRAIN_SECONDS
from gub.settings import load

ROOT = Path(__file__).parent.parent.parent


def _kubernetes(kind: str) -> dict[str, Any]:
    documents = yaml.safe_load_all((ROOT / "ops/kubernetes/gub.yaml").read_text())
    return next(document for document in documents if document["kind"] == kind)


def _seconds(text: str) -> int:
    return int(text.removesuffix("s"))


def _settings_of(names: dict[str, str]) -> None:
    given = {"GUB_BOT_TOKEN": "123456:TEST-token", "GUB_MONGODB_URI": "mongodb://mongo.example.org", **names}
    load({name: value for name, value in given.items() if name.startswith("GUB_")}, None)


def test_every_place_waits_longer_than_the_bot_takes_to_finish() -> None:
    unit = (ROOT / "ops/systemd/gub.service").read_text()
    (timeout,) = re.findall(r"^TimeoutStopSec=(.*)$", unit, re.MULTILINE)
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    pod = _kubernetes("Deployment")["spec"]["template"]["spec"]
    grace = [_seconds(timeout), _seconds(compose["services"]["gub"]["stop_grace_period"])]
    assert min(*grace, pod["terminationGracePeriodSeconds"]) >= _DRAIN_SECONDS + 10


def test_their_settings_are_settings() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    in_compose = {
        name: re.sub(r"\$\{GUB_\w+:?[-?][^}]*\}", "", value)
        for name, value in compose["services"]["gub"]["environment"].items()
    }
    in_compose["GUB_MONGODB_URI"] = re.sub(r"\$\{[^}]*\}", "x", in_compose["GUB_MONGODB_URI"])
    in_compose["GUB_BOT_TOKEN"] = "123456:TEST-token"
    _settings_of(in_compose)
    _settings_of(_kubernetes("ConfigMap")["data"])


def test_the_database_of_compose_is_not_published_and_has_a_user_for_the_bot() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    mongo, gub = compose["services"]["mongo"], compose["services"]["gub"]
    assert "ports" not in mongo
    assert mongo["networks"] == ["inside"]
    assert compose["networks"]["inside"]["internal"] is True
    assert "MONGO_ROOT_PASSWORD" not in str(gub)
    assert "mongodb://gub:" in gub["environment"]["GUB_MONGODB_URI"]
    roles = set(re.findall(r'role: "(\w+)"', (ROOT / "ops/mongo/user.js").read_text()))
    assert roles == {"readWrite", "dbAdmin"}


def test_nobody_is_root_anywhere() -> None:
    gub = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["gub"]
    assert gub["read_only"] is True
    assert gub["cap_drop"] == ["ALL"]
    pod = _kubernetes("Deployment")["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is True
    unit = (ROOT / "ops/systemd/gub.service").read_text()
    assert "DynamicUser=yes" in unit
    assert "ProtectSystem=strict" in unit


def test_kubernetes_has_three_workers_and_routes_to_what_listens() -> None:
    deployment = _kubernetes("Deployment")
    assert deployment["spec"]["replicas"] == 3
    ports = {
        port["name"]: port["containerPort"] for port in deployment["spec"]["template"]["spec"]["containers"][0]["ports"]
    }
    data = _kubernetes("ConfigMap")["data"]
    assert data["GUB_WEBHOOK_LISTEN"].endswith(f":{ports['webhook']}")
    assert data["GUB_HTTP_LISTEN"].endswith(f":{ports['http']}")
    (rule,) = _kubernetes("Ingress")["spec"]["rules"]
    assert f"https://{rule['host']}" == data["GUB_WEBHOOK_URL"]
    assert [path["path"] for path in rule["http"]["paths"]] == ["/telegram"]


@pytest.mark.parametrize("name", ["requirements-image.lock", "requirements.lock", "requirements-dev.lock"])
def test_locks_name_no_address(name: str) -> None:
    assert "://" not in (ROOT / name).read_text()
