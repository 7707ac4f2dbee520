// Whole matrices in warm memory beside the BLAS's dsyrk, or ssyrk, of the same samples: every figure is a ratio of two times that are taken
// in turns, since machines are noisy; the smallest of each counts.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>
#include <vector>

#include "engine/engine.hpp"
#include "network.hpp"
#include "samples.hpp"

extern "C" void dsyrk_(const char* uplo, const char* trans, const int* n, const int* k, const double* alpha, const double* a,
                       const int* lda, const double* beta, double* c, const int* ldc);
extern "C" void ssyrk_(const char* uplo, const char* trans, const int* n, const int* k, const float* alpha, const float* a, const int* lda,
                       const float* beta, float* c, const int* ldc);

namespace {

using namespace ntkc;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kSamples = 4000;

// A library's threads wait for more work on their cores, some 25 ms of OpenBLAS's: they are not to take the next one's time.
double seconds(const auto& run) {
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto start = Clock::now();
  run();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void syrk(int n, int k, const double* x, double* out) {
  const double one = 1, zero = 0;
  dsyrk_("L", "T", &n, &k, &one, x, &k, &zero, out, &n);
}
void syrk(int n, int k, const float* x, float* out) {
  const float one = 1, zero = 0;
  ssyrk_("L", "T", &n, &k, &one, x, &k, &zero, out, &n);
}

struct Case {
  const char* name;
  const char* activation;
  double bias;
  int depth;
  lower::Kernels kernels;
};

template <class T>
void matrix(benchmark::State& state, const Case& of, const bench::Samples& x) {
  if (x.columns == 0) return state.SkipWithError("Debian's package dataset-fashion-mnist is not installed");
  const auto c = bench::network(of.activation, x.columns, of.kernels, of.depth, of.bias);
  const plan::Plan& plan = c.plans.at(0);
  const engine::Rows rows(x.values.data(), kSamples, x.columns);
  const std::vector<T> features(x.values.begin(), x.values.end());
  std::vector<std::vector<T>> results(plan.outputs.size() + 1, std::vector<T>(kSamples * kSamples));
  std::vector<::ntk::MatrixView<T>> views;
  for (std::size_t o = 0; o < plan.outputs.size(); ++o) views.emplace_back(results[o].data(), kSamples, kSamples);
  const engine::Evaluator evaluator(plan, {});
  const int n = static_cast<int>(kSamples), k = static_cast<int>(x.columns);
  double product = std::numeric_limits<double>::infinity(), lower = product, full = product;
  for (auto _ : state) {
    product = std::min(product, seconds([&] { syrk(n, k, features.data(), results.back().data()); }));
    lower = std::min(lower, seconds([&] { evaluator.gram(rows, views, engine::Half::lower); }));
    full = std::min(full, seconds([&] { evaluator.gram(rows, views, engine::Half::full); }));
  }
  state.counters["lower"] = lower / product;
  state.counters["full"] = full / product;
  state.counters["ns_a_pair"] = 1e9 * full / (0.5 * kSamples * (kSamples + 1));
}

constexpr lower::Kernels kNtk{false, true}, kBoth{true, true};
constexpr Case kCases[] = {
    {"relu_3", "relu", 0, 3, kNtk},
    {"relu_10", "relu", 0, 10, kNtk},
    {"relu_100", "relu", 0, 100, kNtk},
    {"relu_bias_3", "relu", 0.1, 3, kNtk},
    {"relu_bias_10", "relu", 0.1, 10, kNtk},
    {"erf_3", "erf", 0.1, 3, kNtk},
    {"gelu_3", "gelu", 0.1, 3, kNtk},
    {"tanh_3", "tanh", 0.1, 3, kNtk},
    {"tanh_10", "tanh", 0.1, 10, kNtk},
    {"silu_3", "silu", 0.1, 3, kNtk},
    {"relu_bias_3_both", "relu", 0.1, 3, kBoth},
};

const bool kRegistered = [] {
  static const bench::Samples kData[] = {bench::fashion(kSamples), bench::gaussian(kSamples, bench::kColumns),
                                         bench::gaussian(kSamples, 10)};
  constexpr const char* kNames[] = {"fashion", "gaussian", "small"};
  for (std::size_t d = 0; d < std::size(kData); ++d)
    for (const Case& c : kCases)
      for (const bool single : {false, true})
        benchmark::RegisterBenchmark(
            fmt::format("{}/{}/{}", single ? "single" : "matrix", c.name, kNames[d]).c_str(),
            [&c, &data = kData[d], single](benchmark::State& state) { (single ? matrix<float> : matrix<double>)(state, c, data); })
            ->Iterations(5)
            ->Unit(benchmark::kMillisecond)
            ->UseRealTime();
  return true;
}();

}  // namespace
