// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/text.hpp"
#include "sandbox/controllers/cron_schedule.hpp"
#include "sandbox/pods/shell.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/sandbox/cluster.hpp"

using namespace kforge;
using namespace kforge::sandbox;
using namespace kforge::sandbox::tests;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> log_lines(const Cluster& cluster, const LogQuery& query, const char* pod = "web",
                                   int attempt = 0) {
  const auto text = cluster.runtime.logs({uid_of(cluster.get("pods", pod)), "app", attempt}, query);
  REQUIRE(text);
  std::vector<std::string> lines = split(*text, '\n');
  lines.pop_back();
  return lines;
}

// What a command in the pod's container prints, and how it ends.
struct Typed {
  std::string out, err, failure;
  int code = -1;
};

Typed type(Cluster& cluster, std::vector<std::string> command, const std::string& input = {}, bool tty = false) {
  Typed typed;
  const auto session = cluster.runtime.exec(
      cluster.get("pods", "web"), "app", {std::move(command), tty},
      {[&](std::string_view text) { typed.out += text; }, [&](std::string_view text) { typed.err += text; },
       [&](int code) { typed.code = code; }, [&](const std::string& message) { typed.failure = message; }});
  CHECK((typed.out.empty() && typed.code == -1));  // never inside the call
  if (!input.empty()) session->write(input);
  cluster.run_for(10ms);
  return typed;
}

Cluster& running(Cluster& cluster) {
  cluster.create({{"apiVersion", "v1"},
                  {"kind", "ConfigMap"},
                  {"metadata", {{"name", "config"}, {"namespace", "shop"}}},
                  {"data", {{"app.yaml", "level: info\n"}}}});
  cluster.create({{"apiVersion", "v1"},
                  {"kind", "Secret"},
                  {"metadata", {{"name", "db"}, {"namespace", "shop"}}},
                  {"stringData", {{"password", "s3cret"}}}});
  Json web = pod("web");
  Json& container = web["spec"]["containers"][0];
  container["env"] = {{{"name", "LEVEL"}, {"value", "info"}},
                      {{"name", "PASSWORD"}, {"valueFrom", {{"secretKeyRef", {{"name", "db"}, {"key", "password"}}}}}},
                      {{"name", "URL"}, {"value", "http://$(LEVEL).example.com/$$(LEVEL)/$(ABSENT)"}},
                      {{"name", "IP"}, {"valueFrom", {{"fieldRef", {{"fieldPath", "status.podIP"}}}}}},
                      {{"name", "APP"}, {"valueFrom", {{"fieldRef", {{"fieldPath", "metadata.labels['app']"}}}}}},
                      {{"name", "MEMORY"},
                       {"valueFrom", {{"resourceFieldRef", {{"resource", "requests.memory"}, {"divisor", "1Mi"}}}}}}};
  container["volumeMounts"] = {{{"name", "config"}, {"mountPath", "/etc/app"}}};
  web["spec"]["volumes"] = {{{"name", "config"}, {"configMap", {{"name", "config"}}}}};
  cluster.create(web);
  cluster.create({{"apiVersion", "v1"},
                  {"kind", "Service"},
                  {"metadata", {{"name", "web"}, {"namespace", "shop"}}},
                  {"spec", {{"selector", {{"app", "web"}}}, {"ports", {{{"port", 80}, {"targetPort", 8000}}}}}}});
  cluster.run_for(3s);
  return cluster;
}

}  // namespace

TEST_CASE("a service logs numbered lines; tail, since, size and times choose among them") {
  Cluster cluster;
  cluster.create(pod("web"));
  cluster.run_for(63s);
  const auto all = log_lines(cluster, {});
  REQUIRE(all.size() == 14);
  CHECK(all[0] == "app starting (app:v1)");
  CHECK(all[1] == "app listening on port 8000");
  CHECK(all[2].starts_with("request 1: GET /health 200 "));
  CHECK(all[13].starts_with("request 12: "));
  CHECK(log_lines(cluster, {.tail_lines = 2}) == std::vector<std::string>{all[12], all[13]});
  CHECK(log_lines(cluster, {.tail_lines = 0}).empty());
  CHECK(log_lines(cluster, {.since_seconds = 11}).size() == 2);
  CHECK(cluster.runtime.logs({uid_of(cluster.get("pods", "web")), "app", 0}, {.limit_bytes = 7}) == "app sta");
  const std::string stamped = log_lines(cluster, {.timestamps = true, .tail_lines = 1})[0];
  CHECK(parse_rfc3339(stamped.substr(0, stamped.find(' '))));
  LogQuery since;
  since.since_time = parse_rfc3339(stamped.substr(0, stamped.find(' ')));
  CHECK(log_lines(cluster, since) == std::vector<std::string>{all[13]});
}

