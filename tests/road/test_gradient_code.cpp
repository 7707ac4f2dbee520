// Generated evaluators of derivatives, in C++ and in C, against the engine.
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <tuple>

#include "driver/generate.hpp"
#include "gradients.hpp"

using namespace ntkc;
using namespace ntkc::tests;

namespace {

constexpr const char* kCpp = R"(#include <cstdio>
#include "n.hpp"
template <class E>
void show(const E& e) {
  constexpr std::size_t n = sizeof x / sizeof *x / 5;
  std::vector<double> nngp(n * n), ntk(n * n), diagonal(n);
  e.gram(ntk::ConstMatrixView<double>(x, n, 5), ntk::MatrixView<double>(nngp.data(), n, n), ntk::MatrixView<double>(ntk.data(), n, n));
  e.diag(ntk::ConstMatrixView<double>(x, n, 5), diagonal);
  for (std::size_t i = 0; i < n * n; ++i) std::printf("%.17g %.17g\n", nngp[i], i % (n + 1) ? ntk[i] : diagonal[i / (n + 1)]);
}
int main() {
  const n::Params params{.sigma_w = 1.5};
  show(n::d_sigma_w::Evaluator(params));
  show(n::d_sigma_b::Evaluator(params));
}
)";

constexpr const char* kC = R"(#include <cstdio>
#include "n.h"
void show(int (*gram)(const n_params*, const double*, size_t, size_t, size_t, double*, double*, size_t, size_t, size_t)) {
  constexpr std::size_t n = sizeof x / sizeof *x / 5;
  static double nngp[n * n], ntk[n * n];
  n_params params;
  if (n_params_init(&params) != NTK_OK) return;
  params.sigma_w = 1.5;
  if (gram(&params, x, n, 5, 5, nngp, ntk, n, 0, n) != NTK_OK) return;
  for (std::size_t i = 0; i < n * n; ++i) std::printf("%.17g %.17g\n", nngp[i], ntk[i]);
}
int main() {
  show(n_d_sigma_w_gram);
  show(n_d_sigma_b_gram);
}
)";

std::vector<double> output_of(const std::string& folder, const std::string& program) {
  std::ofstream(folder + "/main.cpp") << program;
  const std::string command = fmt::format(
      "cd '{}' && {} -std=c++20 -O0 -Wall -Wextra -Werror -DNTK_IMPLEMENTATION -I{}/include main.cpp -o main > log 2>&1 && ./main > output",
      folder, NTKC_CXX, NTKC_SOURCE_DIR);
  INFO(folder, ": log");
  REQUIRE(std::system(command.c_str()) == 0);
  std::ifstream in(folder + "/output");
  std::vector<double> numbers;
  for (double v = 0; in >> v;) numbers.push_back(v);
  return numbers;
}

}  // namespace

TEST_CASE("generated evaluators of derivatives agree with the engine") {
  const std::string folder = std::string(NTKC_BINARY_DIR) + "/gradient_tests";
  std::filesystem::create_directories(folder);
  const Samples samples = hard_samples(5, 1.5);
  const std::tuple<const char*, const char*, const char*> all[] = {
      {"dense; repeat 2 { residual { relu; dense } }; hard_tanh; dense", "c", "n.h"},
      {"dense; tanh; dense; erf; layer_norm; dense", "c++", "n.hpp"}};
  for (const auto& [body, backend, file] : all) {
    INFO(std::string(body), " ", std::string(backend));
    const driver::Compilation c = compile(with_sigmas(body), true);
    REQUIRE(c.ok());
    std::vector<double> expected;
    Diagnostics diagnostics;
    for (const char* param : {"sigma_w", "sigma_b"}) {
      const auto plan = driver::gradient(c, 0, param, {true, true}, diagnostics);
      REQUIRE(plan);
      const std::vector<double> values = flat(samples);
      const std::size_t n = samples.size();
      Keep keep(2, n, n);
      engine::Evaluator(*plan, {{"sigma_w", 1.5}}, {.threads = 1}).gram({values.data(), n, 5}, keep);
      for (std::size_t i = 0; i < n * n; ++i)
        for (std::size_t o : {0u, 1u}) expected.push_back(keep.values[o][i]);
    }
    const std::string data = fmt::format("const double x[] = {{{}}};\n", fmt::join(flat(samples), ", "));
    driver::GenerateOptions options;
    options.backend = backend;
    options.gradient = {"all"};
    std::ofstream(folder + "/" + file) << driver::generate(c, options, diagnostics);
    REQUIRE_FALSE(diagnostics.has_errors());
    const std::vector<double> got = output_of(folder, data + (options.backend == "c" ? kC : kCpp));
    REQUIRE(got.size() == expected.size());
    double size = 0, worst = 0;
    for (const double v : expected) size = std::max(size, std::abs(v));
    for (std::size_t i = 0; i < got.size(); ++i) worst = std::max(worst, std::abs(got[i] - expected[i]));
    CHECK(worst <= 1e-14 * size);  // fifty roundings of the largest
  }
}
