// One row of the registry of activations. An activation's file defines one of these and nothing else.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "graph/graph.hpp"
#include "ir/builder.hpp"

namespace ntkc::activations {

// What a closed form may use. For E over one variable, q1 = q2 = c and distance = gram = 0.
using Covariance = ir::Builder::Covariance;

// A closed form as IR. Orders: (0,0) is kappa, (1,1) is kappa-dot, others are given where the papers give them, else nullopt.
// Where `Activation::closed` is set, (0,0) and (1,1) must be given.
struct Closed {
  std::optional<ir::Value> (*dual)(ir::Builder&, const graph::Args&, const Covariance&, int order_phi, int order_psi) = nullptr;
  std::optional<ir::Value> (*mean)(ir::Builder&, const graph::Args&, ir::Value q, int order) = nullptr;
  // E[(phi(u) - phi(v))^2] and the Gram determinant of phi(u), phi(v), where forms without cancellation are known (mathematics of rho near
  // 1).
  std::optional<ir::Value> (*distance)(ir::Builder&, const graph::Args&, const Covariance&) = nullptr;
  std::optional<ir::Value> (*gram)(ir::Builder&, const graph::Args&, const Covariance&) = nullptr;
  // Of kappa and kappa-dot, relative to sqrt(kappa(q1,q1,q1) kappa(q2,q2,q2)): twice the largest that the tests measure, of every
  // argument, and for variances up to half of the largest.
  double error = 1e-15;
};

struct Activation {
  std::string_view name;
  std::vector<graph::Argument> arguments = {};
  std::string_view doc;        // one line: the formula
  std::string_view reference;  // the paper or page of the closed form or definition
  expr::Expr (*phi)(const graph::Args&) = nullptr;
  std::optional<Closed> closed = {};
  bool kernel_only = false;  // exp_normalized: not an expectation of a function; phi is unused
  bool jump = false;         // discontinuous: no NTK
  // Largest variance (exclusive) for which the moments are finite, as an expression of the arguments; nullopt: all are.
  std::optional<expr::Expr> (*largest_variance)(const graph::Args&) = nullptr;
  // Why these arguments have no kernel here (a degree that is too high), or nothing.
  std::optional<std::string> (*fault)(const graph::Args&) = nullptr;
  std::vector<std::string_view> examples = {};  // uses for the tests, "leaky_relu(slope = 0.2)"; the plain name if empty
};

std::span<const Activation> all();              // in order of activations.def
const Activation* find(std::string_view name);  // nullptr if there is none; knows aliases (silu)

}  // namespace ntkc::activations
