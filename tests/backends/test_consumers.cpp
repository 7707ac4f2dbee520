// Generated headers in the programs of others: with a BLAS, with Eigen's matrices, by another compiler, with numbers of their own.
#include <cmath>

#include "backends/runtime_text.hpp"
#include "units.hpp"

using namespace ntkc;

namespace {

std::string header(std::vector<const char*> texts) { return backends::find("c++")->emit(tests::unit_of(std::move(texts))); }

// More samples than a tile has rows, of numbers in [-1, 1); prints the kernels of the pairs.
const char* const kGram = R"(#include "sample.ntk.hpp"
#include <cstdio>
template <class Evaluator>
void print(const Evaluator& k, std::size_t columns) {
  const std::size_t n = 70;
  std::vector<double> x(n * columns), out(n * n);
  unsigned state = 1;
  for (double& v : x) v = static_cast<double>((state = state * 1664525u + 1013904223u) >> 8) / 8388608.0 - 1;
  k.gram(ntk::MatrixView(x, n, columns), ntk::MatrixView(out, n, n));
  for (const double v : out) std::printf("%.17g\n", v);
}
int main() {
  print(mlp::Evaluator(), 5);
  print(data::Evaluator(), 6);
  print(nested::Evaluator(), 500);
}
)";

// The places of a matrix that Eigen may hand over, against the same numbers in vectors.
const char* const kEigen = R"(#include "sample.ntk.hpp"
#include <Eigen/Core>
#include <cstdio>
using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
int main() {
  const Eigen::Index n = 7, d = 5;
  const Rows x = Rows::NullaryExpr(n, d, [](auto i, auto j) { return std::sin(3.0 * double(i) + double(j)); });
  const mlp::Evaluator k;
  Rows nngp(n, n), ntk(n, n), out(n, n);
  std::vector<double> rows(x.data(), x.data() + x.size()), k0(n * n), k1(n * n);
  k.gram(ntk::MatrixView(rows, n, d), ntk::MatrixView(k0, n, n), ntk::MatrixView(k1, n, n));
  const Eigen::Map<const Rows> nngp_there(k0.data(), n, n), ntk_there(k1.data(), n, n);
  auto check = [test = 0](bool good) mutable { std::printf("%d %d\n", ++test, good); };
  k.gram(x, nngp, ntk);
  check(nngp == nngp_there && ntk == ntk_there);
  k.gram(Eigen::Map<const Rows>(rows.data(), n, d), Eigen::Map<Rows>(out.data(), n, n), ntk::nngp);
  check(out == nngp_there);
  Rows wide = Rows::Zero(n + 2, d + 3), large = Rows::Constant(n + 4, n + 2, -1);
  wide.block(1, 2, n, d) = x;
  k.gram(wide.block(1, 2, n, d), large.block(3, 1, n, n));
  check(large.block(3, 1, n, n) == ntk_there && (large.array() == -1).count() == large.size() - n * n);
  Eigen::Ref<Rows> part = large.topLeftCorner(2, n);
  k.cross(x.topRows(2), wide.block(1, 2, n, d), part);
  check((part - ntk_there.topRows(2)).cwiseAbs().maxCoeff() < 1e-13);  // here a sample is not the same as itself, else within a few ulp
  Eigen::VectorXd diagonal(n);
  k.diag(x, diagonal);
  check(diagonal == ntk_there.diagonal());
  k.diag(x, out.row(1), large.row(2).head(n));
  check(out.row(1).transpose() == nngp_there.diagonal() && large.row(2).head(n).transpose() == ntk_there.diagonal());
  const Eigen::VectorXd first = x.row(0), second = x.row(1);
  check(k.pair(first, second).ntk == mlp::pair(x.row(0), x.row(1)).ntk);
  const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> narrow = x.cast<float>();
  k.gram(narrow, out);
  check((out - ntk_there).cwiseAbs().maxCoeff() < 1e-5);  // the samples are rounded to floats, 6e-8
  const auto refuses = [&](auto&& call) {
    try { call(); } catch (const std::invalid_argument&) { return check(true); }
    check(false);
  };
  const Eigen::MatrixXd columns = x;
  Eigen::MatrixXd column_out(n, n);
  refuses([&] { k.gram(columns, out); });
  refuses([&] { k.gram(x, column_out); });
  refuses([&] { k.gram(Eigen::Map<const Rows, 0, Eigen::Stride<Eigen::Dynamic, 2>>(rows.data(), 3, d, {2 * d, 2}), out); });
  refuses([&] { k.diag(x, out.col(0)); });
  refuses([&] { k.diag(x, column_out.row(0)); });
  refuses([&] { k.pair(columns.row(0), columns.row(1)); });
  refuses([&] { k.gram(x, out.topRows(2)); });
}
)";

