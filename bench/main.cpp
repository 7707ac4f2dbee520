// Runs the benchmarks and prints what they are measured for: ratios of times of one run beside what is promised of them.
// --json=FILE writes both; other options are Google Benchmark's.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <map>
#include <nlohmann/json.hpp>

#include "support/output.hpp"

namespace {

class Measured : public benchmark::ConsoleReporter {
 public:
  Measured() : ConsoleReporter(isatty(STDOUT_FILENO) ? OO_ColorTabular : OO_Tabular) {}
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      if (run.error_occurred || run.run_type != Run::RT_Iteration || run.iterations == 0) continue;
      const std::string name = run.run_name.function_name + (run.run_name.args.empty() ? "" : "/" + run.run_name.args);
      const bool threads = !run.run_name.time_type.empty();  // of one thread its own time: other work of the machine is not in it
      seconds[name] = (threads ? run.real_accumulated_time : run.cpu_accumulated_time) / static_cast<double>(run.iterations);
      for (const auto& [counter, value] : run.counters) counters[name + "/" + counter] = value;
    }
  }
  std::map<std::string, double> seconds, counters;
};

// A row of the table: a time or a counter, or its ratio to another; 0: nothing is promised.
struct Row {
  const char *what, *name, *to;
  double promise;
};
constexpr Row kRows[] = {
    {"a megabyte of layers parsed (s)", "parse/layers", nullptr, 1},
    {"a megabyte of params parsed (s)", "parse/params", nullptr, 1},
    {"a megabyte of comments parsed (s)", "parse/comments", nullptr, 1},
    {"30 lines from text to header (s)", "generate/layers", nullptr, 0.05},
    {"10 defined activations from text to header (s)", "generate/defined", nullptr, 0.2},
    {"10,000 rounds compiled to 3 rounds", "compile/10000", "compile/3", 0},
    {"ntk of 3 relu layers to the matrix product alone", "gram/relu/1000", "product/1000", 0},
    {"ntk of 3 erf layers to relu", "gram/erf/1000", "gram/relu/1000", 0},
    {"ntk of 3 tanh layers to relu", "gram/tanh/1000", "gram/relu/1000", 3},
    {"the same by the recursion alone, 4,000 samples", "over_relu/tanh_by_recursion/4000/over_relu", nullptr, 3},
    {"ntk of 3 layers with a kink off 0 to relu", "gram/bent/1000", "gram/relu/1000", 0},
    {"ntk of 3 tanh layers to neural-tangents, 300 samples", "gram/tanh/300", "peer/300", 0.005},
    {"the same of 1,000 samples", "gram/tanh/1000", "peer/1000", 0.005},
    {"the error to that of neural-tangents", "peer_error/ours", "peer_error/peer", 1e-6},
    {"Fashion-MNIST: 3 relu, lower half to dsyrk", "matrix/relu_3/fashion/lower", nullptr, 1.25},
    {"Fashion-MNIST: 3 relu, full to dsyrk", "matrix/relu_3/fashion/full", nullptr, 1.4},
    {"Fashion-MNIST: 10 relu, lower half to dsyrk", "matrix/relu_10/fashion/lower", nullptr, 1.25},
    {"Fashion-MNIST: 10 relu, full to dsyrk", "matrix/relu_10/fashion/full", nullptr, 1.4},
    {"Fashion-MNIST: 100 relu, lower half to dsyrk", "matrix/relu_100/fashion/lower", nullptr, 1.25},
    {"Fashion-MNIST: 100 relu, full to dsyrk", "matrix/relu_100/fashion/full", nullptr, 1.4},
    {"Fashion-MNIST: 3 relu with bias, lower half to dsyrk", "matrix/relu_bias_3/fashion/lower", nullptr, 1.6},
    {"Fashion-MNIST: 3 relu with bias, full to dsyrk", "matrix/relu_bias_3/fashion/full", nullptr, 1.8},
    {"Fashion-MNIST: 10 relu with bias, lower half to dsyrk", "matrix/relu_bias_10/fashion/lower", nullptr, 1.6},
    {"Fashion-MNIST: 10 relu with bias, full to dsyrk", "matrix/relu_bias_10/fashion/full", nullptr, 1.8},
    {"Fashion-MNIST: 3 erf, lower half to dsyrk", "matrix/erf_3/fashion/lower", nullptr, 1.6},
    {"Fashion-MNIST: 3 erf, full to dsyrk", "matrix/erf_3/fashion/full", nullptr, 1.8},
    {"Fashion-MNIST: 3 gelu, lower half to dsyrk", "matrix/gelu_3/fashion/lower", nullptr, 1.6},
    {"Fashion-MNIST: 3 gelu, full to dsyrk", "matrix/gelu_3/fashion/full", nullptr, 1.8},
    {"Fashion-MNIST: 3 tanh, lower half to dsyrk", "matrix/tanh_3/fashion/lower", nullptr, 1.6},
    {"Fashion-MNIST: 3 tanh, full to dsyrk", "matrix/tanh_3/fashion/full", nullptr, 1.8},
    {"Fashion-MNIST: 10 tanh, lower half to dsyrk", "matrix/tanh_10/fashion/lower", nullptr, 1.6},
    {"Fashion-MNIST: 10 tanh, full to dsyrk", "matrix/tanh_10/fashion/full", nullptr, 1.8},
    {"Fashion-MNIST: 3 silu, lower half to dsyrk", "matrix/silu_3/fashion/lower", nullptr, 1.6},
    {"Fashion-MNIST: 3 silu, full to dsyrk", "matrix/silu_3/fashion/full", nullptr, 1.8},
    {"Gaussian rows: 3 relu, lower half to dsyrk", "matrix/relu_3/gaussian/lower", nullptr, 1.25},
    {"Gaussian rows: 3 relu, full to dsyrk", "matrix/relu_3/gaussian/full", nullptr, 1.4},
    {"Gaussian rows: 10 relu, lower half to dsyrk", "matrix/relu_10/gaussian/lower", nullptr, 1.25},
    {"Gaussian rows: 10 relu, full to dsyrk", "matrix/relu_10/gaussian/full", nullptr, 1.4},
    {"Gaussian rows: 100 relu, lower half to dsyrk", "matrix/relu_100/gaussian/lower", nullptr, 1.25},
    {"Gaussian rows: 100 relu, full to dsyrk", "matrix/relu_100/gaussian/full", nullptr, 1.4},
    {"Gaussian rows: 3 relu with bias, lower half to dsyrk", "matrix/relu_bias_3/gaussian/lower", nullptr, 1.6},
    {"Gaussian rows: 3 relu with bias, full to dsyrk", "matrix/relu_bias_3/gaussian/full", nullptr, 1.8},
    {"Gaussian rows: 10 relu with bias, lower half to dsyrk", "matrix/relu_bias_10/gaussian/lower", nullptr, 1.6},
    {"Gaussian rows: 10 relu with bias, full to dsyrk", "matrix/relu_bias_10/gaussian/full", nullptr, 1.8},
    {"Gaussian rows: 3 erf, lower half to dsyrk", "matrix/erf_3/gaussian/lower", nullptr, 1.6},
    {"Gaussian rows: 3 erf, full to dsyrk", "matrix/erf_3/gaussian/full", nullptr, 1.8},
    {"Gaussian rows: 3 gelu, lower half to dsyrk", "matrix/gelu_3/gaussian/lower", nullptr, 1.6},
    {"Gaussian rows: 3 gelu, full to dsyrk", "matrix/gelu_3/gaussian/full", nullptr, 1.8},
    {"Gaussian rows: 3 tanh, lower half to dsyrk", "matrix/tanh_3/gaussian/lower", nullptr, 1.6},
    {"Gaussian rows: 3 tanh, full to dsyrk", "matrix/tanh_3/gaussian/full", nullptr, 1.8},
    {"Gaussian rows: 10 tanh, lower half to dsyrk", "matrix/tanh_10/gaussian/lower", nullptr, 1.6},
    {"Gaussian rows: 10 tanh, full to dsyrk", "matrix/tanh_10/gaussian/full", nullptr, 1.8},
    {"Gaussian rows: 3 silu, lower half to dsyrk", "matrix/silu_3/gaussian/lower", nullptr, 1.6},
    {"Gaussian rows: 3 silu, full to dsyrk", "matrix/silu_3/gaussian/full", nullptr, 1.8},
    {"Fashion-MNIST, single: 3 relu, lower half to ssyrk", "single/relu_3/fashion/lower", nullptr, 1.35},
    {"Fashion-MNIST, single: 3 relu, full to ssyrk", "single/relu_3/fashion/full", nullptr, 1.5},
    {"Fashion-MNIST, single: 10 relu, lower half to ssyrk", "single/relu_10/fashion/lower", nullptr, 1.35},
    {"Fashion-MNIST, single: 10 relu, full to ssyrk", "single/relu_10/fashion/full", nullptr, 1.5},
    {"Fashion-MNIST, single: 100 relu, lower half to ssyrk", "single/relu_100/fashion/lower", nullptr, 1.35},
    {"Fashion-MNIST, single: 100 relu, full to ssyrk", "single/relu_100/fashion/full", nullptr, 1.5},
    {"Fashion-MNIST, single: 3 relu with bias, lower half to ssyrk", "single/relu_bias_3/fashion/lower", nullptr, 0},
    {"Fashion-MNIST, single: 3 relu with bias, full to ssyrk", "single/relu_bias_3/fashion/full", nullptr, 0},
    {"Fashion-MNIST, single: 3 tanh, lower half to ssyrk", "single/tanh_3/fashion/lower", nullptr, 0},
    {"Fashion-MNIST, single: 3 tanh, full to ssyrk", "single/tanh_3/fashion/full", nullptr, 0},
    {"Gaussian rows, single: 3 relu, lower half to ssyrk", "single/relu_3/gaussian/lower", nullptr, 1.35},
    {"Gaussian rows, single: 3 relu, full to ssyrk", "single/relu_3/gaussian/full", nullptr, 1.5},
    {"Gaussian rows, single: 10 relu, lower half to ssyrk", "single/relu_10/gaussian/lower", nullptr, 1.35},
    {"Gaussian rows, single: 10 relu, full to ssyrk", "single/relu_10/gaussian/full", nullptr, 1.5},
    {"Gaussian rows, single: 100 relu, lower half to ssyrk", "single/relu_100/gaussian/lower", nullptr, 1.35},
    {"Gaussian rows, single: 100 relu, full to ssyrk", "single/relu_100/gaussian/full", nullptr, 1.5},
    {"Gaussian rows, single: 3 relu with bias, lower half to ssyrk", "single/relu_bias_3/gaussian/lower", nullptr, 0},
    {"Gaussian rows, single: 3 relu with bias, full to ssyrk", "single/relu_bias_3/gaussian/full", nullptr, 0},
    {"Gaussian rows, single: 3 tanh, lower half to ssyrk", "single/tanh_3/gaussian/lower", nullptr, 0},
    {"Gaussian rows, single: 3 tanh, full to ssyrk", "single/tanh_3/gaussian/full", nullptr, 0},
    {"10 features, 3 relu: ns a pair of the half", "matrix/relu_3/small/ns_a_pair", nullptr, 5},
    {"Fashion-MNIST: header of 3 relu, with a BLAS, to engine", "header/cblas/relu_3/fashion/to_engine", nullptr, 1.2},
    {"Gaussian rows: header of 3 relu, with a BLAS, to engine", "header/cblas/relu_3/gaussian/to_engine", nullptr, 1.2},
    {"Fashion-MNIST: header of 3 relu with bias, with a BLAS, to engine", "header/cblas/relu_bias_3/fashion/to_engine", nullptr, 1.2},
    {"Gaussian rows: header of 3 relu with bias, with a BLAS, to engine", "header/cblas/relu_bias_3/gaussian/to_engine", nullptr, 1.2},
    {"Fashion-MNIST: header of 3 gelu, with a BLAS, to engine", "header/cblas/gelu_3/fashion/to_engine", nullptr, 1.2},
    {"Gaussian rows: header of 3 gelu, with a BLAS, to engine", "header/cblas/gelu_3/gaussian/to_engine", nullptr, 1.2},
    {"Fashion-MNIST: header of 3 tanh, with a BLAS, to engine", "header/cblas/tanh_3/fashion/to_engine", nullptr, 1.2},
    {"Gaussian rows: header of 3 tanh, with a BLAS, to engine", "header/cblas/tanh_3/gaussian/to_engine", nullptr, 1.2},
    {"Fashion-MNIST: header of 3 relu, own product, to engine", "header/own/relu_3/fashion/to_engine", nullptr, 1.2},
    {"Gaussian rows: header of 3 relu, own product, to engine", "header/own/relu_3/gaussian/to_engine", nullptr, 1.2},
    {"Fashion-MNIST: header of 3 relu with bias, own product, to engine", "header/own/relu_bias_3/fashion/to_engine", nullptr, 1.2},
    {"Gaussian rows: header of 3 relu with bias, own product, to engine", "header/own/relu_bias_3/gaussian/to_engine", nullptr, 1.2},
    {"Fashion-MNIST: header of 3 gelu, own product, to engine", "header/own/gelu_3/fashion/to_engine", nullptr, 1.2},
    {"Gaussian rows: header of 3 gelu, own product, to engine", "header/own/gelu_3/gaussian/to_engine", nullptr, 1.2},
    {"Fashion-MNIST: header of 3 tanh, own product, to engine", "header/own/tanh_3/fashion/to_engine", nullptr, 1.2},
    {"Gaussian rows: header of 3 tanh, own product, to engine", "header/own/tanh_3/gaussian/to_engine", nullptr, 1.2},
    {"Fashion-MNIST, single: header of 3 relu, with a BLAS, to engine", "header_single/cblas/relu_3/fashion/to_engine", nullptr, 1.2},
    {"Gaussian rows, single: header of 3 relu, with a BLAS, to engine", "header_single/cblas/relu_3/gaussian/to_engine", nullptr, 1.2},
    {"Fashion-MNIST, single: header of 3 tanh, with a BLAS, to engine", "header_single/cblas/tanh_3/fashion/to_engine", nullptr, 1.2},
    {"Gaussian rows, single: header of 3 tanh, with a BLAS, to engine", "header_single/cblas/tanh_3/gaussian/to_engine", nullptr, 1.2},
    {"Fashion-MNIST, single: header of 3 relu, own product, to engine", "header_single/own/relu_3/fashion/to_engine", nullptr, 1.2},
    {"Gaussian rows, single: header of 3 relu, own product, to engine", "header_single/own/relu_3/gaussian/to_engine", nullptr, 1.2},
    {"Fashion-MNIST, single: header of 3 tanh, own product, to engine", "header_single/own/tanh_3/fashion/to_engine", nullptr, 1.2},
    {"Gaussian rows, single: header of 3 tanh, own product, to engine", "header_single/own/tanh_3/gaussian/to_engine", nullptr, 1.2},
    {"ntkc eval less 0.1 s, file to file, to memory", "process/eval/ratio", nullptr, 1.5},
    {"30,000 samples to 4,000 (56.2 times the pairs)", "scaling/samples/30000", "scaling/samples/4000", 0},
    {"1,000 layers to 3", "scaling/depth/1000", "scaling/depth/3", 0},
    {"100 layers to 3, 30,000 samples of 64 features", "scaling/depth_of_30000/100", "scaling/depth_of_30000/3", 1.3},
    {"10,000 features to 1,000", "scaling/features/10000", "scaling/features/1000", 0},
    {"one thread to two", "scaling/threads/1", "scaling/threads/2", 0},
    {"2,000 near-duplicates among 4,000 samples, to none", "scaling/near_duplicates/2000", "scaling/near_duplicates/0", 0},
    {"100 times of gradient flow to one eigendecomposition", "inference/flow/ratio", nullptr, 1.3},
    {"posterior mean and variance to Cholesky and solves", "inference/posterior/ratio", nullptr, 1.2},
    {"conjugate gradients, 20,000 samples, matrix-free (s)", "inference/matrix_free/20000", nullptr, 0},
    {"the same: megabytes of memory", "inference/matrix_free/20000/megabytes", nullptr, 0},
};

