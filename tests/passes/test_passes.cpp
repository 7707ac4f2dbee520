// Every file here is a program, then sections `==== PASS` with what the pass makes of it (`all`: all passes, one after another).
// NTKC_UPDATE_GOLDEN=1 writes the sections anew.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "numeric/real.hpp"
#include "passes/duals.hpp"
#include "passes/pass.hpp"
#include "reference/evaluate.hpp"

using namespace ntkc;
using numeric::Float100;

namespace {

struct Golden {
  std::filesystem::path path;
  std::string input;
  std::vector<std::pair<std::string, std::string>> sections;
};

std::vector<Golden> golden_files() {
  std::vector<Golden> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(NTKC_SOURCE_DIR) + "/tests/passes"))
    if (entry.path().extension() == ".txt") files.push_back({entry.path(), "", {}});
  std::sort(files.begin(), files.end(), [](const Golden& a, const Golden& b) { return a.path < b.path; });
  for (Golden& file : files) {
    std::ifstream in(file.path);
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("==== "))
        file.sections.push_back({line.substr(5), ""});
      else
        (file.sections.empty() ? file.input : file.sections.back().second) += line + "\n";
    }
  }
  return files;
}

ir::Program apply(const std::string& pass, const ir::Program& program) {
  return pass == "all" ? passes::run_all(program) : passes::find(pass)->run(program);
}

// Pairs of samples that matter: general, equal, parallel, opposite, near, and a zero sample. Programs have one input of 3 channels, or two.
std::vector<std::pair<std::vector<double>, std::vector<double>>> samples(const ir::Program& program) {
  std::vector<std::pair<std::vector<double>, std::vector<double>>> pairs = {{{1, -0.5, 2}, {0.25, 1, 1.5}},
                                                                            {{1, -0.5, 2}, {1, -0.5, 2}},
                                                                            {{1, -0.5, 2}, {2, -1, 4}},
                                                                            {{1, -0.5, 2}, {-1, 0.5, -2}},
                                                                            {{1, -0.5, 2}, {1, -0.5, 2 + 1e-9}}};
  if (program.inputs.size() == 1) pairs.push_back({{1, -0.5, 2}, {0, 0, 0}});
  for (auto& [x, y] : pairs)
    if (program.inputs.size() == 2) {
      x.insert(x.end(), {0.5, 0.125, -1});
      y.insert(y.end(), {-0.5, 0.75, 3});
    }
  return pairs;
}

// Both sides are computed in 100 digits. What a pass may lose are digits of differences of nearly equal moments: 1e-40 leaves room for 60.
void check_equal(const ir::Program& a, const ir::Program& b) {
  for (const auto& [x, y] : samples(a))
    for (const bool same : {false, true}) {
      const auto left = reference::evaluate(a, x, y, {}, same), right = reference::evaluate(b, x, y, {}, same);
      REQUIRE(left.size() == right.size());
      for (const auto& [name, number] : left) {
        CAPTURE(name);
        const Float100 l = numeric::value(number), r = numeric::value(right.at(name));
        CHECK(static_cast<double>(abs(l - r)) <= static_cast<double>(abs(l)) * 1e-40 + 1e-45);
      }
    }
}

}  // namespace

TEST_CASE("what each pass makes of each program") {
  const bool update = std::getenv("NTKC_UPDATE_GOLDEN") != nullptr;
  for (Golden& file : golden_files()) {
    CAPTURE(file.path.filename().string());
    const ir::Program program = ir::parse(file.input);
    REQUIRE(ir::verify(program).value_or("") == "");
    if (update) {
      std::ofstream out(file.path);
      out << file.input;
      for (const auto& [pass, text] : file.sections) out << "==== " << pass << "\n" << ir::to_text(apply(pass, program));
      continue;
    }
    CHECK(!file.sections.empty());
    for (const auto& [pass, text] : file.sections) {
      CAPTURE(pass);
      CHECK(ir::to_text(apply(pass, program)) == text);
    }
  }
}

TEST_CASE("every pass preserves the value of every program") {
  for (const Golden& file : golden_files()) {
    if (file.path.stem() == "quadrature" || file.path.stem() == "piecewise") continue;  // judged below and in test_piecewise.cpp
    CAPTURE(file.path.filename().string());
    const ir::Program program = ir::parse(file.input);
    ir::Program before = program;
    passes::run_all(program, [&](const passes::Pass& pass, const ir::Program& after) {
      CAPTURE(std::string(pass.name));
      check_equal(before, after);
      before = after;
    });
  }
}

TEST_CASE("expectations by quadrature keep their meaning") {
  for (const Golden& file : golden_files()) {
    if (file.path.stem() != "quadrature") continue;
    const ir::Program program = ir::parse(file.input), after = passes::run_all(program);
    for (const ir::Node& node : after.nodes) CHECK((node.op != ir::Op::dual && node.op != ir::Op::mean && node.op != ir::Op::dual_gram));
    const std::vector<double> x = {1, -0.5, 2}, y = {0.25, 1, 1.5};
    const Float100 l = numeric::value(reference::evaluate(program, x, y).at("nngp")),
                   r = numeric::value(reference::evaluate(after, x, y).at("nngp"));
    CHECK(static_cast<double>(abs(l - r) / l) <= 1e-40);
  }
}

TEST_CASE("passes are done when they have run: once more changes nothing") {
  for (const Golden& file : golden_files()) {
    CAPTURE(file.path.filename().string());
    const ir::Program once = passes::find("dead")->run(passes::run_all(ir::parse(file.input)));
    CHECK(ir::to_text(passes::find("dead")->run(once)) == ir::to_text(once));
  }
}

TEST_CASE("depth costs nothing, length does not recurse") {
  std::string text = golden_files()[1].input;
  REQUIRE(golden_files()[1].path.stem() == "mlp");
  const std::size_t at = text.find("= 3 (");
  const ir::Program deep = passes::run_all(ir::parse(text.replace(at, 3, "= 10000")));
  CHECK(deep.nodes.size() < 200);
  ir::Program p;
  p.inputs = {{"x", 0}};
  p.input_shapes.resize(1);
  p.params.resize(1);
  p.params[0].name = "w";
  ir::Builder b(p);
  ir::Num x = num(b, b.inner(b.input(0), b.prime(b.input(0)))), w = num(b, b.param("w"));
  for (int i = 0; i < 50000; ++i) x = x * w + 1.0;
  p.outputs = {{"nngp", x.v}};
  CHECK(passes::run_all(p).nodes.size() >= 100000);
}

TEST_CASE("methods of expectations") {
  for (const Golden& file : golden_files()) {
    if (file.path.stem() != "quadrature") continue;
    const auto uses = passes::methods(ir::parse(file.input));
    REQUIRE(uses.size() == 4);
    CHECK(uses[0].psi == "");
    CHECK(uses[1].terms == passes::kHermiteTerms);
    CHECK(uses[3].psi == "kink");
  }
}
