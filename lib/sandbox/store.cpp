// SPDX-License-Identifier: Apache-2.0
#include "sandbox/store.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <deque>
#include <map>

namespace kforge::sandbox {
namespace {

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

[[noreturn]] void fail(sqlite3* database, std::string_view what) {
  throw Error(ErrorKind::internal, fmt::format("the sandbox's store failed: {}", what))
      .why(database == nullptr ? "" : sqlite3_errmsg(database));
}

Database open_database(const std::string& path) {
  sqlite3* raw = nullptr;
  const int result =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(raw);
  if (result != SQLITE_OK) fail(raw, "cannot open " + path);
  return database;
}

void execute(sqlite3* database, const char* sql) {
  if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(database, sql);
}

Statement prepare(sqlite3* database, const char* sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr) != SQLITE_OK) fail(database, sql);
  return Statement(raw);
}

void bind(sqlite3_stmt* statement, int index, const std::string& text) {
  sqlite3_bind_text(statement, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

std::string column(sqlite3_stmt* statement, int index) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, index));
  return text == nullptr ? std::string()
                         : std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, index)));
}

// Runs a statement without rows and makes it ready for its next use.
void run(sqlite3* database, sqlite3_stmt* statement) {
  const int result = sqlite3_step(statement);
  sqlite3_reset(statement);
  if (result != SQLITE_DONE && result != SQLITE_ROW) fail(database, "write");
}

// A process may be killed at any moment: WAL commits survive that without an fsync each (synchronous=NORMAL).
constexpr const char* schema_sql = R"(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS objects (
  resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (resource, namespace, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
)";

}  // namespace

std::string resource_id(std::string_view group, std::string_view plural) {
  return group.empty() ? std::string(plural) : fmt::format("{}.{}", plural, group);
}

struct Store::State {
  Database database;
  Statement insert, erase, set, begin, commit, rollback;
  std::map<Key, ObjectPtr> objects;
  std::deque<Change> history, untold;
  std::size_t history_limit = 0;
  Revision revision = 0, compacted = 0;
  std::map<SubscriberId, Subscriber> subscribers;
  SubscriberId next_subscriber = 1;

  void load() {
    const Statement all = prepare(database.get(), "SELECT resource, namespace, name, body FROM objects");
    while (sqlite3_step(all.get()) == SQLITE_ROW)
      objects.emplace(Key{column(all.get(), 0), column(all.get(), 1), column(all.get(), 2)},
                      std::make_shared<const Json>(Json::parse(column(all.get(), 3))));
  }

  void save_setting(const std::string& name, const std::string& value) {
    bind(set.get(), 1, name);
    bind(set.get(), 2, value);
    run(database.get(), set.get());
  }

  // Runs `write` and the new revision as one transaction.
  template <class Write>
  void transaction(Revision next, Write write) {
    run(database.get(), begin.get());
    try {
      write();
      save_setting("revision", std::to_string(next));
      run(database.get(), commit.get());
    } catch (...) {
      sqlite3_step(rollback.get());
      sqlite3_reset(rollback.get());
      throw;
    }
    revision = next;
  }

  void announce(Change change) {
    history.push_back(change);
    if (history.size() > history_limit) {
      compacted = history.front().revision;
      history.pop_front();
    }
    untold.push_back(std::move(change));
    if (untold.size() == 1) tell();
  }

  // A subscriber may write, subscribe or leave while it is told; changes made meanwhile wait their turn, so that
  // everybody sees one order.
  void tell() {
    while (!untold.empty()) {
      std::vector<SubscriberId> ids;
      for (const auto& [id, subscriber] : subscribers) ids.push_back(id);
      for (const SubscriberId id : ids)
        if (const auto found = subscribers.find(id); found != subscribers.end()) {
          const Subscriber subscriber = found->second;
          subscriber(untold.front());
        }
      untold.pop_front();
    }
  }
};

Store::Store(const std::string& path, std::size_t history) : state_(std::make_unique<State>()) {
  state_->database = open_database(path);
  sqlite3* const database = state_->database.get();
  sqlite3_busy_timeout(database, 5000);
  execute(database, schema_sql);
  state_->insert = prepare(database, "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)");
  state_->erase = prepare(database, "DELETE FROM objects WHERE resource = ? AND namespace = ? AND name = ?");
  state_->set = prepare(database, "INSERT OR REPLACE INTO settings VALUES (?, ?)");
  state_->begin = prepare(database, "BEGIN IMMEDIATE");
  state_->commit = prepare(database, "COMMIT");
  state_->rollback = prepare(database, "ROLLBACK");
  state_->history_limit = history;
  state_->load();
  state_->revision = std::stoull(setting("revision").value_or("1"));
  state_->compacted = state_->revision;  // a watch from before the restart must list again
}