// A number with its derivative, and kernels with respect to each number of x.
const char* const kDual = R"(#include "sample.ntk.hpp"
#include <cstdio>
struct Dual {
  double value = 0, slope = 0;
  Dual() = default;
  Dual(double v, double s = 0) : value(v), slope(s) {}
  friend Dual operator+(Dual a, Dual b) { return {a.value + b.value, a.slope + b.slope}; }
  friend Dual operator-(Dual a, Dual b) { return {a.value - b.value, a.slope - b.slope}; }
  friend Dual operator-(Dual a) { return {-a.value, -a.slope}; }
  friend Dual operator*(Dual a, Dual b) { return {a.value * b.value, a.slope * b.value + a.value * b.slope}; }
  friend Dual operator/(Dual a, Dual b) { return {a.value / b.value, (a.slope - a.value / b.value * b.slope) / b.value}; }
  friend bool operator<(Dual a, Dual b) { return a.value < b.value; }
  friend bool operator<=(Dual a, Dual b) { return a.value <= b.value; }
  friend bool operator>(Dual a, Dual b) { return a.value > b.value; }
  friend bool operator==(Dual a, Dual b) { return a.value == b.value; }
};
#define FUNCTION(name, derivative) \
  Dual name(Dual a) { const double x = a.value, y = std::name(x); static_cast<void>(y); return {y, (derivative) * a.slope}; }
FUNCTION(sqrt, 0.5 / y)
FUNCTION(exp, y)
FUNCTION(log1p, 1 / (1 + x))
FUNCTION(sin, std::cos(x))
FUNCTION(cos, -std::sin(x))
FUNCTION(tanh, 1 - y * y)
FUNCTION(erfc, -1.1283791670955126 * std::exp(-x * x))
template <class Evaluator>
void print(const Evaluator& k, std::vector<double> x, const std::vector<double>& y) {
  const double h = 1e-5;
  for (std::size_t i = 0; i < x.size(); ++i) {
    std::vector<Dual> a(x.begin(), x.end());
    a[i].slope = 1;
    const auto dual = k.pair(a, std::vector<Dual>(y.begin(), y.end()));
    static_assert(std::is_same_v<decltype(dual.ntk), Dual>);
    const double at = x[i];
    x[i] = at + h;
    const auto above = k.pair(x, y);
    x[i] = at - h;
    const auto below = k.pair(x, y);
    x[i] = at;
    const auto here = k.pair(x, y);
    std::printf("%.17g %.17g %.17g %.17g\n", dual.nngp.value, here.nngp, dual.nngp.slope, (above.nngp - below.nngp) / (2 * h));
    std::printf("%.17g %.17g %.17g %.17g\n", dual.ntk.value, here.ntk, dual.ntk.slope, (above.ntk - below.ntk) / (2 * h));
  }
}
int main() {
  print(mlp::Evaluator(), {1, -2, 0.5, 3, 0.25}, {0.5, 1, -1, 2, 0.125});
  print(data::Evaluator(), {1, -2, 0.5, 3, 0.25, -1}, {0.5, 1, -1, 2, 0.125, 4});
  print(functions::Evaluator(), {1, -2, 0.5}, {0.5, 1, -1});
}
)";

constexpr const char* kFunctions = R"(program functions
  input x [3]
  sample f = input(0)
  sample q = inner(f, f)
  sample s = softplus(q)
  sample g = sigmoid(q)
  pair c = inner(f, f')
  pair a = tanh(c)
  pair b = norm_cdf(c)
  pair ss = s * s'
  pair gg = g * g'
  pair k = sin_minus_x_cos(c)
  pair abk = a * b
  pair nngp = abk + ss
  pair ntk = k * gg
  output nngp = nngp
  output ntk = ntk
)";

}  // namespace

TEST_CASE("NTK_USE_CBLAS changes the order of sums and nothing else") {
  const tests::Workshop shop("cblas");
  shop.write("sample.ntk.hpp", header({tests::kMlp, tests::kData, tests::kNested}));
  shop.write("main.cpp", kGram);
  REQUIRE(shop.compile("main.cpp -o plain"));
  REQUIRE(shop.compile("-DNTK_USE_CBLAS main.cpp -o blas -lopenblas"));
  const auto plain = shop.numbers("plain"), blas = shop.numbers("blas");
  REQUIRE(plain.size() == 3 * 70 * 70);
  REQUIRE(blas.size() == plain.size());
  // of a small determinant the rounding of its products stays, which are of order 1
  for (std::size_t i = 0; i < plain.size(); ++i) CHECK(std::abs(blas[i] - plain[i]) <= 1e-14 * (1 + std::abs(plain[i])));
}

TEST_CASE("Eigen's row-major matrices, maps, blocks and vectors; what is not adjacent is refused") {
  const tests::Workshop shop("eigen");
  shop.write("sample.ntk.hpp", header({tests::kMlp}));
  shop.write("main.cpp", kEigen);
  REQUIRE(shop.compile("-isystem " NTKC_EIGEN " main.cpp -o main"));
  const auto out = shop.numbers("main");
  REQUIRE(out.size() == 2 * 15);
  for (std::size_t i = 0; i < out.size(); i += 2) {
    CAPTURE(out[i]);
    CHECK(out[i + 1] == 1);
  }
}

