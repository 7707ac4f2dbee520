#include "driver/gradient.hpp"

#include <algorithm>

#include "passes/differentiate.hpp"
#include "passes/pass.hpp"
#include "sema/suggest.hpp"

namespace ntkc::driver {
namespace {

bool is_declared(const Compilation& c, const std::string& param) {
  const auto& items = c.tree->files[c.tree->main].items;
  return std::ranges::any_of(items, [&](const ast::Item& item) {
    const auto* p = std::get_if<ast::Param>(&item.node);
    return p && p->name.text == param;
  });
}

bool has_param(const Compilation& c, const ir::Program& program, const std::string& param, Diagnostics& diagnostics) {
  std::vector<std::string> names;
  for (const graph::Param& p : program.params) names.push_back(p.name);
  if (std::ranges::find(names, param) != names.end()) return true;
  const bool declared = is_declared(c, param);
  const std::string near = declared ? "" : sema::did_you_mean(param, names);
  diagnostics
      .report_global(Code::no_run_time_param, param, program.name,
                     declared ? "it is structural, folded or not used there" : "there is no such param")
      .suggest(!near.empty()   ? near
               : names.empty() ? ""
                               : fmt::format("its run-time params are: {}", fmt::join(names, ", ")));
  return false;
}

}  // namespace

std::optional<plan::Plan> gradient(const Compilation& c, std::size_t network, const std::string& param, lower::Kernels kernels,
                                   Diagnostics& diagnostics) {
  ir::Program program = c.lowered.at(network);
  if (!has_param(c, program, param, diagnostics)) return std::nullopt;
  std::erase_if(program.outputs, [&](const ir::Output& o) { return !(o.name == "nngp" ? kernels.nngp : kernels.ntk); });
  try {
    return plan::make(passes::run_all(passes::differentiate(program, param)));
  } catch (const passes::NoDerivative& none) {
    diagnostics.report(Code::no_derivative, c.graphs.at(network).span, program.name, param, none.what)
        .suggest(kernels.ntk ? "--kernel nngp: that kernel alone" : "");
    return std::nullopt;
  }
}

}  // namespace ntkc::driver
