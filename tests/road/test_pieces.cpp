// Activations that consist of polynomials between breaks: the engine and generated code against the judge.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "driver/describe.hpp"
#include "driver/generate.hpp"
#include "tests/road/kernels.hpp"

using namespace ntkc;
using namespace ntkc::tests;

namespace {

// A bump, kinks whose places are params in either order, a jump of the second derivative only, and two that meet in one expectation.
const char* const kNetworks[] = {
    "network n { input x: [2]; dense; hard_swish; dense }\n",
    "activation f(x) = max(1 - x^2, 0)\nnetwork n { input x: [2]; dense; f; dense }\n",
    "param a = 1.5\nparam b = -0.5\nactivation f(x) = max(x - a, 0) * max(x - b, 0) + 0.25 * abs(x - b)\n"
    "network n { input x: [2]; dense; f; dense }\n",
    "activation f(x) = if x < -0.25 then 0.5 * x^2 else x^3 + 1.25 * x^2 + 0.1875 * x + 0.015625\n"
    "network n { input x: [2]; dense; f; dense }\n",
    "activation f(x) = max(x - 1, 0)^2\n"
    "network n { input x: [2]; let g = dense(sigma_b = 0.2); sum { branch { g; f } branch { g; hard_swish } }; dense }\n",
};

Samples samples() {
  Samples out;
  for (const double q : {0.01, 4.0, 1e4})
    for (const double theta : {0.0, 3e-5, 2.0}) out.push_back({std::sqrt(2 * q) * std::cos(theta), std::sqrt(2 * q) * std::sin(theta)});
  return out;
}

double worst_error(const driver::Compilation& c, const Samples& x,
                   const std::function<double(std::size_t, std::size_t, std::size_t)>& kernel) {
  std::vector<Values> own;
  for (const auto& row : x) own.push_back(judge(c.lowered[0], row, row, true));
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); i += 3)
    for (std::size_t j = i; j < x.size(); ++j) {
      const Values exact = judge(c.lowered[0], x[i], x[j], i == j);
      for (std::size_t o = 0; o < c.plans[0].outputs.size(); ++o) {
        const std::string& name = c.plans[0].outputs[o].name;
        worst = std::max(worst, std::abs(kernel(o, i, j) - exact.at(name)) / std::sqrt(own[i].at(name) * own[j].at(name)));
      }
    }
  return worst;
}

}  // namespace

TEST_CASE("activations of polynomial pieces at every variance and correlation") {
  for (const char* text : kNetworks) {
    INFO(std::string(text));
    const driver::Compilation c = compile("ntk 1\n" + std::string(text), true);
    REQUIRE(c.ok());
    for (const auto& a : driver::activation_facts(c, 0, true)) {
      REQUIRE(a.error);
      CHECK(a.error->proved);
      CHECK(a.error->error <= 1e-11);
      CHECK(a.method.find("conditional") != std::string::npos);
    }
    const Samples x = samples();
    const Keep engine = run(c, x, true);
    const double worst = worst_error(c, x, [&](std::size_t o, std::size_t i, std::size_t j) { return engine.at(o, i, j); });
    MESSAGE(worst);
    CHECK(worst <= 4e-14);  // what series may leave out, and the roundings of two layers
  }
}

TEST_CASE("generated code of activations of polynomial pieces") {
  const std::string folder = std::string(NTKC_BINARY_DIR) + "/piece_tests";
  std::filesystem::create_directories(folder);
  const Samples x = samples();
  std::string main = "#include <cstdio>\n", body;
  std::vector<driver::Compilation> all;
  Diagnostics diagnostics;
  for (const char* text : kNetworks) {
    all.push_back(compile("ntk 1\n" + std::string(text), true));
    REQUIRE(all.back().ok());
    const std::string name = fmt::format("n{}", all.size());
    std::ofstream(folder + "/" + name + ".hpp")
        << driver::generate(all.back(), {.backend = "c++", .name_space = name, .standalone = false}, diagnostics);
    main += fmt::format("#include \"{}.hpp\"\n", name);
    for (const auto& output : all.back().plans[0].outputs) body += fmt::format("  show({}::n::Evaluator(), ntk::{});\n", name, output.name);
  }
  std::vector<double> flat;
  for (const auto& row : x) flat.insert(flat.end(), row.begin(), row.end());
  main += fmt::format("const double x[] = {{{}}};\n", fmt::join(flat, ", "));
  main += fmt::format(
      "template <class E> void show(const E& e, ntk::Selector which) {{\n  double k[{0} * {0}];\n"
      "  e.gram(ntk::ConstMatrixView<double>{{x, {0}, 2}}, ntk::MatrixView<double>(k, {0}, {0}), which);\n"
      "  for (const double v : k) std::printf(\"%.17g\\n\", v);\n}}\nint main() {{\n{1}}}\n",
      x.size(), body);
  std::ofstream(folder + "/main.cpp") << main;
  const std::string command =
      fmt::format("cd '{}' && {} -std=c++20 -O0 -Wall -Wextra -Werror -I{}/include main.cpp -o main > log 2>&1 && ./main > output", folder,
                  NTKC_CXX, NTKC_SOURCE_DIR);
  INFO(folder, ": log");
  REQUIRE(std::system(command.c_str()) == 0);
  std::ifstream output(folder + "/output");
  for (const driver::Compilation& c : all) {
    const Keep engine = run(c, x, true);
    for (std::size_t o = 0; o < c.plans[0].outputs.size(); ++o)
      for (std::size_t i = 0; i < x.size(); ++i)
        for (std::size_t j = 0; j < x.size(); ++j) {
          double value = 0;
          output >> value;
          CHECK(std::abs(value - engine.at(o, i, j)) <= 4e-14 * std::sqrt(engine.at(o, i, i) * engine.at(o, j, j)));
        }
  }
}
