// The bivariate normal: nanoseconds a pair and pair of kinks, by doubles and by lanes.
#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "ntk/runtime/bivariate.hpp"

namespace {

using ntk::Lanes;
namespace math = ntk::math;

constexpr std::size_t kCount = 4096;

// Angles from low to high, kinks within two standard deviations.
std::array<std::vector<double>, 4> places(double low, double high) {
  std::mt19937_64 random(1);
  const auto uniform = [&](double from, double to) { return from + (to - from) * std::generate_canonical<double, 53>(random); };
  std::array<std::vector<double>, 4> out;
  for (std::size_t i = 0; i < kCount; ++i) {
    const double angle = uniform(low, high);
    out[0].push_back(uniform(0, 2)), out[1].push_back(uniform(0, 2));
    out[2].push_back(std::cos(angle)), out[3].push_back(std::sin(angle) * std::sin(angle));
  }
  return out;
}

template <class F>
void doubles(benchmark::State& state, F f, double low, double high) {
  const auto p = places(low, high);
  for (auto _ : state)
    for (std::size_t i = 0; i < kCount; ++i) benchmark::DoNotOptimize(f(p[0][i], p[1][i], p[2][i], p[3][i]));
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kCount));
}
template <class F>
void in_lanes(benchmark::State& state, F f, double low, double high) {
  const auto p = places(low, high);
  for (auto _ : state)
    for (std::size_t i = 0; i < kCount; i += ntk::lanes::kCount) {
      auto out = f(Lanes::load(&p[0][i]), Lanes::load(&p[1][i]), Lanes::load(&p[2][i]), Lanes::load(&p[3][i]));
      benchmark::DoNotOptimize(out);
    }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kCount));
}

constexpr auto kOrthant = [](const auto& h, const auto& k, const auto& c, const auto& gram) { return math::normal_orthant(h, k, c, gram); };
constexpr auto kHinges = [](const auto& h, const auto& k, const auto& c, const auto& gram) { return math::normal_hinges(h, k, c, gram); };
BENCHMARK_CAPTURE(doubles, orthant, kOrthant, 0.65, 2.4);
BENCHMARK_CAPTURE(doubles, hinges, kHinges, 0.65, 2.4);
BENCHMARK_CAPTURE(doubles, orthant_near, kOrthant, 0, 0.5);
BENCHMARK_CAPTURE(doubles, hinges_near, kHinges, 0, 0.5);
BENCHMARK_CAPTURE(in_lanes, orthant, kOrthant, 0.65, 2.4);
BENCHMARK_CAPTURE(in_lanes, hinges, kHinges, 0.65, 2.4);
BENCHMARK_CAPTURE(in_lanes, hinges_near, kHinges, 0, 0.5);

}  // namespace