Store::~Store() = default;

Revision Store::revision() const {
  return state_->revision;
}

ObjectPtr Store::get(const Key& key) const {
  const auto found = state_->objects.find(key);
  return found == state_->objects.end() ? nullptr : found->second;
}

std::vector<ObjectPtr> Store::list(const std::string& resource, const std::string& name_space) const {
  std::vector<ObjectPtr> found;
  for (auto at = state_->objects.lower_bound(Key{resource, name_space, ""}); at != state_->objects.end(); ++at) {
    if (at->first.resource != resource || (!name_space.empty() && at->first.name_space != name_space)) break;
    found.push_back(at->second);
  }
  return found;
}

ObjectPtr Store::put(const Key& key, Json object) {
  const Revision next = state_->revision + 1;
  object["metadata"]["resourceVersion"] = std::to_string(next);
  const std::string body = to_text(object);
  state_->transaction(next, [&] {
    sqlite3_stmt* const insert = state_->insert.get();
    bind(insert, 1, key.resource);
    bind(insert, 2, key.name_space);
    bind(insert, 3, key.name);
    bind(insert, 4, body);
    run(state_->database.get(), insert);
  });
  ObjectPtr& slot = state_->objects[key];
  Change change{slot ? Change::Type::modified : Change::Type::added, key, next,
                std::make_shared<const Json>(std::move(object)), slot};
  ObjectPtr stored = slot = change.object;
  state_->announce(std::move(change));
  return stored;
}

void Store::remove(const Key& key) {
  const auto found = state_->objects.find(key);
  if (found == state_->objects.end()) return;
  const Revision next = state_->revision + 1;
  state_->transaction(next, [&] {
    sqlite3_stmt* const erase = state_->erase.get();
    bind(erase, 1, key.resource);
    bind(erase, 2, key.name_space);
    bind(erase, 3, key.name);
    run(state_->database.get(), erase);
  });
  const ObjectPtr before = found->second;
  Json last = *before;
  last["metadata"]["resourceVersion"] = std::to_string(next);
  state_->objects.erase(found);
  state_->announce({Change::Type::deleted, key, next, std::make_shared<const Json>(std::move(last)), before});
}

Store::SubscriberId Store::subscribe(Subscriber subscriber) {
  state_->subscribers.emplace(state_->next_subscriber, std::move(subscriber));
  return state_->next_subscriber++;
}

void Store::unsubscribe(SubscriberId id) {
  state_->subscribers.erase(id);
}

std::optional<std::vector<Change>> Store::changes_since(Revision since) const {
  if (since < state_->compacted) return std::nullopt;
  const auto first = std::ranges::upper_bound(state_->history, since, {}, &Change::revision);
  return std::vector<Change>(first, state_->history.end());
}

void Store::compact() {
  state_->history.clear();
  state_->compacted = state_->revision;
}

// Only reads happen meanwhile (one thread), so the objects themselves can be exchanged.
Store::View::View(Store& store, Revision revision)
    : store_(store), kept_(store.state_->objects), kept_revision_(store.state_->revision) {
  State& state = *store.state_;
  for (auto change = state.history.rbegin(); change != state.history.rend() && change->revision > revision; ++change) {
    if (change->before)
      state.objects[change->key] = change->before;
    else
      state.objects.erase(change->key);
    state.revision = change->revision - 1;
  }
}

Store::View::~View() {
  store_.state_->objects = std::move(kept_);
  store_.state_->revision = kept_revision_;
}

std::optional<std::string> Store::setting(const std::string& name) const {
  const Statement query = prepare(state_->database.get(), "SELECT value FROM settings WHERE name = ?");
  bind(query.get(), 1, name);
  if (sqlite3_step(query.get()) != SQLITE_ROW) return std::nullopt;
  return column(query.get(), 0);
}

void Store::set_setting(const std::string& name, const std::string& value) {
  state_->save_setting(name, value);
}

}  // namespace kforge::sandbox
