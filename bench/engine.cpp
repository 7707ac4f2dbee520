// The engine on data, beside the matrix product that every kernel of data needs.
#include <benchmark/benchmark.h>

#include <chrono>
#include <random>
#include <vector>

#include "engine/engine.hpp"
#include "network.hpp"

extern "C" void dsyrk_(const char* uplo, const char* trans, const int* n, const int* k, const double* alpha, const double* a,
                       const int* lda, const double* beta, double* c, const int* ldc);

namespace {

using namespace ntkc;
using bench::kColumns, bench::network;

struct Discard : engine::TileSink {
  bool write(std::size_t, std::size_t, std::size_t, engine::Rows tile) override {
    benchmark::DoNotOptimize(tile.data);
    return true;
  }
};

std::vector<double> samples(std::size_t n) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  std::vector<double> x(n * kColumns);
  for (double& value : x) value = normal(random);
  return x;
}

void product(benchmark::State& state) {
  const int n = static_cast<int>(state.range(0)), columns = static_cast<int>(kColumns);
  const std::vector<double> x = samples(static_cast<std::size_t>(n));
  std::vector<double> k(static_cast<std::size_t>(n) * static_cast<std::size_t>(n));
  const double one = 1, zero = 0;
  for (auto _ : state) {
    dsyrk_("L", "T", &n, &columns, &one, x.data(), &columns, &zero, k.data(), &n);
    benchmark::DoNotOptimize(k.data());
  }
}
BENCHMARK(product)->Arg(1000)->Unit(benchmark::kMillisecond)->UseRealTime();

void gram(benchmark::State& state, const std::string& activation) {
  const auto c = network(activation);
  const auto n = static_cast<std::size_t>(state.range(0));
  const std::vector<double> x = samples(n);
  const engine::Evaluator evaluator(c.plans.at(0), {});
  Discard sink;
  for (auto _ : state) evaluator.gram({x.data(), n, kColumns}, sink);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * n * (n + 1) / 2));
}

// The time of a network beside that of the same with relu, measured in turns.
void over_relu(benchmark::State& state, const std::string& activation, bool collapse) {
  const auto c = network(activation), relu = network("relu");
  const auto n = static_cast<std::size_t>(state.range(0));
  const auto x = samples(n);
  engine::Options options;
  options.collapse = collapse;
  Discard sink;
  using Clock = std::chrono::steady_clock;
  std::chrono::duration<double> own(0), other(0);
  for (auto _ : state) {
    const auto start = Clock::now();
    engine::Evaluator(c.plans.at(0), {}, options).gram({x.data(), n, kColumns}, sink);
    const auto middle = Clock::now();
    engine::Evaluator(relu.plans.at(0), {}, options).gram({x.data(), n, kColumns}, sink);
    own += middle - start, other += Clock::now() - middle;
  }
  state.counters["over_relu"] = own / other;
}
BENCHMARK_CAPTURE(gram, relu, "relu")->Arg(1000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(gram, erf, "erf")->Arg(1000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(gram, tanh, "tanh")->Arg(300)->Arg(1000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(gram, hard_tanh, "hard_tanh")->Arg(1000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(gram, bent, "bent")->Arg(1000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(over_relu, tanh, "tanh", true)->Arg(4000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(over_relu, tanh_by_recursion, "tanh", false)->Arg(4000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(over_relu, silu, "silu", true)->Arg(4000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(over_relu, elu, "elu", true)->Arg(1000)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
