// From text to plan and to a generated header.
#include <benchmark/benchmark.h>

#include "driver/generate.hpp"

namespace {

using namespace ntkc;

driver::Compilation compile(const std::string& text, driver::Stage last) {
  MemoryProvider provider({{"bench.ntk", text}});
  driver::Request request;
  request.spec = "bench.ntk";
  return driver::compile(provider, request, last);
}

std::string network(int statements, long rounds) {
  std::string text = "ntk 1\nparam s = 1.4\nnetwork n {\n  input x: [784]\n  default dense(sigma_w = s, sigma_b = 0.1)\n";
  for (int i = 0; i < statements; ++i) text += "  dense; relu\n";
  return text + "  repeat " + std::to_string(rounds) + " { residual { dense; relu }; dense; erf }\n  dense\n}\n";
}

void BM_parse_megabyte(benchmark::State& state) {
  const std::string text = network(70000, 1);
  for (auto _ : state) benchmark::DoNotOptimize(compile(text, driver::Stage::parse));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(BM_parse_megabyte)->Unit(benchmark::kMillisecond);

void BM_compile(benchmark::State& state) {  // the argument: rounds of the loop
  const std::string text = network(10, state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(compile(text, driver::Stage::plan));
}
BENCHMARK(BM_compile)->Arg(3)->Arg(10000)->Unit(benchmark::kMillisecond);

void BM_generate(benchmark::State& state) {
  const auto c = compile(network(10, 3), driver::Stage::plan);
  for (auto _ : state) benchmark::DoNotOptimize(driver::generate(c, {}));
}
BENCHMARK(BM_generate)->Unit(benchmark::kMillisecond);

}  // namespace
