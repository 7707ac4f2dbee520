#include <doctest/doctest.h>

#include <numbers>
#include <random>
#include <set>

#include "interpret.hpp"
#include "plan/names.hpp"
#include "texts.hpp"

using namespace ntkc;
using tests::Row;

namespace {

Row random_row(std::mt19937& random, std::size_t n) {
  Row row(n);
  for (auto& v : row) v = static_cast<double>(random()) / 2147483648.0 - 1;
  return row;
}

double mean_product(const Row& a, const Row& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum / static_cast<double>(a.size());
}

// Every local is made before it is read, each slot is filled, names are unique, loops match the extents of slots.
struct Checker {
  const plan::Plan& plan;
  const plan::Code& code;
  std::set<std::uint32_t> made, stored;
  std::vector<std::uint64_t> counts;

  void read(const plan::Ref& r) {
    using Where = plan::Ref::Where;
    if (r.where == Where::local) CHECK(made.contains(r.index));
    const auto fits = [&](const plan::Slot& slot) {
      REQUIRE(slot.extents.size() <= counts.size());
      for (std::size_t i = 0; i < slot.extents.size(); ++i) CHECK(slot.extents[i] == counts[i]);
    };
    if (r.where == Where::parameter) fits(plan.parameter.slots.at(r.index));
    if (r.where == Where::sample || r.where == Where::primed) fits(plan.sample.slots.at(r.index));
  }
  void run(const std::vector<plan::Step>& steps) {
    for (const auto& s : steps) {
      for (const auto& r : s.operands) read(r);
      if (s.kind == plan::Step::Kind::compute) CHECK(made.insert(s.result).second);
      if (s.slope) CHECK(made.insert(*s.slope).second);
      if (s.kind == plan::Step::Kind::store) {
        CHECK(stored.insert(s.slot).second);
        CHECK(code.slots.at(s.slot).extents == counts);
      }
      if (s.kind == plan::Step::Kind::loop) {
        for (const auto& c : s.carries) {
          read(c.initial);
          CHECK(made.insert(c.local).second);
        }
        counts.push_back(s.count);
        run(s.body);
        for (const auto& c : s.carries) read(c.next);
        counts.pop_back();
      }
    }
  }
};

void check(const plan::Plan& plan) {
  for (const auto* code : {&plan.parameter, &plan.sample, &plan.pair}) {
    Checker checker{plan, *code, {}, {}, {}};
    checker.run(code->steps);
    CHECK(checker.stored.size() == code->slots.size());
    CHECK(checker.made.size() == code->locals);
    CHECK(std::set(code->local_names.begin(), code->local_names.end()).size() == code->locals);
    for (const auto& name : code->local_names) CHECK(name == plan::identifier(name));
  }
  CHECK(plan.pair.slots.empty());
}

}  // namespace

TEST_CASE("a ReLU network: the plan gives what the recursion on paper gives") {
  const auto plan = plan::make(ir::parse(tests::kMlp));
  check(plan);
  std::mt19937 random(7);
  for (const double sigma_w : {std::sqrt(2.0), 1.1}) {
    tests::Interpreter run(plan, {{"sigma_w", sigma_w}});
    for (int repetition = 0; repetition < 5; ++repetition) {
      const auto x = random_row(random, 5), y = random_row(random, 5);
      const double w = sigma_w * sigma_w, b = 0.01;
      double q1 = mean_product(x, x), q2 = mean_product(y, y), c = mean_product(x, y), t = 0;
      for (int round = 0; round < 3; ++round) {  // Cho & Saul 2009, by the arc cosine
        q1 = w * q1 + b, q2 = w * q2 + b;
        const double k = w * c + b, s = k + w * t, rho = k / std::sqrt(q1 * q2), theta = std::acos(rho);
        c = std::sqrt(q1 * q2) * (std::sin(theta) + (std::numbers::pi - theta) * rho) / (2 * std::numbers::pi);
        t = s * (std::numbers::pi - theta) / (2 * std::numbers::pi);
        q1 /= 2, q2 /= 2;
      }
      const auto k = run(x, y);
      // random pairs are far from rho = ±1, where an arc cosine loses at most some hundred units in the last place
      CHECK(k.at("nngp") == doctest::Approx(w * c + b).epsilon(1e-13));
      CHECK(k.at("ntk") == doctest::Approx(w * c + b + w * t).epsilon(1e-13));
    }
  }
}

TEST_CASE("each value is computed in the earliest program that can know it") {
  const auto plan = plan::make(ir::parse(tests::kMlp));
  REQUIRE(plan.parameter.slots.size() == 1);
  CHECK(plan.parameter.slots[0].name == "w");
  REQUIRE(plan.sample.slots.size() == 1);  // the variance before each relu, nothing else
  CHECK(plan.sample.slots[0].name == "p");
  CHECK(plan.sample.slots[0].extents == std::vector<std::uint64_t>{3});
  REQUIRE(plan.products.size() == 1);
  REQUIRE(plan.pair.steps.front().kind == plan::Step::Kind::loop);
  CHECK(plan.pair.steps.front().carries.size() == 2);
}

