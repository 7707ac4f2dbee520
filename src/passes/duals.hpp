// Ways to evaluate expectations. A row in duals.def is a method; the first that has an answer is taken.
#pragma once
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/builder.hpp"

namespace ntkc::passes {

// Terms of Hermite series, of odd and even functions twice as many degrees. A function with poles at distance w of the axis needs about
// (s ln(1/eps) / 2w)^2 degrees: up to variances of 10 for tanh and 20 for silu. Where they do not suffice dual_quadrature goes another way.
inline constexpr std::uint32_t kHermiteTerms = 512;
inline constexpr double kReachable = 1e-13;  // the smallest tolerance that series can keep

// The error of kappa and kappa-dot, relative to sqrt(E[phi(u)^2] E[phi(v)^2]) (of phi' for kappa-dot), for variances and |rho| up to the
// largest: proved, or estimated from errors measured.
struct Bound {
  double error = 0, largest_variance = std::numeric_limits<double>::infinity(), largest_correlation = 1;
  bool proved = false;
  double far_correlation = 1;  // |rho| beyond which nothing is known at a variance of 100
  // Up to a larger variance, at every |rho|; 0: not known.
  double far_error = 0, far_variance = 0;
  double smallest_variance = 0;  // nothing is known below it
};

// The larger error, for variances that both have.
Bound of_both(const Bound& a, const Bound& b);

struct DualMethod {
  std::string_view name;
  std::optional<ir::Value> (*mean)(ir::Builder&, std::uint32_t phi, int order, ir::Value q) = nullptr;
  std::optional<ir::Value> (*dual)(ir::Builder&, std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi,
                                   const ir::Builder::Covariance&) = nullptr;
  std::optional<ir::Value> (*distance)(ir::Builder&, std::uint32_t phi, const ir::Builder::Covariance&) = nullptr;
  std::optional<ir::Value> (*gram)(ir::Builder&, std::uint32_t phi, const ir::Builder::Covariance&) = nullptr;
  // nullopt: not certified.
  std::optional<Bound> (*bound)(const graph::ActivationUse&, double tolerance) = nullptr;
  std::uint32_t terms = 0;  // of a series; 0: none
  std::optional<Bound> (*bound_of_two)(const graph::ActivationUse& phi, const graph::ActivationUse& psi, double tolerance) = nullptr;
  // See is_kept. None: always (a closed form).
  bool (*keeps)(const graph::ActivationUse& phi, const graph::ActivationUse& psi, double tolerance) = nullptr;
};
std::span<const DualMethod> dual_methods();

// Always an answer.
ir::Value choose_mean(ir::Builder& b, std::uint32_t phi, int order, ir::Value q);
ir::Value choose_dual(ir::Builder& b, std::uint32_t phi, std::uint32_t psi, int order_phi, int order_psi, const ir::Builder::Covariance& k);
ir::Value choose_distance(ir::Builder& b, std::uint32_t phi, const ir::Builder::Covariance& k);
ir::Value choose_gram(ir::Builder& b, std::uint32_t phi, const ir::Builder::Covariance& k);

bool is_by_series(const graph::ActivationUse& phi, const graph::ActivationUse& psi);

// Of the method that an activation has for its own expectations, at these values of its params.
std::optional<Bound> bound_of(const graph::ActivationUse& use, double tolerance, const expr::ParamValues& params = {});
// The same of two different activations.
std::optional<Bound> bound_of(const graph::ActivationUse& phi, const graph::ActivationUse& psi, double tolerance,
                              const expr::ParamValues& params = {});

inline constexpr double kNearVariance = 3;
// Whether the tolerance is known to be kept for variances to 3, by what milliseconds tell; of a closed form it is. If not, the bound may
// still show that it is.
bool is_kept(const graph::ActivationUse& phi, const graph::ActivationUse& psi, double tolerance, const expr::ParamValues& params = {});

// What `ntkc info` tells: the method of each expectation that a program (before the pass `duals`) needs, in order, each once.
struct MethodUse {
  std::string phi, psi;  // psi is empty for the expectation of one variable
  int order_phi = 0, order_psi = 0;
  std::string method;
  std::uint32_t terms = 0;
};
std::vector<MethodUse> methods(const ir::Program& program);

}  // namespace ntkc::passes
