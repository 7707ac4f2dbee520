// What certificates are made of, each against what it bounds.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "activations/activation.hpp"
#include "expr/tape.hpp"
#include "ntk/runtime/quadrature.hpp"
#include "passes/duals.hpp"
#include "passes/duals/every_degree.hpp"
#include "passes/duals/octave_certificate.hpp"
#include "passes/duals/smooth_parts.hpp"
#include "reference/integral.hpp"
#include "table.hpp"

using namespace ntkc;
namespace quadrature = ::ntk::quadrature;

namespace {

expr::Expr phi(std::string_view name) { return activations::find(name)->phi({}); }

struct Callable {
  mutable expr::Tape<double> tape;
  explicit Callable(const expr::Expr& e) : tape(e, {}) {}
  double operator()(double x) const { return tape(x); }
  ::ntk::Lanes operator()(const ::ntk::Lanes& x) const {
    ::ntk::Lanes out;
    for (std::size_t l = 0; l < ::ntk::lanes::kCount; ++l) out.set(l, tape(x[l]));
    return out;
  }
};

// h_k(z) of every degree below `count`.
template <class T>
std::vector<T> polynomials(T z, std::size_t count) {
  std::vector<T> h{1, z};
  for (std::size_t k = 1; h.size() < count; ++k) h.push_back((z * h[k] - std::sqrt(T(k)) * h[k - 1]) / std::sqrt(T(k + 1)));
  return h;
}

}  // namespace

TEST_CASE("the rule and the recurrence are right to the units that certificates count") {
  const quadrature::Rule& rule = quadrature::rule();
  for (std::size_t i = 0; i < quadrature::kNodes; ++i) {
    const double node = rule.node[i / 8][i % 8];
    long double x = node, before = 0, p = 0, slope = 0;
    for (int step = 0; step < 3; ++step) {
      before = 1, p = x;
      for (std::size_t k = 1; k < quadrature::kNodes; ++k) {
        const long double next = ((2 * k + 1) * x * p - k * before) / (k + 1);
        before = p, p = next;
      }
      slope = quadrature::kNodes * (x * p - before) / (x * x - 1);
      if (step < 2) x -= p / slope;
    }
    CHECK(std::fabs(node - x) <= 2 * 0x1p-53L);
    CHECK(std::fabs(rule.weight[i / 8][i % 8] * (1 - x * x) * slope * slope / 2 - 1) <= 104 * 0x1p-53L);
  }
  constexpr std::size_t kEvery = std::size_t(1) << 17;  // as far as octave_certificate.cpp looks at every degree
  std::vector<double> square(kEvery);
  constexpr double kStep = 0.05;
  for (int i = -760; i <= 760; ++i) {
    const double z = kStep * i, density = quadrature::kDensity * std::exp(-0.5 * z * z);
    long double exact = 1, exact_before = 0;
    double h = 1, before = 0;
    for (std::size_t k = 0; k < kEvery; ++k) {
      const double d = static_cast<double>(k), off = static_cast<double>(h - exact);
      square[k] += kStep * density * off * off;
      const double next = 1 / std::sqrt(d + 1) * (z * h) - std::sqrt(d / (d + 1)) * before;
      const long double degree = k, exact_next = (z * exact - std::sqrt(degree) * exact_before) / std::sqrt(degree + 1);
      before = h, h = next, exact_before = exact, exact = exact_next;
    }
  }
  CHECK(std::sqrt(*std::ranges::max_element(square)) <= 48 * 0x1p-53);
}