TEST_CASE("a followed log goes on until its container has ended") {
  Cluster cluster;
  cluster.create(pod("web"));
  cluster.run_for(10s);
  std::string text;
  bool ended = false;
  cluster.runtime.follow_logs(
      {uid_of(cluster.get("pods", "web")), "app", 0}, {.follow = true, .tail_lines = 1},
      [&](std::string_view more) { text += more; }, [&] { ended = true; });
  cluster.run_for(10s);
  CHECK(split(text, '\n').size() == 4);  // one from before, two new ones, and the end of the last line
  CHECK_FALSE(ended);
  cluster.remove("pods", "web");
  cluster.run_for(5s);
  CHECK(ended);
  CHECK(contains(text, "app: got SIGTERM, shutting down\n"));
}

TEST_CASE("nobody is woken for a log that is not followed any more") {
  Cluster cluster;
  cluster.create(pod("web"));
  cluster.run_for(10s);
  const auto follower = cluster.runtime.follow_logs(
      {uid_of(cluster.get("pods", "web")), "app", 0}, {}, [](std::string_view) {}, [] {});
  cluster.run_for(10s);
  cluster.runtime.unfollow_logs(follower);
  const std::size_t before = cluster.timers.fired;
  cluster.run_for(10min);
  CHECK(cluster.timers.fired == before);
}

TEST_CASE("the log of the attempt before stays, with its last words") {
  Cluster cluster;
  cluster.create(pod("web", "crash-loop exit=7"));
  cluster.run_for(3s);
  CHECK(log_lines(cluster, {}, "web", 0).back() == "app: exiting with code 7");
  CHECK(log_lines(cluster, {}, "web", 1).front() == "app starting (app:v1)");
  cluster.run_for(60s);
  CHECK_FALSE(cluster.runtime.logs({uid_of(cluster.get("pods", "web")), "app", 0}, {}));
}

TEST_CASE("env shows what a container got: values, secrets, fields, resources, expansion") {
  Cluster cluster;
  const std::string env = type(running(cluster), {"env"}).out;
  for (const char* line :
       {"\nLEVEL=info\n", "\nPASSWORD=s3cret\n", "\nURL=http://info.example.com/$(LEVEL)/$(ABSENT)\n", "\nAPP=web\n",
        "\nMEMORY=256\n", "\nKUBERNETES_SERVICE_HOST=10.96.0.1\n"})
    CHECK(contains(env, line));
  CHECK(contains(env, "\nIP=" + string_at(cluster.get("pods", "web"), {"status", "podIP"}) + "\n"));
}

TEST_CASE("the tiny shell answers what people type to look around") {
  struct Row {
    const char *line, *out;
    int code;
  };
  const auto row =
      GENERATE(Row{"echo \"level is $LEVEL\" '$LEVEL'", "level is info $LEVEL\n", 0},
               Row{"cat /etc/app/app.yaml", "level: info\n", 0}, Row{"ls /etc/app", "app.yaml\n", 0},
               Row{"false && echo no || echo yes", "yes\n", 0}, Row{"true; false", "", 1}, Row{"hostname", "web\n", 0},
               Row{"exit 4", "", 4}, Row{"nosuch", "", 127},
               Row{"curl -s http://web/health", "{\"status\":\"ok\",\"service\":\"web\"}\n", 0},
               Row{"wget -qO- http://web.shop.svc.cluster.local:80/", "{\"status\":\"ok\",\"service\":\"web\"}\n", 0},
               Row{"curl localhost:8000/health", "{\"status\":\"ok\",\"service\":\"app\"}\n", 0},
               Row{"curl http://web:81", "", 7}, Row{"curl http://absent/", "", 6}, Row{"cat /absent", "", 1});
  INFO(row.line);
  Cluster cluster;
  const Typed typed = type(running(cluster), {"sh", "-c", row.line});
  CHECK(typed.out == row.out);
  CHECK(typed.code == row.code);
}

TEST_CASE("a program that is not there cannot be started") {
  Cluster cluster;
  const Typed typed = type(running(cluster), {"bash2"});
  CHECK(typed.code == -1);
  CHECK(contains(typed.failure, "exec: \"bash2\": executable file not found in $PATH"));
}

TEST_CASE("a shell on a terminal echoes, prompts and ends with its last code") {
  Cluster cluster;
  const Typed typed = type(running(cluster), {"sh"}, "echo hi\rexit 3\r", true);
  CHECK(typed.out == "/ $ echo hi\r\nhi\r\n/ $ exit 3\r\n");
  CHECK(typed.code == 3);
}

