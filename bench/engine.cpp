// The engine on data: pairs a second.
#include <benchmark/benchmark.h>

#include <chrono>
#include <random>
#include <stdexcept>

#include "driver/pipeline.hpp"
#include "engine/engine.hpp"

namespace {

using namespace ntkc;

struct Discard : engine::TileSink {
  bool write(std::size_t, std::size_t, std::size_t, engine::Rows tile) override {
    benchmark::DoNotOptimize(tile.data);
    return true;
  }
};

constexpr std::size_t kFeatures = 784;

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

std::vector<double> normal_rows(std::size_t n) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  std::vector<double> x(n * kFeatures);
  for (double& value : x) value = normal(random);
  return x;
}

void gram(benchmark::State& state, const std::string& activation) {
  const auto c = network(activation);
  const std::size_t n = static_cast<std::size_t>(state.range(0));
  const auto x = normal_rows(n);
  const engine::Evaluator evaluator(c.plans.at(0), {});
  Discard sink;
  for (auto _ : state) evaluator.gram({x.data(), n, kFeatures}, sink);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * n * (n + 1) / 2));
}

// The time of a network beside that of the same with relu, measured in turns.
void over_relu(benchmark::State& state, const std::string& activation) {
  const auto c = network(activation), relu = network("relu");
  const std::size_t n = static_cast<std::size_t>(state.range(0));
  const auto x = normal_rows(n);
  Discard sink;
  using Clock = std::chrono::steady_clock;
  std::chrono::duration<double> own(0), other(0);
  for (auto _ : state) {
    const auto start = Clock::now();
    engine::Evaluator(c.plans.at(0), {}).gram({x.data(), n, kFeatures}, sink);
    const auto middle = Clock::now();
    engine::Evaluator(relu.plans.at(0), {}).gram({x.data(), n, kFeatures}, sink);
    own += middle - start, other += Clock::now() - middle;
  }
  state.counters["over_relu"] = own / other;
}
BENCHMARK_CAPTURE(gram, relu, "relu")->Arg(2000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(gram, erf, "erf")->Arg(2000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(gram, tanh, "tanh")->Arg(2000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(over_relu, tanh, "tanh")->Arg(4000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(over_relu, silu, "silu")->Arg(4000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(over_relu, elu, "elu")->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
