#include "backends/naming.hpp"

#include "plan/names.hpp"

namespace ntkc::backends {
namespace {

// What generated code itself uses.
constexpr const char* kOwn[] = {"T",      "X",      "x",     "y",       "z",           "i",         "j",          "k",      "l",      "n",
                                "out",    "row",    "same",  "params",  "products",    "columns",   "computed",   "given",  "block",  "block_size",
                                "blocks", "sample", "pair",  "kernels", "has_nngp",    "has_ntk",   "Params",     "Model",  "Sample", "Kernels",
                                "std",    "ntk",    "math",  "s",       "Evaluator",   "computed_size", "sample_numbers", "size_t", "NULL", "EOF"};

plan::Names reserved() {
  plan::Names names;
  for (const char* word : kOwn) names.take(word);
  return names;
}

// "net.a.b" of network net is a_b.
std::string field(const std::string& param, const std::string& network) {
  const auto own = network + ".";
  return param.starts_with(own) ? param.substr(own.size()) : param;
}

}  // namespace

std::string network_name(std::string_view network) {
  auto name = plan::identifier(network);
  if (name.empty()) name = "network";
  return name == "std" || name == "ntk" ? name + "_" : name;
}

Naming names_of(const plan::Plan& plan) {
  Naming out;
  out.network = network_name(plan.name);
  plan::Names fields;
  for (const auto& p : plan.params) {
    out.params.push_back(fields.unique(field(p.name, plan.name)));
    out.param_names.push_back({p.name, "params." + out.params.back()});
  }
  plan::Names members = reserved();
  members.take(out.network);
  for (const auto& slot : plan.parameter.slots) out.parameter.push_back(members.unique(slot.name));
  for (const auto& a : plan.activations) out.phi.push_back(members.unique("phi_" + a.name));
  for (const auto& input : plan.inputs) out.inputs.push_back(members.unique(input.name));
  plan::Names slots = reserved();
  for (const auto& slot : plan.sample.slots) out.sample.push_back(slots.unique(slot.name));
  const plan::Code* codes[] = {&plan.parameter, &plan.sample, &plan.pair};
  for (int c = 0; c < 3; ++c) {
    auto locals = members;
    for (const auto& name : codes[c]->local_names) out.local[c].push_back(locals.unique(name));
  }
  return out;
}

}  // namespace ntkc::backends