TEST_CASE("every degree by instructions of several numbers") {
  std::vector<::ntk::Lanes> z, term;
  for (int i = 0; i < 19; ++i) {
    ::ntk::Lanes place, factor;
    for (int l = 0; l < 8; ++l) place.set(l, 0.1 * (8 * i + l) - 7), factor.set(l, std::exp(-0.5 * place[l] * place[l]) / (1 + i));
    z.push_back(place), term.push_back(factor);
  }
  const std::size_t end = 2 * passes::kDegreesTogether;
  const auto sums = passes::every_degree(z, term, end);
  std::vector<long double> exact(end), squares(end);
  long double whole = 0;
  for (std::size_t i = 0; i < z.size(); ++i)
    for (int l = 0; l < 8; ++l) {
      const auto h = polynomials<long double>(z[i][l], end);
      whole += term[i][l];
      for (std::size_t k = 0; k < end; ++k) exact[k] += term[i][l] * h[k], squares[k] += term[i][l] * h[k] * h[k];
    }
  const double units = passes::rounding_of_every_degree(z.size()) + 48 * 0x1p-53;
  for (std::size_t k = 0; k < end; ++k) CHECK(std::fabs(sums[k] - exact[k]) <= units * std::sqrt(whole * squares[k]));
}

TEST_CASE("the rule of octaves is right to the units that certificates count") {
  for (const std::size_t o : {9, 13, 17})
    for (const int power : {0, 7, 31}) {  // of k over the octave's end, exact to 31
      const long double low = std::ldexp(1.0L, static_cast<int>(o));
      long double every = 0, few = 0;
      for (long double k = low; k < 2 * low; k += 2) every += std::pow(k / (2 * low), power);
      const quadrature::Octave& rule = quadrature::octave_rule(o);
      for (std::size_t i = 0; i < quadrature::kOctaveNodes; ++i) {
        const long double k = low + 2.0L * rule.place[i / 8][i % 8], root = rule.root_weight[i / 8][i % 8];
        few += root * root * std::pow(k / (2 * low), power);
      }
      CHECK(std::fabs(few / every - 1) <= 104 * 0x1p-53L);
    }
}

// Panels as wide as 2, where high degrees are far from resolved.
TEST_CASE("the quadrature's errors lie below the bounds of strips") {
  for (const char* name : {"tanh", "softsign", "mish"}) {
    CAPTURE(name);
    const auto parts = passes::smooth_parts(phi(name));
    REQUIRE(parts);
    const double s = 0.5;
    const auto bounds = passes::quadrature_errors(*parts, &passes::SmoothPart::slope, {s, s, 2});
    REQUIRE(!bounds.empty());
    const Callable slope(expr::derivative(phi(name)));
    std::vector<long double> coarse(900), fine(900);
    const auto add = [&](double low, double high, std::vector<long double>& out) {
      for (std::size_t i = 0; i < quadrature::kNodes; ++i) {
        const double z = 0.5 * (low + high) + 0.5 * (high - low) * quadrature::rule().node[i / 8][i % 8];
        const long double term =
            0.5 * (high - low) * quadrature::rule().weight[i / 8][i % 8] * slope(s * z) * quadrature::kDensity * std::exp(-0.5L * z * z);
        const auto h = polynomials<long double>(z, out.size());
        for (std::size_t k = 0; k < out.size(); ++k) out[k] += term * h[k];
      }
    };
    for (double z = -14; z < 14; z += 2) {
      add(z, z + 2, coarse);
      for (int part = 0; part < 8; ++part) add(z + 0.25 * part, z + 0.25 * (part + 1), fine);
    }
    double closest = 0;
    for (std::size_t k = 0; k < coarse.size(); ++k) {
      double bound = INFINITY;
      for (const auto& b : bounds) bound = std::min(bound, b.factor * std::exp(std::sqrt(double(k)) * b.height));
      const double error = static_cast<double>(std::fabs(coarse[k] - fine[k]));
      CHECK(error <= bound + 1e-14);  // rounding of the sums
      if (error > 1e-12) closest = std::max(closest, error / bound);
    }
    CAPTURE(closest);
    CHECK(closest > 1e-8);  // Cramer's bound and sums of moduli, where terms of every sign meet
  }
}

