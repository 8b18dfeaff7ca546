// SPDX-License-Identifier: Apache-2.0
#include "rollout/cause_rows.hpp"

namespace kforge::rollout {
namespace {

constexpr Cause rows[] = {
    {CauseId::quota_exceeded, "KF2030", "QuotaExceeded", "the namespace's quota is used up",
     "A ResourceQuota of the namespace does not allow the new pods. A rolling update needs room for one pod more than "
     "usual. A quota also refuses pods that do not set what it counts.",
     "raise the ResourceQuota, lower requests or replicas, or set rollout.maxSurge to 0 and maxUnavailable to 1"},
    {CauseId::pod_security, "KF2031", "PodSecurityViolation", "forbidden by PodSecurity",
     "The namespace enforces a PodSecurity level that the pod does not meet. The message lists every field.",
     "set the fields named in the message, or a lower namespaces.podSecurity"},
    {CauseId::admission_denied, "KF2032", "AdmissionDenied", "denied by an admission webhook or policy",
     "A policy of the cluster refuses the pods. Its own message says what it wants.",
     "do what the policy says, or ask its owner for an exception"},
    {CauseId::webhook_unreachable, "KF2033", "WebhookUnreachable", "an admission webhook does not answer",
     "The API server must ask a webhook before it creates pods, and the webhook does not answer.",
     "bring the webhook's own pods up, or remove its configuration when it is left over"},
    {CauseId::service_account_missing, "KF2034", "ServiceAccountMissing", "the service account does not exist",
     "The pod names a ServiceAccount that is not in its namespace.",
     "create the ServiceAccount, or correct serviceAccountName"},
    {CauseId::namespace_terminating, "KF2035", "NamespaceTerminating", "the namespace is being deleted",
     "Nothing can be created in a namespace that is being deleted. A finalizer or a dead API service may keep it "
     "there.",
     "wait until it is gone, then run `kforge up` again; kubectl describe namespace NAME says what holds it"},
    {CauseId::pods_not_created, "KF2036", "PodsNotCreated", "pods cannot be created",
     "The API server refuses the pods of the workload, for example because of a LimitRange or a missing PriorityClass.",
     "read the server's message and correct the field it names"},
    {CauseId::job_failed, "KF2040", "JobFailed", "the job failed",
     "The Job's pods failed more often than its backoffLimit or its policy allows. It will not be tried again.",
     "read the log of its last pod, correct the cause and run `kforge up` again"},
    {CauseId::job_deadline, "KF2041", "JobDeadline", "the job took too long",
     "The Job ran longer than activeDeadlineSeconds and was stopped.",
     "raise activeDeadlineSeconds, or find out what the job waits for"},
    {CauseId::suspended, "KF2042", "Suspended", "suspended",
     "spec.suspend is set, so nothing is started until somebody clears it.", "set suspend to false when it should run"},
    {CauseId::storage_class_missing, "KF2050", "StorageClassMissing", "the storage class does not exist",
     "The claim names a StorageClass that the cluster does not have, or names none and the cluster has no default.",
     "set database.storage.class to one of `kubectl get storageclass`"},
    {CauseId::claim_lost, "KF2051", "ClaimLost", "the volume of a claim is gone",
     "The PersistentVolume that the claim was bound to no longer exists. Its data may be lost.",
     "restore the volume or the data from a backup; kforge never deletes a claim by itself"},
    {CauseId::volume_not_provisioned, "KF2052", "VolumeNotProvisioned", "no volume for a claim",
     "The claim stays pending: the provisioner reports an error, or no PersistentVolume fits.",
     "read the claim's events; check size, access mode and the provisioner"},
    {CauseId::service_selects_nothing, "KF2060", "ServiceSelectsNothing", "the service's selector matches no pods",
     "No workload of the namespace has pods with all labels of the Service's selector, so the Service leads nowhere.",
     "compare spec.selector of the Service with the labels of the pod template"},
    {CauseId::service_port_unknown, "KF2061", "ServicePortUnknown", "the service's port leads nowhere",
     "The pods behind the Service are ready, but it has no endpoint to send traffic to: a named targetPort does not "
     "exist "
     "in the pods.",
     "compare targetPort of the Service with the names of the container ports"},
    {CauseId::address_pending, "KF2062", "AddressPending", "no external address yet",
     "The cluster has not given the Service or Ingress an address. Clusters without a load balancer never do.",
     "wait, or use gateway.expose: nodePort where there is no load balancer"},
    {CauseId::autoscaler_without_metrics, "KF2063", "AutoscalerWithoutMetrics", "the autoscaler gets no metrics",
     "The autoscaler cannot read the metrics it needs, so it does not scale. metrics-server is missing, or the pods "
     "have "
     "no CPU request. New pods have no metrics for about a minute.",
     "install metrics-server, and set resources.requests.cpu"},
    {CauseId::autoscaler_cannot_scale, "KF2064", "AutoscalerCannotScale", "the autoscaler cannot do its work",
     "The autoscaler wants another number of pods than it may or can set.",
     "raise scale.max, or read the autoscaler's conditions"},
    {CauseId::budget_selects_nothing, "KF2065", "BudgetSelectsNothing", "the disruption budget matches no pods",
     "The selector of the PodDisruptionBudget matches no pod, so it protects nothing.",
     "compare its selector with the labels of the pod template"},
    {CauseId::budget_blocks_drains, "KF2066", "BudgetBlocksDrains", "the disruption budget allows no disruption",
     "The PodDisruptionBudget demands as many healthy pods as there are, so a node with one of them can never be "
     "drained.",
     "set maxUnavailable: 1, or run one replica more than minAvailable"},
    {CauseId::paused, "KF2070", "Paused", "the deployment is paused",
     "spec.paused is set: Kubernetes does not roll out any change until somebody resumes it.",
     "kubectl rollout resume deployment NAME"},
    {CauseId::deleted, "KF2071", "Deleted", "deleted while it was being deployed",
     "Somebody or something deleted the object after kforge had applied it.",
     "find out who deletes it, then run `kforge up` again"},
    {CauseId::recreated, "KF2072", "Recreated", "deleted and created again by someone else",
     "The live object is not the one kforge applied: its UID is another one. Two tools manage it.",
     "let one tool manage the object, then run `kforge up` again"},
    {CauseId::being_deleted, "KF2073", "BeingDeleted", "is being deleted",
     "The object has a deletion timestamp. It stays until its finalizers are removed by their controllers.",
     "wait until it is gone and run `kforge up` again; check the controllers of its finalizers"},
    {CauseId::superseded, "KF2074", "Superseded", "changed by someone else while it was rolling out",
     "The pod template is no longer the one kforge applied, so waiting for it makes no sense.",
     "find out who changed it, then run `kforge up` again"},
    {CauseId::update_blocked, "KF2075", "UpdateBlocked", "the update waits for a broken pod of the old revision",
     "A StatefulSet updates one pod after another and does not go on while any pod is not ready, also when that pod is "
     "of "
     "the revision that the update replaces.",
     "delete the pod named in the message: it comes back with the new revision"},
    {CauseId::update_needs_deletion, "KF2076", "UpdateNeedsDeletion",
     "pods keep the old revision until they are deleted",
     "The update strategy is OnDelete: Kubernetes replaces a pod only after somebody has deleted it.",
     "delete the pods named in the message, one after another"},
    {CauseId::partition_holds_all, "KF2077", "PartitionHoldsAll", "the partition keeps every pod on the old revision",
     "The partition of the rolling update is not below the number of replicas, so no pod is updated.",
     "lower spec.updateStrategy.rollingUpdate.partition"},
    {CauseId::nodes_not_ready, "KF2078", "NodesNotReady", "missing only on nodes that are not ready",
     "Every node that works has its pod. The others are not ready, cordoned or new.",
     "check the nodes named in the message"},
    {CauseId::no_node_selected, "KF2079", "NoNodeSelected", "no node is selected",
     "The DaemonSet's node selector or tolerations match no node, so it runs nowhere.",
     "compare its nodeSelector and tolerations with the nodes"},
    {CauseId::names_conflict, "KF2080", "NamesConflict", "the names of the custom resource are taken",
     "Another CustomResourceDefinition already uses the plural, the kind or a short name.",
     "remove the other definition, or choose other names"},
    {CauseId::not_established, "KF2081", "NotEstablished", "the custom resource is not served",
     "The API server does not serve the CustomResourceDefinition.", "read its conditions"},
    {CauseId::api_service_unavailable, "KF2082", "ApiServiceUnavailable", "the API service does not answer",
     "The aggregated API has no working Service behind it. While it is broken, namespaces cannot be deleted either.",
     "bring its pods up, or delete the APIService when it is left over"},
    {CauseId::stalled, "KF2083", "Stalled", "its controller gave up",
     "The controller of the object reports Stalled: it will not go on without a change.",
     "read the message of the condition and correct the object"},
    {CauseId::no_readiness_signal, "KF2084", "NoReadinessSignal", "has no readiness signal",
     "The object has no Ready condition, so kforge can only say that it exists.",
     "nothing; look at the object when what depends on it does not work"},
};

}  // namespace

std::span<const Cause> object_cause_rows() {
  return rows;
}

}  // namespace kforge::rollout
