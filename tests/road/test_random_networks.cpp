// Random networks down the whole road: every stage that has a value is compared with the judge, which reads the program as it was lowered.
// NTKC_ROAD_SEED and NTKC_ROAD_NETWORKS choose other networks; a failure prints its seed and its spec.
#include <doctest/doctest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "../sanitizers.hpp"
#include "activations/activation.hpp"
#include "driver/generate.hpp"
#include "kernels.hpp"
#include "random_spec.hpp"

using namespace ntkc;
using namespace ntkc::tests;

namespace {

std::uint64_t setting(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : fallback;
}

// Errors relative to sqrt(k(x, x) k(x', x')).
struct Tolerance {
  double apart, aligned;
};

class Checker {
 public:
  Checker(const driver::Compilation& c, const RandomSpec& spec, Tolerance tolerance)
      : c_(c),
        samples_(hard_samples(columns_of(c.lowered[0]), spec.growing ? 3 : 1e3)),
        tolerance_(tolerance),
        growing_(spec.growing),
        centred_(spec.centred) {
    for (const auto& x : samples_) own_.push_back(judge(c.lowered[0], x, x, true));
  }
  const std::string& complaint() const { return complaint_; }

  void engine() {
    const Keep gram = run(c_, samples_, true), cross = run(c_, samples_, false);
    for (std::size_t i = 0; i < samples_.size(); ++i)
      for (std::size_t j = 0; j < samples_.size(); ++j) {
        if (!in_range(i) || !in_range(j)) continue;
        const Values v = judge(c_.lowered[0], samples_[i], samples_[j]);
        for (std::size_t o = 0; o < c_.plans[0].outputs.size(); ++o) {
          const std::string& name = c_.plans[0].outputs[o].name;
          compare("gram", name, i, j, gram.at(o, i, j), i == j ? own_[i].at(name) : v.at(name), i == j);
          compare("cross", name, i, j, cross.at(o, i, j), v.at(name));
        }
      }
  }

  // The same kernels, whatever the program: after the passes, after a trip through text, with loops written out.
  void same_values(const char* what, const ir::Program& other, double tolerance) {
    for (const auto& [i, j] : {std::pair{0, 1}, {0, 7}, {4, 5}, {6, 3}}) {
      if (!in_range(i) || !in_range(j)) continue;
      const Values a = judge(c_.lowered[0], samples_[i], samples_[j]), b = judge(other, samples_[i], samples_[j]);
      for (const auto& [name, value] : a) {
        const double s = scale(name, i, j);
        if (!(std::abs(value - b.at(name)) <= tolerance * s + 1e-290)) complain(what, name, i, j, b.at(name), value, s);
      }
    }
  }

 private:
  // Towers of exponentials and powers leave every range: there is nothing to compare.
  bool in_range(std::size_t i) const {
    for (const auto& [name, value] : own_[i])
      if (!(std::abs(value) < 1e60)) return !growing_;
    return true;
  }
  double scale(const std::string& kernel, std::size_t i, std::size_t j) const {
    return std::sqrt(std::abs(own_[i].at(kernel))) * std::sqrt(std::abs(own_[j].at(kernel)));
  }
  void complain(const char* what, const std::string& kernel, std::size_t i, std::size_t j, double got, double expected, double s) {
    if (complaint_.empty())
      complaint_ = fmt::format("{}: {} of samples {} and {}: {} instead of {}, off by {:.2e}", what, kernel, i, j, got, expected,
                               std::abs(got - expected) / s);
  }
  void compare(const char* what, const std::string& kernel, std::size_t i, std::size_t j, double got, double expected,
               bool diagonal = false) {
    const double s = scale(kernel, i, j), error = std::abs(got - expected) / (s + 1e-290);
    const bool near = !diagonal && (i == j || aligned(i, j));
    const double apart = centred_ && (i == 5 || j == 5) ? std::max(1e-9, tolerance_.apart) : tolerance_.apart;
    if (!(error <= (near ? std::max(apart, tolerance_.aligned) : apart))) complain(what, kernel, i, j, got, expected, s);
  }