void tell(const Measured& measured, const std::string& file) {
  std::map<std::string, double> known = measured.seconds;
  known.insert(measured.counters.begin(), measured.counters.end());
  nlohmann::ordered_json json;
  json["seconds"] = measured.seconds;
  json["counters"] = measured.counters;
  fmt::print("\n{:<50} {:>10} {:>10}\n", "", "measured", "promised");
  for (const Row& row : kRows) {
    const auto own = known.find(row.name), to = known.find(row.to ? row.to : row.name);
    if (own == known.end() || to == known.end()) continue;  // not among those that --benchmark_filter chose
    const double value = row.to ? own->second / to->second : own->second;
    fmt::print("{:<50} {:>10.3g} {:>10}\n", row.what, value, row.promise > 0 ? fmt::format("<= {:g}", row.promise) : "");
    json["rows"].push_back({{"what", row.what}, {"measured", value}});
    if (row.promise > 0) json["rows"].back()["promised"] = row.promise;
  }
  if (file.empty()) return;
  if (const auto failure = ntkc::write_file(file, json.dump(2) + "\n")) fmt::print(stderr, "cannot write {}: {}\n", file, *failure);
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::string_view kJson = "--json=";
  std::string file;
  std::vector<char*> rest;
  for (int i = 0; i < argc; ++i)
    if (std::string_view(argv[i]).starts_with(kJson))
      file = argv[i] + kJson.size();
    else
      rest.push_back(argv[i]);
  int count = static_cast<int>(rest.size());
  benchmark::Initialize(&count, rest.data());
  if (benchmark::ReportUnrecognizedArguments(count, rest.data())) return 2;
  Measured measured;
  benchmark::RunSpecifiedBenchmarks(&measured);
  tell(measured, file);
}
