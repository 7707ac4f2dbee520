#include <nlohmann/json.hpp>

#include "driver/eval.hpp"
#include "engine/engine.hpp"
#include "support/sha256.hpp"

namespace ntkc::driver {
namespace {

using Json = nlohmann::ordered_json;

Json about(const Data& data, const plan::Plan& plan, const std::string& rows) {
  Json inputs = Json::object();
  for (std::size_t i = 0; i < data.hashes.size(); ++i) inputs[plan.inputs[i].name] = data.hashes[i];
  Json json{{"samples", data.samples.rows}, {"sha256", inputs}};
  if (!rows.empty()) json["rows"] = rows;
  return json;
}

// The keys below, as users know them.
constexpr std::pair<std::string_view, std::string_view> kWords[] = {
    {"ntkc", "the version of ntkc"}, {"spec_sha256", "the spec"}, {"network", "the network"},
    {"defines", "-D or --params"},   {"params", "the params"},    {"kernels", "--kernel"},
    {"tolerance", "--tolerance"},    {"dtype", "--dtype"},        {"shape", "the shape"},
    {"x", "the data of x"},          {"y", "the data of y"},      {"diag", "--diag"},
    {"normalize", "--normalize"},    {"center", "--center"},      {"instruction_set", "the instruction set"}};

Json facts_of(const EvalJob& job) {
  const Compilation& c = job.compilation;
  const plan::Plan& plan = c.plans[0];
  const io::Results results = job.results();
  Json spec = Json::array();
  for (const auto& file : c.files) spec.push_back(sha256_hex(c.sources.text(file.source)));
  Json params = Json::object(), defines = Json::object();
  for (const auto& p : plan.params) params[p.name] = p.value;
  for (const Define& d : job.defines) defines[d.name] = d.expression;
  Json json{{"ntkc", kVersion}, {"spec_sha256", spec}, {"network", plan.name}, {"defines", defines}, {"params", params}};
  json["kernels"] = results.names;
  json["tolerance"] = plan.tolerance;
  json["dtype"] = results.dtype == io::Dtype::f64 ? "f64" : "f32";
  json["shape"] = results.shape;
  json["x"] = about(job.x, plan, job.options.rows);
  if (job.y) json["y"] = about(*job.y, plan, job.options.rows_y);
  json["diag"] = job.options.diag;
  json["normalize"] = job.options.normalize;
  json["center"] = job.options.center;
  json["instruction_set"] = std::string(engine::instruction_set());
  return json;
}

std::string text_of(const Json& json, int indent) { return json.dump(indent, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string provenance(const EvalJob& job) { return text_of(facts_of(job), 2) + "\n"; }
std::string identity(const EvalJob& job) { return text_of(facts_of(job), -1); }

std::vector<std::string> differences(const EvalJob& job, const std::string& identity) {
  const Json other = Json::parse(identity, nullptr, false), ours = Json::parse(text_of(facts_of(job), -1));
  std::vector<std::string> found;
  for (const auto& [key, words] : kWords)
    if (!other.is_object() || other.value(key, Json()) != ours.value(key, Json())) found.emplace_back(words);
  return found;
}

}  // namespace ntkc::driver