TEST_CASE("nested loops, carries that change places, constants that change by the round, the diagonal") {
  const auto plan = plan::make(ir::parse(tests::kNested));
  check(plan);
  const Row x{1, 2, -1}, y{0.5, 1, 3};
  // the pair code mixes b of x' with d of x
  const auto both = [&] {
    double ax = mean_product(x, x), ay = mean_product(y, y), c = mean_product(x, y), zz = 1;
    for (int i = 0; i < 2; ++i) {
      double bx = ax, by = ay, dx = 1, dy = 1, v = c;
      for (int j = 0; j < 3; ++j) {
        v = v * by + dx;
        const double nx = bx + zz, ny = by + zz;
        bx = dx, by = dy, dx = nx, dy = ny;
      }
      ax = bx / 2, ay = by / 2, c = v, zz /= 2;
    }
    return c;
  };
  tests::Interpreter run(plan, {});
  CHECK(run(x, y).at("nngp") == doctest::Approx(both()).epsilon(1e-14));
  CHECK(run(x, y, true).at("nngp") == doctest::Approx(both() + 1).epsilon(1e-14));
  CHECK(plan::to_text(plan).find("unused") == std::string::npos);
  CHECK(plan::to_text(plan).find("dead") == std::string::npos);
}

TEST_CASE("features: maps, sums and products of rows; their products with the other sample") {
  const auto plan = plan::make(ir::parse(tests::kData));
  check(plan);
  const auto features = [](const Row& row) {
    Row m, h, fg;
    for (int i = 0; i < 3; ++i) m.push_back(row[i] > 0 ? row[i] : 0.5 * row[i]);
    const double mean = (m[0] + m[1] + m[2]) / 3;
    for (int i = 0; i < 3; ++i) h.push_back((m[i] - mean) * 2 + row[i + 3]), fg.push_back(row[i] * row[i + 3]);
    return std::pair(h, fg);
  };
  const Row x{1, -2, 3, 0.5, 4, -1}, y{-1, 2, 1, 2, -3, 1};
  const auto [hx, fgx] = features(x);
  const auto [hy, fgy] = features(y);
  const Row f(x.begin(), x.begin() + 3);
  double distance = 0;
  for (int i = 0; i < 3; ++i) distance += (hx[i] - hy[i]) * (hx[i] - hy[i]) / 3;
  const double gram = mean_product(hx, hx) * mean_product(hy, hy) - mean_product(hx, hy) * mean_product(hx, hy);
  const auto k = tests::Interpreter(plan, {{"data.slope", 0.5}})(x, y);
  CHECK(k.at("nngp") == doctest::Approx(mean_product(hx, hy) + mean_product(f, fgy)).epsilon(1e-14));
  CHECK(k.at("ntk") == doctest::Approx(distance * gram).epsilon(1e-13));
}

TEST_CASE("the sample code of given features: where kernels read their norms and nothing else") {
  const auto made = [](const char* variance) {
    return plan::make(ir::parse(std::string(R"(program features
  input x [4]
  sample f = input(0)
  sample mean = channel_mean(f)
  sample raw = inner(f, f)
  sample h = standardize(f, mean, 2)
  sample own = inner(h, h)
  sample p = )") + variance + R"( + 0.25
  pair c = inner(h, h')
  pair pp = p * p'
  pair k = c * pp
  output nngp = k
)"));
  };
  const auto plan = made("own");
  REQUIRE(plan.of_features);
  REQUIRE(plan.of_features->steps.size() == 3);  // the norm, p and its store
  CHECK(plan.of_features->steps[0].operands == std::vector<plan::Ref>(2, {plan::Ref::Where::input, 0}));
  for (const char* other : {"raw", "mean"}) CHECK(!made(other).of_features);
}

TEST_CASE("the plan's text and names") {
  const auto text = plan::to_text(plan::make(ir::parse(tests::kMlp)));
  CHECK(text.find("loop 3 (c = d0, t = 0)") != std::string::npos);
  CHECK(text.find("leaves p[3]") != std::string::npos);
  CHECK(text == plan::to_text(plan::make(ir::parse(tests::kMlp))));
  CHECK(plan::identifier("class") == "class_");
  CHECK(plan::identifier("_a__b c") == "a_b_c");
  plan::Names names;
  CHECK(names.unique("q") == "q");
  CHECK(names.unique("q") == "q2");
  CHECK(names.unique("") == "v1");
}

TEST_CASE("a loop of ten thousand rounds, or a hundred thousand values, costs the plan nothing") {
  std::string text = tests::kMlp;
  text.replace(text.find("= 3 ("), 5, "= 10000 (");
  CHECK(plan::make(ir::parse(text)).sample.slots[0].elements() == 10000);
  std::string chain = "program chain\n  input x [2]\n  sample f = input(0)\n  pair c0 = inner(f, f')\n";
  for (int i = 0; i < 100000; ++i) chain += "  pair c" + std::to_string(i + 1) + " = c" + std::to_string(i) + " * c0\n";
  CHECK(plan::make(ir::parse(chain + "  output nngp = c100000\n")).pair.steps.size() == 100000);
}
