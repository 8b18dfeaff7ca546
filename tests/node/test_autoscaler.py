# SPDX-License-Identifier: Apache-2.0
"""The autoscaler with real metrics: it follows the load, and kforge leaves its number alone."""

from harness.wait import until
from rig.load import Load, Place

# As rendered, but for its windows: minutes of quiet before a pod goes become seconds.
QUICK = {"kind": "HorizontalPodAutoscaler", "name": "product-service", "patch": {"spec": {"behavior": {
    "scaleUp": {"policies": [{"type": "Pods", "value": 5, "periodSeconds": 5}]},
    "scaleDown": {"stabilizationWindowSeconds": 5, "policies": [{"type": "Pods", "value": 5, "periodSeconds": 5}]}}}}}


def test_the_autoscaler_follows_the_load_and_a_later_up_leaves_its_number_alone(project):
    def replicas(count: int):
        return lambda: project.deployment("product-service")["status"].get("availableReplicas") == count

    service = {"image": "product-service:v1.0.0", "port": 8000, "scale": {"cpu": 20}, "drain": {"sleep": "2s"}}
    project.write({"database": {"kind": "postgres"}, "services": {"product-service": service}, "patches": [QUICK]})
    project.run("up", timeout=240).expect(0)
    assert replicas(2)(), "the least"
    place = Place(project.get("backend", "service", "product-service")["spec"]["clusterIP"], port=8000)
    with Load(place, pause=0) as load:
        until(replicas(5), timeout=240)
        assert "nothing to do" in project.run("up").expect(0).stderr
        project.change({"services": {"product-service": {"image": "product-service:v2.0.0"}}})
        # Looked at as soon as it is written: while pods are replaced their metrics are missing, and the autoscaler may think again.
        project.run("up", "--no-wait").expect(0)
        assert project.deployment("product-service")["spec"]["replicas"] == 5
        until(lambda: load.versions["v2.0.0"], timeout=120)
    assert load.bad == []
    until(replicas(2), timeout=240)
