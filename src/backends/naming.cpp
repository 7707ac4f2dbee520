#include "backends/naming.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "plan/names.hpp"

namespace ntkc::backends {
namespace {

// What generated code itself uses: members of the model, then what is seen in the code of each program.
constexpr const char* kMembers[] = {
    "params",      "products",     "columns",    "block",     "block_size", "blocks",         "sample",
    "pair",        "has_nngp",     "has_ntk",    "pair_cost", "near_cost",  "Params",         "Model",
    "Sample",      "SampleOf",     "Parameters", "Evaluator", "Kernels",    "sample_numbers", "computed_size",
    "plus_series", "minus_series", "plus_nngp",  "plus_ntk",  "minus_nngp", "minus_ntk",      "std",
    "size_t",      "NULL",         "EOF",        "T",         "X"};
constexpr const char* kEverywhere[] = {"i", "j"};
constexpr const char* kParameter[] = {"values"};
constexpr const char* kSample[] = {"row", "out", "computed", "n"};
constexpr const char* kPair[] = {"x", "y", "out", "same"};

template <std::size_t n>
void take(plan::Names& names, const char* const (&words)[n]) {
  for (const char* word : words) names.take(word);
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
  plan::Names members;
  take(members, kMembers);
  members.take(out.network);
  for (const auto& slot : plan.parameter.slots) out.parameter.push_back(members.unique(slot.name));
  for (const auto& a : plan.activations) out.phi.push_back(members.unique("phi_" + a.name));
  plan::Names slots;
  take(slots, kMembers);
  for (const auto& slot : plan.sample.slots) out.sample.push_back(slots.unique(slot.name));
  take(members, kEverywhere);
  plan::Names programs[4] = {members, members, members, members};
  take(programs[0], kParameter);
  take(programs[1], kSample);
  take(programs[2], kPair);
  take(programs[3], kSample);
  for (const auto& input : plan.inputs) {
    out.inputs.push_back(programs[1].unique(input.name));
    programs[3].take(out.inputs.back());
  }
  const plan::Code* codes[] = {&plan.parameter, &plan.sample, &plan.pair, plan.of_features ? &*plan.of_features : nullptr};
  for (int c = 0; c < 4; ++c)
    if (codes[c])
      for (const auto& name : codes[c]->local_names) out.local[c].push_back(programs[c].unique(name));
  return out;
}

std::string derivative_name(const plan::Plan& derived) {
  const Naming names = names_of(derived);
  for (std::size_t i = 0; i < derived.params.size(); ++i)
    if (derived.params[i].name == derived.by) return fmt::format("d_{}", names.params[i]);
  throw std::logic_error("backend: a derivative by no param");
}

}  // namespace ntkc::backends