TEST_CASE("clang takes the headers without a warning and gives the same numbers") {
  if (std::system("clang++ --version > /dev/null 2>&1") != 0) {
    MESSAGE("skipped: there is no clang++");
    return;
  }
  const tests::Workshop shop("clang");
  shop.write("sample.ntk.hpp", header({tests::kMlp, tests::kData, tests::kNested, tests::kTanh}));
  shop.write("main.cpp", kGram);
  REQUIRE(shop.compile("main.cpp -o main"));
  const auto here = shop.numbers("main");
  REQUIRE(shop.compile_by("clang++", "main.cpp -o main"));
  const auto clang = shop.numbers("main");
  REQUIRE(here.size() == clang.size());
  for (std::size_t i = 0; i < here.size(); ++i) CHECK(std::abs(clang[i] - here[i]) <= 1e-14 * std::abs(here[i]));
}

TEST_CASE("dual numbers through pair give derivatives") {
  const tests::Workshop shop("dual");
  shop.write("sample.ntk.hpp", header({tests::kMlp, tests::kData, kFunctions}));
  shop.write("main.cpp", kDual);
  REQUIRE(shop.compile("main.cpp -o main"));
  const auto out = shop.numbers("main");
  REQUIRE(out.size() == 8 * (5 + 6 + 3));
  for (std::size_t i = 0; i < out.size(); i += 4) {
    CHECK(out[i] == doctest::Approx(out[i + 1]).epsilon(1e-14));
    CHECK(out[i + 2] == doctest::Approx(out[i + 3]).epsilon(1e-8));  // h = 1e-5: both h² and the rounding 1e-16 / h stay below
  }
}

TEST_CASE("every runtime header is in the namespace of the instruction set") {
  for (const auto& file : backends::runtime_files()) {
    INFO(file.name);
    std::istringstream lines{std::string(file.text)};
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with("namespace ntk")) CHECK(line.starts_with("namespace ntk::NTK_ABI"));
  }
}

// Two parts of one program, for two instruction sets: what they make of templates must not be shared, or vectors of one reach the other.
TEST_CASE("one program may have generated code for several instruction sets") {
  const tests::Workshop shop("instruction_sets");
  shop.write("sample.ntk.hpp", header({tests::kMlp, tests::kTanh}));
  shop.write("part.cpp", R"(#include "sample.ntk.hpp"
double PART(int row, int column) {
  const std::size_t n = 300;
  std::vector<double> x(n * 5), out(n * n), narrow(n * 4), tanh_out(n * n);
  unsigned state = 1;
  for (double& v : x) v = static_cast<double>((state = state * 1664525u + 1013904223u) >> 8) / 8388608.0 - 1;
  for (double& v : narrow) v = static_cast<double>((state = state * 1664525u + 1013904223u) >> 8) / 8388608.0 - 1;
  mlp::Evaluator().gram(ntk::MatrixView(x, n, 5), ntk::MatrixView(out, n, n));
  tanh_net::Evaluator().gram(ntk::MatrixView(narrow, n, 4), ntk::MatrixView(tanh_out, n, n));
  return out[n * row + column] + tanh_out[n * row + column];
}
)");
  shop.write("main.cpp", R"(#include <cstdio>
double low(int, int);
double high(int, int);
int main() {
  for (int i = 0; i < 300; i += 7) std::printf("%.17g %.17g\n", low(i, (5 * i) % 300), high(i, (5 * i) % 300));
}
)");
#if defined(__x86_64__)
  const char* const high = __builtin_cpu_supports("avx512f") ? "-mavx512f" : __builtin_cpu_supports("avx") ? "-mavx" : "";
#else
  const char* const high = "";
#endif
  const std::string flags = "-std=c++20 -O2 -Wno-psabi ";
  REQUIRE(shop.compile("-c -DPART=low part.cpp -o low.o", flags));
  REQUIRE(shop.compile("-c -DPART=high part.cpp -o high.o", flags + high));
  // A linker keeps one of what both have under one name.
  const std::string weak = " | awk '$2 ~ /^[WVu]$/ && $1 ~ /3ntk|3mlp|8tanh_net/ { print $1 }' | sort";
  const std::string names = "nm -P --defined-only '" + shop.path("low.o") + "'" + weak + " > '" + shop.path("names") + "'";
  const std::string both = "nm -P --defined-only '" + shop.path("high.o") + "'" + weak + " | comm -12 - '" + shop.path("names") + "'";
  REQUIRE(std::system((names + " && " + both + " > '" + shop.path("shared") + "'").c_str()) == 0);
  CHECK(!tests::read(shop.path("names")).empty());
  if (*high) CHECK(tests::read(shop.path("shared")) == "");
  REQUIRE(shop.compile("main.cpp low.o high.o -o main", flags));
  const auto out = shop.numbers("main");
  REQUIRE(out.size() == 86);
  for (std::size_t i = 0; i < out.size(); i += 2) CHECK(out[i] == doctest::Approx(out[i + 1]).epsilon(1e-13));
}
