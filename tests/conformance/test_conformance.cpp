// Values of independent origin: NAME.ntk with samples NAME.x.npy and NAME.y.npy and the kernels NAME.{nngp,ntk}_{xx,xy}.npy.
//   fc_*        neural-tangents 0.6.5 in float64: rtol 1e-10 + atol 1e-13 off the diagonal, and for the NNGP on it; 2e-6 for the NTK on the
//   diagonal,
//               where that program loses half the digits of the angle.
//   the others  two-dimensional integrals split at the kinks, joint covariances followed by demand: rtol 1e-11 + atol 1e-13 everywhere.
#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <set>

#include "driver/pipeline.hpp"
#include "engine/engine.hpp"
#include "io/read.hpp"

using namespace ntkc;

namespace {

const std::string kFolder = std::string(NTKC_SOURCE_DIR) + "/tests/conformance/";

io::Matrix read(const std::string& file) {
  Diagnostics d;
  auto m = io::read(kFolder + file, {}, d);
  REQUIRE(m);
  return std::move(*m);
}

engine::Rows view(const io::Matrix& m) { return {m.values.data(), m.rows, m.columns}; }

struct Keep : engine::TileSink {
  std::size_t rows, columns;
  std::vector<std::vector<double>> values;
  Keep(std::size_t outputs, std::size_t n, std::size_t m)
      : rows(n), columns(m), values(outputs, std::vector<double>(n * m, std::nan(""))) {}
  bool write(std::size_t output, std::size_t row, std::size_t column, engine::Rows tile) override {
    for (std::size_t i = 0; i < tile.rows; ++i)
      for (std::size_t j = 0; j < tile.columns; ++j) values[output][(row + i) * columns + column + j] = tile.row(i)[j];
    return true;
  }
};

void compare(const std::string& name, const std::string& kernel, const std::string& which, const Keep& got, std::size_t output) {
  const io::Matrix expected = read(name + "." + kernel + "_" + which + ".npy");
  REQUIRE(expected.values.size() == got.values[output].size());
  const bool peer = name.starts_with("fc_");
  for (std::size_t k = 0; k < expected.values.size(); ++k) {
    const bool diagonal = which == "xx" && k / got.columns == k % got.columns;
    const double relative = !peer ? 1e-11 : diagonal && kernel == "ntk" ? 2e-6 : 1e-10;
    const double e = expected.values[k], g = got.values[output][k];
    if (!(std::abs(g - e) <= relative * std::abs(e) + 1e-13))
      FAIL_CHECK(fmt::format("{} {}_{} at {}: {} instead of {}", name, kernel, which, k, g, e));
  }
}

std::set<std::string> cases() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder))
    if (entry.path().extension() == ".ntk") names.insert(entry.path().stem().string());
  return names;
}

}  // namespace

TEST_CASE("kernels agree with those of independent programs") {
  const auto names = cases();
  CHECK(names.size() >= 15);
  for (const std::string& name : names) {
    CAPTURE(name);
    DiskProvider disk;
    const auto c = driver::compile(
        disk, {.spec = kFolder + name + ".ntk", .include_dirs = {}, .defines = {}, .network = "", .fold = {}, .kernels = {}});
    for (const auto& d : c.diagnostics.all()) INFO(d.message);
    CHECK(c.ok());
    if (!c.ok()) continue;
    const io::Matrix x = read(name + ".x.npy"), y = read(name + ".y.npy");
    const engine::Evaluator evaluator(c.plans[0], {}, {.threads = 2});
    const auto& outputs = c.plans[0].outputs;
    Keep xx(outputs.size(), x.rows, x.rows), xy(outputs.size(), x.rows, y.rows);
    CHECK(evaluator.gram(view(x), xx));
    CHECK(evaluator.cross(view(x), view(y), xy));
    CHECK(outputs.size() == 2);
    for (std::size_t o = 0; o < outputs.size(); ++o) {
      compare(name, outputs[o].name, "xx", xx, o);
      compare(name, outputs[o].name, "xy", xy, o);
    }
  }
}
