// From text to plan and to a generated header.
#include <benchmark/benchmark.h>

#include <stdexcept>

#include "driver/generate.hpp"

namespace {

using namespace ntkc;

driver::Compilation compile(const std::string& text, driver::Stage last) {
  MemoryProvider provider({{"bench.ntk", text}});
  driver::Request request;
  request.spec = "bench.ntk";
  auto c = driver::compile(provider, request, last);
  if (!c.ok()) throw std::logic_error("the benchmark's spec has errors");
  return c;
}

std::string network(int statements, long rounds) {
  std::string text = "ntk 1\nparam s = 1.4\nnetwork n {\n  input x: [784]\n  default dense(sigma_w = s, sigma_b = 0.1)\n";
  for (int i = 0; i < statements; ++i) text += "  dense; relu\n";
  return text + "  repeat " + std::to_string(rounds) + " { residual { dense; relu }; dense; erf }\n  dense\n}\n";
}

std::string filled(std::string text, const std::string& line) {
  while (text.size() < 1'000'000) text += line;
  return text;
}

void parse(benchmark::State& state, const std::string& text) {
  for (auto _ : state) benchmark::DoNotOptimize(compile(text, driver::Stage::parse));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK_CAPTURE(parse, layers,
                  filled("network n { input x: [3]; ", "dense(sigma_w = 1.5, sigma_b = 0.1); relu; repeat 3 { tanh; dense }\n") + "}")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(parse, params, filled("ntk 1\n", "param p = sqrt(2) * (1 + -x^2) in [0, 10]  // a comment\n"))
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(parse, comments, filled("", "/* " + std::string(5000, '*') + " */ param a = 1 // " + std::string(5000, '/') + "\n"))
    ->Unit(benchmark::kMillisecond);

void compile(benchmark::State& state) {  // the argument: rounds of the loop
  const std::string text = network(10, state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(compile(text, driver::Stage::plan));
}
BENCHMARK(compile)->Arg(3)->Arg(10000)->Unit(benchmark::kMillisecond);

// Ten activations that are not built in: a kink, parts of closed forms, and what takes series.
const char* const kDefined[] = {"x / (1 + exp(-1.5 * x))",
                                "max(1 - abs(x), 0)",
                                "0.5 * x * (1 + erf(x / sqrt(2)))",
                                "if x < 0 then exp(x) - 1 else x",
                                "tanh(x) + 0.1 * x",
                                "log(1 + exp(x))",
                                "x + sin(x)^2",
                                "x * tanh(log(1 + exp(x)))",
                                "exp(-x^2) * sin(3 * x)",
                                "atan(x) * x / (1 + abs(x))"};

std::string of_defined() {
  std::string text = "ntk 1\n", layers;
  for (std::size_t i = 0; i < std::size(kDefined); ++i) {
    text += "activation f" + std::to_string(i) + "(x) = " + kDefined[i] + "\n";
    layers += "  dense; f" + std::to_string(i) + "\n";
  }
  return text + "network n {\n  input x: [10]\n  default dense(sigma_w = 1.4, sigma_b = 0.1)\n" + layers + "  dense\n}\n";
}

void generate(benchmark::State& state, const std::string& text) {
  Diagnostics none;
  for (auto _ : state) benchmark::DoNotOptimize(driver::generate(compile(text, driver::Stage::plan), {}, none));
}
BENCHMARK_CAPTURE(generate, layers, network(20, 3))->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(generate, defined, of_defined())->Unit(benchmark::kMillisecond);

}  // namespace
