#include <algorithm>
#include <nlohmann/json.hpp>

#include "driver/verify.hpp"

namespace ntkc::driver {
namespace {

const char* said(bool agrees) { return agrees ? "agrees" : "DISAGREES"; }

std::string spelled(const std::optional<finite::Estimate>& slope) {
  return slope ? fmt::format("{:+.2f} +- {:.2f}", slope->value, slope->error) : "";
}

}  // namespace

std::string to_text(const Verification& v) {
  std::string out = fmt::format("network {}: {} samples, {} random networks of each width, seed {}\n\n", v.network, v.samples,
                                v.options.networks, v.options.seed);
  out += fmt::format("evaluators against the recursion in 100 digits, relative to sqrt(k(x,x) k(y,y))\n  {:<32}{:>10}{:>10}\n", "", "error",
                     "allowed");
  for (const EvaluatorCheck& c : v.evaluators)
    out += fmt::format("  {:<32}{:>10.1e}{:>10.1e}  {}\n", c.evaluator + ", " + c.kernel, c.error, c.allowed, said(c.agrees()));

  out += fmt::format("\nfinite networks\n  {:<48}", "width");
  for (const std::size_t width : v.options.widths) out += fmt::format("{:>11}", width);
  out += fmt::format("  log-log slope\n  {:<48}", "parameters P");
  for (const double p : v.parameters) out += fmt::format("{:>11.0f}", p);
  out += "\n";
  for (const Trend& t : v.trends) {
    out += fmt::format("  {:<48}", t.name);
    for (const double m : t.means) out += fmt::format("{:>11.3g}", m);
    out += fmt::format("  {}\n", spelled(t.slope));
  }

  out += fmt::format("\ntheir limit, where it is farthest from the evaluator's (by chance beyond the allowed once in {:.0f} runs)\n",
                     1 / kFalseAlarm);
  for (const LimitCheck& c : v.limits)
    out += fmt::format("  {:<5} k(x{}, x{}) = {:.5g} +- {:.2g}, evaluator {:.5g}: {:.1f} standard errors of {:.1f}  {}\n", c.kernel, c.i,
                       c.j, c.value, c.error, c.expected, c.deviations, c.critical, said(c.agrees()));
  if (v.normality)
    out += fmt::format("  outputs are normal with the covariance nngp: p = {:.2g} (Kolmogorov)  {}\n", *v.normality,
                       said(v.outputs_are_normal()));
  return out + fmt::format("\n{}: {}\n", v.network, v.agrees() ? "agreement" : "DISAGREEMENT");
}

nlohmann::ordered_json to_json(const Verification& v) {
  using Json = nlohmann::ordered_json;
  Json json = {{"name", v.network},          {"samples", v.samples},       {"networks", v.options.networks}, {"seed", v.options.seed},
               {"false_alarm", kFalseAlarm}, {"widths", v.options.widths}, {"parameters", v.parameters}};
  json["evaluators"] = json["limits"] = json["trends"] = Json::array();
  for (const EvaluatorCheck& c : v.evaluators)
    json["evaluators"].push_back(
        {{"evaluator", c.evaluator}, {"kernel", c.kernel}, {"error", c.error}, {"allowed", c.allowed}, {"agrees", c.agrees()}});
  for (const Trend& t : v.trends) {
    Json slope = nullptr;
    if (t.slope) slope = {{"value", t.slope->value}, {"error", t.slope->error}};
    json["trends"].push_back({{"name", t.name}, {"means", t.means}, {"slope", slope}});
  }
  for (const LimitCheck& c : v.limits)
    json["limits"].push_back({{"kernel", c.kernel},
                              {"entry", {c.i, c.j}},
                              {"evaluator", c.expected},
                              {"networks", c.value},
                              {"standard_error", c.error},
                              {"deviations", c.deviations},
                              {"allowed", c.critical},
                              {"agrees", c.agrees()}});
  json["normality"] = v.normality ? Json(*v.normality) : Json();
  json["agrees"] = v.agrees();
  return json;
}

}  // namespace ntkc::driver
