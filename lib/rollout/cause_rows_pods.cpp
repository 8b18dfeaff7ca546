// SPDX-License-Identifier: Apache-2.0
#include "rollout/cause_rows.hpp"

namespace kforge::rollout {
namespace {

constexpr Cause rows[] = {
    {CauseId::no_progress, "KF2001", "NoProgress", "no progress before the deadline",
     "The number of updated and available pods did not grow for the length of the rollout's deadline "
     "(progressDeadlineSeconds). The new pods run but never become ready, or nothing is created at all.",
     "read the logs of the new pods and check the readiness probe; a slow start needs a longer rollout deadline"},
    {CauseId::invalid_image_name, "KF2002", "InvalidImageName", "image name is not valid",
     "The node cannot parse the image reference, so it will never try to pull it. Capital letters in the repository, "
     "spaces and an empty tag are the usual reasons.",
     "correct the image in kforge.yaml and run `kforge up` again"},
    {CauseId::image_not_found, "KF2003", "ImageNotFound", "image not found",
     "The registry answered that the repository or the tag does not exist. Usually the tag is mistyped, or the image "
     "was "
     "not pushed before the deploy.",
     "fix the tag or push the image, then run `kforge up` again"},
    {CauseId::image_access_denied, "KF2004", "ImageAccessDenied", "no access to the image",
     "The registry refused the pull. The node has no credentials for it, or they are wrong or expired. Several "
     "registries "
     "answer the same for a repository that does not exist.",
     "check the image's name, and imagePullSecrets in kforge.yaml with the Secret they name"},
    {CauseId::image_rate_limited, "KF2005", "ImagePullRateLimited", "the registry limits pulls",
     "The registry counts pulls and refuses more for now. The node tries again by itself, so this is no failure yet.",
     "pull with an account (imagePullSecrets) or from a mirror (defaults.registry)"},
    {CauseId::registry_unreachable, "KF2006", "RegistryUnreachable", "the registry cannot be reached",
     "The node could not talk to the registry: no such host, refused, timed out, or a TLS problem. It tries again by "
     "itself, so a short outage is no failure.",
     "check the registry's host name and that the nodes can reach it"},
    {CauseId::image_never_pulled, "KF2007", "ImageNeverPulled", "image is not on the node and may not be pulled",
     "imagePullPolicy is Never and the image is not on the node that the pod was given.",
     "set imagePullPolicy to IfNotPresent, or load the image on every node"},
    {CauseId::image_unusable, "KF2008", "ImageUnusable", "image cannot be used",
     "The image was found but cannot be inspected, unpacked or verified on the node, for example because a signature "
     "is "
     "missing or the node's disk is full.",
     "read what the node said; push the image again or ask who runs the nodes"},
    {CauseId::wrong_platform, "KF2009", "WrongPlatform", "image is built for another platform",
     "The image has no variant for the node's processor and system, or its program is a binary for another one "
     "(exec format error). Images built on an ARM laptop and run on amd64 nodes are the usual case.",
     "build the image for the nodes' platform: docker buildx build --platform linux/amd64"},
    {CauseId::config_missing, "KF2010", "ConfigMissing", "a Secret, a ConfigMap or a key of it is missing",
     "A container refers to a Secret, a ConfigMap or a key that does not exist in its namespace. The container waits "
     "for "
     "it and is not started.",
     "create what is named in the message, or correct the reference in kforge.yaml"},
    {CauseId::runs_as_root, "KF2011", "RunsAsRoot", "the image runs as root, which is forbidden",
     "The pod must run as a non-root user (runAsNonRoot), but the image says root or names its user in words, which "
     "the "
     "node cannot check.",
     "set a numeric user: USER 10001 in the Dockerfile, or uid in kforge.yaml"},
    {CauseId::container_not_created, "KF2012", "ContainerNotCreated", "container cannot be created",
     "The container runtime refused to create the container, for example because of a mount path, a device or the name "
     "of "
     "a container that is still in use.",
     "read what the node said; mounts and the security context are the usual reasons"},
    {CauseId::cannot_start, "KF2013", "CannotStart", "the program cannot be started",
     "The container was created, but its command could not be executed: it is not in the image, is not executable, or "
     "its "
     "interpreter is missing.",
     "check command and args in kforge.yaml and the ENTRYPOINT of the image"},
    {CauseId::crash_loop, "KF2014", "CrashLoop", "the program crashes again and again",
     "The container ended with an error several times since the deploy, and the node waits longer before each new try. "
     "The last lines of its log usually say why.",
     "read the log of the crashed run: kforge logs SERVICE --previous"},
    {CauseId::out_of_memory, "KF2015", "OutOfMemory", "out of memory",
     "The kernel killed the container because it used more memory than its limit allows.",
     "raise resources.limits.memory, or lower the program's heap (for Node: --max-old-space-size)"},
    {CauseId::program_ends, "KF2016", "ProgramEnds", "the program ends by itself",
     "The container exits with code 0 again and again. A service must stay in the foreground; work that ends belongs "
     "into "
     "a Job.",
     "start the program in the foreground, without a daemon option"},
    {CauseId::init_container_fails, "KF2017", "InitContainerFails", "an init container fails",
     "An init container ended with an error, so the program itself is never started.",
     "read its log: kubectl logs POD -c INIT-CONTAINER --previous"},
    {CauseId::probe_kills, "KF2018", "ProbeKills", "killed by its own probe",
     "The liveness or startup probe failed and the node restarted the container, several times. The program starts "
     "more "
     "slowly than the probe allows, or the probe asks the wrong path or port.",
     "check the probe's path and port, or give the startup probe more time"},
    {CauseId::hook_fails, "KF2019", "HookFails", "a lifecycle hook fails",
     "The postStart hook of the container failed, so the node stops the container again.",
     "check the hook's command; its output is in the events of the pod"},
    {CauseId::readiness_fails, "KF2020", "ReadinessFails", "the readiness probe fails",
     "The program runs, but its readiness probe does not succeed, so it gets no traffic.",
     "check the probe's path and port, and the log of the pod for what it waits for"},
    {CauseId::unschedulable, "KF2021", "Unschedulable", "no node has room",
     "No node has enough free CPU, memory, ports or volumes for the pod. The requests count, not what is used.",
     "lower resources.requests or the replicas, or add a node"},
    {CauseId::no_matching_node, "KF2022", "NoMatchingNode", "no node matches the pod's rules",
     "Every node is ruled out by taints, affinity, a node selector or a volume that exists elsewhere. More room would "
     "not "
     "help.",
     "compare the pod's nodeSelector, affinity and tolerations with the nodes' labels and taints"},
    {CauseId::scheduling_gated, "KF2023", "SchedulingGated", "held back by a scheduling gate",
     "The pod has schedulingGates: another controller has to remove them before a node is chosen.",
     "find the controller that owns the gate named in the pod"},
    {CauseId::pod_evicted, "KF2024", "PodEvicted", "pods are thrown off their nodes",
     "Nodes evicted, preempted or rejected the pod, for example for memory or disk pressure. A controller replaces it, "
     "so "
     "a single eviction is no failure.",
     "check the node's conditions; requests that match real use keep pods from being evicted"},
    {CauseId::volume_not_mounted, "KF2025", "VolumeNotMounted", "a volume cannot be mounted",
     "The node cannot attach or mount a volume of the pod. A volume that is still attached to another node frees "
     "itself "
     "after some minutes.",
     "read what the node said; check the claim and the storage driver"},
    {CauseId::sandbox_fails, "KF2026", "SandboxFails", "the node cannot set up the pod",
     "The node cannot create the pod's sandbox or network. This is a problem of the node or its network plugin, not of "
     "the service.",
     "check the network plugin and the runtime of the node, or move the pod to another node"},
    {CauseId::pod_failed, "KF2027", "PodFailed", "the pod failed",
     "A pod without a controller ended with an error. Nothing replaces it.",
     "read its log, correct it, delete the pod and apply it again"},
    {CauseId::container_lost, "KF2028", "ContainerLost", "the node lost the container",
     "The node cannot say how the container ended, usually because the node itself was restarted.",
     "nothing, if the container was started again; otherwise check the node"},
    {CauseId::no_node_ready, "KF2029", "NoNodeReady", "no node is ready",
     "The nodes that could take the pod do not answer, are cordoned or are short of something, so Kubernetes keeps new "
     "pods off them until they have recovered.",
     "look at the nodes: `kubectl get nodes`, `kubectl describe node NAME`"},
};

}  // namespace

std::span<const Cause> pod_cause_rows() {
  return rows;
}

}  // namespace kforge::rollout