  const driver::Compilation& c_;
  Samples samples_;
  std::vector<Values> own_;  // the judge's values of each sample with itself
  Tolerance tolerance_;
  bool growing_, centred_;
  std::string complaint_;
};

// A program that prints the kernels of the samples under each generated header, the outputs in order.
std::string consumer(const std::vector<driver::Compilation>& networks, const std::vector<Samples>& samples) {
  std::string text = "#include <cstdio>\n#include <vector>\n", body;
  for (std::size_t n = 0; n < networks.size(); ++n) {
    const auto& s = samples[n];
    text += fmt::format("#include \"n{}.hpp\"\n", n);
    body += fmt::format("  {{\n    const std::vector<double> v{{{}}};\n    const ntk::ConstMatrixView<double> x{{v.data(), {}, {}}};\n",
                        fmt::join(flat(s), ", "), s.size(), s[0].size());
    for (const auto& output : networks[n].plans[0].outputs)
      body += fmt::format("    show(n{}::n::Evaluator(), x, ntk::{});\n", n, output.name);
    body += "  }\n";
  }
  return text +
         "template <class E> void show(const E& e, ntk::ConstMatrixView<double> x, ntk::Selector which) {\n  std::vector<double> k(x.rows "
         "* x.rows);\n"
         "  e.gram(x, ntk::MatrixView<double>(k.data(), x.rows, x.rows), which);\n  for (double v : k) std::printf(\"%.17g\\n\", "
         "v);\n}\nint main() {\n" +
         body + "}\n";
}

std::string explained(const driver::Compilation& c) {
  std::string text;
  for (const auto& d : c.diagnostics.all())
    if (d.severity == Severity::error) text += spelling(d.code) + " " + d.message + "\n";
  return text;
}

struct Counts {
  std::size_t seen = 0, accepted = 0;
};

bool all_have_distances(const ir::Program& program) {
  return std::ranges::all_of(program.activations, [](const graph::ActivationUse& use) {
    const auto* row = activations::find(use.name);
    return row && row->closed && row->closed->distance;
  });
}

void check(std::uint64_t seed, Counts& counts) {
  const RandomSpec spec = random_spec(seed);
  INFO("seed ", seed, "\n", spec.text);
  ++counts.seen;
  const auto c = compile(spec.text, spec.ntk);
  if (!c.ok()) {
    CHECK_FALSE(explained(c).empty());
    return;
  }
  ++counts.accepted;
  // Where every distance has its own recursion no digits are lost. Other joins of dependent branches follow from covariances, good to
  // 1e-16: the angles of aligned samples to 1e-8. Behind a jump an angle is the root of one before, so where it should be 0 a chain of
  // jumps makes of 1e-16 anything.
  const double aligned = !spec.joins && all_have_distances(c.lowered[0]) ? 1e-12 : spec.ntk ? 1e-8 : 0.1;
  Checker checker(c, spec, {1e-12, aligned});
  constexpr double exact = 1e-25;
  checker.same_values("after the passes", c.optimized[0], exact);
  checker.same_values("read back from text", ir::parse(ir::to_text(c.lowered[0])), exact);
  checker.same_values("read back from text after the passes", ir::parse(ir::to_text(c.optimized[0])), exact);
  if (spec.loops)
    if (const auto plain = compile(spec.written_out, spec.ntk); plain.ok())
      checker.same_values("with loops written out", plain.lowered[0], exact);
  checker.engine();
  CHECK_MESSAGE(checker.complaint().empty(), checker.complaint());
}

}  // namespace

TEST_CASE("random networks: engine, judge, passes, texts and loops written out") {
  const std::uint64_t first = setting("NTKC_ROAD_SEED", 1), count = setting("NTKC_ROAD_NETWORKS", tests::cases(40));
  MESSAGE("seeds from ", first, ", ", count, " networks");
  Counts counts;
  for (std::uint64_t seed = first; seed < first + count; ++seed) check(seed, counts);
  CHECK(2 * counts.accepted >= counts.seen);
}

TEST_CASE("random networks: generated C++ and engine agree to the last few bits") {
  const std::uint64_t first = setting("NTKC_ROAD_SEED", 1);
  const std::string folder = std::string(NTKC_BINARY_DIR) + "/road_tests";
  std::filesystem::create_directories(folder);
  std::vector<driver::Compilation> networks;
  std::vector<Samples> samples;
  Diagnostics diagnostics;
  for (std::uint64_t seed = first; networks.size() < 8 && seed < first + 40; ++seed) {
    const RandomSpec spec = random_spec(seed);
    auto c = compile(spec.text, spec.ntk);
    if (!c.ok()) continue;
    const std::string name = fmt::format("n{}", networks.size());
    std::ofstream(folder + "/" + name + ".hpp")
        << driver::generate(c, {.backend = "c++", .name_space = name, .standalone = false}, diagnostics);
    samples.push_back(hard_samples(columns_of(c.lowered[0]), spec.growing ? 3 : 1e3));
    networks.push_back(std::move(c));
  }
  std::ofstream(folder + "/main.cpp") << consumer(networks, samples);
  const std::string command =
      fmt::format("cd '{}' && {} -std=c++20 -O0 -Wall -Wextra -Werror -I{}/include main.cpp -o main > log 2>&1 && ./main > output", folder,
                  NTKC_CXX, NTKC_SOURCE_DIR);
  INFO(folder, ": log");
  REQUIRE(std::system(command.c_str()) == 0);
  std::ifstream output(folder + "/output");
  for (std::size_t n = 0; n < networks.size(); ++n) {
    const Keep expected = run(networks[n], samples[n], true);
    const std::size_t rows = samples[n].size();
    for (std::size_t o = 0; o < expected.values.size(); ++o)
      for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < rows; ++j) {
          double got = std::nan("");
          output >> got;
          // The products of the two differ by roundings; of aligned samples that is half the digits where a distance follows from
          // covariances.
          const double scale = std::sqrt(std::abs(expected.at(o, i, i) * expected.at(o, j, j))),
                       tolerance = i != j && aligned(i, j) ? 1e-7 : 1e-12;
          const double e = expected.at(o, i, j);
          INFO("network ", n, ", samples ", i, " and ", j);
          if (networks[n].plans[0].outputs.size() == 2) CHECK(std::abs(got - e) <= tolerance * scale);
        }
  }
}

TEST_CASE("parts of parts of a concat") {
  const auto values = [](const std::string& body) {
    const auto c = compile(
        "network n { input x: [5]; let a = dense(sigma_w = 1.3); let b = dense(sigma_b = 0.4); let c = dense; " + body + "; dense }", true);
    REQUIRE(c.ok());
    const Samples s = hard_samples(5, 1e3);
    return judge(c.lowered[0], s[0], s[7]);
  };
  for (const std::string tail : {"relu", "layer_norm", "layer_norm; gelu", "erf; layer_norm"}) {
    CAPTURE(tail);
    const auto nested =
        values("concat(weights = [1, 3]) { branch { concat(weights = [2, 1]) { branch { a } branch { b } } } branch { c } }; " + tail);
    const auto plain = values("concat(weights = [2, 1, 9]) { branch { a } branch { b } branch { c } }; " + tail);
    for (const auto& [name, value] : nested) CHECK(value == doctest::Approx(plain.at(name)).epsilon(1e-14));
  }
}