TEST_CASE("a coefficient moved by twice the bound is seen") {
  const auto certified = passes::certificate(phi("tanh"), 1e-12, 1e-14, passes::kHermiteTerms);
  REQUIRE(certified);
  CHECK(certified->largest_variance >= 4);
  int cases = 0;
  double moment = 0;
  std::vector<std::pair<double, double>> known;  // rho, kappa-dot at variance 1
  for (const test::Row& row : test::read_table()) {
    if (row.use != "tanh" || row.q1 != "1" || row.q2 != "1") continue;
    known.emplace_back(std::stod(row.rho), std::stod(row.kappa_dot));
    if (row.rho == "1") moment = known.back().second;
  }
  const Callable f(phi("tanh")), slope(expr::derivative(phi("tanh")));
  constexpr std::size_t terms = passes::kHermiteTerms;
  std::vector<double> series(terms + quadrature::kFacts);
  quadrature::hermite(f, slope, std::array<double, 0>(), quadrature::Parity::odd, 1.0, 1e-14, terms, series.data());
  const auto error = [&](double rho, double exact) {
    const quadrature::Degrees degrees(quadrature::Parity::odd, quadrature::Parity::odd, terms);
    return std::fabs(quadrature::mehler(quadrature::Sum::slope, degrees, terms, series.data(), series.data(), rho, 1.0) - exact) / moment;
  };
  for (const auto& [rho, exact] : known) {
    CAPTURE(rho);
    CHECK(error(rho, exact) <= certified->kappa_dot);
    const double kept = series[0];
    series[0] += 2 * certified->kappa_dot * std::sqrt(moment);
    CHECK(error(rho, exact) > certified->kappa_dot);
    series[0] = kept;
    ++cases;
  }
  CHECK(cases >= 9);
}

// At large variances octaves carry the sum, near |rho| = 1 whatever the variance where there is a kink.
TEST_CASE("sums over octaves") {
  constexpr std::size_t terms = passes::kHermiteTerms;
  const std::vector<test::Row> table = test::read_table();
  for (const auto& [name, q] : {std::pair{"softsign", 0.1}, {"softsign", 1.0}, {"softsign", 100.0}, {"tanh", 100.0}, {"sigmoid", 100.0}}) {
    CAPTURE(name);
    CAPTURE(q);
    const auto grid = passes::far_certificates(phi(name), phi(name), 1e-14, terms);
    REQUIRE(!grid.empty());
    CHECK(grid.back().variance == 100);
    const auto at = std::ranges::find_if(grid, [&](const passes::FarCertificate& c) { return c.variance >= q; });
    passes::Coefficients f(phi(name), *passes::smooth_parts(phi(name)), terms);
    const quadrature::Beyond all = quadrature::beyond(f.parity(), terms);
    std::vector<double> raw(terms + quadrature::kFacts + all.numbers(all.octaves(f.breaks().empty(), true)));
    quadrature::in_double::raw_numbers(f.f(), f.slope(), f.breaks(), f.parity(), q, terms, raw.size() - terms - quadrature::kFacts,
                                       raw.data());
    const double moment = raw[terms + quadrature::slope_root];
    double closest = 0;
    int cases = 0;
    const auto error = [&](double rho, double exact) {
      std::vector<double> series = raw;
      quadrature::in_double::finish_series(false, f.parity(), std::sqrt(q), 1e-14, terms, series.data(),
                                           raw.size() - terms - quadrature::kFacts);
      const quadrature::Degrees degrees(f.parity(), f.parity(), terms);
      const double below = quadrature::mehler(quadrature::Sum::slope, degrees, degrees.count, series.data(), series.data(), rho, q);
      const double beyond = quadrature::mehler_octaves(quadrature::Sum::slope, f.parity(), terms, series.data(), series.data(), q, q,
                                                       rho * q, q * q * (1 - rho) * (1 + rho));
      return std::fabs(below + beyond - exact) / moment;
    };
    for (const test::Row& row : table) {
      if (row.use != name || std::stod(row.q1) != q || row.q1 != row.q2) continue;
      const double rho = std::stod(row.rho), exact = std::stod(row.kappa_dot);
      CAPTURE(rho);
      CHECK(error(rho, exact) <= at->kappa_dot);
      closest = std::max(closest, error(rho, exact) / at->kappa_dot);
      if (rho < 0.9999) continue;
      double& number = raw[terms + quadrature::kFacts + 3];
      const double kept = number;
      number += 1.01 * at->kappa_dot * moment / number;  // moves the sum of squares by twice as much
      CHECK(error(rho, exact) > at->kappa_dot);
      const auto moved = passes::octave_errors(f, std::sqrt(q), raw);
      REQUIRE(moved);
      CHECK(moved->of_sum(*moved) > at->kappa_dot);
      number = kept, ++cases;
    }
    CHECK(cases == 2);
    CAPTURE(closest);
    CHECK(closest >= 1e-6);
  }
  const expr::Expr x = expr::Expr::variable(), aside = expr::abs(x - 1) * expr::tanh(x);
  const auto grid = passes::far_certificates(aside, aside, 1e-14, terms);  // a kink elsewhere: there are none
  REQUIRE(!grid.empty());
  CHECK(grid.back().octaves == 0);
  CHECK(grid.back().plane < 1);
}

