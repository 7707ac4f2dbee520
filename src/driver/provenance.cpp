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

}  // namespace

std::string provenance(const EvalJob& job) {
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
  json["dtype"] = results.dtype == io::Dtype::f64 ? "f64" : "f32";
  json["shape"] = results.shape;
  json["x"] = about(job.x, plan, job.options.rows);
  if (job.y) json["y"] = about(*job.y, plan, job.options.rows_y);
  json["diag"] = job.options.diag;
  json["normalize"] = job.options.normalize;
  json["center"] = job.options.center;
  json["instruction_set"] = std::string(engine::instruction_set());
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ntkc::driver
