#include "driver/pipeline.hpp"

#include <algorithm>
#include <utility>

#include "driver/tolerance.hpp"
#include "grammar/parse.hpp"
#include "passes/pass.hpp"
#include "sema/analyze.hpp"

namespace ntkc::driver {
namespace {

sema::Options analysis_options(const Request& request, Compilation& c) {
  sema::Options options;
  for (const Define& define : request.defines) {
    const auto source = c.sources.add(define.origin + " " + define.name, define.expression);
    if (auto value = grammar::parse_expression(c.sources, source, c.diagnostics))
      options.overrides.push_back({define.name, std::move(*value)});
  }
  options.network = request.network;
  options.fold = request.fold;
  options.nngp = request.kernels.nngp;
  options.ntk = request.kernels.ntk;
  return options;
}

}  // namespace

Compilation compile(SourceProvider& provider, const Request& request, Stage last, const AfterPass& after_pass) {
  Compilation c;
  const auto done = [&](Stage stage) { return !c.ok() || stage == last; };

  c.tree = grammar::load(provider, request.spec, request.include_dirs, c.sources, c.diagnostics, &c.files);
  if (!c.tree || done(Stage::parse)) return c;

  const sema::Options options = analysis_options(request, c);
  auto graph = sema::analyze(*c.tree, c.sources, options, c.diagnostics);
  if (!c.ok()) return c;
  c.graphs = std::move(graph.networks);
  if (done(Stage::analyze)) return c;

  for (const auto& network : c.graphs)
    if (auto program = lower::lower(network, request.kernels, c.diagnostics)) {
      program->tolerance = request.tolerance;
      c.lowered.push_back(std::move(*program));
    }
  if (done(Stage::lower)) return c;

  for (const auto& program : c.lowered)
    c.optimized.push_back(passes::run_all(program, [&](const passes::Pass& pass, const ir::Program& p) {
      if (after_pass) after_pass(pass.name, p);
    }));
  if (request.is_kept) check_tolerance(c);
  if (done(Stage::optimize)) return c;

  for (const auto& program : c.optimized) c.plans.push_back(plan::make(program));
  return c;
}

std::optional<Stage> stage_of_dump(std::string_view what) {
  if (what == "ast") return Stage::parse;
  if (what == "graph") return Stage::analyze;
  if (what == "ir") return Stage::lower;
  if (what == "ir-opt") return Stage::optimize;
  if (what == "plan") return Stage::plan;
  return std::nullopt;
}

std::string dump(const Compilation& c, std::string_view what) {
  std::string text;
  if (what == "ast" && c.tree) text = ast::to_text(c.tree->files[c.tree->main]);
  if (what == "graph")
    for (const auto& network : c.graphs) text += graph::to_text(network, c.sources);
  if (what == "ir")
    for (const auto& program : c.lowered) text += ir::to_text(program);
  if (what == "ir-opt")
    for (const auto& program : c.optimized) text += ir::to_text(program);
  if (what == "plan")
    for (const auto& plan : c.plans) text += plan::to_text(plan);
  return text;
}

}  // namespace ntkc::driver