TEST_CASE("two different activations in one expectation") {
  constexpr std::size_t terms = passes::kHermiteTerms;
  const auto series_of = [](const expr::Expr& f, double q) {
    std::vector<double> series(terms + quadrature::kFacts);
    std::vector<double> breaks;
    for (const double b : expr::break_points(f, {}, -1e9, 1e9)) breaks.push_back(b);
    quadrature::hermite(Callable(f), Callable(expr::derivative(f)), breaks, static_cast<quadrature::Parity>(expr::parity(f)), q, 1e-14,
                        terms, series.data());
    return series;
  };
  double closest = 0;
  for (const auto& [one, other] : {std::pair{"tanh", "atan"}, {"softplus", "sigmoid"}, {"relu", "mish"}}) {
    CAPTURE(std::string(one) + " with " + other);
    const expr::Expr f = phi(one), g = phi(other);
    const auto certified = passes::certificate(f, g, 1e-12, 1e-14, terms);
    REQUIRE(certified);
    CHECK(certified->largest_variance >= 1);
    CHECK(std::max(certified->kappa, certified->kappa_dot) <= 1e-11);
    CHECK((certified->largest_correlation == 1) == (one != std::string("relu")));  // whose series has a tail
    const double q1 = 0.25, q2 = 1, scale = std::sqrt(q1 * q2);
    auto left = series_of(f, q1);
    const auto right = series_of(g, q2);
    const quadrature::Degrees degrees(static_cast<quadrature::Parity>(expr::parity(f)), static_cast<quadrature::Parity>(expr::parity(g)),
                                      terms);
    for (const double rho : {-0.75, 0.25, 0.9375}) {
      REQUIRE(rho <= certified->largest_correlation);
      for (const int order : {0, 1}) {
        const auto side = [order](const expr::Expr& e, double q) { return reference::make_side(e, order, q, {}); };
        const double exact = static_cast<double>(reference::integral(side(f, q1), side(g, q2), rho * scale, {}));
        const std::size_t fact = terms + (order == 1 ? quadrature::slope_root : quadrature::root);
        const double size = left[fact] * right[fact], bound = order == 1 ? certified->kappa_dot : certified->kappa;
        const auto error = [&] {
          const auto sum = order == 1 ? quadrature::Sum::slope : quadrature::Sum::value;
          return std::fabs(quadrature::mehler(sum, degrees, degrees.count, left.data(), right.data(), rho, scale) - exact) / size;
        };
        CHECK(error() <= bound);
        closest = std::max(closest, error() / bound);
        const std::size_t lowest = degrees.at_f(degrees.first == 0 ? 1 : 0), partner = degrees.at_g(degrees.first == 0 ? 1 : 0);
        const double kept = left[lowest], power = order == 1 ? 1 : scale * rho;
        left[lowest] += 2.1 * bound * size / (right[partner] * power);  // moves the expectation by so much
        CHECK(error() > bound);
        left[lowest] = kept;
      }
    }
  }
  CHECK(closest >= 1e-6);
}

