#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <random>

#include "engine/engine.hpp"
#include "ir/program.hpp"
#include "numeric/real.hpp"
#include "tests/plan/interpret.hpp"
#include "tests/plan/texts.hpp"

using namespace ntkc;

namespace {

struct Data {
  std::size_t rows, columns;
  std::vector<double> values;
  engine::Rows view() const { return {values.data(), rows, columns}; }
  tests::Row row(std::size_t i) const {
    return {values.begin() + static_cast<std::ptrdiff_t>(i * columns), values.begin() + static_cast<std::ptrdiff_t>((i + 1) * columns)};
  }
};

Data uniform(std::size_t rows, std::size_t columns, unsigned seed) {
  std::mt19937_64 random(seed);
  Data data{rows, columns, std::vector<double>(rows * columns)};
  for (auto& v : data.values) v = 4 * std::generate_canonical<double, 53>(random) - 2;
  return data;
}

// Counts the writes of every entry as well.
struct Collect : engine::TileSink {
  Collect(std::size_t outputs, std::size_t r, std::size_t c)
      : rows(r), columns(c), values(outputs, std::vector<double>(r * c)), writes(outputs * r * c, 0) {}
  bool write(std::size_t output, std::size_t row, std::size_t column, engine::Rows tile) override {
    for (std::size_t i = 0; i < tile.rows; ++i)
      for (std::size_t j = 0; j < tile.columns; ++j) {
        values[output][(row + i) * columns + column + j] = tile.row(i)[j];
        ++writes[(output * rows + row + i) * columns + column + j];
      }
    whole_rows = whole_rows && tile.columns == columns && row == next_row[output];
    next_row[output] = row + tile.rows;
    return --patience != 0;
  }
  double at(std::size_t o, std::size_t i, std::size_t j) const { return values[o][i * columns + j]; }
  bool once() const {
    return std::all_of(writes.begin(), writes.end(), [](int n) { return n == 1; });
  }
  bool finite() const {
    for (const auto& v : values)
      for (const double x : v)
        if (!std::isfinite(x)) return false;
    return true;
  }
  std::size_t rows, columns;
  std::vector<std::vector<double>> values;
  std::vector<int> writes;
  std::map<std::size_t, std::size_t> next_row;
  bool whole_rows = true;
  long patience = -1;
};

plan::Plan plan_of(const char* text) { return plan::make(ir::parse(text)); }

Collect gram(const plan::Plan& plan, const Data& x, engine::Options options = {}) {
  Collect out(plan.outputs.size(), x.rows, x.rows);
  CHECK(engine::Evaluator(plan, {}, options).gram(x.view(), out));
  CHECK(out.once());
  return out;
}

// What the data gives, undisguised.
constexpr const char* kProducts = R"(program products
  input x [any]
  sample f = input(0)
  pair g = gram(f, f')
  pair d = distance(f, f')
  output nngp = g
  output ntk = d
)";

}  // namespace

// The interpreter computes the same recursion in double in another order: 1e-12 leaves room for the square root of a cancelling
// determinant.
TEST_CASE("gram, cross and diag of plans are what the plan says") {
  for (const char* text : {tests::kMlp, tests::kNested, tests::kData}) {
    const auto plan = plan_of(text);
    INFO(plan.name);
    const std::size_t columns = plan.name == "data" ? 6 : 5;
    const auto x = uniform(300, columns, 7), y = uniform(9, columns, 8);
    tests::Interpreter judge(plan, {});
    const auto k = gram(plan, x);
    Collect c(plan.outputs.size(), x.rows, y.rows), d(plan.outputs.size(), x.rows, 1);
    engine::Evaluator evaluator(plan, {});
    CHECK(evaluator.cross(x.view(), y.view(), c));
    CHECK(evaluator.diag(x.view(), d));
    CHECK((c.once() && d.once()));
    for (std::size_t i = 0; i < x.rows; i += 7) {
      const auto check = [&](std::size_t o, double value, const std::map<std::string, double>& expected) {
        const double e = expected.at(plan.outputs[o].name);
        CHECK(std::fabs(value - e) <= 1e-12 * std::max(1.0, std::fabs(e)));
      };
      for (std::size_t o = 0; o < plan.outputs.size(); ++o) {
        for (std::size_t j = 0; j < x.rows; j += 13) {
          if (i == j) continue;
          check(o, k.at(o, i, j), judge(x.row(std::max(i, j)), x.row(std::min(i, j))));
          CHECK(k.at(o, i, j) == k.at(o, j, i));
        }
        for (std::size_t j = 0; j < y.rows; ++j) check(o, c.at(o, i, j), judge(x.row(i), y.row(j)));
        if (plan.name != "mlp") check(o, d.at(o, i, 0), judge(x.row(i), x.row(i), true));  // its determinant cancels on the diagonal
        CHECK(d.at(o, i, 0) == k.at(o, i, i));
      }
    }
  }
}

TEST_CASE("bytes depend on neither threads, memory nor order") {
  const auto plan = plan_of(tests::kMlp);
  const auto x = uniform(1100, 5, 3);
  const auto first = gram(plan, x, {1, std::size_t(1) << 28, engine::Order::halves});
  for (const unsigned threads : {1u, 2u})
    for (const std::size_t memory : {std::size_t(1), std::size_t(1) << 22, std::size_t(1) << 28})
      for (const auto order : {engine::Order::halves, engine::Order::rows}) {
        const auto again = gram(plan, x, {threads, memory, order});
        for (std::size_t o = 0; o < 2; ++o)
          CHECK(std::memcmp(first.values[o].data(), again.values[o].data(), first.values[o].size() * sizeof(double)) == 0);
        if (order == engine::Order::rows) CHECK(again.whole_rows);
      }
}

namespace {

// Wants every other panel.
struct Choosy : Collect {
  using Collect::Collect;
  bool wanted(const engine::Block& b) override {
    const bool want = asked.size() % 2 == parity;
    asked.push_back(b);
    for (std::size_t o = 0; o < values.size() && want; ++o)
      for (std::size_t i = b.row; i < b.row + b.rows; ++i)
        for (std::size_t j = b.column; j < b.column + b.columns; ++j) ++expected[(o * rows + i) * columns + j];
    return want;
  }
  std::size_t parity = 0;
  std::vector<engine::Block> asked;
  std::vector<int> expected = std::vector<int>(writes.size(), 0);
};

}  // namespace

TEST_CASE("a panel that is not wanted is not written, and the others have the same bytes") {
  const auto plan = plan_of(tests::kMlp);
  const auto x = uniform(1100, 5, 3), y = uniform(700, 5, 4);
  for (const auto order : {engine::Order::halves, engine::Order::rows})
    for (const bool symmetric : {true, false}) {
      const auto& other = symmetric ? x : y;
      const auto run = [&](Collect& sink, engine::Options options) {
        const engine::Evaluator evaluator(plan, {}, options);
        return symmetric ? evaluator.gram(x.view(), sink) : evaluator.cross(x.view(), y.view(), sink);
      };
      Collect whole(plan.outputs.size(), x.rows, other.rows);
      CHECK(run(whole, {.collapse = false}));
      CHECK(whole.once());
      const engine::Options options{.memory = 1, .order = order, .collapse = false};
      for (const std::size_t parity : {0u, 1u}) {
        Choosy half(plan.outputs.size(), x.rows, other.rows);
        half.parity = parity;
        CHECK(run(half, options));
        CHECK(half.writes == half.expected);
        CHECK(half.asked.size() > 4);
        bool on_grid = true, equal = true;
        for (const auto& b : half.asked)
          on_grid = on_grid && b.row % engine::panel_side(plan, options) == 0 && b.column % engine::panel_side(plan, options) == 0;
        for (std::size_t k = 0; k < half.writes.size(); ++k) {
          const std::size_t o = k / (x.rows * other.rows), at = k % (x.rows * other.rows);
          equal = equal && (half.writes[k] == 0 || half.values[o][at] == whole.values[o][at]);
        }
        CHECK(on_grid);
        CHECK(equal);
      }
    }
}

TEST_CASE("panels are as large as memory and their limit allow, on grids that nest") {
  const auto plan = plan_of(tests::kMlp);  // two outputs, and a panel and its transpose of each
  const auto side = [&](std::size_t memory, std::size_t longest, bool collapse) {
    return engine::panel_side(plan, {.memory = memory, .panel = longest, .collapse = collapse});
  };
  constexpr std::size_t kMuch = std::size_t(1) << 40;
  CHECK(side(0, 2048, false) == 256);
  CHECK(side(4 * 512 * 512 * 8 - 1, 2048, false) == 256);
  CHECK(side(4 * 512 * 512 * 8, 2048, false) == 512);
  CHECK(side(kMuch, 2048, false) == 2048);
  CHECK(side(kMuch, 1000, false) == 512);
  CHECK(side(0, 2048, true) == 1024);
  CHECK(side(kMuch, 2048, true) == 2048);
}

TEST_CASE("near, equal and zero samples keep their digits") {
  const auto plan = plan_of(kProducts);
  auto x = uniform(40, 13, 5);
  std::mt19937_64 random(1);
  for (std::size_t i = 20; i < 40;
       ++i)  // neighbours of the first twenty, at distances from 1e-1 to 1e-11, some longer; two equal, two zero
    for (std::size_t k = 0; k < 13; ++k) {
      const double step = std::pow(10.0, -static_cast<double>(i - 19) / 2) * std::generate_canonical<double, 53>(random);
      x.values[i * 13 + k] = i >= 38 ? 0 : i >= 36 ? x.values[(i - 20) * 13 + k] : (x.values[(i - 20) * 13 + k] + step) * (i % 2 ? 2 : 1);
    }
  const auto k = gram(plan, x);
  CHECK(k.finite());
  for (std::size_t i = 0; i < 40; ++i)
    for (std::size_t j = 0; j < 40; ++j) {
      INFO(i, " ", j);
      numeric::Float100 p = 0, q = 0, c = 0, d = 0;
      for (std::size_t s = 0; s < 13; ++s) {
        const numeric::Float100 a = x.values[i * 13 + s], b = x.values[j * 13 + s];
        p += a * a / 13, q += b * b / 13, c += a * b / 13, d += (a - b) * (a - b) / 13;
      }
      const numeric::Float100 det = p * q - c * c;
      // A product that loses some 2e-16 of the norms is divided by a squared sine of at least 0.02. Below that the projection's factor is
      // rounded: an error of 1e-16 across, squared.
      CHECK(std::fabs(k.at(0, i, j) - static_cast<double>(det)) <= 4e-14 * static_cast<double>(det) + 3e-32 * static_cast<double>(p * q));
      CHECK(std::fabs(k.at(1, i, j) - static_cast<double>(d)) <= 4e-14 * static_cast<double>(d));
      if (i == j || (i >= 38 && j >= 38) || (i >= 36 && i < 38 && j == i - 20)) CHECK((k.at(0, i, j) == 0 && k.at(1, i, j) == 0));
    }
}

TEST_CASE("a sink that has enough stops the work, and lengths are told apart") {
  const auto plan = plan_of(tests::kMlp);
  const auto x = uniform(600, 5, 3);
  Collect out(2, 600, 600);
  out.patience = 1;
  CHECK(!engine::Evaluator(plan, {}, {1, 1, engine::Order::halves}).gram(x.view(), out));
  CHECK(engine::input_sizes(plan, 5) == std::vector<std::size_t>{5});
  CHECK(engine::input_sizes(plan, 6).empty());
  CHECK(engine::input_sizes(plan_of(tests::kData), 6) == std::vector<std::size_t>{3, 3});
  CHECK(!engine::instruction_set().empty());
  Collect none(2, 0, 0);
  CHECK(engine::Evaluator(plan, {}).gram({nullptr, 0, 5}, none));
}

TEST_CASE("quadrature: a defined activation by series and by integration") {
  const auto plan = plan_of(R"(program bend
  param $slope = 0.25
  input x [4]
  activation bend = defined bend(slope = $slope) = add(max(x, 0), mul($slope, min(x, 0)))
  sample f = input(0)
  sample q = inner(f, f)
  pair c = inner(f, f')
  pair g = gram(f, f')
  sample a = hermite<bend, 0, 30>(q)
  pair k = dual_quadrature<bend, bend, 0, 0>(q, q', c, g, a, a')
  pair d = dual_quadrature<bend, bend, 1, 1>(q, q', c, g, a, a')
  output nngp = k
  output ntk = d
)");
  const auto x = uniform(12, 4, 11);
  const auto k = gram(plan, x);
  const double pi = std::acos(-1.0), slope = .25;
  for (std::size_t i = 0; i < x.rows; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      double p = 0, q = 0, c = 0, det = 0;
      for (std::size_t s = 0; s < 4; ++s) {
        const double a = x.row(i)[s], b = x.row(j)[s];
        p += a * a / 4, q += b * b / 4, c += a * b / 4;
        for (std::size_t t = 0; t < s; ++t) det += std::pow(a * x.row(j)[t] - x.row(i)[t] * b, 2) / 16;
      }
      // The arc-cosine kernel of a leaky ReLU (Cho & Saul 2009; Tsuchida 2018).
      const double r = std::sqrt(det), theta = std::atan2(r, c), w = (1 - slope) * (1 - slope) / (2 * pi), half = (1 + slope * slope) / 2;
      CHECK(std::fabs(k.at(0, i, j) - (w * r + (half - w * theta) * c)) <= 1e-13 * std::sqrt(p * q));
      CHECK(std::fabs(k.at(1, i, j) - (half - w * theta)) <= 1e-13);
    }
}
