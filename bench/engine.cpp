// The engine on data, beside the matrix product that every kernel of data needs.
#include <benchmark/benchmark.h>

#include <chrono>
#include <random>
#include <stdexcept>
#include <vector>

#include "driver/pipeline.hpp"
#include "engine/engine.hpp"

extern "C" void dsyrk_(const char* uplo, const char* trans, const int* n, const int* k, const double* alpha, const double* a,
                       const int* lda, const double* beta, double* c, const int* ldc);

namespace {

using namespace ntkc;

struct Discard : engine::TileSink {
  bool write(std::size_t, std::size_t, std::size_t, engine::Rows tile) override {
    benchmark::DoNotOptimize(tile.data);
    return true;
  }
};

constexpr std::size_t kColumns = 784;

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

driver::Compilation network(const std::string& activation) {
  MemoryProvider provider(
      {{"bench.ntk", "ntk 1\nnetwork n {\n  input x: [784]\n  default dense(sigma_w = 1.4, sigma_b = 0.1)\n  repeat 3 { dense; " +
                         activation + " }\n  dense\n}\n"}});
  driver::Request request;
  request.spec = "bench.ntk";
  auto c = driver::compile(provider, request);
  if (!c.ok()) throw std::logic_error("the benchmark's spec has errors");
  return c;
}

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
void over_relu(benchmark::State& state, const std::string& activation) {
  const auto c = network(activation), relu = network("relu");
  const auto n = static_cast<std::size_t>(state.range(0));
  const auto x = samples(n);
  Discard sink;
  using Clock = std::chrono::steady_clock;
  std::chrono::duration<double> own(0), other(0);
  for (auto _ : state) {
    const auto start = Clock::now();
    engine::Evaluator(c.plans.at(0), {}).gram({x.data(), n, kColumns}, sink);
    const auto middle = Clock::now();
    engine::Evaluator(relu.plans.at(0), {}).gram({x.data(), n, kColumns}, sink);
    own += middle - start, other += Clock::now() - middle;
  }
  state.counters["over_relu"] = own / other;
}
BENCHMARK_CAPTURE(gram, relu, "relu")->Arg(1000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(gram, erf, "erf")->Arg(1000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(gram, tanh, "tanh")->Arg(300)->Arg(1000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(gram, hard_tanh, "hard_tanh")->Arg(1000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(over_relu, tanh, "tanh")->Arg(4000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(over_relu, silu, "silu")->Arg(4000)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(over_relu, elu, "elu")->Arg(1000)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