TEST_CASE("conditional expectations of piecewise polynomials") {
  namespace in_double = quadrature::in_double;
  const expr::Expr x = expr::Expr::variable();
  // The same as pieces: hard swish and a bump.
  using quadrature::Local;
  const auto positive = [](const Local& a) { return ::ntk::math::max(a, Local(0.0)); };
  const quadrature::Pieces hard_swish([&](const Local& a) { return a * ::ntk::math::min(positive(a + 3.0), Local(6.0)) / 6.0; },
                                      std::vector<double>{-3, 3});
  const quadrature::Pieces bump([&](const Local& a) { return positive(1.0 - a * a); }, std::vector<double>{-1, 1});
  double closest = 0;
  for (const auto& [f, pieces] : {std::pair{x * min(max(x + 3, 0), 6) / 6, &hard_swish}, {max(1 - x * x, 0), &bump}}) {
    const auto bound = passes::pieces_certificate(f, f);
    REQUIRE(bound);
    CHECK(*bound <= 2e-13);
    for (const double s : {0.5, 4.0, 64.0})
      for (const double rho : {-0.75, 0.984375}) {
        const double q = s * s, c = rho * q, gram = q * q * (1 - rho) * (1 + rho);
        const auto value = [&](const quadrature::Pieces& p) { return in_double::Conditional(p, p, q, q, c, gram).product(); };
        const double size = in_double::Conditional(*pieces, *pieces, q, q, q, 0).product();
        const auto side = reference::make_side(f, 0, q, {});
        const double exact = static_cast<double>(reference::integral(side, side, c, {})), error = std::fabs(value(*pieces) - exact) / size;
        CHECK(error <= *bound);
        closest = std::max(closest, error / *bound);
        quadrature::Pieces moved = *pieces;
        for (quadrature::Piece& p : moved.pieces)
          for (double& coefficient : p.c) coefficient *= 1 + 2 * *bound * size / std::fabs(exact);
        CHECK(std::fabs(value(moved) - exact) / size > *bound);
      }
  }
  CHECK(closest >= 1e-6);
  CHECK(!passes::pieces_certificate(expr::step(x), expr::step(x)));
}

// Kinks away from 0, two different parities, and smooth functions too: the plane is bounded as it is cut.
TEST_CASE("integrals over the plane") {
  const expr::Expr x = expr::Expr::variable(), shifted = expr::abs(x - 1) * expr::tanh(x),
                   elu = expr::Expr::call(expr::Function::select,
                                          {expr::Expr::call(expr::Function::less, {x, expr::Expr(0.5)}), expr::expm1(x - 0.5), x - 0.5});
  std::vector<passes::FarCertificate> grid;
  for (const double q : passes::kVariances) grid.push_back({.variance = q, .plane = 0.95});
  double closest = 0;
  for (const auto& [f, g] : {std::pair{shifted, shifted}, {elu, elu}, {phi("tanh"), phi("relu")}}) {
    const auto bounds = passes::plane_errors(f, g, grid);
    REQUIRE(bounds.size() == grid.size());
    CHECK(bounds.back() <= 2e-12);
    const double bound = bounds.back();
    const passes::Coefficients left(f, *passes::smooth_parts(f), 1), right(g, *passes::smooth_parts(g), 1);
    for (const auto& [s1, s2] : {std::pair{2.0, 2.0}, {2.0, 0.5}})
      for (const double below_one : {0x1p-5, 0x1p-20})
        for (const int order : {0, 1}) {
          const double q1 = s1 * s1, q2 = s2 * s2, c = -(1 - below_one) * s1 * s2, gram = q1 * q2 * below_one * (2 - below_one);
          CAPTURE(expr::to_text(f) + " with " + expr::to_text(g));
          CAPTURE(order);
          CAPTURE(q1);
          CAPTURE(below_one);
          const passes::Callable &u = order == 0 ? left.f() : left.slope(), &v = order == 0 ? right.f() : right.slope();
          const auto side = [order = order](const expr::Expr& e, double q) { return reference::make_side(e, order, q, {}); };
          const double value = quadrature::in_double::direct(u, left.breaks(), v, right.breaks(), q1, q2, c, gram, 1.0);
          const double exact = static_cast<double>(reference::integral(side(f, q1), side(g, q2), c, {}));
          const double size = std::sqrt(quadrature::in_double::direct(u, left.breaks(), u, left.breaks(), q1, q1, q1, 0.0, 1.0) *
                                        quadrature::in_double::direct(v, right.breaks(), v, right.breaks(), q2, q2, q2, 0.0, 1.0));
          CHECK(std::fabs(value - exact) <= bound * size);
          closest = std::max(closest, std::fabs(value - exact) / (bound * size));
          const auto moved = [&, factor = 1 + 2.1 * bound * size / std::fabs(exact)](const auto& y) { return factor * v(y); };
          CHECK(std::fabs(quadrature::in_double::direct(u, left.breaks(), moved, right.breaks(), q1, q2, c, gram, 1.0) - exact) >
                bound * size);
        }
  }
  CAPTURE(closest);
  CHECK(closest >= 1e-6);
}

