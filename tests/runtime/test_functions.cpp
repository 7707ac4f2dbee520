// What the table of ntk/runtime/math.hpp says, in lanes and in double. Compiled once for every instruction set that the machine has
// (tests/CMakeLists.txt).
#include "functions.hpp"

#include <map>

#include "ntk/runtime/math.hpp"

using namespace test;
using ntk::Lanes;
namespace math = ntk::math;

namespace {

struct Form {
  Lanes (*lanes)(const Lanes&, const Lanes&);
  double (*one)(double, double);
};
#define NTK_FORM_1(name) \
  {#name, {[](const Lanes& x, const Lanes&) { return math::name(x); }, [](double x, double) { return math::name(x); }}},
#define NTK_FORM_2(name) \
  {#name, {[](const Lanes& x, const Lanes& y) { return math::name(x, y); }, [](double x, double y) { return math::name(x, y); }}},
const std::map<std::string, Form> kForms = {
    // clang-format off
    NTK_FORM_1(sqrt) NTK_FORM_1(exp) NTK_FORM_1(expm1) NTK_FORM_1(log) NTK_FORM_1(log1p) NTK_FORM_1(sinh) NTK_FORM_1(cosh)
    NTK_FORM_1(tanh) NTK_FORM_1(sin) NTK_FORM_1(cos) NTK_FORM_1(atan) NTK_FORM_1(asin) NTK_FORM_1(acos) NTK_FORM_1(erf)
    NTK_FORM_1(erfc) NTK_FORM_1(norm_cdf) NTK_FORM_1(norm_pdf) NTK_FORM_1(sigmoid) NTK_FORM_1(softplus) NTK_FORM_1(sin_minus_x_cos)
    NTK_FORM_2(atan2) NTK_FORM_2(angle)
    // clang-format on
};

bool same(double a, double b) { return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b)); }

}  // namespace

TEST_CASE("functions keep the errors of their table") {
  for (const Row& row : rows()) {
    const Form& form = kForms.at(row.name);
    const double together = largest_error(
        row, 1, 250, [&](const double* x, const double* y, double* out) { form.lanes(Lanes::load(x), Lanes::load(y)).store(out); });
    const double alone = largest_error(row, 2, 250, [&](const double* x, const double* y, double* out) {
      for (std::size_t l = 0; l < 8; ++l) out[l] = form.one(x[l], y[l]);
    });
    INFO(row.name, ": ", together, " and ", alone, " ulp");
    CHECK(together <= row.most);
    CHECK(alone <= row.most);
    CHECK(together >= (row.most > 0.5 ? row.most / 4 : 0));  // the table says what is the case, not what is safe
  }
}

TEST_CASE("functions at the ends of the numbers are those of the library") {
  const double half_pi = std::acos(0.0), none = kNaN;
  const struct {
    std::string name;
    double (*one)(double);
    Lanes (*lanes)(const Lanes&);
    double at[7];  // of infinity, -infinity, NaN, 0, -0, 1, -1
  } ends[] = {
#define NTK_ENDS(name, ...) {#name, [](double x) { return math::name(x); }, [](const Lanes& x) { return math::name(x); }, __VA_ARGS__}
      NTK_ENDS(exp, {kInfinity, 0, none, 1, 1, std::exp(1.0), std::exp(-1.0)}),
      NTK_ENDS(expm1, {kInfinity, -1, none, 0, -0.0, std::expm1(1.0), std::expm1(-1.0)}),
      NTK_ENDS(log, {kInfinity, none, none, -kInfinity, -kInfinity, 0, none}),
      NTK_ENDS(log1p, {kInfinity, none, none, 0, -0.0, std::log1p(1.0), -kInfinity}),
      NTK_ENDS(sinh, {kInfinity, -kInfinity, none, 0, -0.0, std::sinh(1.0), std::sinh(-1.0)}),
      NTK_ENDS(cosh, {kInfinity, kInfinity, none, 1, 1, std::cosh(1.0), std::cosh(1.0)}),
      NTK_ENDS(tanh, {1, -1, none, 0, -0.0, std::tanh(1.0), std::tanh(-1.0)}),
      NTK_ENDS(sin, {none, none, none, 0, -0.0, std::sin(1.0), std::sin(-1.0)}),
      NTK_ENDS(cos, {none, none, none, 1, 1, std::cos(1.0), std::cos(1.0)}),
      NTK_ENDS(atan, {half_pi, -half_pi, none, 0, -0.0, half_pi / 2, -half_pi / 2}),
      NTK_ENDS(asin, {none, none, none, 0, -0.0, half_pi, -half_pi}),
      NTK_ENDS(acos, {none, none, none, half_pi, half_pi, 0, 2 * half_pi}),
      NTK_ENDS(erf, {1, -1, none, 0, -0.0, std::erf(1.0), std::erf(-1.0)}),
      NTK_ENDS(erfc, {0, 2, none, 1, 1, std::erfc(1.0), std::erfc(-1.0)}),
      NTK_ENDS(norm_cdf, {1, 0, none, 0.5, 0.5, 0.5 * std::erfc(-std::sqrt(0.5)), 0.5 * std::erfc(std::sqrt(0.5))}),
      NTK_ENDS(norm_pdf, {0, 0, none, 0.3989422804014327, 0.3989422804014327, 0.24197072451914337, 0.24197072451914337}),
#undef NTK_ENDS
  };
  const double places[] = {kInfinity, -kInfinity, kNaN, 0.0, -0.0, 1.0, -1.0};
  for (const auto& row : ends)
    for (std::size_t i = 0; i < std::size(places); ++i) {
      INFO(row.name, " of ", places[i], " is ", row.one(places[i]));
      const double expected = row.at[i], value = row.one(places[i]);
      const bool whole = !(std::fabs(expected) < kInfinity) || std::nearbyint(expected) == expected;  // the others may be off by their ulps
      CHECK((whole ? same(value, expected) : std::fabs(value - expected) <= 4e-16 * std::fabs(expected)));
      CHECK(same(row.lanes(Lanes(places[i]))[3], value));
    }
}

TEST_CASE("atan2 of zeros, infinities and no numbers") {
  const double some[] = {0.0, -0.0, 1.5, -1.5, kInfinity, -kInfinity, kNaN, kSmallest, -kLargest};
  for (const double y : some)
    for (const double x : some) {
      const double expected = std::atan2(y, x), value = math::atan2(y, x);
      INFO("atan2(", y, ", ", x, ") = ", value, ", not ", expected);
      CHECK((same(value, expected) || std::fabs(value - expected) <= 4.5e-16));
      CHECK(same(math::atan2(Lanes(y), Lanes(x))[1], value));
    }
}
