// From the syntax tree to the layer graph: names, defaults, arguments, shapes, instances of weights, structural params.
#pragma once
#include <string>
#include <vector>

#include "ast/ast.hpp"
#include "graph/graph.hpp"
#include "support/diagnostics.hpp"

namespace ntkc::sema {

struct Override {    // -D NAME=EXPR
  std::string name;  // NAME, NETWORK.NAME, MODULE.NAME
  ast::Expr value;   // its spans point into a text of the Sources
};

struct Options {
  std::vector<Override> overrides;
  std::string network;            // one network only; empty: all
  std::vector<std::string> fold;  // params to freeze, or "all"
  bool nngp = true, ntk = true;   // the kernels that are wanted
};

// The networks of the main file, in order. All errors of one run; a network that has one is left out.
graph::LayerGraph analyze(const ast::Files& files, const Sources& sources, const Options& options, Diagnostics& diagnostics);

}  // namespace ntkc::sema
