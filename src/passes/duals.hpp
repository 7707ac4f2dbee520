// Ways to evaluate expectations. A row in duals.def is a method; the first that has an answer is taken.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/builder.hpp"

namespace ntkc::passes {

// The degree of Hermite series. To it all of an entire function of moderate slope is resolved (mathematics of Hermite series: for tanh at
// variance 1 the tail at degree 160 is 1e-15 even near rho = 1); where the tail is not small, dual_quadrature integrates directly.
inline constexpr std::uint32_t kHermiteDegree = 128;

struct DualMethod {
  std::string_view name;
  std::optional<ir::Value> (*mean)(ir::Builder&, std::uint32_t phi, int order, ir::Value q) = nullptr;
  std::optional<ir::Value> (*dual)(ir::Builder&, std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi,
                                   const ir::Builder::Covariance&) = nullptr;
  std::optional<ir::Value> (*distance)(ir::Builder&, std::uint32_t phi, const ir::Builder::Covariance&) = nullptr;
  std::optional<ir::Value> (*gram)(ir::Builder&, std::uint32_t phi, const ir::Builder::Covariance&) = nullptr;
  std::optional<double> (*bound)(const graph::ActivationUse&) =
      nullptr;               // relative to sqrt(E[phi(u)^2] E[psi(v)^2]); nullopt: not certified
  std::uint32_t degree = 0;  // of a series; 0: none
};
std::span<const DualMethod> dual_methods();

// Always an answer.
ir::Value choose_mean(ir::Builder& b, std::uint32_t phi, int order, ir::Value q);
ir::Value choose_dual(ir::Builder& b, std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const ir::Builder::Covariance& k);

// What `ntkc info` tells: the method of each expectation that a program (before the pass `duals`) needs, in order, each once.
struct MethodUse {
  std::string phi, psi;  // psi is empty for the expectation of one variable
  int order_phi = 0, order_psi = 0;
  std::string method;
  std::optional<double> bound;
  std::uint32_t degree = 0;
};
std::vector<MethodUse> methods(const ir::Program& program);

}  // namespace ntkc::passes
