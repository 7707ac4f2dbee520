#include "../plan/interpret.hpp"
#include "units.hpp"

using namespace ntkc;

namespace {

std::string emit(const backends::Unit& unit) { return backends::find("c++")->emit(unit); }

const char* const kMain = R"(#include "sample.ntk.hpp"
#include <array>
#include <cstdio>
#include <sstream>

int main() {
  const std::size_t n = 9;
  std::vector<double> rows;
  unsigned state = 1;
  for (std::size_t i = 0; i < n * 5; ++i) rows.push_back(static_cast<double>((state = state * 1664525u + 1013904223u) >> 8) / 8388608.0 - 1);
  for (std::size_t k = 0; k < 5; ++k) rows[5 + k] = rows[k];       // a duplicate
  for (std::size_t k = 0; k < 5; ++k) rows[10 + k] = 0;            // a zero vector
  std::vector<float> narrow(rows.begin(), rows.end());
  const mlp::Evaluator k{{.sigma_w = 1.5}};
  std::vector<double> a(n * n), b(n * n), c(n * n), d(n), e(n);
  std::vector<float> f(n * n);
  const ntk::MatrixView x(rows, n, 5);
  k.gram(x, ntk::MatrixView(a, n, n), ntk::MatrixView(b, n, n));
  k.gram(x, ntk::MatrixView(c, n, n), ntk::nngp, {0, 4});
  k.gram(x, ntk::MatrixView(c, n, n), ntk::nngp, {4, n});
  bool good = a == c;
  k.gram(x, ntk::MatrixView(c, n, n));
  good = good && b == c;
  k.cross(x, x, ntk::MatrixView(c, n, n), ntk::ntk);
  for (std::size_t i = 0; i < n * n; ++i) good = good && std::abs(b[i] - c[i]) < 1e-13 * std::abs(b[i]);
  k.diag(x, d, e);
  for (std::size_t i = 0; i < n; ++i) good = good && d[i] == a[i * n + i] && e[i] == b[i * n + i];
  good = good && a[0] == a[1] && a[1] == a[n + 1];                 // of a duplicate exactly the diagonal's value
  k.gram(ntk::MatrixView(narrow, n, 5), ntk::MatrixView(f, n, n));
  for (std::size_t i = 0; i < n * n; ++i) good = good && std::abs(f[i] - b[i]) < 1e-5;
  const std::array<double, 5> first{1, 2, 3, 4, 5};
  const auto [nngp, ntk] = mlp::pair(first, std::vector<double>{5, 4, 3, 2, 1});
  const float narrow_first[] = {1, 2, 3, 4, 5}, narrow_second[] = {5, 4, 3, 2, 1};
  good = good && std::abs(mlp::pair(narrow_first, narrow_second).ntk - ntk) < 1e-12;
  int thrown = 0;
  try { mlp::Evaluator{{.sigma_w = -1}}; } catch (const std::domain_error&) { ++thrown; }
  try { k.gram(ntk::MatrixView(rows, n, 4), ntk::MatrixView(a, n, n)); } catch (const std::invalid_argument&) { ++thrown; }
  try { k.gram(x, ntk::MatrixView(a, n - 1, n)); } catch (const std::invalid_argument&) { ++thrown; }
  const std::vector<double> huge(2 * 5, 1e200);  // their variance is infinite
  try { k.gram(ntk::MatrixView(huge, 2, 5), ntk::MatrixView(f.data(), 2, 2)); } catch (const std::domain_error&) { ++thrown; }
  try { k.pair(std::array<double, 5>{1e200}, first); } catch (const std::domain_error&) { ++thrown; }
  std::printf("%d %d %.17g %.17g\n", good ? 1 : 0, thrown, nngp, ntk);
  for (std::size_t i = 0; i < n * n; ++i) std::printf("%.17g %.17g\n", a[i], b[i]);
  for (const double v : rows) std::printf("%.17g\n", v);
}
)";

}  // namespace

