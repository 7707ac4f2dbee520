// What an activation must be: defined, with finite moments, and for the NTK without jumps.
#include <algorithm>

#include "sema/analyzer.hpp"

namespace ntkc::sema {

using Kind = expr::Lipschitz::Kind;

bool Analyzer::has_kernel(const LayerRef& activation, const expr::Expr& phi, Span span) {
  const bool defined = activation.kind == LayerRef::Kind::defined;
  if (!defined && !activation.activation->jump) return true;
  expr::ParamValues values;
  for (const graph::Param& param : params_) values.emplace(param.name, param.value);
  const auto [known, fresh] = findings_.judged.try_emplace(expr::to_text(phi));
  Findings::Judgement& judgement = known->second;
  if (fresh) {
    if (defined) judgement.fault = expr::check_activation(phi, options_.ntk, values);
    if (!judgement.fault || expr::breaks(phi).complete) judgement.lipschitz = expr::lipschitz(phi, values);
  }
  const expr::Lipschitz& lipschitz = judgement.lipschitz;
  if (lipschitz.kind == Kind::jump && options_.ntk) {
    Diagnostic& error = diagnostics_->report(Code::no_ntk, span, activation.name, where(lipschitz));
    if (defined) error.note(activation.span, "defined here");
    error.suggest("ask for the NNGP kernel: `--kernel nngp`");
    return false;
  }
  if (judgement.fault) {
    Diagnostic& error = diagnostics_->report(Code::no_moments, span, activation.name, judgement.fault->text);
    error.note(activation.span, "defined here");
    const std::set<std::string> used = expr::params_of(phi);
    for (const graph::Param& param : params_)
      if (used.contains(param.name)) error.note(param.span, fmt::format("`{}` is {} here", param.name, param.value));
    return false;
  }
  const auto told = [&](const Diagnostic& d) { return d.code == Code::not_lipschitz && d.span == activation.span; };
  if (lipschitz.kind == Kind::unbounded && std::ranges::none_of(diagnostics_->all(), told))
    diagnostics_->report(Code::not_lipschitz, activation.span, activation.name, where(lipschitz)).note(span, "used here");
  return true;
}

}  // namespace ntkc::sema
