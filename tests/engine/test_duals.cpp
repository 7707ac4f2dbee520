// Expectations of values and slopes in one pass, beside the same one at a time.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/duals.hpp"

using namespace ntkc;
using engine::kPack;

namespace {

constexpr std::size_t kTerms = 512, kNumbers = kTerms + ::ntk::quadrature::kFacts, kSamples = 11 * kPack;
constexpr double kTruncation = 1e-14;

struct Samples {
  std::vector<double> q, series;  // series in blocks of eight

  Samples(engine::Activation& f, double lowest, double ratio) : q(kSamples), series(kSamples * kNumbers) {
    f.make_table(0, kTerms, 0);
    std::vector<double> one(kNumbers);
    for (std::size_t i = 0; i < kSamples; ++i) {
      q[i] = lowest * std::pow(ratio, static_cast<double>(i * 37 % kSamples));
      f.series(0, q[i], kTruncation, kTerms, one.data());
      for (std::size_t k = 0; k < kNumbers; ++k) series[i / kPack * kPack * kNumbers + k * kPack + i % kPack] = one[k];
    }
  }
  double fact(std::size_t i, ::ntk::quadrature::Fact which) const {
    return series[i / kPack * kPack * kNumbers + (kTerms + which) * kPack + i % kPack];
  }
};

}  // namespace

TEST_CASE("slopes beside values are those alone, and values do not change") {
  const auto x = expr::Expr::variable();
  const expr::Expr functions[] = {tanh(x), softplus(x), x * tanh(x), expr::max(x, tanh(x))};  // odd, neither, even, with a kink
  for (const auto& phi : functions) {
    engine::Activation f(phi, 1, {});
    const Samples samples(f, 1e-3, 1.13);  // up to 42
    std::vector<double> c(kSamples), gram(kSamples), value(kSamples), slope(kSamples), both_value(kSamples), both_slope(kSamples);
    using enum engine::LaneSeries::Layout;
    for (std::size_t i = 0; i < kSamples; ++i) {
      for (std::size_t l = 0; l < kSamples; ++l) {
        const double rho = std::clamp(-1.05 + 2.1 * static_cast<double>(l) / (kSamples - 1), -1.0, 1.0), qs = samples.q[i] * samples.q[l];
        c[l] = rho * std::sqrt(qs), gram[l] = (1 - rho) * (1 + rho) * qs;
      }
      engine::Integrals integrals;
      const auto run = [&](int order, double* out, double* slopes) {
        const double* const own = samples.series.data() + i / kPack * kPack * kNumbers + i % kPack;
        engine::duals(kSamples, {f, order, {nullptr, samples.q[i]}, {one, own, 0, kNumbers, kTerms}},
                      {f, order, {samples.q.data(), 0}, {blocks, samples.series.data(), 0, kNumbers, kTerms}}, {c.data(), 0},
                      {gram.data(), 0}, kTruncation, integrals, out, slopes);
      };
      run(0, value.data(), nullptr);
      run(1, slope.data(), nullptr);
      run(0, both_value.data(), both_slope.data());
      CHECK(both_value == value);
      double worst = 0;
      for (std::size_t l = 0; l < kSamples; ++l)
        worst = std::max(worst, std::fabs(both_slope[l] - slope[l]) /
                                    (samples.fact(i, ::ntk::quadrature::slope_root) * samples.fact(l, ::ntk::quadrature::slope_root)));
      CHECK(worst < 2e-15);  // both sum some hundred terms of what Parseval bounds by the roots: rounding alone
    }
  }
}

TEST_CASE("a function of many points is that of eight at a time") {
  const auto x = expr::Expr::variable();
  const expr::Expr functions[] = {x, expr::Expr(2), tanh(x) * exp(-x), expr::max(x, abs(x - expr::Expr(1)) * erf(x)),
                                  pow(x, expr::Expr(3)) + x};
  std::vector<double> points(24 * kPack), values(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) points[i] = -3 + 0.031 * static_cast<double>(i);
  for (const auto& e : functions) {
    const engine::Function f(e, {});
    evaluate(f, points.size(), points.data(), values.data());
    for (std::size_t i = 0; i < points.size(); ++i)
      CHECK(values[i] ==
            doctest::Approx(f(points[i])).epsilon(2e-15));  // a few roundings: some instructions round once where others do twice
  }
  bells(engine::Function(), points.size(), points.data(), values.data());
  for (std::size_t i = 0; i < points.size(); ++i)
    CHECK(values[i] == doctest::Approx(std::exp(-0.5 * points[i] * points[i])).epsilon(2e-15));
}