TEST_CASE("generated C++ compiles without a warning and agrees with the plan") {
  const tests::Workshop shop("mlp");
  const auto unit = tests::unit_of({tests::kMlp, tests::kNested, tests::kData});
  shop.write("sample.ntk.hpp", emit(unit));
  shop.write("main.cpp", kMain);
  REQUIRE(shop.compile("main.cpp -o main"));
  const auto out = shop.numbers("main");
  const std::size_t n = 9;
  REQUIRE(out.size() == 4 + 2 * n * n + 5 * n);
  CHECK(out[0] == 1);
  CHECK(out[1] == 5);
  tests::Interpreter standard(unit.networks[0].plan, {});
  const auto k = standard({1, 2, 3, 4, 5}, {5, 4, 3, 2, 1});
  CHECK(out[2] == doctest::Approx(k.at("nngp")).epsilon(1e-14));
  CHECK(out[3] == doctest::Approx(k.at("ntk")).epsilon(1e-14));
  tests::Interpreter run(unit.networks[0].plan, {{"sigma_w", 1.5}});
  const auto row = [&](std::size_t i) {
    const auto at = out.begin() + static_cast<std::ptrdiff_t>(4 + 2 * n * n + 5 * i);
    return tests::Row(at, at + 5);
  };
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      const auto expected = run(row(i), row(j), i == j);
      // the determinant is a difference here: of these pairs it keeps some thirteen digits, of equal rows it is 0 on both sides
      CHECK(out[4 + 2 * (i * n + j)] == doctest::Approx(expected.at("nngp")).epsilon(1e-13));
      CHECK(out[5 + 2 * (i * n + j)] == doctest::Approx(expected.at("ntk")).epsilon(1e-13));
    }
}

TEST_CASE("several networks, loops in loops, features, a sample of any length") {
  const tests::Workshop shop("several");
  auto unit = tests::unit_of({tests::kNested, tests::kData});
  unit.options.name_space = "app::kernels";
  shop.write("sample.ntk.hpp", emit(unit));
  shop.write("main.cpp", R"(#include "sample.ntk.hpp"
#include <cstdio>
int main() {
  const std::vector<double> x{1, 2, -1}, y{0.5, 1, 3}, rows{1, 2, -1, 0.5, 1, 3};
  std::printf("%.17g\n", app::kernels::nested::pair(x, y).nngp);
  double k[4];
  app::kernels::nested::Evaluator().gram(ntk::MatrixView(rows, 2, 3), ntk::MatrixView<double>(k, 2, 2));
  std::printf("%.17g %.17g\n", k[1], k[0]);
  const std::vector<double> a{1, -2, 3, 0.5, 4, -1}, b{-1, 2, 1, 2, -3, 1};
  const auto [nngp, ntk] = app::kernels::data::Evaluator{{.slope = 0.5}}.pair(a, b);
  std::printf("%.17g %.17g\n", nngp, ntk);
}
)");
  REQUIRE(shop.compile("main.cpp -o main"));
  const auto out = shop.numbers("main");
  tests::Interpreter nested(unit.networks[0].plan, {}), data(unit.networks[1].plan, {{"data.slope", 0.5}});
  const auto expected = nested({1, 2, -1}, {0.5, 1, 3});
  CHECK(out.at(0) == doctest::Approx(expected.at("nngp")).epsilon(1e-14));
  const auto mirrored = nested({0.5, 1, 3}, {1, 2, -1});  // not symmetric: the matrix holds the pair (1, 0)
  CHECK(out.at(1) == doctest::Approx(mirrored.at("nngp")).epsilon(1e-14));
  CHECK(out.at(2) == doctest::Approx(nested({1, 2, -1}, {1, 2, -1}, true).at("nngp")).epsilon(1e-14));
  const auto k = data({1, -2, 3, 0.5, 4, -1}, {-1, 2, 1, 2, -3, 1});
  CHECK(out.at(3) == doctest::Approx(k.at("nngp")).epsilon(1e-14));
  CHECK(out.at(4) == doctest::Approx(k.at("ntk")).epsilon(1e-13));
}

TEST_CASE("an activation without a closed form: series and quadrature") {
  const tests::Workshop shop("tanh");
  shop.write("sample.ntk.hpp", emit(tests::unit_of({tests::kTanh})));
  shop.write("main.cpp", R"(#include "sample.ntk.hpp"
#include <cstdio>
int main() {
  const double s = std::sqrt(0.75);
  const std::vector<double> x{2, 0, 0, 0}, y{1, 2 * s, 0, 0}, rows{2, 0, 0, 0, 1, 2 * s, 0, 0};
  std::vector<double> a(4), b(4);
  const auto [nngp, ntk] = tanh_net::pair(x, y);
  tanh_net::Evaluator().gram(ntk::MatrixView(rows, 2, 4), ntk::MatrixView(a, 2, 2), ntk::MatrixView(b, 2, 2));
  std::printf("%.17g %.17g %.17g %.17g\n", nngp, ntk, a[1], b[1]);
}
)");
  REQUIRE(shop.compile("main.cpp -o main"));
  const auto out = shop.numbers("main");
  REQUIRE(out.size() == 4);
  CHECK(out[0] == doctest::Approx(0.186324413203).epsilon(2e-12));  // E[tanh u tanh v], variances 1, correlation 1/2, to the digits known
  CHECK(out[0] == doctest::Approx(out[2]).epsilon(1e-13));
  CHECK(out[1] == doctest::Approx(out[3]).epsilon(1e-13));
}

