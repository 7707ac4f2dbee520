// Every spec of examples/ is laid out by `ntkc fmt`, checks without a warning, generates, evaluates; its values are those of the judge.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "driver/pipeline.hpp"
#include "engine/engine.hpp"
#include "reference/evaluate.hpp"
#include "tests/driver/process.hpp"

using namespace ntkc;

namespace {

const std::string kRoot = NTKC_SOURCE_DIR;

std::vector<std::string> specs(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : test::fs::directory_iterator(kRoot + "/" + folder))
    if (entry.path().extension() == ".ntk") paths.push_back(entry.path().string());
  std::ranges::sort(paths);
  return paths;
}

std::size_t channels(const graph::Shape& shape) { return shape.channels.size.value_or(6); }

struct Matrices : engine::TileSink {
  Matrices(std::size_t outputs, std::size_t n) : rows(n), values(outputs, std::vector<double>(n * n, std::nan(""))) {}
  bool write(std::size_t output, std::size_t row, std::size_t column, engine::Rows tile) override {
    for (std::size_t i = 0; i < tile.rows; ++i)
      for (std::size_t j = 0; j < tile.columns; ++j) values[output][(row + i) * rows + column + j] = tile.row(i)[j];
    return true;
  }
  std::size_t rows;
  std::vector<std::vector<double>> values;
};

// Two samples that differ, and one close to the first.
std::vector<double> samples(std::size_t columns) {
  std::mt19937_64 random(columns);
  std::vector<double> x(3 * columns);
  for (auto& v : x) v = 4 * std::generate_canonical<double, 53>(random) - 2;
  for (std::size_t j = 0; j < columns; ++j) x[2 * columns + j] = x[j] * (1 + 1e-6 * static_cast<double>(j % 3));
  return x;
}

}  // namespace

TEST_CASE("the examples and the built-in specs are in the canonical layout") {
  const test::Folder folder;
  for (const char* where : {"examples", "examples/shared_blocks", "grammar/std"})
    for (const std::string& spec : specs(where)) {
      const auto run = folder.ntkc("fmt --check '" + spec + "'");
      CHECK_MESSAGE(run.status == 0, run.err);
    }
}

TEST_CASE("the examples check, generate and evaluate from the command line") {
  const test::Folder folder;
  const auto paths = specs("examples");
  CHECK(paths.size() >= 8);
  for (const std::string& spec : paths) {
    CAPTURE(spec);
    const auto check = folder.ntkc("check '" + spec + "'");
    CHECK(check.status == 0);
    CHECK(check.err.empty());
    CHECK(folder.ntkc("gen '" + spec + "' -o out.hpp").status == 0);
    const auto elsewhere =
        folder.shell("cd / && env -i LC_ALL=tr_TR.UTF-8 TZ=Asia/Kathmandu OMP_NUM_THREADS=7 \"$NTKC\" gen '" + spec + "' -o -");
    CHECK(elsewhere.out == test::read(folder / "out.hpp"));
    CHECK(folder.ntkc("gen '" + spec + "' -o out.h --emit=c").status == 0);
    CHECK(folder.ntkc("info '" + spec + "'").status == 0);
    DiskProvider disk;
    driver::Request request;
    request.spec = spec;
    for (const auto& plan : driver::compile(disk, request).plans) {
      std::string rows, words;
      std::size_t input = 0;
      for (const auto& shape : plan.input_shapes) {
        std::string row, file = fmt::format("{}.csv", input);
        for (std::size_t j = 0; j < channels(shape); ++j) row += fmt::format("{}{}", j ? "," : "", 0.25 + 0.5 * static_cast<double>(j % 4));
        test::write(folder / file, row + "\n" + row + "1\n");
        words += fmt::format(" --x {}={}", plan.inputs[input++].name, file);
      }
      const auto eval = folder.ntkc("eval -q '" + spec + "' --network " + plan.name + words);
      CHECK_MESSAGE(eval.status == 0, eval.err);
      CHECK_FALSE(eval.out.empty());
    }
  }
}

// 1e-12 is the tolerance of series and quadrature (`ntkc --tolerance`), relative to sqrt(k(x,x) k(x',x')); the judge has 30 digits. The
// third sample is within 1e-6 of the first: where dependent branches meet, the squared distance is a difference of covariances
// (docs/mathematics.md), so the angle, and with it the NTK of a kinked activation, keeps 2^-52 / 1e-6 = 2e-10, less what other layers add.
TEST_CASE("the engine agrees with the judge on the examples") {
  for (const std::string& spec : specs("examples")) {
    DiskProvider disk;
    driver::Request request;
    request.spec = spec;
    const auto c = driver::compile(disk, request);
    REQUIRE(c.ok());
    for (std::size_t n = 0; n < c.plans.size(); ++n) {
      const auto& plan = c.plans[n];
      CAPTURE(plan.name);
      std::size_t columns = 0;
      for (const auto& shape : plan.input_shapes) columns += channels(shape);
      const auto x = samples(columns);
      const auto row = [&](std::size_t i) { return std::span(x).subspan(i * columns, columns); };
      Matrices k(plan.outputs.size(), 3);
      REQUIRE(engine::Evaluator(plan, {}, {.threads = 1}).gram({x.data(), 3, columns}, k));
      for (std::size_t i = 0; i < 3; ++i) {
        const auto judge = reference::evaluate(c.lowered[n], row(i), row(0), {}, i == 0);
        for (std::size_t o = 0; o < plan.outputs.size(); ++o) {
          const double scale = std::sqrt(k.values[o][i * 3 + i] * k.values[o][0]);
          const double expected = judge.at(plan.outputs[o].name).to_double();
          CAPTURE(plan.outputs[o].name);
          CAPTURE(i);
          CHECK(std::abs(k.values[o][i * 3] - expected) <= (i == 2 ? 2e-10 : 1e-12) * scale);
        }
      }
    }
  }
}

TEST_CASE("a built-in spec has a kernel, or the compiler says that positions are not part of this version") {
  const test::Folder folder;
  for (const std::string& spec : specs("grammar/std")) {
    const auto run = folder.ntkc("check '" + spec + "'");
    CAPTURE(run.err);
    const bool spatial = test::contains(run.err, "[NTK5201]");
    CHECK(run.status == (spatial ? 1 : 0));
    if (!spatial) CHECK(run.err.empty());
    CHECK(std::ranges::count(run.err, '[') <= 2);  // that, and the shape in the quoted line
  }
}
