#include <nlohmann/json.hpp>
#include <set>

#include "driver/pipeline.hpp"
#include "driver/print.hpp"

namespace ntkc::driver {
namespace {

using Json = nlohmann::ordered_json;

// Specs with bytes that are no UTF-8 are quoted in messages; JSON cannot hold them.
std::string text(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

struct Range {
  Sources::Position begin, end;
};
std::optional<Range> range(const Sources* sources, Span span, bool known) {
  if (!known || !sources || span.file >= sources->size()) return std::nullopt;
  return Range{sources->position(span.file, span.begin), sources->position(span.file, span.end)};
}
std::optional<Range> range(const Sources* sources, const Note& note) { return range(sources, note.span, note.span != Span{}); }

const char* severity(const Diagnostic& d) { return d.severity == Severity::error ? "error" : "warning"; }

void add_place(Json& object, const Sources* sources, Span span, const std::optional<Range>& r) {
  if (!r) return;
  object["place"] = {{"file", sources->name(span.file)}, {"line", r->begin.line},       {"column", r->begin.column},
                     {"end_line", r->end.line},          {"end_column", r->end.column}, {"offset", span.begin},
                     {"length", span.end - span.begin}};
}

Json location(const Sources* sources, Span span, const std::optional<Range>& r) {
  Json physical = {{"artifactLocation", {{"uri", sources->name(span.file)}}}};
  physical["region"] = {
      {"startLine", r->begin.line}, {"startColumn", r->begin.column}, {"endLine", r->end.line}, {"endColumn", r->end.column}};
  return {{"physicalLocation", physical}};
}

Json sarif_result(const Findings& f, const Diagnostic& d) {
  Json result = {{"ruleId", spelling(d.code)}, {"level", severity(d)}};
  result["message"]["text"] = shortened(d.message) + (d.help.empty() ? "" : "\n" + d.help);
  result["locations"] = Json::array();
  if (const auto r = range(f.sources, d.span, d.has_span)) result["locations"].push_back(location(f.sources, d.span, r));
  for (const Note& note : d.notes) {
    const auto r = range(f.sources, note);
    Json related = r ? location(f.sources, note.span, r) : Json::object();
    related["message"]["text"] = shortened(note.message);
    result["relatedLocations"].push_back(std::move(related));
  }
  return result;
}

Json sarif_rules(const std::set<Code>& used) {
  Json rules = Json::array();
  for (const Code code : used) {
    const CodeInfo& row = info(code);
    rules.push_back({{"id", spelling(code)},
                     {"name", row.name},
                     {"fullDescription", {{"text", row.paragraph}}},
                     {"defaultConfiguration", {{"level", row.severity == Severity::error ? "error" : "warning"}}}});
  }
  return rules;
}

}  // namespace

std::string to_json(std::span<const Findings> findings) {
  Json list = Json::array();
  std::size_t errors = 0;
  for (const Findings& f : findings) {
    for (const Diagnostic* d : sorted(*f.diagnostics)) {
      errors += d->severity == Severity::error;
      Json object = {{"code", spelling(d->code)}, {"severity", severity(*d)}, {"message", shortened(d->message)}};
      add_place(object, f.sources, d->span, range(f.sources, d->span, d->has_span));
      object["notes"] = Json::array();
      for (const Note& n : d->notes) {
        Json note = {{"message", shortened(n.message)}};
        add_place(note, f.sources, n.span, range(f.sources, n));
        object["notes"].push_back(std::move(note));
      }
      if (!d->help.empty()) object["help"] = d->help;
      list.push_back(std::move(object));
    }
  }
  const std::size_t warnings = list.size() - errors;
  return text({{"version", 1}, {"errors", errors}, {"warnings", warnings}, {"diagnostics", std::move(list)}});
}

std::string to_sarif(std::span<const Findings> findings) {
  std::set<Code> used;
  Json results = Json::array();
  for (const Findings& f : findings) {
    for (const Diagnostic* d : sorted(*f.diagnostics)) {
      used.insert(d->code);
      results.push_back(sarif_result(f, *d));
    }
  }
  const Json driver = {{"name", "ntkc"}, {"semanticVersion", kVersion}, {"rules", sarif_rules(used)}};
  Json run = {{"tool", {{"driver", driver}}}, {"columnKind", "unicodeCodePoints"}, {"results", std::move(results)}};
  Json runs = Json::array();
  runs.push_back(std::move(run));
  return text({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}, {"runs", std::move(runs)}});
}

}  // namespace ntkc::driver
