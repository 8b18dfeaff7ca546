# SPDX-License-Identifier: Apache-2.0
"""Public checkers over the render: every finding has its reason where the checker reads it and in docs/manifests.md."""

import pytest
import yaml

from checkers import PROJECTS, ROOT, checkov, deck, kong_files, kube_score, render, waived, without_waivers

PAGE = (ROOT / "docs/manifests.md").read_text()


def excused_by_kube_score(documents):
    return waived(documents, "kube-score/ignore", lambda value: value.split(","))


def excused_by_checkov(documents):
    excused = waived(documents, r"checkov\.io/skip\d+", lambda value: [value.split("=", 1)[0]])
    return {(check, namespace, name) for check, _, namespace, name in excused}


@pytest.fixture(scope="module")
def rendered():
    return {project: render(project) for project in PROJECTS}


@pytest.fixture(scope="module")
def checkov_reports(rendered, tmp_path_factory):
    reports = []
    for change in (lambda documents: documents, without_waivers):
        folder = tmp_path_factory.mktemp("render")
        for project, documents in rendered.items():
            (folder / f"{project}.yaml").write_text(yaml.safe_dump_all(change(documents)))
        reports.append(checkov(folder))
    return reports


@pytest.mark.parametrize("project", PROJECTS)
def test_kube_score_finds_nothing(rendered, project):
    assert kube_score(rendered[project]) == set()


@pytest.mark.parametrize("project", PROJECTS)
def test_kube_score_would_find_exactly_what_is_waived(rendered, project):
    assert kube_score(without_waivers(rendered[project])) == excused_by_kube_score(rendered[project])


def test_checkov_finds_nothing(checkov_reports):
    failed, _ = checkov_reports[0]
    assert failed == {}


@pytest.mark.parametrize("project", PROJECTS)
def test_checkov_would_find_exactly_what_is_waived(rendered, checkov_reports, project):
    failed, _ = checkov_reports[1]
    assert failed.get(project, set()) == excused_by_checkov(rendered[project])


def test_every_waiver_is_documented_with_its_reason(rendered, checkov_reports):
    _, reasons = checkov_reports[0]
    assert reasons
    for check, texts in reasons.items():
        assert f"`{check}`" in PAGE
        for text in texts:
            assert text in PAGE
    for documents in rendered.values():
        for check, *_ in excused_by_kube_score(documents):
            assert f"`{check}`" in PAGE


@pytest.mark.parametrize("project", ["shop", "laptop", "no-database"])
def test_deck_finds_nothing_in_the_configuration_of_kong(rendered, project):
    [text] = kong_files(rendered[project])
    assert deck(text) == []
    assert deck(text.replace("protocols:", "protocol:", 1)), "it would say so"


def test_deck_wants_a_secret_where_kong_makes_its_own():
    """With consumers the file is in a Secret; this is the one that the golden test compares. A key that only verifies has no secret."""
    text = (ROOT / "tests/golden/render/gateway-kong.yml").read_text()
    assert deck(text) == ["consumers.2.jwt_secrets.0: secret is required"]