TEST_CASE("kinks that params move and no formula gives are looked for when the evaluator is built") {
  constexpr const char* kMoved = R"(program moved
  input x [4]
  param $a = 2
  activation bend = defined bend(a = $a) = max(x, add(tanh(mul($a, x)), 0.1))
  sample f = input(0)
  sample p = inner(f, f)
  pair k = inner(f, f')
  pair g = gram(f, f')
  sample s = hermite<bend, 0, 128>(p)
  pair nngp = dual_quadrature<bend, bend, 0, 0>(p, p', k, g, s, s')
  output nngp = nngp
)";
  const tests::Workshop shop("moved");
  const auto unit = tests::unit_of({kMoved});
  shop.write("sample.ntk.hpp", emit(unit));
  shop.write("main.cpp", R"(#include "sample.ntk.hpp"
#include <cstdio>
int main() {
  for (const double a : {2.0, 5.0}) {
    const moved::Model model({.a = a});
    for (const double at : model.phi_bend_breaks()) std::printf("%.17g\n", at);
  }
}
)");
  REQUIRE(shop.compile("main.cpp -o main"));
  std::vector<double> expected;
  for (const double a : {2.0, 5.0})
    for (const double at : expr::break_points(unit.networks[0].plan.activations[0].phi, {{"a", a}}, -64, 64)) expected.push_back(at);
  const auto found = shop.numbers("main");
  REQUIRE(found.size() == expected.size());
  CHECK(found.size() >= 2);
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == doctest::Approx(expected[i]).epsilon(1e-15));  // tanh of either
}

TEST_CASE("a header that stands alone needs no include path, and shares a program with one that does not") {
  const tests::Workshop shop("standalone");
  auto unit = tests::unit_of({tests::kMlp});
  unit.options.standalone = true;
  shop.write("alone.ntk.hpp", emit(unit));
  CHECK(emit(unit).find("#include \"") == std::string::npos);
  auto other = tests::unit_of({tests::kNested});
  shop.write("other.ntk.hpp", emit(other));
  auto third = tests::unit_of({tests::kData});
  third.options.standalone = true;
  shop.write("third.ntk.hpp", emit(third));
  shop.write("one.cpp", R"(#include "alone.ntk.hpp"
#include "other.ntk.hpp"
#include "third.ntk.hpp"
double other();
int main() { return other() > 0 && mlp::pair(std::vector<double>(5, 1.0), std::vector<double>(5, 1.0)).ntk > 0 ? 0 : 1; }
)");
  shop.write("two.cpp", R"(#include "other.ntk.hpp"
#include "alone.ntk.hpp"
double other();
double other() { return mlp::pair(std::vector<double>(5, 1.0), std::vector<double>(5, 1.0)).ntk; }
)");
  REQUIRE(shop.compile("one.cpp two.cpp -o main"));
  CHECK(shop.numbers("main").empty());
}

TEST_CASE("names that C++ keeps for itself") {
  std::string text = tests::kMlp;
  text.replace(text.find("program mlp"), 11, "program class");
  const tests::Workshop shop("keywords");
  auto unit = tests::unit_of({text.c_str()});
  unit.networks[0].plan.params[0].name = "class.double";
  unit.networks[0].plan.name = "class";
  unit.networks[0].notes = {"a note that ends in a backslash \\", "one with a\nline break and */"};
  const auto emitted = emit(unit);
  CHECK(emitted.find("namespace class_::NTK_ABI {") != std::string::npos);
  CHECK(emitted.find("double double_ = ") != std::string::npos);
  shop.write("sample.ntk.hpp", emitted);
  shop.write("main.cpp", "#include \"sample.ntk.hpp\"\nint main() { class_::Evaluator k{{.double_ = 1.0}}; return 0; }\n");
  shop.compile("main.cpp -o main");
}

