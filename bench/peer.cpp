// neural-tangents on the same network, where NTKC_PEER names a Python that has it (bench/README.md): its time, and its error beside ours.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "engine/engine.hpp"
#include "network.hpp"
#include "reference/evaluate.hpp"

namespace {

using namespace ntkc;

constexpr int kDegree = 25;  // nodes a dimension: what its users take

// The numbers that its script prints for a task; none where there is no such Python.
std::vector<double> peer_says(const std::string& task) {
  std::vector<double> numbers;
  const char* const python = std::getenv("NTKC_PEER");
  if (!python) return numbers;
  const std::string command = fmt::format("'{}' '{}' {} {}", python, NTKC_PEER_SCRIPT, kDegree, task);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> output(popen(command.c_str(), "r"), pclose);
  for (double number = 0; output && std::fscanf(output.get(), "%lf", &number) == 1;) numbers.push_back(number);
  return numbers;
}

constexpr const char* kNobody = "NTKC_PEER names no Python with neural-tangents";

void peer(benchmark::State& state) {
  for (auto _ : state) {
    const std::vector<double> seconds = peer_says(fmt::format("time {}", state.range(0)));
    if (seconds.size() != 1) return state.SkipWithError(kNobody);
    state.SetIterationTime(seconds[0]);
  }
}
BENCHMARK(peer)->Arg(300)->Arg(1000)->Iterations(1)->Unit(benchmark::kMillisecond)->UseManualTime();

// Samples of unlike norms and directions.
constexpr std::size_t kSamples = 4, kFeatures = 3;
const std::vector<double> kRows = {0.9, -0.4, 1.3, 0.7, 0.2, 1.1, -1.5, 0.8, 0.3, 0.1, 0.5, -0.2};

std::vector<double> ours(const driver::Compilation& c) {
  struct Keep : engine::TileSink {
    std::vector<double> values = std::vector<double>(kSamples * kSamples);
    bool write(std::size_t, std::size_t row, std::size_t column, engine::Rows tile) override {
      for (std::size_t i = 0; i < tile.rows; ++i)
        for (std::size_t j = 0; j < tile.columns; ++j) values[(row + i) * kSamples + column + j] = tile.row(i)[j];
      return true;
    }
  } keep;
  engine::Evaluator(c.plans.at(0), {}).gram({kRows.data(), kSamples, kFeatures}, keep);
  return keep.values;
}

std::vector<double> exact(const driver::Compilation& c) {
  std::vector<double> values(kSamples * kSamples);
  const auto row = [](std::size_t i) { return std::span(kRows).subspan(i * kFeatures, kFeatures); };
  for (std::size_t i = 0; i < kSamples; ++i)
    for (std::size_t j = 0; j <= i; ++j)
      values[i * kSamples + j] = values[j * kSamples + i] =
          reference::evaluate(c.lowered.at(0), row(i), row(j), {}, i == j).begin()->second.to_double();
  return values;
}

// The largest |k - exact| / sqrt(exact of both samples with themselves).
double error(const std::vector<double>& k, const std::vector<double>& exact) {
  double worst = 0;
  for (std::size_t i = 0; i < kSamples; ++i)
    for (std::size_t j = 0; j < kSamples; ++j) {
      const double scale = std::sqrt(exact[i * kSamples + i] * exact[j * kSamples + j]);
      worst = std::max(worst, std::fabs(k[i * kSamples + j] - exact[i * kSamples + j]) / scale);
    }
  return worst;
}

void peer_error(benchmark::State& state) {
  const std::vector<double> theirs = peer_says(fmt::format("kernel {} {}", kFeatures, fmt::join(kRows, " ")));
  if (theirs.size() != kSamples * kSamples) return state.SkipWithError(kNobody);
  const driver::Compilation c = bench::network("tanh", kFeatures, {.nngp = false, .ntk = true});
  std::vector<double> known;
  for (auto _ : state) known = exact(c);
  state.counters["ours"] = error(ours(c), known);
  state.counters["peer"] = error(theirs, known);
}
BENCHMARK(peer_error)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
