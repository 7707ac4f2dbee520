// The rules and the recurrence that certificates count units of, and the quadrature on strips.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "functions.hpp"
#include "ntk/runtime/quadrature.hpp"
#include "passes/duals/every_degree.hpp"
#include "passes/duals/modulus.hpp"
#include "passes/duals/smooth_parts.hpp"

using namespace ntkc;
using namespace ntkc::test;
namespace quadrature = ::ntk::quadrature;

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
    CHECK(std::fabs(rule.weight[i / 8][i % 8] * (1 - x * x) * slope * slope / 2 - 1) <= 2 * 0x1p-53L);
  }
  constexpr std::size_t kEvery = std::size_t(1) << 17;  // as far as octave_certificate.cpp looks at every degree
  std::vector<double> square(kEvery);
  constexpr double kStep = 0.05;
  for (int i = -300; i <= 300; ++i) {  // to 15; what lies further out is a tail (moments.cpp)
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
  CHECK(std::sqrt(*std::max_element(square.begin(), square.begin() + quadrature::kHighest)) <= 14 * 0x1p-53);
  CHECK(std::sqrt(*std::ranges::max_element(square)) <= 32 * 0x1p-53);
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
  const double units = passes::rounding_of_every_degree(z.size()) + 32 * 0x1p-53;
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

TEST_CASE("moduli near poles") {
  const expr::Expr x = expr::Expr::variable();
  for (const expr::Expr& e : {expr::tanh(x), 1 / (1 + x * x), expr::exp(-x * x) * x}) {
    CAPTURE(expr::to_text(e));
    const expr::Continued f(e);
    for (const double height : {0.5, 0.97}) {
      double most = 0;  // of values, all over the box
      for (int i = 0; i <= 192; ++i)
        for (int k = 0; k <= 32; ++k) {
          const double u = i / 64.0 - 1, v = height * k / 32;
          most = std::max(most, f({{u, u}, {v, v}})->most());
        }
      const auto bound = passes::largest_modulus(f, {-1, 2}, height, 0);
      REQUIRE(bound);
      CHECK(*bound >= most);
      CHECK(*bound <= 2.5 * most);
    }
  }
  CHECK(!passes::largest_modulus(expr::Continued(1 / (1 + x * x)), {-1, 2}, 1.03, 0));
}