TEST_CASE("a forwarded port answers HTTP; one that nothing listens on refuses") {
  Cluster cluster;
  running(cluster);
  std::string answer, failure;
  bool closed = false;
  const PortListener listener{[&](std::string_view bytes) { answer += bytes; }, [&] { closed = true; },
                              [&](const std::string& message) { failure = message; }};
  const auto session = cluster.runtime.connect(cluster.get("pods", "web"), 8000, listener);
  session->write("GET /health HTTP/1.1\r\nHost: x\r\n");
  session->write("Connection: close\r\n\r\n");
  cluster.run_for(10ms);
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(answer.ends_with("{\"status\":\"ok\",\"service\":\"app\"}\n"));
  CHECK(closed);
  const auto refused = cluster.runtime.connect(cluster.get("pods", "web"), 9999, listener);
  cluster.run_for(10ms);
  CHECK(contains(failure, "dial tcp4 127.0.0.1:9999: connect: connection refused"));
}

TEST_CASE("a forwarded port gives a request's body back, however it is cut") {
  Cluster cluster;
  running(cluster);
  std::string answer;
  const PortListener listener{[&](std::string_view bytes) { answer += bytes; }, [] {}, [](const std::string&) {}};
  const auto session = cluster.runtime.connect(cluster.get("pods", "web"), 8000, listener);
  const std::string body = "0123456789";
  for (const char c : "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n" + body) session->write({&c, 1});
  session->write("GET / HTTP/1.1\r\n\r\n");
  cluster.run_for(10ms);
  CHECK(contains(answer, "Content-Length: 10\r\n\r\n" + body + "HTTP/1.1 200 OK\r\n"));
  CHECK(answer.ends_with("{\"status\":\"ok\",\"service\":\"app\"}\n"));
}

TEST_CASE("faults are read with their options; what is wrong with one is said") {
  const PodFault fault = parse_fault("crash-loop exit=3, after=5s container=app");
  CHECK(fault.kind == PodFault::Kind::crash_loop);
  CHECK(fault.exit_code == 3);
  CHECK(fault.after == Milliseconds(5000));
  CHECK(fault.container == "app");
  for (const auto& [text, message] : {std::pair{"explode", "there is no fault 'explode'"},
                                      {"oom when=1s", "a fault has no option 'when'"},
                                      {"oom after=soon", "'after=soon' of a fault is not a duration"},
                                      {"crash-loop exit=x", "'exit=x' of a fault is not a number from 0 to 255"},
                                      {"", "there is no fault ''"}})
    CHECK_THROWS_WITH(parse_fault(text), message);
}

TEST_CASE("a faults file hits pods by the start of their name, an image's tag every pod of it") {
  Cluster cluster;
  cluster.faults.load({{{"match", "shop/web"}, {"fault", "never-ready"}}});
  cluster.create(pod("web-1"));
  cluster.create(pod("other"));
  Json tagged = pod("tagged");
  tagged["spec"]["containers"][0]["image"] = "registry.example.com/app:missing";
  cluster.create(tagged);
  tagged["metadata"]["name"] = "roomless";
  tagged["spec"]["containers"][0]["image"] = "app:unschedulable";
  cluster.create(tagged);
  cluster.run_for(8s);
  CHECK(cluster.pod_state("roomless") == "Pending");
  CHECK(cluster.pod_state("web-1") == "Running");
  CHECK(cluster.pod_state("other") == "Running ready");
  CHECK(cluster.pod_state("tagged") == "Pending ImagePullBackOff");
}

TEST_CASE("schedules of CronJobs") {
  struct Row {
    const char *schedule, *next;
  };
  const WallTime now = *parse_rfc3339("2026-01-01T10:17:30Z");  // a Thursday
  const auto row = GENERATE(
      Row{"* * * * *", "2026-01-01T10:18:00Z"}, Row{"*/15 * * * *", "2026-01-01T10:30:00Z"},
      Row{"5 4 * * sun", "2026-01-04T04:05:00Z"}, Row{"0 0 1,15 * 3", "2026-01-07T00:00:00Z"},
      Row{"@monthly", "2026-02-01T00:00:00Z"}, Row{"30 8-10/2 * feb-mar 1-5", "2026-02-02T08:30:00Z"},
      Row{"0 0 29 2 *", "2028-02-29T00:00:00Z"}, Row{"0 12 * * 7", "2026-01-04T12:00:00Z"}, Row{"0 0 31 2 *", ""});
  INFO(row.schedule);
  const auto schedule = CronSchedule::parse(row.schedule);
  REQUIRE(schedule);
  const auto next = schedule->next(now);
  CHECK((next ? format_rfc3339(*next) : "") == row.next);
  for (const char* wrong : {"", "* * * *", "60 * * * *", "* * * * mon-x", "5-1 * * * *", "*/0 * * * *"})
    CHECK_FALSE(CronSchedule::parse(wrong));
}