TEST_CASE("between the variances of the grid errors are below what is told") {
  const expr::Expr x = expr::Expr::variable(), aside = expr::abs(x - 1) * expr::tanh(x);
  constexpr double kBetween[] = {0.003, 0.03, 0.6, 17};
  std::vector<passes::FarCertificate> grid, between;
  for (const double q : passes::kVariances) grid.push_back({.variance = q, .plane = 0.95});
  for (const double q : kBetween) between.push_back({.variance = q, .plane = 0.95});
  for (const expr::Expr& f : {aside, phi("softsign")}) {
    const auto told = passes::plane_errors(f, f, grid), there = passes::plane_errors(f, f, between);  // which are doubled, too
    REQUIRE(told.size() == 4);
    REQUIRE(there.size() == 4);
    for (const auto& [i, above] : {std::pair{0, 1}, {1, 1}, {2, 2}, {3, 3}}) CHECK(0.5 * there[i] <= told[above]);
  }
  constexpr std::size_t terms = passes::kHermiteTerms;
  for (const char* name : {"softsign", "tanh"}) {
    const auto told = passes::far_certificates(phi(name), phi(name), 1e-14, terms);
    REQUIRE(told.size() == 4);
    passes::Coefficients f(phi(name), *passes::smooth_parts(phi(name)), terms);
    const quadrature::Beyond all = quadrature::beyond(f.parity(), terms);
    for (const double q : kBetween) {
      std::vector<double> raw(terms + quadrature::kFacts + all.numbers(all.octaves(f.breaks().empty(), true)));
      quadrature::in_double::raw_numbers(f.f(), f.slope(), f.breaks(), f.parity(), q, terms, raw.size() - terms - quadrature::kFacts,
                                         raw.data());
      const auto there = passes::octave_errors(f, std::sqrt(q), raw);
      REQUIRE(there);
      const auto above = std::ranges::find_if(told, [&](const passes::FarCertificate& c) { return c.variance >= q; });
      CHECK(there->of_sum(*there) <= std::max(above->octaves, 1e-20));  // where terms suffice no one asks
    }
  }
}

TEST_CASE("what is not analytic, or not known to be, has no certificate") {
  const expr::Expr x = expr::Expr::variable();
  CHECK(!passes::certificate(expr::step(x) * expr::tanh(x) + expr::step(x), 1e-12, 1e-14, passes::kHermiteTerms));
  CHECK(!passes::certificate(expr::Expr::param("a") * expr::tanh(x), 1e-12, 1e-14, passes::kHermiteTerms));
  CHECK(passes::certificate(expr::log(1 + expr::exp(2 * x)) / 2, 1e-12, 1e-14, passes::kHermiteTerms));  // softplus, overflowing
  for (const char* name : {"mish", "log_cosh", "gelu_tanh", "softsign", "softplus", "atan"}) {
    CAPTURE(name);
    CHECK(passes::certificate(phi(name), 1e-12, 1e-14, passes::kHermiteTerms));
  }
}
