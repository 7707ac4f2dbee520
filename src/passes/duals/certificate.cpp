// The error of a series has these parts, each relative to the root of a second moment:
// - what is left out: Parseval (ntk/runtime/series.hpp);
// - the quadrature of the coefficients: on a panel of half-width h, Gauss-Legendre with n nodes errs by at most (64/15) h M rho^(-2n) /
//   (1 - rho^(-2)), M the largest modulus on the Bernstein ellipse of parameter rho (Trefethen 2008, theorem 4.5), as long as the ellipse
//   holds no singularity. By the maximum principle M is met on the boundary, where it is sampled, and doubled;
// - what the dropped tails hold, rounding, and the fit of tables: constants, given where they come from.
// An error e of the coefficients (in norm) and e' of the other side's add up: |sum a b - sum a' b'| <= |a| e' + |b| e.
#include "passes/duals/certificate.hpp"

#include <cmath>

#include "expr/complex.hpp"
#include "ntk/runtime/series.hpp"

namespace ntkc::passes {
namespace {

namespace quadrature = ::ntk::quadrature;
using Complex = std::complex<double>;
using ::ntk::Lanes;

// Dropped tails weigh less than 1e-17 of the largest value (ntk/runtime/panels.hpp) and decay at least as exp(-z^2/4); coefficients are
// sums of some hundred products of relative rounding 4e-16; tables fit to 4e-15 in norm (ntk/runtime/series_table.hpp).
constexpr double kTails = 1e-16, kRounding = 2e-15, kTables = 4e-15;
constexpr double kUnit = 0x1p-53;
constexpr int kBoundary = 32;  // points of half an ellipse: functions are real on the axis

struct Callable {
  const expr::Expr& e;
  double operator()(double x) const { return expr::evaluate(e, x, {}); }
  Lanes operator()(const Lanes& x) const {
    Lanes out;
    for (std::size_t l = 0; l < ::ntk::lanes::kCount; ++l) out.set(l, (*this)(x[l]));
    return out;
  }
};

class Panel {
 public:
  Panel(double low, double high) : middle_(0.5 * (low + high)), half_(0.5 * (high - low)) {}

  // The parameter of the ellipse through z.
  double parameter(Complex z) const {
    const Complex w = (z - middle_) / half_, root = std::sqrt(w * w - 1.0);
    return std::max(std::abs(w + root), std::abs(w - root));
  }

  // Adds to errors[k] the bound for the coefficient of degree k, for the best of the ellipses up to `largest`. False: f has no values
  // there.
  bool add(const expr::Expr& f, double s, double largest, std::vector<double>& errors) const {
    std::vector<double> best(errors.size(), INFINITY);
    for (const double rho : {1.5, 2.0, 2.5, 3.0, 4.0}) {
      if (rho > largest) break;
      const double factor = 2 * 64.0 / 15 * half_ * std::pow(rho, -2.0 * quadrature::kNodes) / (1 - 1 / (rho * rho));
      std::vector<double> most(errors.size(), 0.0);
      for (int i = 0; i <= kBoundary; ++i) {
        const Complex turn = std::polar(rho, M_PI * i / kBoundary), z = middle_ + half_ * 0.5 * (turn + 1.0 / turn);
        const auto value = expr::evaluate(f, s * z);
        if (!value) return false;
        Complex h = *value * quadrature::kDensity * std::exp(-0.5 * z * z), before = 0;
        const auto& r = quadrature::recurrence();
        for (std::size_t k = 0; k < errors.size(); ++k) {
          most[k] = std::max(most[k], std::abs(h));
          const Complex next = r.up[k] * (z * h) - r.back[k] * before;
          before = h, h = next;
        }
      }
      for (std::size_t k = 0; k < errors.size(); ++k) best[k] = std::min(best[k], factor * most[k]);
    }
    for (std::size_t k = 0; k < errors.size(); ++k) errors[k] += best[k];
    return true;
  }

 private:
  double middle_, half_;
};

}  // namespace

std::optional<Certificate> certificate(const expr::Expr& phi, double q, double truncation, std::size_t terms) {
  const auto singular = expr::singularities(phi);
  if (!singular) return std::nullopt;
  const expr::Expr slope = expr::simplify(expr::derivative(phi));
  const Callable f{phi}, g{slope};
  const auto parity = static_cast<quadrature::Parity>(expr::parity(phi));
  const double s = std::sqrt(q);
  std::vector<double> series(terms + quadrature::kFacts);
  const auto raw = [&](double, double* out) { quadrature::in_double::raw_series(f, g, std::array<double, 0>(), parity, q, terms, out); };
  quadrature::in_double::series(f, g, parity, q, truncation, terms, series.data(), raw);
  const double* const fact = series.data() + terms;
  const double left = fact[quadrature::slope_tail] * fact[quadrature::slope_tail];
  if (!(left <= truncation + quadrature::kParseval)) return std::nullopt;

  std::vector<double> errors(quadrature::degree_of(parity, static_cast<std::size_t>(fact[quadrature::stop])));
  for (const auto& [low, high] : quadrature::in_double::fine_panels(g, std::array<double, 0>(), s, parity, terms)) {
    const Panel panel(low, high);
    double largest = INFINITY;
    for (const Complex& place : *singular) largest = std::min(largest, panel.parameter(place / s));
    if (!panel.add(slope, s, 0.9 * (largest - 1) + 1, errors)) return std::nullopt;
  }
  double square = 0;
  for (const double e : errors) square += e * e;
  const double size = fact[quadrature::slope_root], e = std::sqrt(square) + (kTails + kRounding + kTables) * size;
  const double sums = 2 * fact[quadrature::stop] * kUnit;  // of Horner's scheme
  const double kappa_tail = fact[quadrature::tail] * fact[quadrature::tail];
  return Certificate{kappa_tail + 2 * s * e / fact[quadrature::root] + sums, left + 2 * e / size + sums};
}

std::optional<CertifiedRange> certified_range(const expr::Expr& phi, double truncation, std::size_t terms) {
  std::optional<CertifiedRange> range;
  for (double q = 0x1p-40; q <= 0x1p14; q *= q < 0x1p-4 ? 0x1p9 : 2) {
    const auto c = certificate(phi, q, truncation, terms);
    if (!c) break;
    range = CertifiedRange{std::max({range ? range->error : 0.0, c->kappa, c->kappa_dot}), q};
  }
  return range;
}

}  // namespace ntkc::passes
