// The engine on data: pairs a second.
#include <benchmark/benchmark.h>

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

void gram(benchmark::State& state, const std::string& activation) {
  MemoryProvider provider(
      {{"bench.ntk", "ntk 1\nnetwork n {\n  input x: [784]\n  default dense(sigma_w = 1.4, sigma_b = 0.1)\n  repeat 3 { dense; " +
                         activation + " }\n  dense\n}\n"}});
  driver::Request request;
  request.spec = "bench.ntk";
  const auto c = driver::compile(provider, request);
  if (!c.ok()) throw std::logic_error("the benchmark's spec has errors");
  const std::size_t n = static_cast<std::size_t>(state.range(0)), d = 784;
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  std::vector<double> x(n * d);
  for (double& value : x) value = normal(random);
  const engine::Evaluator evaluator(c.plans.at(0), {});
  Discard sink;
  for (auto _ : state) evaluator.gram({x.data(), n, d}, sink);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * n * (n + 1) / 2));
}
BENCHMARK_CAPTURE(gram, relu, "relu")->Arg(2000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(gram, erf, "erf")->Arg(2000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(gram, hard_tanh, "hard_tanh")->Arg(500)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(gram, tanh, "tanh")->Arg(500)->Unit(benchmark::kMillisecond);

}  // namespace