// The matrix of many pairs goes by the series, one pair by the recursion; results in float in floats.
TEST_CASE("a model with series gives the kernels of its recursion") {
  const tests::Workshop shop("series");
  std::string relu = tests::relu_text(3);
  relu.replace(relu.find("[2]"), 3, "[16]");
  const std::string text = backends::find("c++")->emit(tests::unit_of({relu.c_str()}));
  CHECK(text.find("plus_series[]") != std::string::npos);
  shop.write("sample.ntk.hpp", text);
  shop.write("main.cpp", R"(#include "sample.ntk.hpp"
#include <cstdio>
static_assert(ntk::collapse::HasSeries<ntk::collapse::ModelNodes<relu::Model>>);
int main() {
  const std::size_t n = 400, d = 16;  // of two features most pairs are too near for floats
  std::vector<double> x(n * d), nngp(n * n), ntk(n * n);
  unsigned state = 1;
  for (double& v : x) v = static_cast<double>((state = state * 1664525u + 1013904223u) >> 8) / 8388608.0 - 1;
  const relu::Evaluator k;
  k.gram(ntk::MatrixView(x, n, d), ntk::MatrixView(nngp, n, n), ntk::MatrixView(ntk, n, n));
  std::vector<float> single(n * n);
  k.gram(ntk::MatrixView(x, n, d), ntk::MatrixView(single, n, n));
  std::vector<double> one(n * n);  // the same bits, where one kernel is wanted
  double apart = 0;
  k.gram(ntk::MatrixView(x, n, d), ntk::MatrixView(one, n, n), ntk::nngp);
  apart += one != nngp;
  k.gram(ntk::MatrixView(x, n, d), ntk::MatrixView(one, n, n), ntk::ntk);
  apart += one != ntk;
  double worst = 0, worst_single = 0, rounded = 0;
  for (std::size_t i = 0; i < n * n; ++i) {
    const double off = std::fabs(single[i] - ntk[i]) / std::sqrt(ntk[i / n * (n + 1)] * ntk[i % n * (n + 1)]);
    worst_single = std::max(worst_single, off);
    if (single[i] != static_cast<float>(ntk[i])) rounded = 1;
  }
  for (std::size_t i = 0; i < n; i += 3)
    for (std::size_t j = 0; j < i; j += 5) {
      const auto pair = k.pair(std::span(x).subspan(d * i, d), std::span(x).subspan(d * j, d));
      worst = std::max(worst, std::fabs(pair.nngp - nngp[i * n + j]) / std::sqrt(nngp[i * n + i] * nngp[j * n + j]));
      worst = std::max(worst, std::fabs(pair.ntk - ntk[i * n + j]) / std::sqrt(ntk[i * n + i] * ntk[j * n + j]));
    }
  std::printf("%g %g %g %g\n", worst, worst_single, rounded, apart);
}
)");
  REQUIRE(shop.compile("main.cpp -o main"));
  const auto worst = shop.numbers("main");
  REQUIRE(worst.size() == 4);
  CHECK(worst[3] == 0);
  CHECK(worst[0] <= 5e-14);  // kMost of collapse_fit.hpp, what fits to the recursion may differ by
  CHECK(worst[1] <= 1e-6);   // as promised
  CHECK(worst[2] == 1);      // they were computed in float
  MESSAGE("largest differences ", worst[0], ", in float ", worst[1]);
}

// Features that are not rows: the matrix goes by fits to the recursion of their norms, one pair by the recursion itself.
TEST_CASE("a model behind a layer norm gives the kernels of its recursion") {
  const tests::Workshop shop("features");
  const std::string text = backends::find("c++")->emit(tests::unit_of({R"(program behind
  input x [3]
  sample f = input(0)
  sample mean = channel_mean(f)
  sample h = standardize(f, mean, 2)
  sample own = inner(h, h)
  sample p = own + 0.25
  pair c = inner(h, h')
  pair k = c + 0.25
  pair g = gram(h, h')
  pair d = distance(h, h')
  pair rest = d * 0.25
  pair det = g + rest
  pair theta = angle(det, k)
  pair flat = 3.141592653589793 - theta
  pair root = sqrt(det)
  pair slope = flat * k
  pair nngp = root + slope
  output nngp = nngp
)"}));
  CHECK(text.find("void sample_of_features(") != std::string::npos);
  shop.write("sample.ntk.hpp", text);
  shop.write("main.cpp", R"(#include "sample.ntk.hpp"
#include <cstdio>
int main() {
  const std::size_t n = 400;
  std::vector<double> x(n * 3), k(n * n);
  unsigned state = 1;
  for (double& v : x) v = static_cast<double>((state = state * 1664525u + 1013904223u) >> 8) / 8388608.0 - 1;
  const behind::Evaluator evaluator;
  evaluator.gram(ntk::MatrixView(x, n, 3), ntk::MatrixView(k, n, n), ntk::nngp);
  double worst = 0, any = 0;
  for (std::size_t i = 0; i < n; i += 3)
    for (std::size_t j = 0; j < i; j += 5) {
      const auto pair = evaluator.pair(std::span(x).subspan(3 * i, 3), std::span(x).subspan(3 * j, 3));
      worst = std::max(worst, std::fabs(pair.nngp - k[i * n + j]) / std::sqrt(k[i * n + i] * k[j * n + j]));
      if (pair.nngp != k[i * n + j]) any = 1;
    }
  std::printf("%g %g\n", worst, any);
}
)");
  REQUIRE(shop.compile("main.cpp -o main"));
  const auto worst = shop.numbers("main");
  REQUIRE(worst.size() == 2);
  CHECK(worst[0] <= 5e-14);  // as above
  CHECK(worst[1] == 1);      // not all of them by the recursion
}
