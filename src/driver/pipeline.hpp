// The road from a spec to plans: the stages in order, named once.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ast/ast.hpp"
#include "grammar/load.hpp"
#include "graph/graph.hpp"
#include "ir/program.hpp"
#include "lower/lower.hpp"
#include "plan/plan.hpp"
#include "support/diagnostics.hpp"
#include "support/provider.hpp"

namespace ntkc::driver {

inline constexpr const char* kVersion = NTKC_VERSION;  // set by CMake

// A param set from outside, as -D and --params spell it.
struct Define {
  std::string name, expression;
  std::string origin = "-D";  // where a message about it points
};

// What is asked of one spec.
struct Request {
  std::string spec;                       // a path that the provider knows
  std::vector<std::string> include_dirs;  // -I
  std::vector<Define> defines;            // the last one of a name counts
  std::string network;                    // only this one; empty: all of the file
  std::vector<std::string> fold;          // params to freeze; "all" is all
  lower::Kernels kernels;
  double tolerance = ir::kTolerance;
  bool is_kept = true;  // refused otherwise
};

enum class Stage { parse, analyze, lower, optimize, plan };

// Everything that the stages made of one spec, as far as they came. A stage that found an error is the last; its value is missing.
// graphs, lowered, optimized and plans have one element a network, in the order of the file.
struct Compilation {
  Sources sources;
  Diagnostics diagnostics;
  std::vector<grammar::LoadedFile> files;  // what was read, the spec first
  std::optional<ast::Files> tree;
  std::vector<graph::Network> graphs;
  std::vector<ir::Program> lowered, optimized;
  std::vector<plan::Plan> plans;
  bool ok() const { return !diagnostics.has_errors(); }
};

using AfterPass = std::function<void(std::string_view pass, const ir::Program&)>;
Compilation compile(SourceProvider& provider, const Request& request, Stage last = Stage::plan, const AfterPass& after_pass = {});

// --dump=ast|graph|ir|ir-opt|plan: the text form of a stage's value, "" where the stage was not reached. Which stage makes it:
std::optional<Stage> stage_of_dump(std::string_view what);
std::string dump(const Compilation& compilation, std::string_view what);

}  // namespace ntkc::driver
